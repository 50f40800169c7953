"""Bad company: one client in sixteen sends rows on which the model itself fails."""

import asyncio
import importlib
import os
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import sklearn
import threadpoolctl
from fastapi import FastAPI

from sample_service.app import create_app
from sample_service.endpoints import Answering
from sample_service.predictor import Prepare, Rows, public_api
from sample_service.settings import Settings
from sample_service.tests.attacks.alone import ROWS
from sample_service.tests.attacks.toll import Toll
from sample_service.tests.client import client

CLIENTS = 16
REFUSED, BROKEN, NAN = 1e6, 1e7, 1e8
"""Feature values that pass every check of the service and none of the model."""


def style(name: str) -> tuple[Answering | None, Prepare]:
    """Return how the style called `name` runs a prediction, and how it prepares the model.

    To be called for each event loop: a style may hold a lock, which belongs to the first it meets.
    """
    full_name = f"sample_service.styles.{name}"
    sys.modules.pop(full_name, None)
    module = importlib.import_module(full_name)
    prepare = {"trees": "through_trees", "compiled": "compiled"}.get(name)
    return getattr(module, "predict", None), getattr(module, prepare) if prepare else public_api


def failing(prepare: Prepare) -> Prepare:
    """Let a model fail in three ways, each for the rows that hold one value."""

    def prepared(model: Any) -> Callable[[Rows], Rows]:
        answer = prepare(model)

        def probabilities(rows: Rows) -> Rows:
            if REFUSED in rows:
                raise ValueError("as scikit-learn refuses a row")
            if BROKEN in rows:
                raise RuntimeError("as a compiled model fails")
            found = answer(rows)
            found[(rows == NAN).any(axis=1)] = float("nan")
            return found

        return probabilities

    return prepared


def bad_company(
    answering: Answering | None, prepare: Prepare, settings: Settings, rounds: int
) -> Toll:
    """Ask `rounds` times with sixteen clients at once, one of which asks for failure.

    The right answers are those that the same style gives with nobody else there.
    """
    app = create_app(answering, failing(prepare), settings)
    return asyncio.run(_ask(app, rounds))


async def _ask(app: FastAPI, rounds: int) -> Toll:
    toll = Toll("bad company")

    async def post(connected: httpx.AsyncClient, row: list[float]) -> tuple[int, bytes]:
        answer = await connected.post("/predict", json={"features": row})
        return answer.status_code, answer.content

    async with client(app) as connected, app.router.lifespan_context(app):
        alone = [await post(connected, row) for row in ROWS[: 2 * CLIENTS]]
        for number in range(rounds):
            bad, offset = number % CLIENTS, number % CLIENTS
            poison = (REFUSED, BROKEN, NAN)[number % 3]
            rows = [*ROWS[offset : offset + CLIENTS]]
            rows[bad] = [1.0, 1.0, poison, 1.0]
            together = await asyncio.gather(*(post(connected, row) for row in rows))
            toll.inputs += 1
            for place, found in enumerate(together):
                expected = alone[offset + place]
                if place == bad:
                    continue
                toll.checked += 1
                if found[0] >= 500:
                    toll.failed.append(f"beside {poison:g}, {rows[place]} got {found}")
                elif found != expected:
                    toll.wrong.append(f"{rows[place]}: expected {expected}, got {found}")
            if together[bad][0] != (422 if poison == REFUSED else 500):
                toll.wrong.append(f"{rows[bad]} got {together[bad]}")
    return toll


def process_state() -> dict[str, object]:
    """What a request can leave behind for all the others, apart from the objects of the service."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE, signal.SIGALRM)
    return {
        "warnings.filters": list(warnings.filters),
        "warnings.showwarning": warnings.showwarning,
        "configuration of scikit-learn": sklearn.get_config(),
        "threads": [
            (one["filepath"], one["num_threads"]) for one in threadpoolctl.threadpool_info()
        ],
        "signal handlers": [signal.getsignal(number) for number in numbers],
        "working directory": os.getcwd(),
        "environment": dict(os.environ),
        "umask": _umask(),
    }


def _umask() -> int:
    found = os.umask(0o077)
    os.umask(found)
    return found
