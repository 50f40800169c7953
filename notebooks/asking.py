"""What the lessons ask services with: many requests at once."""

import asyncio
import importlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import httpx


def at_once(module: str, rows: Sequence[Any]) -> tuple[list[Any], float]:
    """Post all `rows` together to `/predict` of `module:app`, which is served in this process.

    Returns the answers in the order of the rows, and the seconds until the last one came.
    """
    app = importlib.import_module(module).app
    # A notebook's own thread runs an event loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _asked(app, rows)).result()


async def _asked(app: Any, rows: Sequence[Any]) -> tuple[list[Any], float]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", timeout=60) as http:
        await http.post("/predict", json=rows[0])  # the first request of an app builds things
        begin = perf_counter()
        answers = await asyncio.gather(*[http.post("/predict", json=row) for row in rows])
        seconds = perf_counter() - begin
    return [answer.json() for answer in answers], seconds
