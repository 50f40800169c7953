"""Executions are shared out among processes, and nobody can tell by the result."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from safety_tests.api import check_app
from safety_tests.report.as_json import as_json
from safety_tests.requests import parse
from safety_tests.schedule import Schedule
from safety_tests.target import wire
from safety_tests.target.fleet import Fleet
from safety_tests.target.process import AppProcess

APP = """
import asyncio

kept = None


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    global kept
    kept = scope["path"]
    await asyncio.sleep(0.1)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": kept.encode()})
"""
REQUESTS = [{"method": "GET", "path": f"/{name}"} for name in "abc"]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[AppProcess]]:
    (tmp_path / "app.py").write_text(APP)
    with ExitStack() as stack:
        setup = wire.Setup("app:app", str(tmp_path))
        yield [stack.enter_context(AppProcess(setup)) for _ in range(3)]


@pytest.mark.parametrize("orders", [0, 1, 2, 3, 20, 100])
def test_histories_come_in_the_order_of_the_orders(
    processes: list[AppProcess], orders: int
) -> None:
    asked = parse(REQUESTS, "the test").requests
    runs = [wire.Run((asked[n % 3],), scheduler=Schedule(), limit=5.0) for n in range(orders)]
    histories = list(Fleet(processes).stream(runs, ()))
    bodies = [history.answers[0].body.decode() for history in histories]
    assert bodies == [run.together[0].path for run in runs]
    assert sum(process.executions for process in processes) == orders


@pytest.mark.parametrize("workers", [2, 3])
def test_the_report_is_the_same_with_many_workers(tmp_path: Path, workers: int) -> None:
    (tmp_path / "app.py").write_text(APP)

    def report(count: int) -> str:
        found = check_app("app:app", REQUESTS, tmp_path, select="S001,S005,S006", workers=count)
        return re.sub(r'"seconds": [0-9.]+', "", as_json(found))

    assert report(workers) == report(1)
