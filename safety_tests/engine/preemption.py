"""Which places inside a line let another thread in.

CPython with the GIL (3.10 and later) hands over only where the evaluation loop looks for it: on
entry to a Python function, after a call of C code, on a backward jump. Line starts and function
entries are preempted anyway. What remains is inside a line: around a call, with a touch of shared
state on either side of it. `self.n = int(self.n) + 1` can be torn after `int` returned,
`self.n += 1` cannot. Without the GIL any two touches of shared state can be torn apart.

Places are found once for each code object, from its instructions and the syntax tree of its file
(calls are matched by where their closing parenthesis stands, which is the same on 3.11 to 3.13).
"""

from __future__ import annotations

import ast
import builtins
import dis
import sys
from collections.abc import Iterator
from types import CodeType

from safety_tests.engine.source import FileFacts

LOCAL_OPS = frozenset(
    "CACHE RESUME NOP EXTENDED_ARG PRECALL KW_NAMES PUSH_NULL COPY SWAP POP_TOP LOAD_CONST"
    " RETURN_GENERATOR COPY_FREE_VARS MAKE_CELL MAKE_FUNCTION LOAD_CLOSURE IS_OP UNARY_NOT TO_BOOL"
    " LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_AND_CLEAR LOAD_FAST_LOAD_FAST STORE_FAST"
    " STORE_FAST_LOAD_FAST STORE_FAST_STORE_FAST DELETE_FAST BUILD_TUPLE BUILD_LIST BUILD_MAP"
    " BUILD_CONST_KEY_MAP BUILD_SET BUILD_STRING BUILD_SLICE LIST_APPEND SET_ADD MAP_ADD"
    " SET_FUNCTION_ATTRIBUTE CONVERT_VALUE END_FOR END_SEND POP_EXCEPT PUSH_EXC_INFO"
    " RETURN_VALUE RETURN_CONST YIELD_VALUE SEND GET_AWAITABLE RERAISE IMPORT_NAME IMPORT_FROM"
    " LOAD_BUILD_CLASS LOAD_ASSERTION_ERROR INSTRUMENTED_RESUME".split()
)
"""Instructions that touch nothing but the frame's own values. Jumps are local as well."""

ENDS = frozenset({"RETURN_VALUE", "YIELD_VALUE", "RETURN_CONST"})
"""The value goes to the caller, who may store it: what follows is not known here."""

CALLS = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_EX"})

METHOD_FLAG = sys.version_info >= (3, 12)
"""The lowest bit of LOAD_ATTR's argument says that a method is looked up to be called."""

BUILTIN_METHODS = frozenset(
    name for kind in (list, dict, set, str, bytes, tuple, int, float) for name in dir(kind)
) | {"appendleft", "popleft", "extendleft"}


def _callee(call: ast.Call | None, facts: FileFacts) -> tuple[bool, bool]:
    """(a switch before it runs, a switch after it ran) for the function that is called."""
    if call is None:
        return True, True
    name = ""
    if isinstance(call.func, ast.Name):
        name = call.func.id
        if name not in facts.functions and hasattr(builtins, name):
            return False, True
    elif isinstance(call.func, ast.Attribute):
        name = call.func.attr
        if name in BUILTIN_METHODS:
            # Whose method it is cannot be told from its name; that of a dictionary hands over.
            return False, True
    if name in facts.functions:
        return False, name in facts.returns_a_call
    return True, True


def _called(instruction: dis.Instruction, facts: FileFacts) -> tuple[bool, bool]:
    """The same for a call instruction; one of no source is of a comprehension (3.11) or `with`."""
    positions = instruction.positions
    end = (positions.end_lineno or 0, positions.end_col_offset or 0) if positions else (0, 0)
    call = facts.calls.get(end)
    if call is not None and positions is not None:
        start = (positions.lineno or 0, positions.col_offset or 0)
        given = len(call.args) + len(call.keywords)
        starred = any(isinstance(one, ast.Starred) for one in call.args)
        if start < (call.lineno, call.col_offset) or (
            instruction.opname == "CALL" and not starred and instruction.arg != given
        ):
            # The exit of a `with` (three arguments, one of them bound) stands for its last
            # statement, or on 3.13 for the call that made the manager.
            call = None
    if call is None and not instruction.arg:
        return False, False
    return _callee(call, facts)


def handovers(code: CodeType, facts: FileFacts, gil: bool = True) -> dict[int, tuple[int, int]]:
    """The places inside lines of `code`: instruction offset to (line, number inside the line).

    A place is before the instruction at its offset. With `gil` it is where this build of CPython
    may hand over, else before any second touch of shared state in a line.
    """
    found: dict[int, tuple[int, int]] = {}
    starts = line_points(code, facts, gil)
    for line, segment in _lines(code):
        if gil:
            offsets = _torn_by_calls(segment, facts, touched=line not in starts)
        else:
            offsets = _torn_anywhere(segment, facts)
        for number, offset in enumerate(sorted(set(offsets)), start=1):
            found[offset] = (line, number)
    return found


def line_points(code: CodeType, facts: FileFacts, gil: bool = True) -> frozenset[int]:
    """The lines of `code` before which another thread may be let in.

    With `gil`, a line's start stands for the last handover before it, which is the same as long as
    nothing shared was touched in between: after `self.x = x` the next line cannot be paused at, if
    nothing was called. Found by following the instructions from every handover to the line starts
    that are reached without a touch. A call of the app's own function hands over inside it.
    """
    if not gil:
        return frozenset(line for _, _, line in code.co_lines() if line is not None)
    instructions = list(dis.get_instructions(code))
    index_of = {instruction.offset: index for index, instruction in enumerate(instructions)}
    clean = [False] * len(instructions)
    found = [0]
    for index, instruction in enumerate(instructions):
        if instruction.opname == "PUSH_EXC_INFO":
            found.append(index)
        if _jumps_back(instruction.opname):
            # A condition that holds no longer goes on without looking.
            found.append(index_of[instruction.argval])
        elif _hands_over(instruction, facts):
            found += _successors(index, instructions, index_of)
    while found:
        index = found.pop()
        if index < len(instructions) and not clean[index]:
            clean[index] = True
            if not _touches(instructions[index], facts):
                found += _successors(index, instructions, index_of)
    again = {
        positions.lineno
        for instruction in instructions
        if _jumps_back(instruction.opname)
        and (positions := instructions[index_of[instruction.argval]].positions) is not None
    }
    starts = {line for start, line in dis.findlinestarts(code) if clean[_first_at(start, index_of)]}
    return frozenset(line for line in starts | again if line is not None)


def _first_at(offset: int, index_of: dict[int, int]) -> int:
    """The first instruction at or after the offset; inline caches stand between them."""
    return min(index for at, index in index_of.items() if at >= offset)


def _hands_over(instruction: dis.Instruction, facts: FileFacts) -> bool:
    name = instruction.opname
    if name in CALLS:
        return _called(instruction, facts)[1]
    return _jumps_back(name) or name in ("RESUME", "BEFORE_WITH", "BEFORE_ASYNC_WITH")


def _jumps_back(name: str) -> bool:
    """Backward jumps look whether to hand over; those that end an `await` do not."""
    return name == "JUMP_BACKWARD" or name.startswith("POP_JUMP_BACKWARD")


def _successors(
    index: int, instructions: list[dis.Instruction], index_of: dict[int, int]
) -> list[int]:
    instruction = instructions[index]
    name = instruction.opname
    found = []
    if "JUMP" in name or name in ("FOR_ITER", "SEND"):
        found.append(index_of[instruction.argval])
    ends = name in ENDS - {"YIELD_VALUE"} or name in ("RAISE_VARARGS", "RERAISE")
    if not ends and name not in ("JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"):
        found.append(index + 1)
    return found


def _lines(code: CodeType) -> Iterator[tuple[int, list[dis.Instruction]]]:
    """The runs of instructions between two line starts."""
    line, run = 0, list[dis.Instruction]()
    for instruction in dis.get_instructions(code):
        now = instruction.positions.lineno if instruction.positions else None
        if now is not None and now != line:
            if run:
                yield line, run
            line, run = now, []
        run.append(instruction)
    if run:
        yield line, run


def _touches(instruction: dis.Instruction, facts: FileFacts) -> bool:
    """May the instruction read or write something that another task can reach?"""
    name = instruction.opname
    if name == "LOAD_GLOBAL":
        return str(instruction.argval) in facts.variables
    if name == "LOAD_METHOD" or (
        name == "LOAD_ATTR" and METHOD_FLAG and (instruction.arg or 0) & 1
    ):
        return False
    return not (name in LOCAL_OPS or "JUMP" in name)


def _torn_by_calls(
    segment: list[dis.Instruction], facts: FileFacts, touched: bool
) -> Iterator[int]:
    """The calls with a touch on either side; `touched` says that lines before count for one."""
    touches = [_touches(instruction, facts) for instruction in segment]
    for index, instruction in enumerate(segment):
        if instruction.opname not in CALLS:
            continue
        before, after = _called(instruction, facts)
        if before and (touched or any(touches[:index])):
            yield instruction.offset
        rest = [i for i in range(index + 1, len(segment)) if segment[i].opname != "CACHE"]
        matters = any(touches[i] or segment[i].opname in ENDS for i in rest)
        if after and matters and (touched or any(touches[:index])):
            yield segment[rest[0]].offset


def _torn_anywhere(segment: list[dis.Instruction], facts: FileFacts) -> Iterator[int]:
    touched = False
    for instruction in segment:
        if _touches(instruction, facts):
            if touched:
                yield instruction.offset
            touched = True
