"""The interleaving of a finding as HTML: a table with one lane for each request.

The table is whole in itself: it is what is printed, and what is seen without JavaScript. The
script of the page only walks over its rows, so that what it shows is what the table says.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from safety_tests.history import Access, Step
from safety_tests.oracles.conflicts import conflict, last_resort
from safety_tests.report.lanes import handover, places
from safety_tests.verdict import Finding, Line, Touch

PAGE = Path(__file__).with_name("page")

LETTERS = "abcdef"
"""Classes of lanes; more requests than colours share them."""

FLAG = '<span class="flag">here</span>'

VISIBLE = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {
    code: f"\\u{code:04x}" for code in (0x7F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Characters that would be lost, or would turn the text round them, and what stands for them."""


def shown(text: str) -> str:
    """Text of anybody as text in HTML, between tags or in a quoted attribute."""
    return escape(text.translate(VISIBLE))


class Marks(NamedTuple):
    """The rows that conflict, the row to jump to, and how that is called."""

    rows: frozenset[int]
    jump: int | None
    label: str = "Jump to the conflict"


def marks(lines: Sequence[Line], stuck: bool) -> Marks:
    """Where the requests conflict, by the rule by which the report's sentence is made."""
    if stuck and lines:
        last = len(lines) - 1
        return Marks(frozenset({last}), last, "Jump to where it stops")
    steps = [
        Step(
            _tasks(lines).index(line.task),
            line.file,
            line.line,
            0,
            tuple(Access(one.write, one.object, one.before, 0, one.after) for one in line.accesses),
        )
        for line in lines
    ]
    found = conflict(steps) or last_resort(steps)
    if found is None:
        taken = [i for i in range(1, len(lines)) if lines[i].task != lines[i - 1].task]
        return Marks(frozenset(), taken[0] if taken else None, "Jump to the switch")
    rows = [
        next(index for index, one in enumerate(steps) if one is step)
        for step in (found.first, found.middle, found.again)
    ]
    return Marks(frozenset(rows), max(rows))


def _tasks(lines: Sequence[Line]) -> list[str]:
    return list(dict.fromkeys(line.task for line in lines))


def timeline(finding: Finding) -> str:
    """The player, which the script brings to life, above the table; nothing without lines."""
    lines = finding.interleaving
    if not lines:
        return ""
    stuck = finding.code == "S005"
    tasks, marked = _tasks(lines), marks(lines, stuck)
    touched = list(dict.fromkeys(one.object for line in lines for one in line.accesses))
    files = list(dict.fromkeys(line.file for line in lines))
    where = f" in <code>{shown(files[0])}</code>" if len(files) == 1 else ""
    jump = "" if marked.jump is None else marked.jump
    return f"""<div class="timeline" data-jump="{jump}" data-stuck="{"yes" if stuck else "no"}">
<h3>Step by step{where}</h3>
{_player(tasks, touched, marked)}
{_table(finding, tasks, bool(touched), marked, stuck)}
</div>"""


# -- the table ------------------------------------------------------------------------------------


def _table(finding: Finding, tasks: list[str], touched: bool, marked: Marks, stuck: bool) -> str:
    lines, width = finding.interleaving, 1 + len(tasks) + touched
    told = f' data-told="{shown(" ".join(finding.explanation))}"' if finding.explanation else ""
    heads = [
        f'<th scope="col" class="lane {_lane(n)}">{shown(task)}</th>'
        for n, task in enumerate(tasks)
    ]
    if touched:
        heads.insert(1, '<th scope="col" class="shared">shared</th>')
    rows = []
    for index, (line, place) in enumerate(zip(lines, places(lines), strict=True)):
        if index and lines[index - 1].task != line.task:
            sentence = shown(handover(lines, index, stuck))
            rows.append(f'<tr class="handover"><td colspan="{width}">{sentence}</td></tr>')
        lane = tasks.index(line.task)
        cells = ['<td class="lane empty"></td>' for _ in tasks]
        flag = FLAG if index == marked.jump and index in marked.rows else ""
        cells[lane] = _step(line, place, lane, "" if touched else flag)
        if touched:
            cells.insert(1, _shared(line, lane, flag))
        mark = " mark" if index in marked.rows else ""
        rows.append(
            f'<tr class="step{mark}" data-lane="{lane}" data-place="{shown(place)}"'
            f' data-said="{shown(_said(line, place))}"{told if flag else ""}>'
            f'<th scope="row">{index + 1}</th>{"".join(cells)}</tr>'
        )
    body = "\n".join(rows)
    return f"""<div class="scroll trace" tabindex="0" role="region" aria-label="all the steps">
<table class="steps lanes-{min(len(tasks), 4)}">
<thead><tr><th scope="col"><span class="hush">step</span></th>{"".join(heads)}</tr></thead>
<tbody>
{body}
</tbody>
</table></div>"""


def _lane(number: int) -> str:
    return f"lane-{LETTERS[number % len(LETTERS)]}"


def _step(line: Line, place: str, lane: int, flag: str) -> str:
    extra = _without(line.note, line.accesses)
    note = f' <span class="note">{shown(extra)}</span>' if extra else ""
    return (
        f'<td class="lane source {_lane(lane)}" data-task="{shown(line.task)}">'
        f'{flag}<span class="place">{shown(place)}</span> '
        f"<code>{shown(line.source)}</code>{note}</td>"
    )


def _without(note: str, accesses: Sequence[Touch]) -> str:
    """What a note says beside the accesses, which have a column of their own."""
    return note.removesuffix(", ".join(map(_verb, accesses))).removesuffix(", ")


def _verb(touch: Touch) -> str:
    return f"{'writes' if touch.write else 'reads'} {touch.object}"


def _shared(line: Line, lane: int, flag: str) -> str:
    told = "".join(_touch(touch, lane) for touch in line.accesses)
    return f'<td class="shared{"" if told or flag else " empty"}">{flag}{told}</td>'


def _touch(touch: Touch, lane: int) -> str:
    """The value beside its object, with an arrow from or to the lane of the request."""
    left = lane == 0
    arrow = "→" if touch.write == left else "←"
    values = f"<code>{shown(touch.before)}</code>" if touch.before else ""
    if touch.write and touch.after:
        values += f'<span class="becomes"> → </span><code class="new">{shown(touch.after)}</code>'
    return (
        f'<div class="touch {"write" if touch.write else "read"}"'
        f' data-object="{shown(touch.object)}" data-before="{shown(touch.before)}"'
        f' data-after="{shown(touch.after)}">'
        f'<span class="verb"><span class="arrow {"left" if left else "right"}" aria-hidden="true">'
        f"{arrow}</span> {'writes' if touch.write else 'reads'}"
        f" <code>{shown(touch.object)}</code></span>"
        f' <span class="values">{values}</span></div>'
    )


def _said(line: Line, place: str) -> str:
    """The step in a sentence, as a screen reader says it."""
    told = [f"{line.task}, {place}: {line.source}"]
    if extra := _without(line.note, line.accesses):
        told.append(extra)
    for touch in line.accesses:
        values = ""
        if touch.write and touch.after:
            values = f": {touch.before or 'unknown'} becomes {touch.after}"
        elif touch.before and not touch.write:
            values = f": {touch.before}"
        told.append(_verb(touch) + values)
    return "; ".join(told)


# -- the player -----------------------------------------------------------------------------------


def _player(tasks: list[str], touched: list[str], marked: Marks) -> str:
    actors = [_actor(task, number) for number, task in enumerate(tasks)]
    if touched:
        objects = "".join(map(_object, touched))
        actors.insert(1, f'<div class="objects">{objects}</div>')
    return Template((PAGE / "player.html").read_text("utf-8")).substitute(
        lanes=min(len(tasks), 4),
        apart="" if touched else " apart",
        stage="\n".join(actors),
        label=shown(marked.label),
        hidden=" hidden" if marked.jump is None else "",
    )


def _actor(task: str, number: int) -> str:
    return (
        f'<div class="actor {_lane(number)}"><p class="who"><b>{shown(task)}</b>'
        ' <span class="state"></span></p><ol class="near"></ol></div>'
    )


def _object(name: str) -> str:
    return (
        f'<div class="object" data-object="{shown(name)}">'
        f'<p class="name"><code>{shown(name)}</code></p><p class="value">'
        '<code class="old"></code><span class="becomes"> → </span>'
        '<code class="new"></code></p><p class="by"></p></div>'
    )
