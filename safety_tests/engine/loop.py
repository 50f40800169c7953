"""An asyncio event loop whose next callback is chosen by the schedule.

Everything but the order is the standard selector loop: tasks, futures, executors and sockets are
its own. Callbacks belong to tasks through the context they run in; those of one task stay in
order, those of different tasks may run in any. Timers are in virtual time.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import warnings
from asyncio import base_events, futures
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from safety_tests.engine.control import ENGINE, OWNER, PATIENCE_SECONDS, POLL_SECONDS, Control
from safety_tests.engine.stopwatch import Stopwatch


class LoopSleep:
    """A timer of the loop. A plain `asyncio.sleep` is told apart from a timeout by its callback."""

    def __init__(self, loop: ControlledLoop, handle: asyncio.TimerHandle) -> None:
        self._loop, self._handle = loop, handle
        self.owner = owner_of(handle)
        self.when = handle.when()
        callback = handle._callback  # type: ignore[attr-defined]
        self.pure = callback is futures._set_result_unless_cancelled  # type: ignore[attr-defined]

    def wake(self) -> None:
        self._loop.fire(self._handle)


def owner_of(handle: asyncio.Handle) -> int:
    """The task a callback works for; callbacks of nobody are the engine's own."""
    context: contextvars.Context = handle._context  # type: ignore[attr-defined]
    return context.get(OWNER, ENGINE)


class ControlledLoop(asyncio.SelectorEventLoop):
    """One loop for all requests, as in production; `control` decides between two callbacks."""

    _ready: Any
    _scheduled: list[asyncio.TimerHandle]
    _selector: Any

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control
        self._waited = 0.0
        self._own_files = len(self._selector.get_map())
        self.stopwatch: Stopwatch | None = None
        """Times the callbacks while it is there."""
        control.loop = self

    # -- what the control asks ------------------------------------------------------------------

    def ready_owners(self) -> list[int]:
        # A copy: a collection may run a finalizer meanwhile, which makes more ready.
        return [owner_of(handle) for handle in list(self._ready) if not handle._cancelled]

    def timers(self) -> Iterator[LoopSleep]:
        return (LoopSleep(self, handle) for handle in self._scheduled)

    def expects_input(self) -> bool:
        """True while something is awaited that only the outside world can bring, and may yet."""
        return self._watches_files() and self._waited < PATIENCE_SECONDS

    def _watches_files(self) -> bool:
        return len(self._selector.get_map()) > self._own_files

    def fire(self, handle: asyncio.TimerHandle) -> None:
        self._control.clock.advance_to(handle.when())
        self._unschedule(handle)
        self._ready.append(handle)

    def _unschedule(self, handle: asyncio.TimerHandle) -> None:
        # Two timers may be equal; this one is meant.
        self._scheduled = [one for one in self._scheduled if one is not handle]
        heapq.heapify(self._scheduled)
        handle._scheduled = False  # type: ignore[attr-defined]

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Asyncio's own keeps them until they would have fired: here that may be never."""
        if handle._scheduled:  # type: ignore[attr-defined]
            self._unschedule(handle)

    def run_task(self, main: Coroutine[Any, Any, None]) -> None:
        """Run until `main` is done. Unlike `run_until_complete` it makes no root task of it."""
        task = self.create_task(main)
        task.add_done_callback(lambda _task: self.stop())
        self.run_forever()
        task.result()

    def keep_root(self) -> None:
        """Make a task that looks like the server's own and never ends.

        AnyIO ends its worker threads with the root task, which it knows by this callback.
        """
        root = self.create_task(_for_ever())
        root.add_done_callback(base_events._run_until_complete_cb)  # type: ignore[attr-defined]
        self._root = root

    def flush(self) -> bool:
        """Call back everything that is ready, outside of any execution; False when nothing was."""
        called = bool(self._ready)
        while self._ready:
            handle = self._ready.popleft()
            self._control.main.owner = owner_of(handle)
            if not handle.cancelled():
                handle._run()
        self._control.main.owner = ENGINE
        return called

    # -- what asyncio asks ----------------------------------------------------------------------

    def time(self) -> float:
        return self._control.clock.now()

    def call_soon_threadsafe(  # type: ignore[override]
        self,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        me = self._control.me()
        if me is None:
            return super().call_soon_threadsafe(callback, *args, context=context)
        if context is None:
            context = contextvars.copy_context()
        if OWNER not in context:
            context.run(OWNER.set, me.owner)
        return self.call_soon(callback, *args, context=context)

    def _run_once(self) -> None:
        if self._watches_files():
            self._poll(0)
        owner = self._control.between_callbacks()
        handle = self._take(owner)
        if handle is None:
            if self._watches_files():
                self._poll(POLL_SECONDS)
                self._waited += POLL_SECONDS
            return
        self._waited = 0.0
        self._control.main.owner = owner
        if not handle.cancelled():
            if self.stopwatch is None:
                handle._run()
            else:
                self.stopwatch.run(handle._run)
        watcher = self._control.watcher
        if watcher is not None:
            watcher.returned(owner)

    def _take(self, owner: int) -> asyncio.Handle | None:
        for index, handle in enumerate(list(self._ready)):
            if handle._cancelled:
                continue
            if owner_of(handle) == owner:
                del self._ready[index]
                return handle  # type: ignore[no-any-return]
        return None

    def _poll(self, timeout: float) -> None:
        self._process_events(self._selector.select(timeout))  # type: ignore[attr-defined]


async def _for_ever() -> None:
    await asyncio.get_running_loop().create_future()


def new_loop(control: Control) -> ControlledLoop:
    """Make the controlled loop and set it as the current one of this thread."""
    loop = ControlledLoop(control)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop(loop)
    loop.keep_root()
    return loop
