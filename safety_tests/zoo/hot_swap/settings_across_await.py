"""Two limits that belong together are changed on both sides of an await.

The new limits are read from a configuration service one after the other, and each is set as soon
as it is there. A request that is served meanwhile is judged by the new lower limit and the old
upper one, a pair that nobody has ever configured.

Seen in: agri#1332, PR#1620 (settings of the shared model that are replaced one by one).
Repair: read everything first, then set the pair in one step.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S009",)
REQUESTS = [
    {"name": "label", "method": "GET", "path": "/label/15"},
    {"name": "configure", "method": "POST", "path": "/configure", "changes": True},
]
CONFIGURED = {"low": 20, "high": 30}


async def fetch(name: str) -> int:
    await asyncio.sleep(0.001)  # the configuration service answers
    return CONFIGURED[name]


class Limits:
    low, high = 0, 10

    async def renew_singly(self) -> None:
        self.low = await fetch("low")
        self.high = await fetch("high")

    async def renew_together(self) -> None:
        low, high = await fetch("low"), await fetch("high")
        self.low, self.high = low, high

    def label(self, value: int) -> str:
        return "low" if value < self.low else "high" if value > self.high else "normal"


def _service(limits: Limits, renew: Callable[[], Awaitable[None]]) -> Starlette:
    async def configure(_request: Request) -> JSONResponse:
        await renew()
        return JSONResponse({"configured": True})

    async def label(request: Request) -> JSONResponse:
        value = int(request.path_params["value"])
        answer = {"label": limits.label(value), "limits": [limits.low, limits.high]}
        return JSONResponse(answer)

    return Starlette(
        routes=[
            Route("/label/{value}", label),
            Route("/configure", configure, methods=["POST"]),
        ]
    )


def mutant() -> Starlette:
    limits = Limits()
    return _service(limits, limits.renew_singly)


def healthy() -> Starlette:
    limits = Limits()
    return _service(limits, limits.renew_together)
