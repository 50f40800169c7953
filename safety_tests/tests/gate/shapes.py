"""Services of every shape; each keeps what belongs to a request in what `holder()` gives it.

In the right version that is an object of the request's own, in the racy one the same for all.
"""

from textwrap import dedent

from safety_tests.tests.gate.shapes_concurrent import CONCURRENT

HEAD = """
import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware


class Holder:
    value = 0.0

    def put(self, value):
        self.value = value

    def score(self):
        return {"score": self.value * 2}


shared = Holder()


def holder():
    return OWNER


"""

SHAPES = {
    "a def endpoint": """
        app = FastAPI()

        @app.get("/")
        def predict(x: float):
            mine = holder()
            mine.put(x)
            return mine.score()
    """,
    "an async def endpoint that awaits": """
        app = FastAPI()

        @app.get("/")
        async def predict(x: float):
            mine = holder()
            mine.put(x)
            await asyncio.sleep(0)
            return mine.score()
    """,
    "a def dependency with yield": """
        app = FastAPI()

        def row(x: float):
            mine = holder()
            mine.put(x)
            yield mine
            mine.put(0.0)

        @app.get("/")
        def predict(mine: Annotated[Holder, Depends(row)]):
            return mine.score()
    """,
    "an async dependency with yield": """
        app = FastAPI()

        async def row(x: float):
            mine = holder()
            mine.put(x)
            await asyncio.sleep(0)
            yield mine

        @app.get("/")
        async def predict(mine: Annotated[Holder, Depends(row)]):
            return mine.score()
    """,
    "a class as a dependency": """
        app = FastAPI()

        class Row:
            def __init__(self, x: float):
                self.mine = holder()
                self.mine.put(x)

        @app.get("/")
        def predict(row: Annotated[Row, Depends()]):
            return row.mine.score()
    """,
    "an instance as a dependency": """
        app = FastAPI()

        class Loader:
            def __call__(self, x: float):
                mine = holder()
                mine.put(x)
                return mine

        @app.get("/")
        def predict(mine: Annotated[Holder, Depends(Loader())]):
            return mine.score()
    """,
    "dependencies of dependencies": """
        app = FastAPI()

        def own():
            return holder()

        def filled(x: float, mine: Annotated[Holder, Depends(own)]):
            mine.put(x)
            return mine

        @app.get("/")
        async def predict(mine: Annotated[Holder, Depends(filled)]):
            return mine.score()
    """,
    "routers in a mounted app": """
        router = APIRouter(prefix="/v1")

        @router.get("/predict")
        def predict(x: float):
            mine = holder()
            mine.put(x)
            return mine.score()

        inner = FastAPI()
        inner.include_router(router, prefix="/api")
        app = FastAPI()
        app.mount("/models", inner)
    """,
    "a pure ASGI middleware": """
        class Reads:
            def __init__(self, app):
                self.app = app

            async def __call__(self, scope, receive, send):
                if scope["type"] == "http":
                    scope["mine"] = holder()
                    scope["mine"].put(float(scope["query_string"].partition(b"=")[2]))
                await self.app(scope, receive, send)

        app = FastAPI()
        app.add_middleware(Reads)

        @app.get("/")
        def predict(request: Request):
            return request.scope["mine"].score()
    """,
    "a BaseHTTPMiddleware": """
        class Reads(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                request.state.mine = holder()
                request.state.mine.put(float(request.query_params["x"]))
                return await call_next(request)

        app = FastAPI()
        app.add_middleware(Reads)

        @app.get("/")
        async def predict(request: Request):
            return request.state.mine.score()
    """,
    "an object in app.state from the lifespan": """
        @asynccontextmanager
        async def lifespan(app):
            app.state.holder = holder
            yield

        app = FastAPI(lifespan=lifespan)

        @app.get("/")
        def predict(request: Request, x: float):
            mine = request.app.state.holder()
            mine.put(x)
            return mine.score()
    """,
    "an object in the state that the lifespan yields": """
        @asynccontextmanager
        async def lifespan(app):
            yield {"holder": holder}

        app = FastAPI(lifespan=lifespan)

        @app.get("/")
        def predict(request: Request, x: float):
            mine = request.state.holder()
            mine.put(x)
            return mine.score()
    """,
    **CONCURRENT,
}

PATHS = {"routers in a mounted app": "/models/api/v1/predict"}


def source(shape: str, racy: bool) -> str:
    """The service of that shape; `racy` shares the object in which it keeps a request's value."""
    return HEAD.replace("OWNER", "shared" if racy else "Holder()") + dedent(SHAPES[shape])


def requests(shape: str) -> list[dict[str, object]]:
    path = PATHS.get(shape, "/")
    return [{"name": f"x={x}", "path": path, "params": {"x": x}} for x in (1.5, 20.5)]
