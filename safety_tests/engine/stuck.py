"""Who waits for what when nothing can go on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

from safety_tests.engine.control import Control
from safety_tests.engine.source import Sources
from safety_tests.engine.strand import State, Strand
from safety_tests.engine.sync import Lock, RLock
from safety_tests.history import Waiting
from safety_tests.schedule import BACKGROUND


def waiting(
    control: Control, running: Mapping[int, asyncio.Task[Any]], sources: Sources
) -> tuple[Waiting, ...]:
    """Every task that is not done, with its innermost own line and who holds what it wants."""
    found: dict[int, Waiting] = {}
    frames = sys._current_frames()
    for strand in control.strands:
        if strand.state is State.BLOCKED and strand.owner >= BACKGROUND:
            where = _innermost(frames.get(strand.ident), sources)
            if where:
                holder = _holder(strand.on)
                found[strand.owner] = Waiting(strand.owner, where, _kind(strand.on), holder)
    for owner, task in running.items():
        if not task.done() and owner not in found:
            where, kind = _suspended(task, sources)
            found[owner] = Waiting(owner, where, kind, None)
    return tuple(sorted(found.values()))


def _holder(on: object) -> int | None:
    return on.holder_task if isinstance(on, Lock | RLock) else None


def _kind(on: object) -> str:
    if isinstance(on, Lock | RLock):
        return "a lock"
    return "a thread to end" if isinstance(on, Strand) else "nothing that can come"


def _innermost(frame: FrameType | None, sources: Sources) -> str:
    while frame is not None:
        name = sources.name(frame.f_code.co_filename)
        if name:
            return f"{name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _suspended(task: asyncio.Task[Any], sources: Sources) -> tuple[str, str]:
    """The innermost own line of a suspended coroutine, and what it awaits there."""
    where, kind = "", "an event of the loop"
    awaited: Any = task.get_coro()
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        if frame is not None:
            name = sources.name(frame.f_code.co_filename)
            if name:
                where = f"{name}:{frame.f_lineno}"
            if frame.f_code.co_filename.endswith(("asyncio/locks.py", "asyncio/queues.py")):
                kind = f"an asyncio.{type(frame.f_locals.get('self')).__name__}"
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
    return where, kind
