"""An app written as a file, started in its own process, and every process of it gone at the end."""

import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from safety_tests.target import wire
from safety_tests.target.process import AppProcess

Start = Callable[..., AppProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Write the source as a module, and start `target` in a process."""
    with ExitStack() as stack:

        def make(source: str, target: str = "app:app", file: str = "app.py") -> AppProcess:
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(source))
            return stack.enter_context(AppProcess(wire.Setup(target, str(tmp_path))))

        yield make
