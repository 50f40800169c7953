"""Results as bars, in an SVG that is legible on light and on dark pages."""

from __future__ import annotations

from html import escape

from loadtests.benchmark.contenders import CONTENDERS
from loadtests.benchmark.figures import Result

WIDTH, LEFT, RIGHT, LINE, TOP = 760, 130, 190, 26, 40
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.style { fill: #2f7d5b } .peer { fill: #8a6d1f } .limit { fill: #7d8590 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .style { fill: #4cb58a } .peer { fill: #d4a72c } .limit { fill: #8b949e }
}
"""


def as_svg(result: Result) -> str:
    """Requests per second in the best round at the most connections, with the median p99."""
    connections = result.connections[-1]
    bars = []
    for contender in CONTENDERS:
        rate = result.best(contender.name, connections)
        p99 = result.middle(contender.name, connections, "p99_ms")
        if rate is not None and p99 is not None:
            bars.append((contender.name, contender.group, rate, p99))
    bars.sort(key=lambda bar: -bar[2])
    most = max((rate for _, _, rate, _ in bars), default=1.0) or 1.0
    title = f"One row at a time, model {result.model}, {connections} connections"
    parts = [f'<text class="title" x="8" y="20">{escape(title)}</text>']
    for number, (name, group, rate, p99) in enumerate(bars):
        y = TOP + number * LINE
        length = max(1.0, (WIDTH - LEFT - RIGHT) * rate / most)
        label = f"{rate:,.0f} requests/s, p99 {p99:.1f} ms"
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect class="{group}" x="{LEFT}" y="{y}" width="{length:.1f}" height="18" rx="2"/>',
            f'<text x="{LEFT + length + 6:.1f}" y="{y + 13}">{label}</text>',
        ]
    height = TOP + len(bars) * LINE + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label="{escape(title)}">\n<style>{STYLE}</style>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
