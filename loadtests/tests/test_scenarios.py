"""Each scenario runs, sends what it is named after, and finds a service right that is."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from loadtests.measure.runs import Run, load
from loadtests.tests.stub import Reply, served

ENTRIES = [
    {"name": name, "method": "POST", "path": "/predict", "json": {"row": row}}
    for name, row in {"small": [1, 2], "large": [30, 40]}.items()
]
SWAPS: list[dict[str, Any]] = [
    {"name": f"to {v}", "method": "POST", "path": "/reload", "json": {"to": v}, "changes": True}
    for v in (2, 1)
]


def run(name: str, folder: Path, url: str, entries: list[Any], *options: str) -> Run:
    requests = folder / "requests.json"
    requests.write_text(json.dumps(entries))
    given = ["--correctness-requests", str(requests), *options]
    return load(f"scenarios/{name}.py", url, 6, 1, given)


def total(_: int, body: Any) -> Reply:
    row = body.get("row") if isinstance(body, dict) else None
    if not isinstance(row, list) or not all(type(part) is int for part in row):
        return Reply({"detail": "a row of numbers, please"}, 422)
    return Reply({"total": sum(row)})


@pytest.mark.parametrize("name", ["mixed", "burst", "bad_input", "rough_clients", "open_loop"])
def test_a_right_service_is_found_right(name: str, tmp_path: Path) -> None:
    with served(total) as stub:
        done = run(name, tmp_path, stub.url, ENTRIES)
    assert done.exit_code == 0, done.output
    assert done.found["checked"] > 10
    if name == "rough_clients":
        assert done.found["given_up"] > 0


@pytest.mark.parametrize("whole", [True, False])
def test_a_half_replaced_model_is_seen_and_a_whole_one_is_right(
    tmp_path: Path, whole: bool
) -> None:
    model, torn = {"version": 1, "weight": 1}, threading.Event()

    def answer(number: int, body: Any) -> Reply:
        if "to" in body:
            model.update(version=body["to"], weight=body["to"])
            if not whole and number > 20:
                model["weight"] = 3 - body["to"]
                torn.set()
            return Reply({"loaded": body["to"]})
        return Reply({"total": sum(body["row"]) * model["weight"], "version": model["version"]})

    with served(answer) as stub:
        done = run("hot_swap", tmp_path, stub.url, ENTRIES + SWAPS)
    assert done.found["endpoints"]["POST /reload"]["right"] > 4
    assert done.exit_code == (0 if whole else 1), done.output
    assert (done.found["unexplained"] > 0) == torn.is_set() == (not whole)


def test_a_hot_swap_without_anything_to_swap_is_refused(tmp_path: Path) -> None:
    with served(total) as stub:
        done = run("hot_swap", tmp_path, stub.url, ENTRIES)
    assert done.exit_code == 2
    assert 'marked with "changes": true' in done.output


def test_a_cold_service_is_asked_by_everybody_at_once_and_by_nobody_before(tmp_path: Path) -> None:
    with served(total) as stub:
        refused = run("cold_start", tmp_path, stub.url, ENTRIES)
        assert refused.exit_code == 2
        assert "must find cold" in refused.output
        assert stub.asked == 0
        model = ["--correctness-model", "loadtests.tests.model:total"]
        done = run("cold_start", tmp_path, stub.url, ENTRIES, *model)
        assert done.exit_code == 0, done.output
        assert done.found["checked"] == stub.asked == 6 * 5
    assert done.found["origin"] == "a model function"
