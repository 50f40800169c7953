"""The handlers that the requests reach, and the functions of each in which a race can be planted.

Where the app has a router, it says which function a request is for; else that is the first of the
app's own functions to run. Dependencies, wrappers and what the handler calls come after it, in the
order in which they run: a handler without parameters has nothing of a request to mix up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safety_tests.gate.subject import Subject
from safety_tests.history import Function
from safety_tests.requests import Request
from safety_tests.target.plant import Definition, first_line, parameters

NO_FUNCTION = "no function of the app's own runs for it"
LAMBDA = "it is a lambda, which has no line of its own; make it a function with def"
NO_PARAMETERS = "neither it nor what it calls takes a parameter, so nothing of a request is there"


@dataclass(frozen=True)
class Own:
    """A function of the app as its file defines it; `name` is that of a report, with its place."""

    name: str
    at: Function
    line: int
    """That of its `def`."""
    last: int
    plantable: bool


@dataclass(frozen=True)
class Handler:
    """What serves some of the requests."""

    name: str
    file: str
    line: int
    requests: tuple[Request, ...]
    functions: tuple[Own, ...]
    """Where a race can be planted, the handler itself first."""
    impossible: str
    """Why there is no such function, where there is none."""


def handlers(subject: Subject) -> list[Handler]:
    """The distinct handlers of the requests that succeed and change nothing."""
    known = Definitions(subject.description.sources)
    found: dict[tuple[str, str, int], Handler] = {}
    for request in subject.steady:
        if not subject.alone[request.name].answer.ok:
            continue
        handler = _handler(subject, request, known)
        key = handler.name, handler.file, handler.line
        same = found.get(key)
        if same is not None:
            together = (*same.functions, *handler.functions)
            handler = Handler(
                *key,
                requests=(*same.requests, request),
                functions=tuple(dict.fromkeys(together)),
                impossible=same.impossible,
            )
        found[key] = handler
    return list(found.values())


def _handler(subject: Subject, request: Request, known: Definitions) -> Handler:
    history = subject.run((request,), detail=True, locate=True)
    places = ((step.file, step.line) for step in history.steps if not step.task)
    run = [own for own in (known.around(*place) for place in places) if own is not None]
    routed = history.handler
    if routed is not None:
        own = known.starting(routed)
        name = own.name if own is not None else f"{routed.name} ({routed.file}:{routed.line})"
        file, line = routed.file, own.line if own is not None else routed.line
        impossible = LAMBDA if routed.name == "<lambda>" else NO_PARAMETERS
    elif run:
        own, name, file, line = run[0], run[0].name, run[0].at.file, run[0].line
        impossible = NO_PARAMETERS
    else:
        own, name, file, line = None, f"{request.method} {request.path}", "", 0
        impossible = NO_FUNCTION
    order = [own, *run] if own is not None else run
    return Handler(
        name=name,
        file=file,
        line=line,
        requests=(request,),
        functions=tuple(dict.fromkeys(one for one in order if one.plantable)),
        impossible=impossible,
    )


class Definitions:
    """Every `def` of the app's own files."""

    def __init__(self, sources: Mapping[str, Sequence[str]]) -> None:
        self._by_file = {
            file: _definitions(file, "\n".join(lines))
            for file, lines in sources.items()
            if ":" not in file  # a file of a traced library
        }

    def around(self, file: str, line: int) -> Own | None:
        """The innermost function that has the line in it."""
        holding = [one for one in self._by_file.get(file, ()) if one.at.line <= line <= one.last]
        return max(holding, key=lambda one: one.at.line, default=None)

    def starting(self, function: Function) -> Own | None:
        found = (one for one in self._by_file.get(function.file, ()) if one.at == function)
        return next(found, None)


def _definitions(file: str, source: str) -> list[Own]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        # A line separator within a string, of those that only `splitlines` takes for one.
        return []
    return list(_within(tree, "", file))


def _within(node: ast.AST, prefix: str, file: str) -> Iterator[Own]:
    for child in ast.iter_child_nodes(node):
        inside = prefix
        if isinstance(child, ast.ClassDef):
            inside = f"{prefix}{child.name}."
        elif isinstance(child, Definition):
            inside = ""
            name = f"{prefix}{child.name}"
            yield Own(
                name=f"{name} ({file}:{child.lineno})",
                at=Function(file, first_line(child), name),
                line=child.lineno,
                last=child.end_lineno or child.lineno,
                plantable=bool(parameters(child)),
            )
        yield from _within(child, inside, file)
