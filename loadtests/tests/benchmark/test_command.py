"""The command line of the benchmark."""

from pathlib import Path

import pytest

from loadtests.benchmark.__main__ import main


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ["install", "nobody"],
            "expected some of bentoml, litserve, mlserver, ray-serve; got nobody",
        ),
        (["run", "--only", "nobody"], "got nobody"),
        (["run", "--rounds", "0"], "above zero"),
        (["run", "--connections", "0"], "above zero"),
        (["report"], "got none. Run: python -m loadtests.benchmark run"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told_and_exits_with_2(
    command: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--cache", str(tmp_path)]) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []
