"""Refusals: each says what was wrong and what was expected."""

import json

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from sample_service.predictor import FeatureError
from sample_service.schemas import SETOSA
from sample_service.store import ModelFileError

EXPECTED = f"a JSON object like {json.dumps(SETOSA)}, sent as Content-Type: application/json"
MOST_ERRORS = 8  # a small body may hold thousands; the answer must not outgrow the question


def install(app: FastAPI) -> None:
    """Make `app` answer what it cannot serve with a reason instead of a traceback."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # Without `input` and `ctx`: they echo the body, and a NaN in it cannot be encoded.
        errors = [{key: e[key] for key in ("loc", "msg", "type")} for e in error.errors()]
        return JSONResponse({"detail": errors[:MOST_ERRORS], "expected": EXPECTED}, 422)

    @app.exception_handler(FeatureError)
    async def unfit(_: Request, error: FeatureError) -> JSONResponse:
        found = {"loc": ["body", "features"], "msg": str(error), "type": "feature_error"}
        return JSONResponse({"detail": [found], "expected": EXPECTED}, 422)

    # What FastAPI raises when a body cannot be read for another reason than its syntax.
    @app.exception_handler(400)
    async def unreadable(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"detail": error.detail, "expected": EXPECTED}, 400)

    @app.exception_handler(ModelFileError)
    async def no_model(_: Request, error: ModelFileError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 503)
