"""The processes beside the one under the scheduler: when they are there, and that they end."""

import pytest

from safety_tests.errors import UsageError
from safety_tests.gate.others import Others
from safety_tests.target.launch import Launched
from safety_tests.tests.conftest import Gate
from safety_tests.verdict import Verdict

SERVICE = """
from fastapi import FastAPI

app = FastAPI()

@app.get("/p")
def predict(x: float):
    return x * 2
"""


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> list[set[Launched]]:
    """The processes of the app that were alive whenever one more had been started."""
    seen: list[set[Launched]] = []
    start = Launched.start

    def started(self: Launched) -> None:
        start(self)
        seen.append(set(Launched._alive))

    monkeypatch.setattr(Launched, "start", started)
    return seen


def test_there_are_never_more_than_two_processes_of_the_app(
    gate: Gate, alive: list[set[Launched]]
) -> None:
    report = gate(SERVICE, ["/p?x=1", "/p?x=2"], random_schedules=0, crowds=2)
    assert report.verdict is Verdict.PASS
    modules = [one.module.rpartition(".")[2] for processes in alive for one in processes]
    assert modules.count("crowd") == 1
    assert len(alive) == 4  # the first, two replicas, the crowd
    assert max(map(len, alive)) == 2
    assert not Launched._alive


def test_all_of_them_end_when_the_gate_cannot_go_on(gate: Gate, alive: list[set[Launched]]) -> None:
    with pytest.raises(UsageError, match="none of the requests"):
        gate(SERVICE, ["/p?x=many"])
    assert alive
    assert not Launched._alive


def test_all_of_them_end_when_the_gate_is_interrupted(
    gate: Gate, alive: list[set[Launched]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_anything: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Others, "order", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gate(SERVICE, ["/p?x=1", "/p?x=2"])
    assert alive
    assert not Launched._alive
