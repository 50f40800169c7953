"""The order of the search: what a loop repeats a thousand times comes after what is new."""

from safety_tests.tests.conftest import Gate
from safety_tests.verdict import Verdict

SERVICE = """
from fastapi import FastAPI

app = FastAPI()

class Predictor:
    features = 0

predictor = Predictor()

def weigh(x):
    total = 0
    for step in range(400):
        total += step
    return x

@app.get("/p")
def predict(x: int):
    weigh(x)
    predictor.features = x
    return weigh(predictor.features) + predictor.features
"""


def test_a_race_beside_long_loops_shows_among_the_first_schedules(gate: Gate) -> None:
    for seed in range(3):
        report = gate(SERVICE, ["/p?x=1", "/p?x=2"], select="S001", seed=seed)
        (finding,) = report.findings
        (result,) = report.checks
        assert finding.number < 100
        assert result.schedules_total > 1000


FICKLE = """
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()
turns = Path(__file__).with_name("turns.txt")
turns.write_text("0")

def turn():
    number = int(turns.read_text())
    turns.write_text(str(number + 1))
    return number

@app.get("/p")
def predict(x: int):
    if turn() < 16:
        text = str(x)
        x = int(text)
    return x
"""


def test_schedules_that_an_app_does_not_follow_leave_the_check_unproven(gate: Gate) -> None:
    """Its file is not put back, and the way that schedules are made of is soon closed for ever."""
    asked = ["/p?x=1", "/p?x=2"]
    report = gate(FICKLE, asked, select="S001", preemptions=1, latent=False, random_schedules=0)
    assert any("could not be followed" in note for note in report.notes), report.notes
    (result,) = report.checks
    assert result.verdict is Verdict.UNPROVEN
    assert result.schedules < result.schedules_total
    assert "could not be followed" in result.covered
    report = gate(FICKLE.replace("turn() < 16", "False"), asked, select="S001", preemptions=1)
    assert not any("could not be followed" in note for note in report.notes)
