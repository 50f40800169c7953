"""A connection goes back to the pool with a reply that nobody has read.

The command is sent, the client goes away, and `finally` puts the connection back as good as new.
The reply still comes. The next request that gets the connection sends its own command, reads the
first reply there is, and answers with the features of another customer; from then on every reply
on this connection is one too late.

Seen in: redis-py#2624, #2665 (85 of 90 got the data of another key; other users' data leaked).
Repair: put the connection back only when its reply has been read.
"""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S008",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/predict/ada"},
    {"name": "bob", "method": "GET", "path": "/predict/bob"},
]
FEATURES = {"ada": 1.5, "bob": 30.0}


class Connection:
    def __init__(self) -> None:
        self.replies: asyncio.Queue[float] = asyncio.Queue()

    async def ask(self, customer: str) -> float:
        loop = asyncio.get_running_loop()
        loop.call_later(0.001, self.replies.put_nowait, FEATURES[customer])
        return await self.replies.get()


class Pool:
    def __init__(self) -> None:
        self.free: list[Connection] = []

    def take(self) -> Connection:
        return self.free.pop() if self.free else Connection()


def mutant() -> Starlette:
    pool = Pool()

    async def predict(request: Request) -> JSONResponse:
        connection = pool.take()
        try:
            score = await connection.ask(request.path_params["customer"])
        finally:
            pool.free.append(connection)
        return JSONResponse({"score": score})

    return Starlette(routes=[Route("/predict/{customer}", predict)])


def healthy() -> Starlette:
    pool = Pool()

    async def predict(request: Request) -> JSONResponse:
        connection = pool.take()
        score = await connection.ask(request.path_params["customer"])
        pool.free.append(connection)
        return JSONResponse({"score": score})

    return Starlette(routes=[Route("/predict/{customer}", predict)])
