"""A request changes into the folder of its model and opens a file there.

Relative paths are short, so the request calls `chdir` first. The working directory belongs to the
process: another request that changes into its own folder decides which file the first one opens.

Seen in: webassets PR#391, amplihack#3231 (`chdir` in one thread moved all the others).
Repair: join the folder and the name.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "english", "method": "GET", "path": "/label/en"},
    {"name": "french", "method": "GET", "path": "/label/fr"},
]
LABELS = {"en": "dog", "fr": "chien"}


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as root:
        for language, label in LABELS.items():
            folder = Path(root) / language
            folder.mkdir()
            (folder / "label.txt").write_text(label)
        app.state.root = root
        yield


def _service(read: Callable[[Path], str]) -> Starlette:
    def label(request: Request) -> PlainTextResponse:
        folder = Path(request.app.state.root) / request.path_params["language"]
        return PlainTextResponse(read(folder))

    return Starlette(routes=[Route("/label/{language}", label)], lifespan=lifespan)


def mutant() -> Starlette:
    def read(folder: Path) -> str:
        os.chdir(folder)
        return Path("label.txt").read_text()

    return _service(read)


def healthy() -> Starlette:
    return _service(lambda folder: (folder / "label.txt").read_text())
