"""A route for one JSON body and one model as the answer, half as dear as FastAPI's own.

What a request costs in FastAPI is mostly the search for parameters that may be anywhere. Where
there is only a body, pydantic can read the bytes and write the answer's. The function keeps the
signature that FastAPI documents, so the OpenAPI document stays the same.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.routing import request_response


class JsonRoute(APIRoute):
    """For `async def f(body: Model, x: Annotated[T, Depends(g)]) -> Model`, in any order.

    `g` must be an `async def` without parameters; `dependency_overrides` are not looked at.
    Raises TypeError when the function is defined otherwise.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # FastAPI's own keeps two stacks for dependencies with a `yield`, of which there are none.
        self.app = request_response(self.get_route_handler())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint: Callable[..., Awaitable[BaseModel]] = self.endpoint
        name, model, given = _parameters(endpoint)

        async def handle(request: Request) -> Response:
            values = {key: await call() for key, call in given.items()}
            body = _read(model, request.headers.get("content-type"), await request.body())
            answer = await endpoint(**{name: body}, **values)
            return Response(answer.model_dump_json(), media_type="application/json")

        return handle


def _parameters(
    endpoint: Callable[..., Any],
) -> tuple[str, type[BaseModel], dict[str, Callable[[], Awaitable[Any]]]]:
    bodies: dict[str, type[BaseModel]] = {}
    given: dict[str, Callable[[], Awaitable[Any]]] = {}
    parameters = inspect.signature(endpoint, eval_str=True).parameters
    for name, parameter in parameters.items():
        kind = parameter.annotation
        depends = [one for one in getattr(kind, "__metadata__", ()) if isinstance(one, Depends)]
        if depends and (call := depends[0].dependency):
            given[name] = call
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            bodies[name] = kind
    served = (
        inspect.iscoroutinefunction(endpoint)
        and len(bodies) == 1
        and len(bodies) + len(given) == len(parameters)
        and all(
            inspect.iscoroutinefunction(call) and not inspect.signature(call).parameters
            for call in given.values()
        )
    )
    if not served:
        raise TypeError(
            "JsonRoute expects an `async def` with one pydantic model as its body and dependencies "
            f"that are `async def` without parameters; {endpoint.__qualname__} is none: leave "
            "route_class out for it"
        )
    ((name, model),) = bodies.items()
    return name, model, given


def _read(model: type[BaseModel], content_type: str | None, body: bytes) -> BaseModel:
    # A browser may send a form or plain text across sites unasked, but not JSON.
    kind = (content_type or "").partition(";")[0].strip().lower()
    if body and kind != "application/json" and not kind.endswith("+json"):
        message = f"expected Content-Type: application/json, got {kind[:40] or 'none'!r}"
        raise RequestValidationError([{"type": "content_type", "loc": ("body",), "msg": message}])
    if not body:
        raise RequestValidationError(
            [{"type": "missing", "loc": ("body",), "msg": "Field required"}]
        )
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        ) from None
