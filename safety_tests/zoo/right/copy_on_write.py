"""Labels that are added while other requests read them, without a lock for the readers.

Looks like a tuple changed under its readers. Adding a label makes a new tuple and stores it in one
step, under a lock that keeps writers apart; a reader takes the tuple once and works with that.
"""

import threading

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

REQUESTS = [
    {"name": "first", "method": "GET", "path": "/label/0"},
    {"name": "last", "method": "GET", "path": "/label/-1"},
    {"name": "add", "method": "POST", "path": "/admin/labels/rose", "changes": True},
]


class Labels:
    def __init__(self) -> None:
        self.writing = threading.Lock()
        self.names: tuple[str, ...] = ("iris", "lily")

    def add(self, name: str) -> int:
        with self.writing:
            names = self.names
            if name not in names:
                self.names = names = (*names, name)
            return len(names)


def healthy() -> Starlette:
    labels = Labels()

    def label(request: Request) -> JSONResponse:
        names = labels.names
        return JSONResponse({"label": names[int(request.path_params["index"])], "of": len(names)})

    def add(request: Request) -> JSONResponse:
        return JSONResponse({"labels": labels.add(request.path_params["name"])})

    admin = Starlette(routes=[Route("/labels/{name}", add, methods=["POST"])])
    return Starlette(routes=[Route("/label/{index}", label), Mount("/admin", admin)])
