"""One session per thread is one session for all coroutines.

The registry was made for servers with a thread per request: whoever asks gets the session of the
thread. All coroutines run in one thread, so they all get the same session, and after an await it
holds what another request has loaded.

Seen in: fastapi#726, sqlalchemy#6746, ctms-api#70 (`scoped_session` in `async def` endpoints).
Repair: make a session for every request; a dependency with `yield` closes it too.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import Depends, FastAPI

CODES = ("S001",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/predict/ada"},
    {"name": "bob", "method": "GET", "path": "/predict/bob"},
]
FEATURES = {"ada": 1.5, "bob": 30.0}


class Session:
    loaded: float | None = None

    async def load(self, customer: str) -> None:
        self.loaded = FEATURES[customer]
        await asyncio.sleep(0.001)  # the rest of the row arrives

    def close(self) -> None:
        self.loaded = None


class Registry(threading.local):
    def __init__(self) -> None:
        self.session = Session()


def _service(session: Callable[[], Session]) -> FastAPI:
    app = FastAPI()

    async def in_session() -> AsyncIterator[Session]:
        opened = session()
        yield opened
        opened.close()

    @app.get("/predict/{customer}")
    async def predict(
        customer: str, session: Annotated[Session, Depends(in_session)]
    ) -> dict[str, float | None]:
        await session.load(customer)
        return {"score": session.loaded}

    return app


def mutant() -> FastAPI:
    registry = Registry()
    return _service(lambda: registry.session)


def healthy() -> FastAPI:
    return _service(Session)
