"""The model, loaded once per process and handed to whoever asks."""

from functools import lru_cache
from threading import Lock
from typing import Annotated

from fastapi import Depends

from sample_service.predictor import ModelPredictor
from sample_service.store import model_dir, read_model

_loading = Lock()


@lru_cache(maxsize=1)
def _load_cached() -> ModelPredictor:
    return ModelPredictor(*read_model(model_dir()))


def load_model() -> ModelPredictor:
    """Return the one predictor of this process, loading it for the first caller.

    Callers that arrive meanwhile wait and get the same one. A failure (ModelFileError) is not
    remembered: the next call looks again, so a model trained later is found without a restart.
    """
    # lru_cache alone lets every cold caller run the function at once (cpython#141831).
    with _loading:
        return _load_cached()


Predictor = Annotated[ModelPredictor, Depends(load_model)]
