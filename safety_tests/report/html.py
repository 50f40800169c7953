"""The report as one HTML page: nothing to fetch, readable without JavaScript, printable.

Whatever comes from the app (answers, source, names, values) goes through `shown`, and the page
runs no script and no style but its own two, which it names by their hash.
"""

from __future__ import annotations

import difflib
import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Any

from safety_tests.checks import by_code
from safety_tests.report.text import WORDS, conclusion, evidence
from safety_tests.report.timeline import PAGE, shown, timeline
from safety_tests.verdict import CheckResult, Finding, Report

MOST_LINES = 400
"""Of an answer; a page of megabytes helps nobody."""


def as_html(report: Report) -> str:
    """The whole page."""
    style, script = (_read(name) for name in ("style.css", "script.js"))
    verdict = "nothing" if report.cannot_fail or not report.checks else report.verdict.value
    gil = "with the GIL" if report.gil else "free-threaded"
    word, target = _word(report), shown(report.target)
    return whole(
        PAGE / "page.html",
        f"{word}: {target}",
        style,
        script,
        verdict=verdict,
        word=word,
        conclusion=shown(conclusion(report, bound="shown below")),
        target=target,
        python=shown(f"Python {report.python}, {gil}"),
        seconds=f"{report.seconds:.1f} s",
        checks=_checks(report),
        proof=_proof(report),
        notes=_notes(report),
        findings=_told(report.findings, "finding"),
        warnings=_told(report.warnings, "warning"),
    )


def whole(template: Path, title: str, style: str, script: str, **parts: str) -> str:
    """A page out of its template and `parts`; the title and the parts are HTML already.

    It fetches nothing, and runs no script and no style but these two, which it names by their hash.
    """
    head = Template(_read("head.html")).substitute(
        title=title, style=style, style_hash=_hash(style), script_hash=_hash(script)
    )
    text = template.read_text("utf-8").strip()
    page = Template(text).substitute(head=head, script=script, **parts)
    # Half a surrogate pair, out of an answer, is no text that a file could hold.
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def _word(report: Report) -> str:
    if not report.checks:
        return "NOTHING CHECKED"
    word = WORDS[report.verdict].upper()
    return f"{word}, BUT THE GATE COULD NOT HAVE FAILED" if report.cannot_fail else word


def _read(name: str) -> str:
    return (PAGE / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    """How a content security policy names a script or a style."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


# -- what was checked -----------------------------------------------------------------------------


def _checks(report: Report) -> str:
    rows = "\n".join(_check(check) for check in report.checks)
    if not rows:
        return ""
    return f"""<section aria-labelledby="checks">
<h2 id="checks">Checks</h2>
<div class="scroll"><table class="checks">
<thead><tr><th scope="col">Check</th><th scope="col">Verdict</th><th scope="col">Covered</th>
<th scope="col" class="number">Schedules</th><th scope="col" class="number">Time</th></tr></thead>
<tbody>
{rows}
</tbody>
</table></div>
</section>"""


def _check(check: CheckResult) -> str:
    warned = len(check.warnings)
    extra = f' <span class="badge warned">{_count(warned, "warning")}</span>' if warned else ""
    found = evidence(check.findings[0]) if check.findings else ""
    covered = f"{shown(found)}<br>{shown(check.covered)}" if found else shown(check.covered)
    return (
        f'<tr><th scope="row"><span class="code">{shown(check.code)}</span>'
        f" {shown(check.name)}</th>"
        f'<td><span class="badge {check.verdict.value}">{WORDS[check.verdict]}</span>{extra}</td>'
        f'<td class="covered">{covered}</td>'
        f'<td class="number">{check.schedules} of {check.schedules_total}</td>'
        f'<td class="number">{check.seconds:.1f} s</td></tr>'
    )


def _notes(report: Report) -> str:
    if not report.notes:
        return ""
    items = "\n".join(f"<li>{shown(note)}</li>" for note in report.notes)
    return (
        f'<section aria-labelledby="notes">\n<h2 id="notes">Notes</h2>\n<ul>{items}</ul></section>'
    )


def _proof(report: Report) -> str:
    """Which planted races were caught: that the gate could have failed."""
    if report.proof is None:
        return ""
    rows = "\n".join(
        f'<tr><th scope="row"><code>{shown(one.handler)}</code></th>'
        f'<td><span class="badge {"pass" if one.caught else "warned"}">'
        f"{'caught' if one.caught else 'not caught'}</span></td>"
        f'<td class="covered">{shown(one.reason)}</td></tr>'
        for one in report.proof
    )
    return f"""<section aria-labelledby="proof">
<h2 id="proof">Planted races</h2>
<div class="scroll"><table class="checks">
<thead><tr><th scope="col">Handler</th><th scope="col">Race</th>
<th scope="col">How</th></tr></thead>
<tbody>
{rows}
</tbody>
</table></div>
</section>"""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


# -- what was found -------------------------------------------------------------------------------


def _told(findings: Sequence[Finding], kind: str) -> str:
    return "\n".join(
        _finding(finding, f"{kind}-{number}", kind) for number, finding in enumerate(findings, 1)
    )


def _finding(finding: Finding, name: str, kind: str) -> str:
    check = by_code(finding.code)
    badge = '<span class="badge warned">warning</span> ' if kind == "warning" else ""
    happened = "".join(f"<p>{shown(sentence)}</p>" for sentence in _happened(finding))
    happened = f"<h3>What happened</h3>\n{happened}" if happened else "<h3>Who took part</h3>"
    return f"""<section class="finding" id="{name}" aria-labelledby="{name}-title">
<p class="kicker">{badge}<span class="code">{shown(finding.code)}</span> {shown(check.name)}
<span class="dim">{shown(evidence(finding))}</span></p>
<h2 id="{name}-title">{shown(finding.summary)}</h2>
<p class="promise"><span class="dim">The promise:</span> {shown(check.promise)}</p>
{_answers(finding.expected, finding.got)}
{timeline(finding)}
<div class="why">
<div class="explanation">{happened}
<p class="dim">Requests: {shown(", ".join(finding.requests))}</p></div>
<div class="mend"><h3>How to mend it</h3><p>{shown(check.how_to_mend)}</p>
<p class="dim">Read on: {shown(finding.help)}, or
<code>safety-tests explain {shown(finding.code)}</code></p></div>
</div>
<div class="replay"><h3>Replay it</h3>
<pre tabindex="0" role="group" aria-label="replay command"
><code>{shown(finding.replay)}</code></pre>
<button type="button" class="copy" hidden>Copy</button></div>
</section>"""


def _happened(finding: Finding) -> tuple[str, ...]:
    tasks = {line.task for line in finding.interleaving}
    if finding.explanation or len(tasks) > 1 or len(finding.requests) < 2:
        return finding.explanation
    told = f"The requests were served one after the other: {', '.join(finding.requests)}."
    return (f"{told} The steps are those of the last one." if tasks else told,)


def _answers(expected: Any, got: Any) -> str:
    """Both answers, with the lines marked in which they differ."""
    wanted, seen = _lines(expected), _lines(got)
    matcher = difflib.SequenceMatcher(None, wanted, seen, autojunk=False)
    same = matcher.get_matching_blocks()
    left = {block.a + number for block in same for number in range(block.size)}
    right = {block.b + number for block in same for number in range(block.size)}
    return f"""<div class="answers">
<figure class="expected"><figcaption>Expected</figcaption>
<pre tabindex="0" role="group" aria-label="expected">{_marked(wanted, left)}</pre></figure>
<figure class="got"><figcaption>Got</figcaption>
<pre tabindex="0" role="group" aria-label="got">{_marked(seen, right)}</pre></figure>
</div>"""


def _lines(value: Any) -> list[str]:
    lines = json.dumps(value, ensure_ascii=False, default=repr, indent=2).split("\n")
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"... {len(lines) - MOST_LINES} lines more"]
    return [line if len(line) <= MOST_LINES else line[:MOST_LINES] + "..." for line in lines]


def _marked(lines: list[str], same: set[int]) -> str:
    return "\n".join(
        shown(line) if number in same else f"<mark>{shown(line)}</mark>"
        for number, line in enumerate(lines)
    )
