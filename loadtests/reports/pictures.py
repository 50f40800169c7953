"""Pictures of a run as inline SVG: answers over time, overlap, and one answer that went astray."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, MARGIN = 720, 160, 44
MOST_BARS = 240


def over_time(seconds: Mapping[str, Any]) -> str:
    """Answers by the second of their arrival: right ones below, wrong ones and errors on top."""
    buckets = {int(begin): counts for begin, counts in seconds["buckets"].items()}
    if not buckets:
        return ""
    width = seconds["width"]
    first, last = min(buckets), max(buckets)
    while (last - first) // width + 1 > MOST_BARS:
        width *= 2
    bars = [[0, 0, 0] for _ in range((last - first) // width + 1)]
    for begin, counts in buckets.items():
        for column, count in enumerate(counts):
            bars[(begin - first) // width][column] += count
    top = max(map(sum, bars)) or 1
    step = (WIDTH - 2 * MARGIN) / len(bars)
    parts = []
    for index, counts in enumerate(bars):
        y = float(HEIGHT - MARGIN / 2)
        title = f"<title>{_told(index * width, counts)}</title>"
        for kind, count in zip(("right", "wrong", "errors"), counts, strict=True):
            tall = count / top * (HEIGHT - MARGIN)
            # A single wrong answer among thousands must still be seen.
            tall = max(tall, 3.0) if count and kind != "right" else tall
            y -= tall
            if tall:
                parts.append(_bar(MARGIN + index * step, y, max(step - 1, 0.5), tall, kind, title))
    each = "second" if width == 1 else f"{width} seconds"
    labels = _text(4, 14, f"answers per {each}, at most {top}") + _text(
        WIDTH - MARGIN, HEIGHT - 4, f"{last - first + seconds['width']} s", "end"
    )
    return _svg(HEIGHT, f"Answers per {each}: right, wrong, errors", "".join(parts) + labels)


def overlap(endpoints: Mapping[str, Any]) -> str:
    """For each endpoint how many requests were under way together, as far as clients can see."""
    rows = []
    y = 8
    for name, one in endpoints.items():
        rows.append(_text(0, y + 12, name))
        y += 18
        most = max(one["together"].values(), default=0) or 1
        for step, count in one["together"].items():
            wide = max(count / most * (WIDTH - 260), 1.0)
            rows.append(_text(90, y + 12, step, "end"))
            rows.append(_bar(100, y + 2, wide, 12, "right", f"<title>{count} requests</title>"))
            rows.append(_text(106 + wide, y + 12, str(count)))
            y += 18
        y += 6
    return _svg(y, "Requests under way together", "".join(rows)) if rows else ""


def lanes(item: Mapping[str, Any]) -> str:
    """Two requests over time: the one answered wrongly, and the one whose answer it got."""
    owner = item["owner"]
    if not owner:
        return ""
    end = owner["time"] or item["time"]
    first, last = min(item["sent"], owner["sent"]), max(item["time"], end)
    scale = (WIDTH - 2 * MARGIN) / max(last - first, 1e-9)
    rows = [
        (f"request {owner['number']} ({owner['request']})", owner["sent"], end, "right"),
        (f"request {item['number']} ({item['request']})", item["sent"], item["time"], "wrong"),
    ]
    parts = []
    for index, (label, sent, landed, kind) in enumerate(rows):
        y = 6 + index * 42
        wide = max((landed - sent) * scale, 2.0)
        x = MARGIN + (sent - first) * scale
        told = f"{label}: {(landed - sent) * 1000:.2f} ms"
        parts.append(_text(MARGIN, y + 11, told))
        parts.append(_bar(x, y + 16, wide, 14, kind, f"<title>{escape(told)}</title>"))
    title = "When the two requests were under way"
    return _svg(94, title, "".join(parts))


def _told(second: int, counts: Sequence[int]) -> str:
    right, wrong, errors = counts
    return f"{second} s: {right} right, {wrong} wrong, {errors} errors"


def _bar(x: float, y: float, wide: float, tall: float, kind: str, title: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
    return f'<rect class="{kind}" {place}>{title}</rect>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(height: float, title: str, content: str) -> str:
    return (
        f'<svg role="img" viewBox="0 0 {WIDTH} {height:.0f}" aria-label="{escape(title)}">'
        f"{content}</svg>"
    )
