"""An index file is used as soon as it exists, not when it is complete.

The first request that needs the index writes it, entry by entry, under its final name. A second
request finds that the file exists and reads what is there so far.

Seen in: marker#1018, GenAIExamples#1279 (files under one name that several requests write).
Repair: write under another name and move the complete file into place.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
MISSED = "files are not put back between executions: only the very first one finds none"
REQUESTS = [
    {"name": "red", "method": "GET", "path": "/known/red"},
    {"name": "wine", "method": "GET", "path": "/known/wine"},
]


def write_words(path: Path) -> None:
    with path.open("w", buffering=1) as file:
        file.write("red\n")
        file.write("wine\n")


def _service(build: Callable[[Path], None]) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory() as root:
            app.state.index = Path(root) / "words.txt"
            yield

    def known(request: Request) -> JSONResponse:
        index: Path = request.app.state.index
        if not index.exists():
            build(index)
        return JSONResponse({"known": request.path_params["word"] in index.read_text().split()})

    return Starlette(routes=[Route("/known/{word}", known)], lifespan=lifespan)


def mutant() -> Starlette:
    return _service(write_words)


def healthy() -> Starlette:
    def write_and_move(path: Path) -> None:
        new = path.with_suffix(f".{os.urandom(4).hex()}")
        write_words(new)
        new.replace(path)

    return _service(write_and_move)
