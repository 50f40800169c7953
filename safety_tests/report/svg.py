"""The lanes of the first finding as one picture, for pages, lessons and slides.

Time runs down, each request has its lane, and between them stand the shared objects with the
values that were seen. The picture holds nothing but itself: no font, no script, nothing to fetch;
it follows the reader's light or dark setting wherever the page leaves that to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from safety_tests.checks import by_code
from safety_tests.report.lanes import handover, places, worth_telling
from safety_tests.report.text import WORDS, conclusion
from safety_tests.report.timeline import LETTERS, marks, shown
from safety_tests.verdict import Finding, Line, Report, Touch

MARGIN, ROW, TOUCH, GAP = 20, 26, 38, 14
LETTER = 7.9
"""Width of a letter of code, on the safe side of the fonts that browsers take; all in pixels."""
LONGEST = 52
"""Letters of a line of code or of a value."""
NARROWEST = 22

STYLE = """
.interleaving { max-width: 100%; height: auto; }
.interleaving { --paper: #fff; --ink: #1b1c20; --dim: #5d6069; --rule: #dddcd6; --bad: #b0261c;
  --wash: #fdeceb; --lane-a: #1d5c9f; --lane-b: #a94d07; --lane-c: #0b735a; --lane-d: #843a8b;
  --lane-e: #6b5d00; --lane-f: #43505e; }
@media (prefers-color-scheme: dark) { .interleaving { --paper: #1d1f23; --ink: #e8e8e4;
  --dim: #a0a4ad; --rule: #44474e; --bad: #ff8f85; --wash: #3a1f1e; --lane-a: #86b9f4;
  --lane-b: #f2a869; --lane-c: #62cbab; --lane-d: #d8a0dd; --lane-e: #d6c45a; --lane-f: #b3c0cf; } }
.interleaving text { font: 14px system-ui, sans-serif; fill: var(--ink); white-space: pre; }
.interleaving .code { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.interleaving .dim { fill: var(--dim); }
.interleaving .bad { fill: var(--bad); }
.interleaving .small { font-size: 12px; }
.interleaving .strong { font-weight: 650; }
.interleaving .paper { fill: var(--paper); stroke: var(--rule); }
.interleaving .mark { fill: var(--wash); }
.interleaving .waits { stroke-dasharray: 2 5; }
.interleaving path, .interleaving line { fill: none; stroke-width: 2; }
"""


class Sheet(NamedTuple):
    """Where the columns are; the shared objects stand after the first lane."""

    tasks: tuple[str, ...]
    places: tuple[str, ...]
    """Where each line stands, all of one width."""
    lefts: tuple[float, ...]
    """Of each lane."""
    shared: float
    """The left edge of the shared objects."""
    right: float
    """The right edge of all."""
    between: float
    """The width of the shared objects; 0 where none was touched."""


def as_svg(report: Report) -> str:
    """The picture, as the text of an SVG file.

    Without a finding that has an interleaving it shows the verdict of each check.
    """
    told = next((one for one in report.findings if one.interleaving), None)
    if told is None:
        return _verdicts(report)
    sheet = _sheet(told.interleaving)
    check = by_code(told.code)
    parts = list(_head(told, f"{told.code} {check.name}", sheet))
    body, bottom = _body(told.interleaving, sheet, stuck=told.code == "S005")
    parts += body
    for label, value, style in (("expected", told.expected, "dim"), ("got", told.got, "bad")):
        bottom += ROW
        text = _cut(json.dumps(value, ensure_ascii=False, default=repr), 2 * LONGEST)
        parts.append(_text(MARGIN, bottom, label, "dim"))
        parts.append(_text(MARGIN + 80, bottom, text, f"code {style}"))
    return _svg(sheet.right + MARGIN, bottom + MARGIN, told.summary, parts)


def _verdicts(report: Report) -> str:
    title = f"{WORDS[report.verdict]}: {conclusion(report, bound='of each check')}"
    parts, bottom = [_text(MARGIN, 38, title, "strong")], 38.0
    for check in report.checks:
        bottom += ROW
        parts.append(_text(MARGIN, bottom, f"{check.code} {check.name}", "code"))
        parts.append(_text(MARGIN + 200, bottom, WORDS[check.verdict]))
        parts.append(_text(MARGIN + 280, bottom, _cut(check.covered, 90), "dim small"))
    return _svg(900, bottom + MARGIN, f"{report.target}: {title}", parts)


# -- the columns ----------------------------------------------------------------------------------


def _sheet(lines: Sequence[Line]) -> Sheet:
    tasks = tuple(dict.fromkeys(line.task for line in lines))
    where = places(lines)
    place = max(map(len, where))
    widths = [_lane_width(lines, task, place) for task in tasks]
    told = [text for line in lines for touch in line.accesses for text in _said(touch)]
    between = max(map(len, told)) * LETTER + 4 * GAP if told else 0.0
    lefts, left = [], float(MARGIN)
    for number, width in enumerate(widths):
        lefts.append(left)
        left += width + GAP + (between if number == 0 else 0)
    shared = lefts[0] + widths[0] + GAP
    padded = tuple(one.rjust(place) for one in where)
    return Sheet(tasks, padded, tuple(lefts), shared, left - GAP, between)


def _lane_width(lines: Sequence[Line], task: str, place: int) -> float:
    sources = [len(_cut(line.source, LONGEST)) for line in lines if line.task == task]
    return max(NARROWEST, len(task) + 4, place + 2 + max(sources)) * LETTER + 2 * GAP


def _said(touch: Touch) -> tuple[str, str]:
    """What a request did with a shared object, and the value that it left or found there."""
    verb = "writes" if touch.write else "reads"
    value = touch.after if touch.write else touch.before
    return f"{verb} {_cut(touch.object, LONGEST)}", _cut(value, LONGEST)


# -- what stands in them --------------------------------------------------------------------------


def _head(finding: Finding, check: str, sheet: Sheet) -> Iterator[str]:
    room = int((sheet.right - MARGIN) / LETTER)
    yield _text(MARGIN, 36, check, "strong bad")
    yield _text(MARGIN, 58, _cut(finding.summary, room))
    for number, task in enumerate(sheet.tasks):
        yield _text(sheet.lefts[number] + GAP, 92, f"{chr(65 + number)}  {task}", "strong", number)
    if sheet.between:
        yield _text(sheet.shared + 2 * GAP, 92, "shared", "strong dim")


def _body(lines: Sequence[Line], sheet: Sheet, stuck: bool) -> tuple[list[str], float]:
    """The rows, before the wash of those that conflict and the threads; and where they end."""
    told, marked = worth_telling(lines), marks(lines, stuck)
    rows: list[str] = []
    washes: list[str] = []
    ran: list[tuple[int, float, float]] = []
    y = 104.0
    for index, line in enumerate(lines):
        lane = sheet.tasks.index(line.task)
        if index and lines[index - 1].task != line.task:
            sentence = handover(lines, index, stuck)
            rows.append(_text(sheet.lefts[0] + GAP, y + 18, sentence, "dim small"))
            y += ROW
        if index in told:
            top = y
            step, y = _step(line, sheet.places[index], lane, sheet, y)
            rows += step
            ran.append((lane, top, y))
            if index in marked.rows:
                washes.append(_wash(sheet, top, y))
        elif index - 1 in told:
            rows.append(_text(sheet.lefts[lane] + GAP, y + 18, "...", "dim"))
            y += ROW
    return [*washes, *_threads(sheet, ran), *rows], y


def _wash(sheet: Sheet, top: float, bottom: float) -> str:
    return (
        f'<rect class="mark" x="{MARGIN - GAP / 2:g}" y="{top:g}"'
        f' width="{sheet.right - MARGIN + GAP:g}" height="{bottom - top:g}" rx="6"/>'
    )


def _threads(sheet: Sheet, ran: Sequence[tuple[int, float, float]]) -> Iterator[str]:
    """A line down each lane: whole where the request runs, dotted where it waits."""
    for lane, left in enumerate(sheet.lefts):
        mine = [(top, bottom) for one, top, bottom in ran if one == lane]
        yield _line(left, mine[0][0], mine[-1][1], lane, "waits")
        for top, bottom in mine:
            yield _line(left, top, bottom, lane, "", 4)


def _step(line: Line, place: str, lane: int, sheet: Sheet, y: float) -> tuple[list[str], float]:
    """One line of code and what it did to shared objects, and where the next may begin."""
    left = sheet.lefts[lane] + GAP
    parts = [
        _text(left, y + 18, place, "code dim"),
        _text(left + (len(place) + 2) * LETTER, y + 18, _cut(line.source, LONGEST), "code"),
    ]
    for number, touch in enumerate(line.accesses):
        parts += _touch(touch, lane, sheet, y + TOUCH * number)
    return parts, y + max(ROW, TOUCH * len(line.accesses) + 4)


def _touch(touch: Touch, lane: int, sheet: Sheet, y: float) -> Iterator[str]:
    said, value = _said(touch)
    yield _text(sheet.shared + 2 * GAP, y + 16, said, "small", lane)
    yield _text(sheet.shared + 2 * GAP, y + 33, value, "code")
    # The arrow stands on the side of the request, and points at whoever gets the value.
    outer, inner = sheet.shared, sheet.shared + 1.5 * GAP
    if lane:
        outer, inner = sheet.shared + sheet.between - GAP, sheet.shared + sheet.between - 2.5 * GAP
    tail, tip = (outer, inner) if touch.write else (inner, outer)
    back = 5 if tip > tail else -5
    yield (
        f'<path d="M{tail:g} {y + 13:g}H{tip:g}m{-back:g} -4l{back:g} 4l{-back:g} 4"'
        f' style="stroke: var(--lane-{_letter(lane)})"/>'
    )


# -- the pen --------------------------------------------------------------------------------------


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    drawn, size = "\n".join(parts), f'width="{width:g}" height="{height:g}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" class="interleaving" role="img"
  viewBox="0 0 {width:g} {height:g}" {size}>
<title>{shown(title)}</title>
<style>{STYLE}</style>
<rect class="paper" x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="10"/>
{drawn}
</svg>
"""


def _text(x: float, y: float, text: str, style: str = "", lane: int | None = None) -> str:
    fill = "" if lane is None else f' style="fill: var(--lane-{_letter(lane)})"'
    return f'<text x="{x:g}" y="{y:g}" class="{style}"{fill}>{shown(text)}</text>'


def _line(x: float, top: float, bottom: float, lane: int, style: str, width: int = 2) -> str:
    return (
        f'<line x1="{x:g}" y1="{top:g}" x2="{x:g}" y2="{bottom:g}" class="{style}"'
        f' style="stroke: var(--lane-{_letter(lane)}); stroke-width: {width}"/>'
    )


def _letter(lane: int) -> str:
    return LETTERS[lane % len(LETTERS)]


def _cut(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 3] + "..."
