"""The gate's side of the app's process: starts it, gives it orders, survives its end."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from safety_tests.errors import UsageError
from safety_tests.history import Answer, History, Setting, Touches, Waiting
from safety_tests.target import wire
from safety_tests.target.launch import START_SECONDS, Launched, how_it_ended, never_started
from safety_tests.target.nursery import Nurseries

if TYPE_CHECKING:
    from safety_tests.requests import Request

Answered = TypeVar("Answered")

GRACE_SECONDS = 10.0
"""How much longer than its own limit an execution may take before its process is killed."""

AHEAD = 8
"""How many orders the app's process may have before their answers were looked at."""


GONE = "the app's process is gone; it may have ended itself, or closed files that are not its own"


class AppProcess(Launched):
    """The app under a scheduler, in a process of its own that forks a child for each state."""

    module = "safety_tests.target.server"

    def __init__(
        self, setup: wire.Setup, path: Sequence[str] = (), nurseries: Nurseries | None = None
    ) -> None:
        super().__init__(setup, path, nurseries)
        self.target = setup.target
        self._base: tuple[Request, ...] | None = None
        self._child = 0
        self._used = False
        self._begun = 0.0
        """When the execution began whose history is the next to come."""
        self._imports: dict[str, None] = {}
        self._settings: tuple[Setting, ...] = ()
        self._on_their_way: deque[wire.Run] = deque()
        self._arrived: deque[tuple[wire.Run, History]] = deque()
        self._unserved: deque[wire.Run] = deque()
        self.reuse = True
        """Serve many executions in one process, as long as its state can be put back."""
        self.forks = 0
        self.executions = 0

    def _twin(self, fds: Sequence[int]) -> int:
        """Have the template forked into another one that serves on these file descriptors."""
        self.renew()
        self._tell(wire.Twin())
        socket.send_fds(self.sock, [b"."], list(fds))
        return _must_be(wire.Forked, self._hear()).pid

    # -- orders ---------------------------------------------------------------------------------

    def describe(self) -> wire.Description:
        self._use(())
        description = self._ask(wire.Describe(), START_SECONDS)
        if isinstance(description, wire.Exited):
            hung = description.status == -signal.SIGKILL  # by us, when the time was up
            how = f"{how_it_ended(description.status)} while it was imported or started"
            raise UsageError(never_started() if hung else how)
        return _must_be(wire.Description, description)

    def inspect(
        self, requests: Sequence[Request], base: tuple[Request, ...], limit: float
    ) -> dict[str, Touches]:
        """By request, what each of its lines touches; empty where that cannot be found out."""
        for apart in (False, True) if self.reuse else (True,):
            self._use(base)
            self._used = True
            order = wire.Inspect(tuple(requests), limit, apart)
            answer = self._ask(order, limit * 2 * len(requests))
            if isinstance(answer, wire.Exited):
                self._child = 0
            else:
                inspected = _must_be(wire.Inspected, answer)
                if not inspected.spoilt:
                    return inspected.touches
                self._await_exit()
        return {}

    def run(self, order: wire.Run, base: tuple[Request, ...] = (), fresh: bool = False) -> History:
        """Execute `order` in the state after `base`; a crash or a hang is a history as well.

        With `fresh`, or once `reuse` is off, nothing else was executed in its process before.
        """
        self._drain()
        if self._child and (fresh or not self.reuse) and self._used:
            self._close_child()
        self._use(base)
        self._send_orders([order])
        self._receive_history()
        # Histories that were on their way before stand in front of it and are the stream's.
        return self._arrived.pop()[1]

    def stream(
        self, orders: Sequence[wire.Run], base: tuple[Request, ...] = ()
    ) -> Iterator[History]:
        """The histories of many orders, in their order, each as soon as it is there.

        The app executes the next ones while the caller looks at one; other orders may be given in
        between, they wait for those on their way.
        """
        if not self.reuse:
            yield from (self.run(order, base, fresh=True) for order in orders)
            return
        waiting = deque(orders)
        self._drain()
        # Of a stream that nobody read to its end.
        self._arrived.clear()
        self._unserved.clear()
        while waiting or self._on_their_way or self._arrived or self._unserved:
            self._hand_out(waiting, base)
            if not self._arrived:
                self._receive_history()
                # The app goes on before the caller looks, in a new child if need be.
                self._hand_out(waiting, base)
            yield self._arrived.popleft()[1]

    def _hand_out(self, waiting: deque[wire.Run], base: tuple[Request, ...]) -> None:
        """Give the app the next orders if it has none."""
        if self._on_their_way:
            return
        waiting.extendleft(reversed(self._unserved))
        self._unserved.clear()
        if waiting:
            self._use(base)
            self._send_orders([waiting.popleft() for _ in range(min(AHEAD, len(waiting)))])

    def _send_orders(self, orders: Sequence[wire.Run]) -> None:
        self._used = True
        if not self._on_their_way:
            self._begun = time.monotonic()
        self._on_their_way.extend(orders)
        self._tell(wire.Batch(tuple(orders)))

    def _receive_history(self) -> None:
        order = self._on_their_way.popleft()
        self.executions += 1
        answer = self._await_answer(order.limit + GRACE_SECONDS)
        begun, self._begun = self._begun, time.monotonic()
        if isinstance(answer, wire.Exited):
            self._child = 0
            history = self._died(answer.status, order, self._begun - begun)
        else:
            history = _must_be(History, answer)
            self._imports.update(dict.fromkeys(history.imports))
            if history.leftover:
                self._await_exit()
        if history.leftover:
            self._unserved.extend(self._on_their_way)
            self._on_their_way.clear()
        self._arrived.append((order, history))

    def _drain(self) -> None:
        while self._on_their_way:
            self._receive_history()

    def _use(self, base: tuple[Request, ...]) -> None:
        self.wait_until_ready()
        if self._child and self._base != base:
            self._close_child()
        if not self._child:
            self.sock.settimeout(START_SECONDS)
            if self._imports:
                self._tell(wire.Preload(tuple(self._imports)))
                self._imports.clear()
            if self._settings:
                self._tell(wire.Watch(self._settings))
                self._settings = ()
            self._tell(wire.Fork(base))
            self._child = _must_be(wire.Forked, self._hear()).pid
            self._base, self._used = base, False
            self.forks += 1

    def _ask(self, order: object, limit: float) -> Any:
        self._drain()
        self._tell(order)
        return self._await_answer(limit)

    def _tell(self, order: object) -> None:
        try:
            wire.send(self.sock, order)
        except wire.Closed:
            raise UsageError(GONE) from None

    def _hear(self) -> Any:
        try:
            answer = wire.receive(self.sock)
        except wire.Closed:
            raise UsageError(GONE) from None
        if isinstance(answer, wire.Failed):
            raise UsageError(answer.message)
        return answer

    def _await_answer(self, limit: float) -> Any:
        self.sock.settimeout(limit)
        try:
            answer = wire.receive(self.sock)
        except wire.Closed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            self.sock.settimeout(GRACE_SECONDS)
            return self._hear()
        if isinstance(answer, wire.Failed):
            raise UsageError(answer.message)
        return answer

    def renew(self) -> None:
        """Serve the next order in a new child, with all libraries imported that were so far."""
        if self._child:
            self._close_child()

    def watch(self, settings: tuple[Setting, ...]) -> None:
        """From the next child on, what libraries keep there belongs to what the requests share."""
        self._settings = settings
        self.renew()

    def _close_child(self) -> None:
        self._drain()
        if not self._child:
            return
        self._tell(wire.Close())
        self._await_exit()

    def _await_exit(self) -> None:
        self.sock.settimeout(GRACE_SECONDS)
        try:
            wire.receive(self.sock)
        except wire.Closed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            self._hear()
        self._child = 0

    def _died(self, status: int, order: wire.Run, seconds: float) -> History:
        """The history of an execution whose process ended in the middle, after so many seconds.

        When its time is up faulthandler looks at threads that run, and may crash itself.
        """
        hung = status in (-signal.SIGALRM, -signal.SIGKILL) or seconds >= order.limit
        how = "hang" if hung else "crash"
        error = f"no answer within {order.limit:.0f} s" if hung else how_it_ended(status)
        answers = tuple(Answer(0, error=error) for _ in order.together)
        where = self._stacks() if hung else ()
        return History(answers=answers, stuck=how, waiting=where, leftover=True)

    def _stacks(self) -> tuple[Waiting, ...]:
        """Where the threads stood when the time was up, from faulthandler's report."""
        self.diagnostics.seek(0)
        text = self.diagnostics.read().decode("utf-8", "replace")
        self.diagnostics.seek(0)
        self.diagnostics.truncate()
        root = Path(self.setup.app_dir)
        for file, line in re.findall(r'File "(.+?)", line (\d+)', text):
            path = Path(file)
            if path.is_relative_to(root) and "safety_tests/engine" not in file:
                place = f"{path.relative_to(root).as_posix()}:{line}"
                return (Waiting(0, place, "its own end", None),)
        return ()


class Twin(AppProcess):
    """A second process of the same app, in the same state, forked instead of started.

    With `latent`, others are let in wherever a build without the GIL would (Python 3.12 and later).
    """

    def __init__(self, first: AppProcess, latent: bool = False) -> None:
        super().__init__(replace(first.setup, latent=latent or first.setup.latent))
        self._first = first
        self.reuse = first.reuse

    def _spawn(self, fds: Sequence[int]) -> int:
        return self._first._twin(fds)


def _must_be(kind: type[Answered], answer: object) -> Answered:
    """The answer, which is of another kind where the app has interfered with our own code."""
    if not isinstance(answer, kind):
        raise UsageError(
            f"the app's process was to answer with {kind.__name__}, and answered with"
            f" {type(answer).__name__}; does the app replace functions of os, or fork?"
        )
    return answer
