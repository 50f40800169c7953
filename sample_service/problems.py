"""Refusals: each says what was wrong and what was expected."""

import json
from typing import Any

from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from sample_service.predictor import FeatureError
from sample_service.schemas import SETOSA, SWITCH
from sample_service.store import ModelFileError

EXAMPLES = {"/predict": SETOSA, "/reload": SWITCH}
MOST_ERRORS = 8  # a small body may hold thousands; the answer must not outgrow the question


class Reason(BaseModel):
    """Why there is no answer."""

    detail: str


class Unreadable(Reason):
    """Why the body cannot be read, and what it should look like."""

    expected: str | None = None


class Mistake(BaseModel):
    """One mistake: where it is, what it is, and the name of its kind."""

    loc: list[str | int]
    msg: str
    type: str


class Refusal(BaseModel):
    """The first mistakes of a request, and what it should look like."""

    detail: list[Mistake]
    expected: str


Responses = dict[int | str, dict[str, Any]]
EVERYWHERE: Responses = {
    400: {"model": Reason, "description": "It is not clear where the body ends"},
    408: {"model": Reason, "description": "The body did not arrive in time"},
    413: {"model": Reason, "description": "The body is too large"},
}
BODY: Responses = {
    400: {"model": Unreadable, "description": "The body cannot be read, or its end"},
    422: {"model": Refusal, "description": "The body is not what it must be"},
}
BUSY: Responses = {
    503: {
        "model": Reason,
        "description": "Too much to do, or no usable model, or about to stop; `detail` says which",
        "headers": {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}},
    }
}
ADMIN: Responses = {
    401: {"model": Reason, "description": "The admin token is missing or wrong"},
    409: {
        "model": Reason,
        "description": "There is no such version, or it cannot be used; `detail` says why",
    },
}


def expected(path: str) -> str:
    """What the route of this path wants to be sent."""
    return (
        f"a JSON object like {json.dumps(EXAMPLES[path])}, sent as Content-Type: application/json"
    )


def _expected(request: Request) -> str:
    return expected(request.scope["route"].path)


def install(app: FastAPI) -> None:
    """Make `app` answer what it cannot serve with a reason instead of a traceback."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Without `input` and `ctx`: they echo the body, and a NaN in it cannot be encoded.
        errors = [{key: e[key] for key in ("loc", "msg", "type")} for e in error.errors()]
        content = {"detail": errors[:MOST_ERRORS], "expected": _expected(request)}
        return JSONResponse(content, 422)

    @app.exception_handler(FeatureError)
    async def unfit(request: Request, error: FeatureError) -> JSONResponse:
        found = {"loc": ["body", "features"], "msg": str(error), "type": "feature_error"}
        return JSONResponse({"detail": [found], "expected": _expected(request)}, 422)

    # What FastAPI raises when a body cannot be read for another reason than its syntax.
    @app.exception_handler(400)
    async def unreadable(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"detail": error.detail, "expected": _expected(request)}, 400)

    @app.exception_handler(ModelFileError)
    async def no_model(_: Request, error: ModelFileError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 503)

    # Answered outside of every middleware, so the id has to be put in here.
    @app.exception_handler(Exception)
    async def broken(*_: object) -> JSONResponse:
        number = correlation_id.get() or ""
        detail = f"an error of the service; its log has the reason under {number}"
        return JSONResponse({"detail": detail}, 500, {"X-Request-ID": number})
