"""The watcher in a terminal: it sees every way of saving, answers keys, and goes on by itself."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from safety_tests.learn import progress
from safety_tests.learn.catalogue import exercises
from safety_tests.learn.folder import start
from safety_tests.learn.watch import GONE_AFTER, INTERVAL, Saves

FIRST, SECOND = exercises()[0], exercises()[1]
LIMIT_SECONDS = 120.0
WAITING = "waiting for the next save"


class Terminal:
    """A command at a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        ours, theirs = pty.openpty()
        self._fd, self.text = ours, ""
        self._seen = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "safety_tests", "learn", "watch", "--folder", str(folder)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)

    def type(self, line: str) -> None:
        os.write(self._fd, line.encode() + b"\n")

    def until(self, wanted: str) -> str:
        """Read on until the text comes; returns what came since the last one, up to it."""
        end = time.monotonic() + LIMIT_SECONDS
        while wanted not in self.text[self._seen :]:
            assert time.monotonic() < end, f"no {wanted!r} in {self.text[self._seen :]}"
            if select.select([self._fd], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self._fd, 65536).decode("utf-8", "replace")
                except OSError:
                    assert wanted in self.text[self._seen :], self.text
        begin = self._seen
        self._seen = self.text.index(wanted, begin) + len(wanted)
        return self.text[begin : self._seen]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._fd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A learner's folder in which all but the first two exercises are solved."""
    start(tmp_path, "Ada")
    for exercise in exercises()[2:]:
        progress.change(tmp_path, exercise.name, lambda done: replace(done, solved=1.0e9))
    return tmp_path


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    opened = Terminal(folder)
    yield opened
    opened.close()


def test_a_learner_goes_from_the_first_fault_to_the_end(folder: Path, terminal: Terminal) -> None:
    file = folder / FIRST.name / "app.py"
    assert FIRST.title in terminal.until("q quit")
    terminal.type("c")
    assert "S001 isolation" in terminal.until(WAITING)
    terminal.type("h")
    assert FIRST.hints[0][:40] in terminal.until("are left.")
    file.write_text("def")
    assert "no Python yet" in terminal.until(WAITING)
    file.unlink()
    assert "safety-tests learn reset" in terminal.until(WAITING)
    file.write_text((FIRST.folder / "solution.py").read_text("utf-8"))
    assert f"{FIRST.name}: solved" in terminal.until("solved")
    assert SECOND.title in terminal.until("q quit")
    beside = file.with_name("app.py~")
    beside.write_text((SECOND.folder / "solution.py").read_text("utf-8"))
    os.replace(beside, folder / SECOND.name / "app.py")
    terminal.until("All exercises are solved")
    terminal.until("progress.json")
    assert terminal.process.wait(LIMIT_SECONDS) == 0
    assert "Traceback" not in terminal.text
    kept = progress.load(folder)
    assert (kept.of(FIRST.name).hints, kept.of(FIRST.name).checks) == (1, 4)


def test_keys_list_go_on_and_quit(folder: Path, terminal: Terminal) -> None:
    terminal.until("q quit")
    terminal.type("n")
    assert SECOND.title in terminal.until("q quit")
    terminal.type("l")
    assert f"{len(exercises()) - 2} of {len(exercises())} solved" in terminal.until("next:")
    terminal.type("what?")
    terminal.until("q quit")
    terminal.type("q")
    terminal.until("is kept in")
    assert terminal.process.wait(LIMIT_SECONDS) == 0


def test_a_save_counts_once_the_file_has_come_to_rest(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("old")
    saves = Saves({"one": file})
    assert saves.next(0.0) is None
    file.write_text("ha")
    assert saves.next(1.0) is None
    file.write_text("half, and then the rest")
    assert saves.next(1.0 + INTERVAL) is None, "it has moved again"
    assert saves.next(1.0 + 2 * INTERVAL) == "one"
    assert saves.next(9.0) is None, "told once"
    os.utime(file, ns=(1, 1))
    assert saves.next(10.0) is None
    assert saves.next(10.0 + INTERVAL) == "one", "saved as it was: look again"


def test_a_file_that_is_away_while_it_is_saved_is_not_gone(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("old")
    saves = Saves({"one": file})
    file.unlink()
    assert saves.next(1.0) is None
    assert saves.next(1.0 + GONE_AFTER / 2) is None
    file.write_text("new")
    assert saves.next(2.0) is None
    assert saves.next(2.0 + INTERVAL) == "one"
    file.unlink()
    assert saves.next(3.0) is None
    assert saves.next(3.0 + GONE_AFTER) == "one"
