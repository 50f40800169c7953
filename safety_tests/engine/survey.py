"""Which lines touch what the requests share and somebody writes: only there a switch can matter.

Each request is served alone twice. The first time it is seen which shared objects it changes,
after every line. The second time, for every line, which of the objects that anybody changed can
be reached from what the line mentions (its locals, globals and attributes). Of an object from
which the line only fetches an attribute or an item, or calls a method of the app's own, that is the
object itself and what was fetched. What runs between two points at which a pause is possible
belongs to the first of them: lines before which nobody can be let in, and what the callers' lines
still do when a function has returned. A point after which none of the objects is reached until the
next point commutes with all that the other requests do, so pausing there is the same as pausing at
the next one. Locks of the app count as changed: taking one is an order, and an order matters. So do
open files and cursors, whose state cannot be seen.

An object that is touched only while one and the same lock is held does not count: nobody else can
touch it until that lock is let go, which is a touch of the lock. (ExitBlock: Bruening and Chapin,
MIT LCS TM-607, 2000; the locks by object as in Eraser, Savage et al., TOCS 15(4), 1997.)

This is the classical reduction to visible operations (Godefroid, LNCS 1032, 1996), with
reachability in place of exact accesses. What it cannot see (an object fetched from a registry of
C code that no line mentions) is why the search with one preemption relies on it only for the later
rounds of a loop.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from types import CellType, FrameType, FunctionType, ModuleType
from typing import NamedTuple

from safety_tests.engine import real
from safety_tests.engine.identity import disguised, identity
from safety_tests.engine.reach import Leads, class_namespace, is_metric
from safety_tests.engine.read import Unknown, read, where_starlette_keeps_it
from safety_tests.engine.source import Sources
from safety_tests.engine.state import HEAP_TYPE, Snapshot
from safety_tests.engine.strand import Strand
from safety_tests.engine.sync import RLock
from safety_tests.history import EVERYTHING, Place, Touches

PLAIN = (object.__getattribute__, type.__getattribute__, ModuleType.__getattribute__)
"""Ways of fetching an attribute that run no other code than that of properties and their like."""


class Survey:
    """Collects, over several executions in one process, who writes and who touches what."""

    def __init__(self, snapshot: Snapshot, sources: Sources) -> None:
        self._snapshot, self._sources = snapshot, sources
        self._tallies = set(map(identity, _tallies(snapshot.instances)))
        self._written = set(map(identity, (*snapshot.locks, *snapshot.cursors))) - self._tallies
        self._rebound: set[str] = set()
        self.touches: dict[Place, set[int]] = {}
        self._mentions: dict[Place, set[int]] = {}
        """What the lines themselves touch, without the own code that they call."""
        self._points: dict[int, tuple[list[FrameType], list[Place]]] = {}
        """By thread, its own frames at the last point, inner ones first, and their lines."""
        self._leads: Leads | None = None
        self._guards: dict[int, frozenset[int]] = {}
        """By object, the locks that were held whenever it was touched."""

    def begin(self) -> None:
        """Look at the shared objects as they are, before a request is served."""
        facts = self._sources.known().values()
        self._rebound = set().union(*(one.rebound for one in facts))
        self._snapshot.rebase()  # a fork leaves traces in `threading`

    @property
    def written(self) -> frozenset[int]:
        """The identities of what was seen to change so far."""
        return frozenset(self._written)

    def learn(self, written: Iterable[int]) -> None:
        """Take for changed what another survey of the same objects has seen to change."""
        self._written.update(written)
        self._leads = None

    @property
    def written_of_libraries(self) -> frozenset[int]:
        """Those of them that libraries keep in their modules and classes."""
        return self.written & set(map(identity, self._snapshot.of_libraries))

    def forget(self, written: Iterable[int]) -> None:
        """Take these for unchanged from now on."""
        self._written.difference_update(written)
        self._leads = None

    def wrote(self) -> bool:
        """Take down what has changed since it was looked at last; the answer of a probe."""
        changed = self._snapshot.changed()
        if changed:
            self._leads = None
            self._written |= set(map(identity, self._snapshot.contents.moved()))
            leaves = self._snapshot.leaves
            self._written |= {identity(leaf.thing) for leaf in leaves if leaf.changed()}
            self._written |= set(map(identity, self._snapshot.changed_instances()))
            self._written -= self._tallies
            self._snapshot.rebase()
        return changed

    def line(self, frame: FrameType, is_point: bool) -> None:
        """The line that `frame` is about to run: what can it touch of all that was written?"""
        here = self._touched(frame)
        held = self._held()
        for thing in here:
            self._guards[thing] = self._guards.get(thing, held) & held
        frames, places = self._stack(frame)
        self._add(places[0], here)
        self._mentions.setdefault(places[0], set()).update(here)
        thread = real.get_ident()
        self._left(thread, frames)
        if is_point:
            self._points[thread] = (frames, places)
        elif thread in self._points:
            self._add(self._points[thread][1][0], here)

    def _held(self) -> frozenset[int]:
        """The locks of the app that the calling thread holds."""
        me = real.get_ident()
        return frozenset(
            identity(lock)
            for lock in self._snapshot.locks
            if isinstance(lock.holder, Strand) and lock.holder.ident == me
        )

    def _stack(self, frame: FrameType) -> tuple[list[FrameType], list[Place]]:
        frames, places = [], []
        caller: FrameType | None = frame
        while caller is not None:
            name = self._sources.name(caller.f_code.co_filename)
            if name is not None:
                frames.append(caller)
                places.append((name, caller.f_lineno))
            caller = caller.f_back
        return frames, places

    def _add(self, place: Place, things: set[int]) -> None:
        self.touches.setdefault(place, set()).update(things)

    def _left(self, thread: int, now: list[FrameType]) -> None:
        """Functions that returned since the last point let the lines that called them go on."""
        frames, places = self._points.get(thread, ([], []))
        for index, frame in enumerate(frames):
            if any(frame is other for other in now):
                break
            if index + 1 < len(places):
                self._add(places[0], self._mentions.get(places[index + 1], set()))

    def _touched(self, frame: FrameType) -> set[int]:
        facts = self._sources.facts(frame.f_code.co_filename)
        mentioned: list[object] = []
        here: set[int] = set()
        for node in facts.mentions.get(frame.f_lineno, ()):
            if isinstance(node, ast.Name):
                here |= self._holders(node.id, frame)
            if isinstance(node, ast.Call):
                # Library code may use what belongs to the whole process.
                mentioned += self._snapshot.ambient
                continue
            try:
                thing = read(node, frame)
            except Unknown:
                continue
            if disguised(thing):
                mentioned += gc.get_referents(thing)
                continue
            here |= _namespace(thing)
            around = facts.around.get(node)
            if around is not None and self._only_leads_on(thing, around, frame):
                here |= _holders_of_parts(thing, around)
            else:
                mentioned.append(thing)
        if any(type(thing) is ContextVar for thing in mentioned):
            return {EVERYTHING}
        if self._leads is None:
            snapshot = self._snapshot
            shared = [*snapshot.containers, *snapshot.instances, *snapshot.locks]
            self._leads = Leads(shared, self._written, snapshot.own)
        return (here & self._written) | self._leads.of(mentioned)

    def _holders(self, name: str, frame: FrameType) -> set[int]:
        """What holds the variable itself: the module, or a cell (any cell, they have no names)."""
        code = frame.f_code
        if name in code.co_freevars or name in code.co_cellvars:
            return {identity(one) for one in self._snapshot.containers if isinstance(one, CellType)}
        if name in code.co_varnames or name not in self._rebound:
            return set()
        return {identity(frame.f_globals)}

    def _only_leads_on(self, thing: object, around: ast.expr, frame: FrameType) -> bool:
        """Is an attribute or item of `thing` fetched, and nothing else done with it?

        Calling a method of the app's own does nothing else either: its lines speak for themselves.
        """
        try:
            found = read(around, frame)
        except Unknown:
            return False
        if isinstance(around, ast.Subscript) or not hasattr(type(found), "__get__"):
            return type(thing).__getattribute__ in PLAIN
        return (
            type(found) is FunctionType
            and self._sources.name(found.__code__.co_filename) is not None
        )

    def numbered(self) -> Touched:
        """What was touched since the last call, with small numbers for objects."""
        for thread in self._points:
            self._left(thread, [])
        self._points = {}
        numbers = {thing: number for number, thing in enumerate(sorted(self._written))}
        lines = {
            place: frozenset(numbers.get(thing, EVERYTHING) for thing in things)
            for place, things in self.touches.items()
        }
        guards = {numbers[one]: locks for one, locks in self._guards.items() if one in numbers}
        self.touches, self._guards = {}, {}
        return Touched(lines, guards)


class Touched(NamedTuple):
    """What one request touches."""

    lines: Touches
    guards: dict[int, frozenset[int]]
    """By object, the locks that were held whenever it was touched."""


def unguarded(touched: Mapping[str, Touched]) -> dict[str, Touches]:
    """The touches of each request, without objects that one lock keeps for one at a time."""
    guards: dict[int, frozenset[int]] = {}
    for one in touched.values():
        for thing, locks in one.guards.items():
            guards[thing] = guards.get(thing, locks) & locks
    guarded = {thing for thing, locks in guards.items() if locks}
    return {
        name: {place: things - guarded for place, things in one.lines.items()}
        for name, one in touched.items()
    }


def _tallies(instances: Iterable[object]) -> Iterator[object]:
    """What metrics count in: it comes to the same in any order, and they have locks of their own.

    Whoever reads it out is let in by one pause at each place as well as by two.
    """
    for instance in filter(is_metric, instances):
        yield from (instance, vars(instance))
        for part in vars(instance).values():
            yield from (part, part.lock) if isinstance(part, RLock) else (part,)


def _holders_of_parts(thing: object, around: ast.expr) -> set[int]:
    """What the attribute or item is fetched from: the object, its dictionary, its classes."""
    found = {identity(thing)}
    attributes = getattr(thing, "__dict__", None)
    if type(attributes) is dict:
        found.add(identity(attributes))
    if isinstance(around, ast.Attribute):
        kept = where_starlette_keeps_it(thing, around.attr)
        found |= set() if kept is None else {identity(kept)}
    kinds = [*type(thing).__mro__, *(thing.__mro__ if isinstance(thing, type) else ())]
    return found.union(*map(_namespace, kinds))


def _namespace(thing: object) -> set[int]:
    """A module or class that is mentioned may be given another value of one of its names."""
    if isinstance(thing, ModuleType):
        return {identity(vars(thing))}
    if isinstance(thing, type) and thing.__flags__ & HEAP_TYPE:
        return {identity(class_namespace(thing))}
    return set()
