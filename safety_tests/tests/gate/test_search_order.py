"""The order of the search: what a loop repeats a thousand times comes after what is new."""

from safety_tests.tests.conftest import Gate

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
