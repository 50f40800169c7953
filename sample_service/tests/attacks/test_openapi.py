"""The OpenAPI document is a promise: what it allows is answered, all else refused as declared."""

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from sample_service.tests.attacks.target import TOKEN, target
from sample_service.tests.client import ask

pytest.importorskip("schemathesis", reason="needs the extra attacks")
SCHEMATHESIS = Path(sysconfig.get_path("scripts")) / "schemathesis"


def run(url: str, folder: Path, *flags: str) -> str:
    """Run every check on every operation, and return the report; the exit code must be 0."""
    flags = ("--mode=all", "--checks=all", "--seed=1", "--workers=2", "--no-color", *flags)
    command = [str(SCHEMATHESIS), "run", f"{url}/openapi.json", *flags]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "examples", [25, pytest.param(1000, marks=pytest.mark.slow)], ids="{} examples".format
)
def test_no_operation_answers_otherwise_than_it_declares(tmp_path: Path, examples: int) -> None:
    with target(tmp_path) as (server, _):
        flags = (f"--max-examples={examples}", f"--header=Authorization: Bearer {TOKEN}")
        report = run(server.url, tmp_path, *flags)
    assert "Operations:       5 selected / 5 total" in report
    generated = re.search(r"(\d+) generated, \1 passed", report)
    assert generated, report
    assert int(generated[1]) > 100


def test_the_refusal_of_a_body_has_the_shape_that_is_declared() -> None:
    document = ask("GET", "/openapi.json").json()
    declared = document["paths"]["/predict"]["post"]["responses"]["422"]["content"]
    assert declared["application/json"]["schema"] == {"$ref": "#/components/schemas/Refusal"}
    refusal = ask("POST", "/predict", json={"features": [None]}).json()
    assert set(refusal) == set(document["components"]["schemas"]["Refusal"]["properties"])
