"""Calls put into compiled functions, at their lines and between their instructions (Python 3.11).

`sys.settrace` is the other way to be told of lines there. It sends every instruction of every
frame of its thread, those of the framework too, through a slow path of the interpreter: an
execution takes three times as long. A call that stands in the code of the app costs nothing
anywhere else, and coroutines, generators and threads need no care.

A line begins where 3.11 would trace one: where control comes from another line, or from further
down. That is a property of the step from one instruction to the next, so the call stands on
those steps only, and a step that begins no line leads past it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType

from safety_tests.engine.assemble import Handler, Op, Where, assemble, disassemble

NO_NEXT = frozenset(
    "JUMP_FORWARD JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT"
    " RETURN_VALUE RERAISE RAISE_VARARGS".split()
)
"""Instructions after which the next one never runs."""

STACK_OF_A_CALL = 8
"""More than a call of ours needs: NULL, the function, three arguments."""


@dataclass(frozen=True)
class Call:
    """`function(*arguments)`, and the value that is about to return where there is one."""

    function: Callable[..., None]
    arguments: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Calls:
    """What is called where in one function. None of it may raise."""

    start: Call | None = None
    """When the function starts to run, in place of its lines."""
    lines: Mapping[int, Call] = field(default_factory=dict)
    """By line: when it begins."""
    before: Mapping[int, Call] = field(default_factory=dict)
    """By offset in the code as compiled: before that instruction, after its line has begun."""
    returned: Call | None = None
    """When the function returns, not when it yields or an exception leaves it."""


def with_calls(code: CodeType, calls: Calls) -> CodeType:
    """The function `code` with `calls` in it; in all else it does and shows the same.

    Lines and columns of its instructions are kept, for tracebacks.
    """
    return _Rewriting(code, calls).result()


class _Rewriting:
    """One function on its way; `out` grows from its first instruction to its last."""

    def __init__(self, code: CodeType, calls: Calls) -> None:
        self.code, self.calls = code, calls
        self.ops, self.handlers = disassemble(code)
        self.index = {op: index for index, op in enumerate(self.ops)}
        self.resume = next(i for i, op in enumerate(self.ops) if op.name == "RESUME")
        self.constants: list[object] = list(code.co_consts)
        self.known: dict[object, int] = {}
        self.out: list[Op] = []
        self.first: list[Op] = []
        """By instruction: what was put into `out` first on its behalf."""
        self.at_line: list[Op] = []
        """By instruction: where a step to it arrives that begins its line."""
        self.past_line: list[Op] = []
        """By instruction: where any other step to it arrives."""

    def result(self) -> CodeType:
        before = self._before()
        for index, origins in enumerate(self._origins()):
            self._emit(index, origins, before.get(index, []))
        for index, op in enumerate(self.ops):
            if op.target is not None:
                op.target = self._arrival(index, self.index[op.target])
        stack = self.code.co_stacksize + STACK_OF_A_CALL
        return assemble(self.code, self.out, list(self._handlers()), self.constants, stack)

    # -- which steps begin a line ---------------------------------------------------------------

    def _origins(self) -> list[list[int]]:
        """By instruction: those from which control may come, by an exception as well."""
        found: list[list[int]] = [[] for _ in self.ops]
        for index, op in enumerate(self.ops):
            if index and self.ops[index - 1].name not in NO_NEXT:
                found[index].append(index - 1)
            if op.target is not None:
                found[self.index[op.target]].append(index)
        for handler in self.handlers:
            found[self.index[handler.goal]].extend(self._covered(handler))
        return found

    def _covered(self, handler: Handler) -> range:
        return range(self.index[handler.first], self.index[handler.last] + 1)

    def _begins(self, origin: int, index: int) -> bool:
        """Does the step begin the line of `index`? As in `maybe_call_line_trace` of 3.11."""
        op = self.ops[index]
        if index <= self.resume or op.name == "RESUME":
            return False
        if self.calls.start is not None:
            return origin == self.resume
        if op.where.line not in self.calls.lines:
            return False
        if origin <= self.resume or self.ops[origin].where.line != op.where.line:
            return True
        return origin > index and op.name != "SEND"

    def _arrival(self, origin: int, index: int) -> Op:
        return (self.at_line if self._begins(origin, index) else self.past_line)[index]

    # -- the new code ---------------------------------------------------------------------------

    def _before(self) -> dict[int, list[Call]]:
        """`calls.before` by instruction, in order."""
        wanted = {op.offset + op.extra: index for index, op in enumerate(self.ops)}
        found: dict[int, list[Call]] = {}
        for offset, call in sorted(self.calls.before.items()):
            found.setdefault(self._head(wanted[offset // 2]), []).append(call)
        return found

    def _head(self, index: int) -> int:
        """The first of the instructions that make one call: nothing may come between those."""
        if self.ops[index].name == "CALL":
            index -= 1
        if self.ops[index].name == "PRECALL" and self.ops[index - 1].name == "KW_NAMES":
            index -= 1
        return index

    def _emit(self, index: int, origins: list[int], before: list[Call]) -> None:
        op, start = self.ops[index], len(self.out)
        body = [part for call in before for part in self._call(call, op.where)]
        if op.name == "RETURN_VALUE" and self.calls.returned is not None:
            body += self._call(self.calls.returned, op.where, value=True)
        body.append(op)
        at_line: list[Op] = []
        if any(self._begins(origin, index) for origin in origins):
            assert self._head(index) == index, "a line begins within the instructions of a call"
            at_line += self._call(self._line(op), op.where)
            if index - 1 in origins and not self._begins(index - 1, index):
                self.out.append(Op("JUMP_FORWARD", where=Where(op.where.line), target=body[0]))
        self.out += [*at_line, *body]
        self.first.append(self.out[start])
        self.at_line.append([*at_line, *body][0])
        self.past_line.append(body[0])

    def _line(self, op: Op) -> Call:
        if self.calls.start is not None:
            return self.calls.start
        assert op.where.line is not None
        return self.calls.lines[op.where.line]

    def _call(self, call: Call, where: Where, value: bool = False) -> Iterator[Op]:
        here = Where(where.line)
        count = len(call.arguments) + value
        yield Op("PUSH_NULL", 0, here)
        for part in (call.function, *call.arguments):
            yield Op("LOAD_CONST", self._constant(part), here)
        if value:
            yield Op("COPY", count + 2, here)
        yield Op("PRECALL", count, here, caches=1)
        yield Op("CALL", count, here, caches=4)
        yield Op("POP_TOP", 0, here)

    def _constant(self, value: object) -> int:
        if value not in self.known:
            self.known[value] = len(self.constants)
            self.constants.append(value)
        return self.known[value]

    def _handlers(self) -> Iterator[Handler]:
        """Each handler, cut where exceptions begin to arrive at a new line, or cease to."""
        for handler in self.handlers:
            goal = self.index[handler.goal]
            part: Handler | None = None
            for index in self._covered(handler):
                arrival, last = self._arrival(index, goal), self.ops[index]
                if part is not None and part.goal is arrival:
                    part = part._replace(last=last)
                    continue
                if part is not None:
                    yield part
                part = Handler(self.first[index], last, arrival, handler.rest)
            if part is not None:
                yield part
