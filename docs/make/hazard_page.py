"""The text of the page of one service of the zoo."""

import re
from collections.abc import Sequence
from textwrap import fill

from hazard_links import linked
from hazard_practice import practice
from hazard_source import exhibit, group_name

from safety_tests.checks import by_code
from safety_tests.zoo import Hazard

FENCE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)

QUESTIONS = {
    "S001": "Two of these requests are on their way together. Before which line must one of them"
    " be paused, so that it gets a wrong answer?",
    "S002": "The requests are served one after the other. Which of them changes what a later one"
    " is answered, and where is that kept?",
    "S003": "Two first requests arrive together. How often is it loaded, and which line lets the"
    " second one in?",
    "S004": "Which object is another one, or holds something else, after a request was served?",
    "S005": "Two requests wait for each other for ever. What does each hold and want?",
    "S006": "Each request succeeds alone. Which line raises when another request runs in between?",
    "S007": "A health check arrives while a request is being served. How long does it wait, and"
    " for what?",
    "S008": "A client goes away while its request waits at an `await`. What is left behind?",
    "S009": "A prediction comes in the middle of the change. What can it see that it could see"
    " neither before nor after?",
    "S010": "No line of the service can be paused so that it fails, and yet it does. What do two"
    " threads share here that the service does not show?",
    "S011": "Start the service twice and ask both the same. Why do the answers differ?",
}
"""What to settle before the report is read, by the check that breaks."""

RIGHT = (
    "What is it in this service that looks wrong? Say where you would pause a request, and why"
    " that does no harm."
)

WIDTH = 100


PREEMPTIONS = {"worker_thread_queue": 1}
"""The bound for services that take minutes with two: each execution needs a process of its own."""


def page(hazard: Hazard, told: Sequence[str]) -> str:
    """The page of a hazard; `told` are the reports on its mutant, if it has one, and its twin."""
    parts = [*_head(hazard), *(_broken(hazard, told) if hazard.twin else _right(hazard, told))]
    return "\n\n".join([*parts, *_on(hazard)]) + "\n"


def told_by(text: str) -> list[str]:
    """The reports that a page shows."""
    return FENCE.findall(text)


def _head(hazard: Hazard) -> list[str]:
    shown = exhibit(hazard.module)
    checks = ", ".join(
        f"[{code} {by_code(code).name}](../../checks/{code}.md)" for code in hazard.codes
    )
    verb = "missed by" if hazard.missed else "found by"
    found = f", {verb} {checks}" if checks else ", accused by no check"
    file = f"safety_tests/zoo/{hazard.group}/{hazard.name}.py"
    where = f"Service [`{hazard.group}/{hazard.name}`](../../../{file}) of [the zoo](../../zoo.md)"
    return [f"# {shown.title}", f"{where}{found}."]


def _story(hazard: Hazard) -> list[str]:
    shown = exhibit(hazard.module)
    heading = "## What goes wrong" if hazard.twin else "## Why it looks broken and is not"
    seen = [f"Where it was met: {linked(shown.seen)}"] if shown.seen else []
    return [heading, shown.story, *seen]


def _broken(hazard: Hazard, told: Sequence[str]) -> list[str]:
    shown = exhibit(hazard.module)
    on_mutant, on_twin = told
    repair = shown.repair[:1].upper() + shown.repair[1:]
    return [
        *_story(hazard),
        "## The service",
        _block("python", shown.broken),
        fill(f"**Before you read on:** {QUESTIONS[hazard.codes[0]]}", WIDTH),
        "## What the gate says of it",
        *([_missed(hazard)] if hazard.missed else []),
        _command(hazard),
        _block("text", on_mutant),
        *([] if hazard.missed else [_reading(hazard, on_mutant)]),
        "## The repair",
        repair,
        _block("diff", shown.mend),
        "## What the gate says of the repaired service",
        "The same command goes on with the repaired service, and all checks:",
        _block("text", on_twin),
        *_warned(on_twin),
    ]


def _missed(hazard: Hazard) -> str:
    return fill(
        f"Nothing, and that is a miss: {hazard.missed}. [Limits](../../limits.md) names it.", WIDTH
    )


def _command(hazard: Hazard) -> str:
    bound = PREEMPTIONS.get(hazard.name)
    flag = f" --preemptions {bound}" if bound else ""
    return _block("sh", f"safety-tests zoo {hazard.name} --show{flag}")


def _reading(hazard: Hazard, on_mutant: str) -> str:
    if "in safety_tests/" not in on_mutant:
        return (
            "Real threads did this, so no order of lines is known. How many answers are wrong\n"
            "differs from run to run."
        )
    gone = "A request that was cancelled before the others came has no lane.\n"
    return (
        "Lines are counted in the file of the service. "
        + (gone if "S008" in hazard.codes else "")
        + "The command prints the whole token, and\n"
        "`safety-tests replay TOKEN --html race.html` makes a page of it to step through\n"
        "([reading a report](../../reports.md))."
    )


def _right(hazard: Hazard, told: Sequence[str]) -> list[str]:
    return [
        "## The service",
        _block("python", exhibit(hazard.module).healthy),
        fill(f"**Before you read on:** {RIGHT}", WIDTH),
        *_story(hazard),
        "## What the gate says of it",
        _command(hazard),
        _block("text", told[-1]),
        *_warned(told[-1]),
    ]


def _warned(report: str) -> list[str]:
    if "warning: " not in report:
        return []
    return [
        "The warning is no fault: something changes that no answer shows. [When it is one]"
        "(../../checks/S004.md#a-fault-or-a-warning)."
    ]


def _on(hazard: Hazard) -> list[str]:
    """Where to go from here."""
    if hazard.twin:
        again = (
            "Mend it in another way: change `mutant` in the file of the service, and run the"
            " command again. (`git checkout` brings the fault back.)"
        )
        others = f"[The other services of the group *{group_name(hazard.group)}*](index.md)"
    else:
        again = "Break it: which one line would you take out, and what would the gate say then?"
        others = "[The other services that look broken](index.md)"
    lines = [*practice(hazard), again, others]
    return ["## Go on", "\n".join(f"- {line}" for line in lines)]


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"
