"""The command line in process, in an empty folder, after which nothing may be left."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from safety_tests.cli import main
from safety_tests.target import launch, process

MARK = "HOSTILE_CASE"
LONGEST_SECONDS = 30.0

REQUESTS = """[
    {"name": "a", "method": "GET", "path": "/a"},
    {"name": "b", "method": "GET", "path": "/b"}
]"""
FLAGS = ("--requests", "r.json", "--preemptions", "0", "--timeout", "2", "--budget", "10")
PROJECT = "[tool.safety-tests]\nrandom-schedules = 2\ncrowds = 2\n"


class Hostile:
    """Runs one command on what a case wrote into its folder."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str], mark: str) -> None:
        self.folder, self._capfd, self._mark = folder, capfd, mark
        self.written: set[str] = set()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """The exit code, and all that was printed; neither a stack trace nor a hang."""
        before = contents(self.folder)
        self._capfd.readouterr()
        started = time.monotonic()
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse tells of flags in this way
            code = int(end.code or 0)
        out, err = self._capfd.readouterr()
        assert time.monotonic() - started < LONGEST_SECONDS
        assert "Traceback" not in out + err
        assert contents(self.folder) == before
        self.must_have_left_no_process()
        if code == 2:
            assert not out
            assert err.startswith(("safety-tests: ", "usage: ")), err
            assert err.startswith("usage: ") or err.count("\n") == 1, err
            assert len(err) < 2_000
        return code, out + err

    def must_have_left_no_process(self) -> None:
        deadline = time.monotonic() + 5.0
        while (left := marked(self._mark)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not left


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def marked(mark: str) -> list[str]:
    """The living processes that were started in the environment of a case."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            known = entry.name.isdigit() and (entry / "environ").read_bytes()
            if known and f"{MARK}={mark}".encode() in known:
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture
def hostile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Hostile]:
    """Run safety-tests on hostile input; no process and no temporary file may be left behind."""
    temporary, folder = tmp_path / "tmp", tmp_path / "project"
    temporary.mkdir()
    folder.mkdir()
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    monkeypatch.setenv(MARK, mark)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("PYTHONPATH", raising=False)  # a relative one would lead into the folder
    monkeypatch.chdir(folder)
    for module in (launch, process):
        monkeypatch.setattr(module, "START_SECONDS", 3.0)
    monkeypatch.setattr(process, "GRACE_SECONDS", 2.0)
    yield Hostile(folder, capfd, mark)
    assert list(temporary.iterdir()) == []
