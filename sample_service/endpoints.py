"""The endpoints: thin, and without state of their own."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr

from sample_service import problems
from sample_service.draining import Draining
from sample_service.json_route import JsonRoute
from sample_service.metrics import Metrics
from sample_service.models import Models
from sample_service.predictor import ModelPredictor, Prediction
from sample_service.schemas import PredictRequest, PredictResponse, ReloadRequest
from sample_service.store import Manifest, ModelFileError

Answering = Callable[[ModelPredictor, Sequence[float]], Awaitable[Prediction]]
"""How a prediction is run: at once, in a thread, in a batch; `styles` has one file for each."""


def install_prediction(app: FastAPI, models: Models, answer: Answering) -> None:
    """POST /predict."""

    async def predict(
        request: PredictRequest, predictor: Annotated[ModelPredictor, Depends(models.load_model)]
    ) -> PredictResponse:
        label, probabilities = await answer(predictor, request.features)
        return PredictResponse(
            label=label,
            probability=probabilities[label],
            probabilities=probabilities,
            version=predictor.manifest.version,
        )

    app.router.add_api_route(
        "/predict",
        predict,
        methods=["POST"],
        responses={**problems.BODY, **problems.BUSY},
        route_class_override=JsonRoute,
    )
    # Routes are tried in turn, and FastAPI has put those of its documentation before all others.
    app.router.routes.insert(0, app.router.routes.pop())


def install_model(app: FastAPI, models: Models, admin_token: SecretStr | None) -> None:
    """GET /model, and POST /reload where there is a token that allows it."""

    @app.get("/model", responses=problems.BUSY)
    async def model(
        predictor: Annotated[ModelPredictor, Depends(models.load_model)],
    ) -> Manifest:
        return predictor.manifest

    if admin_token is None:
        return
    right = admin_token.get_secret_value().encode()
    bearer = HTTPBearer(auto_error=False, description="the admin token")

    async def admin(
        given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    ) -> None:
        if given is None or not secrets.compare_digest(given.credentials.encode(), right):
            detail = "expected Authorization: Bearer and the admin token"
            raise HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})

    @app.post(
        "/reload",
        dependencies=[Depends(admin)],
        responses={**problems.BODY, **problems.ADMIN, **problems.BUSY},
    )
    async def reload(request: ReloadRequest) -> Manifest:
        try:
            return (await models.switch(request.version)).manifest
        except ModelFileError as error:
            raise HTTPException(409, str(error)) from None


def install_health(app: FastAPI, models: Models, metrics: Metrics, draining: Draining) -> None:
    """What a balancer and a monitor ask: GET /health/live, /health/ready and /metrics."""

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    # Asking for the predictor is the test: it is loaded now, or ModelFileError answers 503.
    @app.get("/health/ready", responses=problems.BUSY)
    async def ready(
        predictor: Annotated[ModelPredictor, Depends(models.load_model)],
    ) -> dict[str, str]:
        if draining.begun:
            raise HTTPException(503, "this process is about to stop")
        return {"status": "ready", "version": predictor.manifest.version}

    @app.get("/metrics", include_in_schema=False)
    async def scrape() -> Response:
        return metrics.page()
