"""What the gate and the process of the app say to each other: framed pickles over a socket.

Both ends are the gate's own code, so pickle is safe here; nothing of the app travels but bytes
and strings.
"""

from __future__ import annotations

import pickle
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from safety_tests.history import Function, Place, Setting, Touches
from safety_tests.schedule import Schedule

if TYPE_CHECKING:
    from safety_tests.engine.execution import Record
    from safety_tests.requests import Request

HEADER = struct.Struct("!I")


class Closed(Exception):
    """The other end is gone."""


def send(sock: socket.socket, message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        sock.sendall(HEADER.pack(len(data)) + data)
    except OSError as error:
        raise Closed from error


def receive(sock: socket.socket) -> Any:
    (size,) = HEADER.unpack(_exactly(sock, HEADER.size))
    data = _exactly(sock, size)
    try:
        return pickle.loads(data)
    except Exception as error:  # the app has written to our line, or broken what we write with
        raise Closed from error


def _exactly(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        try:
            part = sock.recv(min(size, 1 << 20))
        except OSError as error:
            raise Closed from error
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


@dataclass(frozen=True)
class Setup:
    """How the process of the app is to be made."""

    target: str
    app_dir: str
    trace: tuple[str, ...] = ()
    seed: int = 0
    """Of hashes and random numbers: replicas of an app differ in it."""
    plant: Function | None = None
    """Where to plant a race, which the gate must then find."""
    latent: bool = False
    """Let others in wherever a build without the GIL would, whichever this one is."""
    preserve: bool = True
    """Import and start the app once, and fork it from there; else each fork does both."""


@dataclass(frozen=True)
class Ready:
    """The app is imported (and started, where it left no threads behind that a fork would lose)."""

    stage: str
    writes: bool = False
    """Something outside the process was written to, or connected with, on the way."""
    threads_of_c: bool = False
    """There are threads that Python does not know of; a fork has lost them."""


@dataclass(frozen=True)
class Failed:
    """The app cannot be had; `message` is for the user."""

    message: str


@dataclass(frozen=True)
class Fork:
    """Make a child in the started state that has served `base` one by one."""

    base: tuple[Request, ...] = ()


@dataclass(frozen=True)
class Forked:
    pid: int


@dataclass(frozen=True)
class Exited:
    """The child is gone; a negative status is the signal that ended it."""

    status: int


@dataclass(frozen=True)
class Pct:
    """Choose by probabilistic concurrency testing; see `engine.schedulers.pct`."""

    seed: int
    depth: int
    length: int


@dataclass(frozen=True)
class Run:
    """One execution: `before` one by one, `together` under the scheduler, `after` one by one."""

    together: tuple[Request, ...]
    before: tuple[Request, ...] = ()
    after: tuple[Request, ...] = ()
    cancel: int = 0
    """At which of its suspensions each request of `before` is cancelled; 0 for none. With nobody
    before, the first of `together`, as soon as another one is on its way as well."""
    scheduler: Schedule | Pct = Schedule()
    record: Record = None
    redundant: tuple[frozenset[Place], ...] = ()
    detail: bool = False
    moments: bool = False
    """Note every place where a task may be paused; needs `detail`."""
    probe: bool = False
    vary: bool = False
    """Let clocks and random numbers differ, to find out the fields that depend on them."""
    timed: bool = False
    """Measure for how long callbacks keep the loop; nothing else is watched meanwhile."""
    fingerprint: bool = False
    """Name the shared objects that `together` leaves changed."""
    follow_up: bool = False
    """Serve `after` only where `together` have left shared objects as they never did before."""
    settings: bool = False
    """Say where libraries keep what `together` change, if only for a while."""
    locate: bool = False
    """Say which function the request is routed to."""

    limit: float = 20.0
    """Wall seconds after which the execution is taken to hang, and its process ended."""


@dataclass(frozen=True)
class Crowd:
    """Serve all of them at once in real threads, and answer with the tuple of answers."""

    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Inspect:
    """Ask which lines of each request touch what the requests share and somebody writes."""

    requests: tuple[Request, ...]
    limit: float
    apart: bool = False
    """Serve each in a fork of its own, which the process that answers does not notice."""


@dataclass(frozen=True)
class Inspected:
    """By request name, the shared objects (numbered) that each of its lines may touch.

    Empty where that cannot be found out.
    """

    touches: dict[str, Touches]
    spoilt: bool = False
    """The state could not be put back, or a request never ended: the process ends itself."""


@dataclass(frozen=True)
class Batch:
    """Executions one after the other, each answered with its history.

    A history with `leftover` ends the child, and the rest of the batch was not executed.
    """

    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Describe:
    """Ask what the app is made of."""


@dataclass(frozen=True)
class Description:
    """The app's OpenAPI document (None without one) and what its own source files say."""

    openapi: Any
    digest: str
    builders: dict[tuple[str, int], str]
    stores: frozenset[tuple[str, int]]
    sources: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Preload:
    """Tell the template to import these libraries, so that its children need not."""

    modules: tuple[str, ...]


@dataclass(frozen=True)
class Watch:
    """Tell the template that these belong to what the requests share."""

    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Twin:
    """Ask the template for another one like itself, on the two file descriptors that follow."""


@dataclass(frozen=True)
class Close:
    """Ask the child to end."""
