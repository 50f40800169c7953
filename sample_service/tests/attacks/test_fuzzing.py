"""Hostile bytes on raw sockets; a failure prints the input, and seed:number makes it again."""

import asyncio
import random
from pathlib import Path

import pytest

from sample_service.tests.attacks import wire
from sample_service.tests.attacks.alone import VERSIONS, Alone, write_models
from sample_service.tests.attacks.fuzzing import fuzz
from sample_service.tests.attacks.hostile import BODIES, RAW, hostile
from sample_service.tests.attacks.target import target
from sample_service.tests.server import serving

MOST_MB = 24
PARSERS = ("h11", "httptools")
RACY = """
import asyncio
from sample_service.app import create_app

async def racy(predictor, features):
    global row
    row = features
    await asyncio.sleep(0)
    if row[0].is_integer():
        raise RuntimeError("a mistake that one in four requests meets")
    return predictor.predict(row)

app = create_app(racy)
"""


@pytest.mark.parametrize("http", PARSERS)
def test_ten_thousand_hostile_inputs_spoil_no_answer_and_cause_no_500(
    tmp_path: Path, http: str
) -> None:
    with target(tmp_path, "--http", http) as (server, alone):
        toll = fuzz(server, alone[VERSIONS[0]], seed=1, count=10_000)
    print(toll)
    toll.must_be_nothing(MOST_MB)
    assert toll.inputs == 10_000
    assert toll.checked >= 5_000


@pytest.mark.slow
@pytest.mark.parametrize("http", PARSERS)
def test_two_hundred_thousand_inputs_of_a_new_seed(tmp_path: Path, http: str) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with target(tmp_path, "--http", http) as (server, alone):
        fuzz(server, alone[VERSIONS[0]], seed, 200_000).must_be_nothing(MOST_MB)


def test_a_service_with_a_race_and_a_mistake_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "racy.py").write_text(RACY)
    write_models(tmp_path / "models")
    settings = {"model_dir": str(tmp_path / "models"), "version": VERSIONS[0]}
    environment = {f"SAMPLE_SERVICE_{name.upper()}": value for name, value in settings.items()}
    with serving(tmp_path, "racy:app", "--app-dir", str(tmp_path), **environment) as server:
        toll = fuzz(server, Alone(tmp_path / "models"), seed=1, count=1000)
    assert toll.wrong
    assert any("; input 1:" in one for one in toll.failed)
    with pytest.raises(AssertionError, match="of status 500"):
        toll.must_be_nothing()


def test_a_seed_and_a_number_are_always_the_same_bytes_and_all_kinds_occur() -> None:
    made = [hostile(7, number) for number in range(1000)]
    assert made == [hostile(7, number) for number in range(1000)]
    assert {one.kind for one in made} == {make.__name__ for make in (*BODIES, *RAW)}


@pytest.mark.parametrize("http", PARSERS)
def test_a_request_hidden_in_the_body_of_another_is_not_answered(tmp_path: Path, http: str) -> None:
    """One of its two lengths says that the inner one is body, the other that it comes next."""
    hidden = b"0\r\n\r\n" + wire.get("/model")
    length = {"Content_Length": str(len(hidden)), "Transfer_Encoding": "chunked"}

    async def ask(port: int) -> tuple[list[int], bool]:
        connection = wire.Connection(port)
        found = await connection.ask(wire.with_body(b"", **length) + hidden, count=2)
        return [one.status for one in found], connection.is_open

    with target(tmp_path, "--http", http) as (server, _):
        assert asyncio.run(ask(server.port)) == ([400], False)
