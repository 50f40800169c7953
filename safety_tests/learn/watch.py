"""`safety-tests learn watch`: checks the file being edited whenever it is saved.

Files are looked at a few times a second. That needs no library, and it sees every way in which
editors save, also over a network folder: in place, or by a new file that takes the old one's name.
"""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from safety_tests.learn import progress, tell
from safety_tests.learn.catalogue import Exercise, exercises
from safety_tests.learn.judge import LIBRARIES
from safety_tests.learn.output import say
from safety_tests.learn.work import check_and_note, hint_and_note
from safety_tests.target.nursery import Nurseries

INTERVAL = 0.25
"""Seconds between two looks."""

GONE_AFTER = 1.5
"""Seconds after which a file that is not there was deleted, and is not just being saved."""

KEYS = "keys, each with Enter:  h hint   c check   s story   n next   l list   q quit"


class Saves:
    """Says which file was saved since it was asked last, once it has come to rest."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._known = {name: _state(file) for name, file in files.items()}
        self._moving: dict[str, tuple[State, float]] = {}

    def next(self, now: float) -> str | None:
        """The name of a file that was saved, or is gone for good."""
        for name, file in self._files.items():
            state = _state(file)
            if state == self._known[name]:
                self._moving.pop(name, None)
            elif name not in self._moving or self._moving[name][0] != state:
                self._moving[name] = (state, now)
            elif now - self._moving[name][1] >= (INTERVAL if state and state[1] else GONE_AFTER):
                del self._moving[name]
                self._known[name] = state
                return name
        return None


State = tuple[int, bytes] | None
"""When a file was written, and its content; None where it cannot be read just now."""


def _state(file: Path) -> State:
    try:
        return file.stat().st_mtime_ns, file.read_bytes()
    except OSError:
        return None


class Watcher:
    """Waits for saves and keys until the learner quits or everything is solved."""

    def __init__(self, folder: Path, first: Exercise, nurseries: Nurseries) -> None:
        self._folder, self._now, self._nurseries = folder, first, nurseries
        self._saves = Saves({one.name: tell.path_of(folder, one) for one in exercises()})
        self._keys = sys.stdin.isatty()
        self._over = False

    def run(self) -> None:
        self._introduce()
        while not self._over:
            if command := self._typed():
                self._obey(command)
            saved = self._saves.next(time.monotonic())
            if saved is not None:
                self._now = next(one for one in exercises() if one.name == saved)
                self._check()

    def _introduce(self) -> None:
        # Its minutes begin now, with the reading.
        progress.change(self._folder, self._now.name, lambda done: done)
        say("\n" + tell.introduction(self._now, self._folder))
        if self._keys:
            say("\nEdit and save the file, or press c and Enter to see its fault.\n" + KEYS)
        else:
            say("\nEdit and save the file.")

    def _typed(self) -> str:
        """A line from the terminal, if there is one; waits for it for an interval."""
        if not self._keys:
            time.sleep(INTERVAL)
            return ""
        if not select.select([sys.stdin], [], [], INTERVAL)[0]:
            return ""
        line = sys.stdin.readline()
        return line.strip().lower() or "?" if line else "q"

    def _obey(self, command: str) -> None:
        if command in ("h", "hint"):
            say(hint_and_note(self._folder, self._now))
        elif command in ("c", "check"):
            self._check()
        elif command in ("s", "story"):
            self._introduce()
        elif command in ("n", "next"):
            self._go_on()
        elif command in ("l", "list"):
            say(tell.listing(progress.load(self._folder), self._folder))
        elif command in ("q", "quit", "exit"):
            self._over = True
        else:
            say(KEYS)

    def _check(self) -> None:
        say("")
        solved, text = check_and_note(self._folder, self._now, self._nurseries)
        say(text)
        if solved:
            self._go_on()
        else:
            say(f"\nwaiting for the next save of {tell.path_of(self._folder, self._now)}")

    def _go_on(self) -> None:
        following = tell.next_one(progress.load(self._folder), after=self._now)
        if following is None:
            say(
                "\nAll exercises are solved. `safety-tests check` on a service of your own is next."
            )
            self._over = True
        elif following == self._now:
            say("\nThis is the last one that is not solved.")
        else:
            self._now = following
            self._introduce()


def watch(folder: Path, first: Exercise) -> None:
    """Watch all exercises in the folder, beginning with `first`; returns when it is over."""
    with Nurseries(LIBRARIES) as nurseries:
        try:
            Watcher(folder, first, nurseries).run()
        except KeyboardInterrupt:
            say("")
    done = progress.load(folder)
    following = tell.next_one(done)
    left = f"; next is {following.name}" if following else ""
    say(f"What you did is kept in {folder / progress.FILE}{left}.")
