"""Which function of the app answers a request, as the router says."""

from __future__ import annotations

import functools
import inspect
from types import CodeType
from typing import Any

from safety_tests.engine.source import Sources
from safety_tests.history import Function


class Routed:
    """The app, noting which function the last request was routed to."""

    def __init__(self, app: Any, sources: Sources) -> None:
        self._app, self._sources = app, sources
        self.to: Function | None = None
        """None for an app without routes, and where the function is none of the app's own."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            # Starlette, and what is built on it, leaves the function of the route here.
            self.to = self._function(scope.get("endpoint"), scope["method"].lower())

    def _function(self, endpoint: Any, method: str) -> Function | None:
        code = _code(endpoint, method)
        file = self._sources.name(code.co_filename) if code is not None else None
        if code is None or file is None:
            return None
        return Function(file, code.co_firstlineno, code.co_qualname.rpartition("<locals>.")[2])


def _code(endpoint: Any, method: str) -> CodeType | None:
    while isinstance(endpoint, functools.partial):
        endpoint = endpoint.func
    if inspect.isclass(endpoint):
        endpoint = getattr(endpoint, method, endpoint.__call__)
    elif not inspect.isroutine(endpoint):
        endpoint = type(endpoint).__call__ if callable(endpoint) else None
    return getattr(inspect.unwrap(endpoint), "__code__", None) if endpoint is not None else None
