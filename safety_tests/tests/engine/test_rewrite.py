"""Calls put into functions tell what `sys.settrace` tells, and change nothing else."""

import asyncio
import dis
import inspect
import sys
import textwrap
import traceback
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

import pytest

if sys.version_info[:2] != (3, 11):
    pytest.skip("the bytecode is that of Python 3.11", allow_module_level=True)

from safety_tests.engine.assemble import assemble, disassemble
from safety_tests.engine.rewrite import Call, Calls, with_calls
from safety_tests.tests.engine.rewrite_pieces import PIECES


def functions(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from functions(part)


def calls_of(code: CodeType) -> list[int]:
    """The offsets of calls, and of what comes after each."""
    parts = list(dis.get_instructions(code))
    offsets = [index for index, part in enumerate(parts) if part.opname == "CALL"]
    return [parts[index + after].offset for index in offsets for after in (0, 1)]


def rewritten(code: CodeType, tell: Any) -> CodeType:
    """`code` with every function in it telling (name, line or -offset)."""
    constants = []
    for part in code.co_consts:
        if isinstance(part, CodeType):
            inner = rewritten(part, tell)
            lines = {line for _, _, line in part.co_lines() if line is not None}
            calls = Calls(
                lines={line: Call(tell, (part.co_name, line)) for line in lines},
                before={at: Call(tell, (part.co_name, -at)) for at in calls_of(part)},
            )
            is_function = part.co_flags & inspect.CO_NEWLOCALS
            part = with_calls(inner, calls) if is_function else inner
        constants.append(part)
    return code.replace(co_consts=tuple(constants))


def result_of(code: CodeType) -> object:
    namespace: dict[str, Any] = {"__name__": "piece"}
    exec(code, namespace)
    return namespace["work"]()


def traced(code: CodeType, told: list[tuple[str, int]]) -> object:
    places = {part: set(calls_of(part)) for part in functions(code)}

    def follow(frame: FrameType, event: str, _: object) -> Any:
        part = frame.f_code
        if part not in places or not part.co_flags & inspect.CO_NEWLOCALS:
            return None
        frame.f_trace_opcodes = True
        if event == "line":
            told.append((part.co_name, frame.f_lineno))
        if event == "opcode" and frame.f_lasti in places[part]:
            told.append((part.co_name, -frame.f_lasti))
        return follow

    before = sys.gettrace()
    sys.settrace(follow)
    try:
        return result_of(code)
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("piece", PIECES)
def test_the_calls_tell_what_a_tracer_is_told_and_the_result_is_the_same(piece: str) -> None:
    code = compile(textwrap.dedent(PIECES[piece]), "piece.py", "exec")
    expected: list[tuple[str, int]] = []
    told: list[tuple[str, int]] = []
    answer = traced(code, expected)
    assert repr(result_of(rewritten(code, lambda *place: told.append(place)))) == repr(answer)
    assert told == expected
    assert len(told) > 10


@pytest.mark.parametrize("piece", PIECES)
def test_code_that_is_taken_apart_and_put_together_is_the_same(piece: str) -> None:
    for code in functions(compile(textwrap.dedent(PIECES[piece]), "piece.py", "exec")):
        ops, handlers = disassemble(code)
        again = assemble(code, ops, handlers, code.co_consts, code.co_stacksize)
        assert again.co_code == code.co_code
        assert again.co_exceptiontable == code.co_exceptiontable
        assert list(again.co_positions()) == list(code.co_positions())


def test_tracebacks_and_signatures_are_the_same() -> None:
    source = textwrap.dedent('''
        from __future__ import annotations
        def work(a: int = 1, *, b: Missing = 2) -> None:
            """What it does."""
            return (a +
                    a / (b - 2))
    ''')
    code = compile(source, "piece.py", "exec")
    seen = []
    for one in (code, rewritten(code, lambda *place: None)):
        namespace: dict[str, Any] = {}
        exec(one, namespace)
        work = namespace["work"]
        with pytest.raises(ZeroDivisionError) as caught:
            work()
        places = [
            (step.name, step.lineno, step.colno, step.end_lineno, step.end_colno)
            for step in traceback.extract_tb(caught.value.__traceback__)[1:]
        ]
        seen.append(
            (places, str(inspect.signature(work)), work.__doc__, work.__code__.co_firstlineno)
        )
    assert seen[0] == seen[1]


def test_a_function_that_tells_its_start_tells_it_once() -> None:
    told: list[int] = []
    source = "async def f(): return [await g(n) for n in (1, 2)], await g(3), (yield_ := 4)"
    code = compile(source, "piece.py", "exec")
    (function,) = (part for part in code.co_consts if isinstance(part, CodeType))
    new = with_calls(function, Calls(start=Call(told.append, (1,))))

    async def g(n: int) -> int:
        await asyncio.sleep(0)
        return n

    namespace: dict[str, Any] = {"g": g}
    exec(
        code.replace(co_consts=tuple(new if c is function else c for c in code.co_consts)),
        namespace,
    )
    running = namespace["f"]()
    assert told == []
    assert asyncio.run(running) == ([1, 2], 3, 4)
    assert told == [1]


def test_what_is_returned_is_told_but_not_what_is_yielded_or_raised() -> None:
    told: list[tuple[object, ...]] = []
    source = "def f(n):\n    if n < 0:\n        raise ValueError\n    return 1 if n else (yield 2)"
    code = compile(source, "piece.py", "exec")
    (function,) = (part for part in code.co_consts if isinstance(part, CodeType))
    returned = Call(lambda *place: told.append(place), ("f", 1))
    new = with_calls(function, Calls(returned=returned))
    namespace: dict[str, Any] = {}
    exec(
        code.replace(co_consts=tuple(new if c is function else c for c in code.co_consts)),
        namespace,
    )
    assert list(namespace["f"](1)) == []
    assert list(namespace["f"](0)) == [2]
    with pytest.raises(ValueError, match=r"^$"):
        next(namespace["f"](-1))
    assert told == [("f", 1, 1), ("f", 1, None)]
