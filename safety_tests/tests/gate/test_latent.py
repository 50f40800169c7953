"""What only a build without the GIL shows is a warning here, and a failure with `--latent`."""

from typing import Any

import pytest

from safety_tests.engine.real import has_gil
from safety_tests.gate.replay import replay
from safety_tests.tests.conftest import Gate
from safety_tests.verdict import Verdict

pytestmark = pytest.mark.skipif(not has_gil(), reason="here nothing is latent")

HEAD = """
from fastapi import FastAPI

app = FastAPI()


class Predictor:
    features = [0]


predictor = Predictor()
seen = 0
"""

NEVER_LET_IN = f"""{HEAD}
@app.get("/p")
def predict(x: int):
    predictor.features = [x]
    return sum(predictor.features)
"""

LET_IN_BY_A_CALL = f"""{HEAD}
def twice(x):
    return 2 * x

@app.get("/p")
def predict(x: int):
    predictor.features = [x]
    return twice(1) * sum(predictor.features)
"""

COUNTED = f"""{HEAD}
@app.get("/p")
def predict(x: int):
    global seen
    seen += 1
    return x
"""

REQUESTS = ["/p?x=1", "/p?x=2"]
ONE: dict[str, Any] = {"select": "S001", "preemptions": 1, "random_schedules": 0}


def test_what_this_build_never_shows_passes_with_a_warning(gate: Gate) -> None:
    report = gate(NEVER_LET_IN, REQUESTS, **ONE)
    assert report.verdict is Verdict.PASS
    (warning,) = report.warnings
    assert warning.latent
    assert warning.warning
    assert warning.summary.startswith("latent: /p?x=")
    assert warning.replayed == "3/3"
    assert any("the free-threaded one does" in sentence for sentence in warning.explanation)


def test_its_token_replays(gate: Gate) -> None:
    (warning,) = gate(NEVER_LET_IN, REQUESTS, **ONE).warnings
    (again,) = replay(warning.token, None, gate.app_dir).findings
    assert (again.token, again.interleaving) == (warning.token, warning.interleaving)


def test_it_is_the_one_of_a_process_that_is_started_like_this(gate: Gate) -> None:
    (warning,) = gate(NEVER_LET_IN, REQUESTS, **ONE).warnings
    (finding,) = gate(NEVER_LET_IN, REQUESTS, latent=True, **ONE).findings
    assert finding.interleaving == warning.interleaving
    assert finding.token == warning.token


def test_it_is_a_failure_when_that_is_asked_for(gate: Gate) -> None:
    report = gate(NEVER_LET_IN, REQUESTS, latent=True, **ONE)
    assert report.verdict is Verdict.FAIL
    assert not report.warnings


def test_what_this_build_shows_is_a_finding_and_not_latent(gate: Gate) -> None:
    report = gate(LET_IN_BY_A_CALL, REQUESTS, **ONE)
    (finding,) = report.findings
    assert not finding.latent
    assert not report.warnings


def test_a_torn_count_that_no_answer_shows_is_not_warned_of(gate: Gate) -> None:
    report = gate(COUNTED, REQUESTS, **ONE)
    assert report.verdict is Verdict.PASS
    assert not report.warnings
