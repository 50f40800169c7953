"""What the learner is told: plain text for a terminal, most important things first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill, indent

from safety_tests.checks import by_code
from safety_tests.learn.alone import Wrong
from safety_tests.learn.catalogue import BROKEN, Exercise, exercises
from safety_tests.learn.judge import Outcome, Stage
from safety_tests.learn.progress import Done, Progress
from safety_tests.report.lanes import lanes
from safety_tests.verdict import Finding, Report, Verdict

WIDTH = 88
STEPS = ("it can be imported", "each request alone is right", "it holds when requests meet")

ALL_SOLVED = "All exercises are solved. `safety-tests check` on a service of your own is next."

PASSED = {Stage.UNREADABLE: 0, Stage.WRONG_ALONE: 1, Stage.FAILS: 2, Stage.UNPROVEN: 2}


def listing(progress: Progress | None, folder: Path | None) -> str:
    """All exercises with what was done, and what to do next."""
    lines = ["Exercises: mend a small service; the gate says whether it holds.", ""]
    for exercise in exercises():
        done = progress.of(exercise.name) if progress else Done()
        line = f"  {exercise.name:<26} {exercise.title:<26} {' '.join(exercise.codes):<5}"
        lines.append(f"{line} {exercise.minutes:>3} min   {_so_far(done)}".rstrip())
    lines.append("")
    if progress is None or folder is None:
        lines += [
            "next:  safety-tests learn start     copies them to a folder of yours",
            "       safety-tests learn watch     checks the file that you edit at each save",
        ]
        return "\n".join(lines)
    solved = sum(progress.of(one.name).solved is not None for one in exercises())
    lines.append(f"{progress.learner}: {solved} of {len(exercises())} solved")
    following = next_one(progress)
    if following is None:
        lines.append(ALL_SOLVED)
    else:
        lines += [
            f"next:  safety-tests learn watch     and open {path_of(folder, following)}",
            f"       safety-tests learn hint {following.number:<5} one hint more for it",
        ]
    return "\n".join(lines)


def _so_far(done: Done) -> str:
    if done.solved is not None:
        return f"solved ({worked(done)})"
    if not done.checks and not done.hints:
        return ""
    return f"begun ({worked(done)})"


def worked(done: Done) -> str:
    """Minutes, checks and hints in a few words."""
    minutes = max(round(done.seconds / 60), 1)
    hints = "no hint" if not done.hints else "1 hint" if done.hints == 1 else f"{done.hints} hints"
    return f"{minutes} min, {hints}"


def next_one(progress: Progress, after: Exercise | None = None) -> Exercise | None:
    """The first exercise that is not solved, looking on from `after`; None when all are."""
    first = after.number if after else 0
    ordered = sorted(exercises(), key=lambda one: (one.number <= first, one.number))
    return next((one for one in ordered if progress.of(one.name).solved is None), None)


def path_of(folder: Path, exercise: Exercise) -> Path:
    """The file to edit."""
    return folder / exercise.name / BROKEN


def introduction(exercise: Exercise, folder: Path) -> str:
    """Title, story and question."""
    return "\n".join(
        [
            f"{exercise.number}. {exercise.title}   (about {exercise.minutes} minutes)",
            "",
            fill(exercise.story, WIDTH),
            "",
            fill(f"Before you change anything: {exercise.question}", WIDTH),
            "",
            f"open  {path_of(folder, exercise)}",
        ]
    )


def outcome(exercise: Exercise, found: Outcome, done: Done) -> str:
    """How far this version got, and what stopped it."""
    if found.stage is Stage.SOLVED:
        return _solved(exercise, found, done)
    parts = []
    if found.untouched:
        parts.append(f"{exercise.name}: the service as it was. Its fault shows:")
    else:
        parts.append(f"{exercise.name}: not there yet.")
    parts.append(
        _steps(PASSED[found.stage], "not known" if found.stage is Stage.UNPROVEN else "NO")
    )
    if found.stage is Stage.UNREADABLE:
        parts.append(indent(found.message, "  "))
    elif found.wrong is not None:
        parts.append(_wrong(found.wrong))
    elif found.report is not None and found.stage is Stage.FAILS:
        parts.append(_fails(exercise, found.report, found.unseen, found.untouched))
    else:
        parts.append(_unproven())
    return "\n\n".join(parts)


def _steps(passed: int, stopped: str = "NO") -> str:
    """The steps, of which so many were passed; the next one was `stopped`."""
    left = len(STEPS) - passed
    marks = ["yes"] * passed + [stopped, *["not tried"] * left][:left]
    return "\n".join(f"  {step:<30} {mark}" for step, mark in zip(STEPS, marks, strict=True))


def _wrong(wrong: Wrong) -> str:
    """An answer that is wrong with nobody else there."""
    request = wrong.request
    seen = " (one that is not in requests.json)" if wrong.hidden else ""
    where = "" if wrong.place in ("status", "headers", "media type") else f", at {wrong.place}"
    said = [
        fill(
            f"Your service does not do its work any more. Nobody else was there, and {request.name}"
            f"{seen} got another answer than it should{where}:",
            WIDTH - 2,
        ),
        "",
        f"  sent      {_sent(wrong)}",
        f"  expected  {_value(wrong.expected)}",
        f"  got       {_value(wrong.got)}",
    ]
    if _missing(wrong):
        said += ["", f"Is {request.method} {request.path} still there?"]
    return indent("\n".join(said), "  ")


def _sent(wrong: Wrong) -> str:
    request = wrong.request
    query = f"?{request.query.decode('ascii', 'replace')}" if request.query else ""
    body = f"  {request.body.decode('utf-8', 'replace')}" if request.body else ""
    return f"{request.method} {request.path}{query}{body}"


def _missing(wrong: Wrong) -> bool:
    return isinstance(wrong.got, dict) and wrong.got.get("status") in (404, 405)


def _fails(exercise: Exercise, report: Report, unseen: bool, untouched: bool) -> str:
    """The finding that matters most, with its interleaving."""
    codes = [check.code for check in report.checks if check.verdict is Verdict.FAIL]
    findings = sorted(report.findings, key=lambda one: one.code not in exercise.codes)
    parts = []
    mended = [
        check.code
        for check in report.checks
        if check.verdict is Verdict.PASS and check.code in exercise.codes
    ]
    if mended and not untouched:
        parts.append(f"{mended[0]} {by_code(mended[0]).name} is mended, and something else broke.")
    if unseen:
        parts.append("With the requests in requests.json it holds; with others it does not.")
    if findings:
        parts.append(_finding(findings[0]))
        others = [f"{code} {by_code(code).name}" for code in codes if code != findings[0].code]
        if others:
            parts.append(f"It also breaks {', '.join(others)}.")
    return indent("\n\n".join(parts), "  ")


def _finding(finding: Finding) -> str:
    check = by_code(finding.code)
    said = [
        fill(f"{finding.code} {check.name}: {check.promise}", WIDTH - 2),
        fill(finding.summary, WIDTH - 2),
        "",
        f"  expected  {_value(finding.expected)}",
        f"  got       {_value(finding.got)}",
    ]
    if drawn := lanes(finding.interleaving, stuck=finding.code == "S005"):
        said += ["", *(f"  {line}" for line in drawn)]
    elif len(finding.requests) > 1:
        said += ["", fill(f"served in this order: {', '.join(finding.requests)}", WIDTH - 2)]
    if finding.explanation:
        said += ["", *(fill(sentence, WIDTH - 2) for sentence in finding.explanation)]
    return "\n".join(said)


def _unproven() -> str:
    return indent(
        fill(
            "The time was up before all orders had been tried, so nobody knows. Is the machine"
            " busy, or does your version take much longer than the first one? Save again to have"
            " it looked at once more.",
            WIDTH - 2,
        ),
        "  ",
    )


def _solved(exercise: Exercise, found: Outcome, done: Done) -> str:
    said = [f"{exercise.name}: solved ({worked(done)})", _steps(len(STEPS))]
    remarks = [found.price, *_latent(found.report), f"Notice: {exercise.notice}"]
    said += [
        fill(remark, WIDTH, initial_indent="  ", subsequent_indent="  ")
        for remark in remarks
        if remark
    ]
    said.append(
        f"  read on  safety-tests explain {exercise.codes[0]}   ({exercise.read})\n"
        f"  cousin   safety-tests zoo {exercise.zoo.partition('/')[2]}"
    )
    return "\n\n".join(said)


def _latent(report: Report | None) -> Sequence[str]:
    """What holds here by luck only."""
    latent = [one for one in report.warnings if one.latent] if report else []
    return [
        "It holds on this Python by luck. On one without the GIL (and here, as soon as somebody"
        f" adds a call to that line) {one.summary.removeprefix('latent: ')}"
        f" {' '.join(one.explanation[:-1])}"
        for one in latent[:1]
    ]


def hint(exercise: Exercise, done: Done) -> str:
    """All hints that were asked for, the newest last."""
    steps = exercise.hints[: done.hints]
    shown = [
        fill(text, WIDTH, initial_indent=f"  {number}. ", subsequent_indent="     ")
        for number, text in enumerate(steps, 1)
    ]
    left = len(exercise.hints) - len(steps)
    more = f"{left} more {'is' if left == 1 else 'are'} left." if left else "That was the last one."
    head = f"{exercise.name}, hint {len(steps)} of {len(exercise.hints)}"
    return "\n".join([head, *shown, f"  {more}"])


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 200 else text[:197] + "..."
