"""A run as one HTML page: nothing to fetch, no script, readable on paper."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from loadtests.reports import pictures, requests_file
from loadtests.reports.markdown import HEADLINES, confidence, sentence, setting

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Correctness: $headline</title>
<style>
:root { color-scheme: light dark; --right: #2e7d5b; --wrong: #c62828; --errors: #b77b00; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1.wrong { color: var(--wrong); } h1.right { color: var(--right); }
h1.failed, h1.unproven { color: var(--errors); }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; }
.right { fill: var(--right); } .wrong { fill: var(--wrong); } .errors { fill: var(--errors); }
table { border-collapse: collapse; } td, th { padding: .2rem .6rem; text-align: right; }
td:first-child, th:first-child { text-align: left; } tr { border-bottom: 1px solid #8884; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8881; padding: .5rem; }
</style>
</head>
<body>
<h1 class="$verdict">Correctness: $headline</h1>
$problems
$body
</body>
</html>
""")


def render(found: Mapping[str, Any], leaked: str = "leaked.json") -> str:
    """The whole page. Whatever comes from the service goes through `escape`."""
    problems = "".join(f"<p><strong>{escape(one)}</strong></p>" for one in found["problems"])
    page = PAGE.substitute(
        headline=HEADLINES[found["verdict"]],
        verdict=found["verdict"],
        problems=problems,
        body=_body(found, leaked) if "sent" in found else "",
    )
    # Half a surrogate pair, out of an answer, is no text that a file could hold.
    return page.encode("utf-8", "backslashreplace").decode()


def _body(found: Mapping[str, Any], leaked: str) -> str:
    parts = [
        f"<p>{escape(sentence(found))}</p><p>{escape(confidence(found))}</p>",
        "<h2>Answers over time</h2>",
        pictures.over_time(found["seconds"]),
        _endpoints(found),
        "<h2>Requests under way together</h2>",
        pictures.overlap(found["endpoints"]),
        _wrong(found, leaked),
        "<h2>Notes</h2><ul>",
        *(f"<li>{escape(note)}</li>" for note in found["notes"]),
        f"</ul><p>{escape(setting(found))}</p>",
    ]
    return "\n".join(parts)


def _endpoints(found: Mapping[str, Any]) -> str:
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("endpoint", "sent", "checked", "wrong", "errors", "p95 ms", "p99 ms")
    )
    rows = []
    for name, one in found["endpoints"].items():
        latency = found["latency"].get(name, {})
        cells = [one[key] for key in ("sent", "checked", "wrong", "errors")]
        cells += [f"{latency.get(key, 0) or 0:.0f}" for key in ("p95", "p99")]
        numbers = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f"<tr><td>{escape(name)}</td>{numbers}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _wrong(found: Mapping[str, Any], leaked: str) -> str:
    wrong = [item for item in found["sample"] if item["kind"] != "errors"]
    if not wrong:
        return ""
    told = next((item for item in wrong if item["owner"]), wrong[0])
    shown = [told, *(item for item in wrong[:5] if item is not told)]
    parts = [f"<h2>Wrong answers: {len(shown)} of {found['wrong']}</h2>", pictures.lanes(told)]
    for item in shown:
        answers = f"expected {item['expected']}\ngot      {item['got']}"
        parts.append(f"<p>{escape(item['text'])}</p><pre>{escape(answers)}</pre>")
    if leaked:
        command = escape(requests_file.command(leaked))
        parts.append(f"<p>To see how it comes about:</p><pre>{command}</pre>")
    return "\n".join(parts)
