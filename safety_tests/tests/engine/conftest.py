"""An app of a few lines in a process of its own, gone when the test ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from safety_tests.tests.engine.drive import Drive

Serve = Callable[[str], Drive]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve the app that the given source makes; each call starts another process."""
    with ExitStack() as stack:
        folders = (tmp_path / f"app{number}" for number in range(100))
        yield lambda source: stack.enter_context(Drive(next(folders), source))
