"""Every upload is saved under the same name before it is read.

The library at hand wants a path, so the upload is written to a file first. The file is as shared
as a global: the next upload replaces it before the first one has been read, in threads, and in
every other worker process with the same directory too.

Seen in: marker#1018, GenAIExamples#1279, chatgpt-retrieval-plugin PR#133 (most answers wrong).
Repair: a fresh directory, or a fresh name, per request.
"""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI, Request
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "note", "method": "POST", "path": "/words", "json": {"text": "three short words"}},
    {"name": "mark", "method": "POST", "path": "/words", "json": {"text": "one"}},
]


class Upload(BaseModel):
    text: str


def count_words(path: Path) -> int:
    return len(path.read_text().split())


def _service(directory: Callable[[str], AbstractContextManager[str]]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory() as root:
            app.state.root = root
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/words")
    def words(upload: Upload, request: Request) -> dict[str, int]:
        with directory(request.app.state.root) as folder:
            path = Path(folder) / "upload.txt"
            path.write_text(upload.text)
            return {"words": count_words(path)}

    return app


def mutant() -> FastAPI:
    return _service(nullcontext)


def healthy() -> FastAPI:
    return _service(lambda root: tempfile.TemporaryDirectory(dir=root))
