"""Reports for the tests of the HTML page: usual ones, empty ones, long ones, hostile ones."""

from dataclasses import replace

from safety_tests.tests.report.reports import (
    FAILED,
    FINDING,
    PASSED,
    UNPROVEN,
    check,
    read,
    report,
    wrote,
)
from safety_tests.verdict import Finding, Line, Proof, Report, Touch, Verdict

HOSTILE = (
    "</script></style>--><script>document.title='owned'</script>"
    "<img src='http://127.0.0.1:9/x' onerror=\"document.title='owned'\">"
    "\"'&amp;<b>`${x}` \u202eevil"
)
"""What an answer, a source line, a name or a value may hold, if somebody wants to do harm."""

SAFE = HOSTILE.replace("\u202e", "\\u202e")
"""The same as a page may show it: the character that turns the text round is named."""


def failing(finding: Finding, **changed: object) -> Report:
    result = replace(FAILED, code=finding.code, findings=(replace(finding, **changed),))  # type: ignore[arg-type]
    return report(result)


def hostile() -> Report:
    line = Line(HOSTILE, HOSTILE, 3, HOSTILE, f"writes {HOSTILE}", (wrote(HOSTILE, "2", HOSTILE),))
    other = Line("two", HOSTILE, 4, HOSTILE, HOSTILE, (read(HOSTILE, HOSTILE),))
    told = failing(
        FINDING,
        summary=HOSTILE,
        requests=(HOSTILE, "two"),
        expected={HOSTILE: HOSTILE},
        got=HOSTILE,
        interleaving=(line, other, line),
        explanation=(HOSTILE,),
        replay=HOSTILE,
        help=HOSTILE,
    )
    return replace(told, target=HOSTILE, python=HOSTILE, notes=(HOSTILE,))


def long() -> Report:
    """Three requests, 240 lines, two shared objects, two files."""
    lines = []
    for number in range(240):
        name = ("first", "second", "third")[number // 20 % 3]
        touches: tuple[Touch, ...] = ()
        if number % 5 == 0:
            touches = (wrote(str(number), str(number + 1), "Memory.n"),)
        if number % 7 == 0:
            touches += (read(f"[{number}]", "cache"),)
        verbs = [f"{'writes' if one.write else 'reads'} {one.object}" for one in touches]
        file = "app.py" if number % 11 else "model.py"
        lines.append(Line(name, file, number + 1, f"step({number})", ", ".join(verbs), touches))
    return failing(FINDING, interleaving=tuple(lines), requests=("first", "second", "third"))


LOCKED = replace(
    FINDING,
    code="S005",
    interleaving=(
        Line("one", "app.py", 3, "with models:"),
        Line("two", "app.py", 7, "with metrics:"),
        Line("two", "app.py", 8, "with models:"),
        Line("one", "app.py", 4, "with metrics:"),
    ),
    explanation=("one waits at app.py:4 for a lock held by two.",),
)

SERIAL = replace(
    FINDING,
    code="S002",
    interleaving=(Line("two", "app.py", 3, "return memory.x"),),
    explanation=(),
    preemptions=0,
)

WARNED = replace(FINDING, summary="a request leaves Memory.x changed; no answer differs.")

CAUGHT = Proof("predict", "app.py", 12, ("one",), True, "S001, one preemption, 0.1 s")
MISSED = Proof("health", "", 0, ("two",), False, "no function of the app's own handles it")

REPORTS: dict[str, Report] = {
    "usual": report(FAILED, PASSED),
    "passing": report(PASSED, verdict=Verdict.PASS),
    "unproven": report(PASSED, UNPROVEN, verdict=Verdict.UNPROVEN),
    "nothing": report(verdict=Verdict.PASS),
    "warning": report(replace(PASSED, warnings=(WARNED,)), verdict=Verdict.PASS),
    "proved": replace(report(PASSED, verdict=Verdict.PASS), proof=(CAUGHT, MISSED)),
    "powerless": replace(report(PASSED, verdict=Verdict.PASS), proof=(MISSED,)),
    "locked": failing(LOCKED),
    "serial": failing(SERIAL),
    "no lines": failing(FINDING, code="S003", interleaving=()),
    "no values": failing(
        FINDING, interleaving=tuple(line._replace(accesses=()) for line in FINDING.interleaving)
    ),
    "two findings": report(FAILED, check("S005", "progress", Verdict.FAIL, findings=(LOCKED,))),
    "long": long(),
    "hostile": hostile(),
}
