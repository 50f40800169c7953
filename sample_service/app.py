"""The HTTP face of the model: thin, and without state of its own."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from sample_service import problems
from sample_service.body_limit import BodyLimit
from sample_service.dependencies import Predictor, load_model
from sample_service.schemas import PredictRequest, PredictResponse
from sample_service.store import Manifest, ModelFileError

MAX_BODY_BYTES = 64 * 1024

NO_MODEL: dict[int | str, dict[str, Any]] = {
    503: {"description": "There is no usable model; `detail` says why"}
}
NO_BODY: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body cannot be read"},
    413: {"description": f"The body has more than {MAX_BODY_BYTES} bytes"},
}


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Load the model before the first request, so that no request pays for it.

    Without a usable model the process stays up and /health/ready says why: one that dies at
    start is started again and again, and its message is lost among the restarts.
    """
    try:
        load_model()
    except ModelFileError as error:
        logging.getLogger(__name__).error("%s", error)
    yield


def create_app() -> FastAPI:
    """Return a new app; all apps of a process share one model."""
    app = FastAPI(title="Iris", lifespan=lifespan)
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    problems.install(app)

    # `def`, not `async def`: a prediction computes, and on the event loop all others would wait.
    @app.post("/predict", responses={**NO_BODY, **NO_MODEL})
    def predict(request: PredictRequest, predictor: Predictor) -> PredictResponse:
        label, probabilities = predictor.predict(request.features)
        return PredictResponse(
            label=label,
            probability=probabilities[label],
            probabilities=probabilities,
            version=predictor.manifest.version,
        )

    @app.get("/model", responses=NO_MODEL)
    async def model(predictor: Predictor) -> Manifest:
        return predictor.manifest

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    # Asking for the predictor is the test: it is loaded now, or ModelFileError answers 503.
    @app.get("/health/ready", responses=NO_MODEL)
    async def ready(predictor: Predictor) -> dict[str, str]:
        return {"status": "ready", "version": predictor.manifest.version}

    return app


app = create_app()
