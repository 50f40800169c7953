"""The bytecode of Python 3.11 as a list of instructions, and back again with its tables.

Jumps and handlers point at instructions, not at offsets, so that others can be put in between.
The formats are those of `Objects/locations.md` and `Objects/exception_handling_notes.txt`.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import NamedTuple


class Where(NamedTuple):
    """The piece of source an instruction belongs to; None where it has none."""

    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    end_column: int | None = None


NOWHERE = Where()


@dataclass(eq=False)
class Op:
    """An instruction with its `EXTENDED_ARG`s and caches."""

    name: str
    arg: int = 0
    where: Where = NOWHERE
    caches: int = 0
    target: Op | None = None
    """Where it jumps; the argument is worked out when all is in place."""
    extra: int = 0
    """How many `EXTENDED_ARG`s it has."""
    offset: int = 0
    """Where it stands, in units of two bytes."""

    @property
    def end(self) -> int:
        return self.offset + self.extra + 1 + self.caches


class Handler(NamedTuple):
    """An exception at `first` to `last` leads to `goal`; `rest` is the depth of the stack."""

    first: Op
    last: Op
    goal: Op
    rest: int


def disassemble(code: CodeType) -> tuple[list[Op], list[Handler]]:
    """The instructions of `code` in order, and its handlers, inner ones first."""
    ops: list[Op] = []
    jumps: list[tuple[Op, int]] = []
    extra = 0
    for instruction in dis.get_instructions(code, show_caches=True):
        if instruction.opname == "EXTENDED_ARG":
            extra += 1
        elif instruction.opname == "CACHE":
            ops[-1].caches += 1
        else:
            where = Where(*instruction.positions) if instruction.positions else NOWHERE
            op = Op(instruction.opname, instruction.arg or 0, where, extra=extra)
            op.offset, extra = instruction.offset // 2 - extra, 0
            ops.append(op)
            if instruction.opcode in dis.hasjrel:
                jumps.append((op, instruction.argval // 2))
    starts, ends = {op.offset: op for op in ops}, {op.end: op for op in ops}
    for op, goal in jumps:
        op.target = starts[goal]
    numbers = _read_numbers(code.co_exceptiontable)
    handlers = [
        Handler(starts[start], ends[start + length], starts[goal], rest)
        for start, length, goal, rest in zip(*[numbers] * 4, strict=True)
    ]
    return ops, handlers


def assemble(
    code: CodeType,
    ops: Sequence[Op],
    handlers: Iterable[Handler],
    constants: Sequence[object],
    stack: int,
) -> CodeType:
    """A copy of `code` with these instructions, constants and room on the stack."""
    _place(ops)
    table = bytearray()
    for first, last, goal, rest in handlers:
        start = len(table)
        for number in (first.offset, last.end - first.offset, goal.offset, rest):
            table += _big_number(number)
        table[start] |= 0x80
    return code.replace(
        co_code=b"".join(map(_encode, ops)),
        co_consts=tuple(constants),
        co_stacksize=stack,
        co_linetable=bytes(_line_table(code.co_firstlineno, ops)),
        co_exceptiontable=bytes(table),
    )


def _place(ops: Sequence[Op]) -> None:
    """Set all offsets and jumps; a jump that needs another `EXTENDED_ARG` moves what follows."""
    settled = False
    while not settled:
        offset = 0
        for op in ops:
            op.offset = offset
            offset = op.end
        settled = True
        for op in ops:
            if op.target is not None:
                forward = op.target.offset - op.end
                op.arg = -forward if "JUMP_BACKWARD" in op.name else forward
                assert op.arg >= 0, f"{op.name} cannot jump in the other direction"
            extra = max(op.arg.bit_length() - 1, 0) // 8
            if extra > op.extra:
                op.extra, settled = extra, False


def _encode(op: Op) -> bytes:
    units = [dis.EXTENDED_ARG, 0] * op.extra + [dis.opmap[op.name], 0]
    for index in range(op.extra + 1):
        units[2 * index + 1] = op.arg >> 8 * (op.extra - index) & 0xFF
    return bytes(units) + bytes(2 * op.caches)


# -- tables ---------------------------------------------------------------------------------------

NO_COLUMNS, ALL, NONE = 13, 14, 15
"""The kinds of entries in a line table that can say everything; the shorter ones are not needed."""


def _line_table(line: int, ops: Iterable[Op]) -> Iterator[int]:
    for op in ops:
        units = op.end - op.offset
        while units > 0:
            size = min(units, 8)
            units -= size
            where = op.where
            if where.line is None:
                yield 0x80 | NONE << 3 | size - 1
                continue
            whole = None not in where
            yield 0x80 | (ALL if whole else NO_COLUMNS) << 3 | size - 1
            step, line = where.line - line, where.line
            yield from _little_number(-step << 1 | 1 if step < 0 else step << 1)
            if whole:
                yield from _little_number((where.end_line or 0) - line)
                yield from _little_number((where.column or 0) + 1)
                yield from _little_number((where.end_column or 0) + 1)


def _little_number(number: int) -> Iterator[int]:
    while number > 0x3F:
        yield 0x40 | number & 0x3F
        number >>= 6
    yield number


def _big_number(number: int) -> bytes:
    parts = [number & 0x3F]
    while number := number >> 6:
        parts.append(0x40 | number & 0x3F)
    return bytes(reversed(parts))


def _read_numbers(table: bytes) -> Iterator[int]:
    number = 0
    for byte in table:
        number = number << 6 | byte & 0x3F
        if not byte & 0x40:
            yield number
            number = 0
