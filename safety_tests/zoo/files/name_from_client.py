"""An upload is saved under the name that the client gave it.

Names of uploads are not unique: half of them are called `document.txt`. Two clients that send the
same name at the same time share the file, and the first one is answered for the document of the
second.

Seen in: chatgpt-retrieval-plugin PR#133, GenAIExamples#1279 (uploads under user-given names).
Repair: a fresh folder per request; the name may stay.
"""

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
UPLOAD = {"method": "PUT", "path": "/words/document.txt"}
REQUESTS = [
    {**UPLOAD, "name": "note", "content": "three short words"},
    {**UPLOAD, "name": "mark", "content": "one"},
]


def count_words(path: Path) -> int:
    return len(path.read_bytes().split())


def _service(directory: Callable[[str], AbstractContextManager[str]]) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory() as root:
            app.state.root = root
            yield

    async def words(request: Request) -> JSONResponse:
        with directory(request.app.state.root) as folder:
            path = Path(folder) / request.path_params["name"]
            async for chunk in request.stream():
                await run_in_threadpool(path.write_bytes, chunk)  # one chunk is enough here
                break
            return JSONResponse({"words": await run_in_threadpool(count_words, path)})

    return Starlette(routes=[Route("/words/{name}", words, methods=["PUT"])], lifespan=lifespan)


def mutant() -> Starlette:
    return _service(nullcontext)


def healthy() -> Starlette:
    return _service(lambda root: tempfile.TemporaryDirectory(dir=root))
