"""The versions of a model: each is loaded once, and one reference says which of them answers."""

import gc
import logging
from threading import Lock

from fastapi.concurrency import run_in_threadpool

from sample_service.predictor import ModelPredictor, Prepare
from sample_service.settings import Settings
from sample_service.store import find_version, read_model

log = logging.getLogger(__name__)


class Models:
    """Holds the predictor of this process.

    Whoever asks gets a predictor that stays whole, model and version in one object. A switch
    replaces the reference to it, which is one step; requests that run go on with what they have.
    """

    def __init__(self, settings: Settings, prepare: Prepare) -> None:
        self._settings = settings
        self._prepare = prepare
        self._loading = Lock()
        self._active: ModelPredictor | None = None

    async def load_model(self) -> ModelPredictor:
        """Return the active predictor, loading it for the first caller.

        Callers that arrive meanwhile wait and get the same one. A failure (ModelFileError) is not
        remembered: the next call looks again, so a model trained later is found without a restart.
        """
        active = self._active
        return await run_in_threadpool(self.load_first) if active is None else active

    def load_first(self) -> ModelPredictor:
        """`load_model` for a thread, or for a process that will fork."""
        with self._loading:
            if self._active is None:
                version = find_version(self._settings.model_dir, self._settings.version)
                self._active = self._load(version)
                # What is loaded stays. Collections that walked through it again would take 80 ms
                # each. Not after a switch: it would keep what the requests of that moment leave.
                gc.freeze()
            return self._active

    async def switch(self, version: str) -> ModelPredictor:
        """Let `version` answer from now on, and return its predictor.

        Raises ModelFileError, and all stays as it was. The old predictor is dropped when the last
        request that uses it is done.
        """
        return await run_in_threadpool(self._switch, version)

    def _switch(self, version: str) -> ModelPredictor:
        with self._loading:
            active = self._active
            if active is None or active.manifest.version != version:
                self._active = active = self._load(version)
            return active

    def _load(self, version: str) -> ModelPredictor:
        settings = self._settings
        model, manifest = read_model(settings.model_dir, version, settings.format)
        predictor = ModelPredictor(self._prepare(model), manifest)
        # The first prediction imports and allocates; no client should wait for that.
        predictor.predict([0.0] * len(manifest.feature_names))
        log.info("model loaded", extra={"version": version, "sha256": manifest.sha256})
        return predictor
