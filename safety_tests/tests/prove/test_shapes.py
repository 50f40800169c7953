"""A planted race is caught in whatever form the app is written."""

import re

import pytest

from safety_tests.tests.prove.conftest import Proving
from safety_tests.tests.prove.shapes import SHAPES, WHERE

TWO = ("/predict?x=1", "/predict?x=2")


@pytest.mark.parametrize("name", SHAPES)
def test_a_planted_race_is_caught(name: str, proving: Proving) -> None:
    (proof,) = proving(SHAPES[name], TWO)
    assert proof.caught, proof.reason
    assert proof.reason.endswith("replayed 3 of 3")
    place = re.fullmatch(r"(.+) \((.+):(\d+)\)", proof.planted)
    assert place is not None
    function, file, line = place.groups()
    assert function == WHERE[name]
    assert f"def {function.rpartition('.')[2]}(" in SHAPES[name][file].splitlines()[int(line) - 1]


POSTED = (
    {"name": "one", "method": "POST", "path": "/predict", "json": {"x": 1}},
    {"name": "two", "method": "POST", "path": "/predict", "json": {"x": 2}},
)

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def predict(request):
    return JSONResponse((await request.json())["x"])

app = Starlette(routes=[Route("/predict", predict, methods=["POST"])])
"""

ASGI = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
    assert (await receive())["type"] == "http.disconnect"
"""


@pytest.mark.parametrize("source", [STARLETTE, ASGI], ids=["starlette", "asgi"])
def test_a_request_that_is_all_in_its_body_is_mixed_up_as_well(
    source: str, proving: Proving
) -> None:
    (proof,) = proving({"app.py": source}, POSTED)
    assert proof.caught, proof.reason
