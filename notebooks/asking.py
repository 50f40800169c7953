"""What the lessons ask with: many requests at once, users over HTTP, another Python."""

import asyncio
import importlib
import itertools
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

import safety_tests


def at_once(module: str, rows: Sequence[Any]) -> tuple[list[Any], float]:
    """Post all `rows` together to `/predict` of `module:app`, which is served in this process.

    Returns the answers in the order of the rows, and the seconds until the last one came.
    """
    app = importlib.import_module(module).app
    # A notebook's own thread runs an event loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _asked(app, rows)).result()


def fastest(modules: Sequence[str], rows: Sequence[Any], rounds: int = 3) -> dict[str, float]:
    """The seconds of `at_once` for each of `modules`: the best of some rounds, taken in turns.

    Whatever else the machine does makes a round longer and never shorter.
    """
    tried = [{module: at_once(module, rows)[1] for module in modules} for _ in range(rounds)]
    return {module: min(seconds[module] for seconds in tried) for module in modules}


async def _asked(app: Any, rows: Sequence[Any]) -> tuple[list[Any], float]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", timeout=60) as http:
        await http.post("/predict", json=rows[0])  # the first request of an app builds things
        begin = perf_counter()
        answers = await asyncio.gather(*[http.post("/predict", json=row) for row in rows])
        seconds = perf_counter() - begin
    return [answer.json() for answer in answers], seconds


def wrong_of(urls: Sequence[str], users: int, seconds: float = 1.0) -> tuple[int, int]:
    """Post two rows to `/predict` for `seconds`; how many answers were wrong, of how many.

    `users` send one request after the other. Each request goes to the next of `urls` in turn, as
    a simple balancer would send it. Right is what the first of `urls` answers to a row alone.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _compared(urls, users, seconds)).result()


async def _compared(urls: Sequence[str], users: int, seconds: float) -> tuple[int, int]:
    rows = [{"features": [1.0, 2.0]}, {"features": [10.0, 20.0]}]
    replicas, wrong = itertools.cycle(urls), list[bool]()

    async def user(row: Any, right: Any) -> None:
        while perf_counter() < end:
            answer = await http.post(f"{next(replicas)}/predict", json=row)
            wrong.append(answer.json() != right)

    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        alone = [(await http.post(f"{urls[0]}/predict", json=row)).json() for row in rows]
        end = perf_counter() + seconds
        await asyncio.gather(*[user(rows[n % 2], alone[n % 2]) for n in range(users)])
    return sum(wrong), len(wrong)


def with_python(python: str | None, arguments: Sequence[str], folder: str | Path) -> str:
    """What `python` prints when it runs with `arguments` in `folder`, where it finds the gate too.

    The gate needs nothing but Python, so nothing has to be installed there. None is a Python that
    is not here; then the text says that nothing was run.
    """
    if python is None:
        return "NOT RUN: no free-threaded Python on the path"
    found = str(Path(safety_tests.__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": found, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, *arguments]
    ran = subprocess.run(command, cwd=folder, env=env, text=True, capture_output=True)
    return (ran.stdout or ran.stderr).strip()
