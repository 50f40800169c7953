"""Apps of a few lines in which the gate plants races."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from safety_tests.gate.settings import Settings
from safety_tests.prove import prove
from safety_tests.requests import parse
from safety_tests.tests.conftest import Entry, entry
from safety_tests.tests.nursery import nurseries
from safety_tests.verdict import Proof

Proving = Callable[..., tuple[Proof, ...]]


@pytest.fixture
def proving(tmp_path: Path) -> Proving:
    """Plant races in an app that is written to the folder of the test."""

    def run(
        files: Mapping[str, str],
        requests: Sequence[Entry],
        target: str = "app:app",
        **options: Any,
    ) -> tuple[Proof, ...]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), "utf-8")
        asked = parse([entry(one) for one in requests], "the test")
        return prove(target, tmp_path, asked, Settings(**options), nurseries=nurseries())

    return run
