"""What the lessons show things with: numbered lines, lanes, bars, a page inside a page."""

from collections.abc import Mapping
from html import escape

from IPython.display import HTML

from safety_tests import Report, as_svg

SMALLER = 0.75
"""A report's page is made for a whole window; in a lesson it has a part of one."""


def listing(source: str) -> None:
    """Print `source` with the line numbers that reports speak of."""
    for number, line in enumerate(source.rstrip().splitlines(), 1):
        print(f"{number:>3}  {line}".rstrip())


def lanes(report: Report) -> HTML:
    """Return the picture of the first finding."""
    # As HTML: what is given as SVG becomes an image without words for those who cannot see it.
    return HTML(as_svg(report))


def bars(values: Mapping[str, float], unit: str) -> HTML:
    """Return one bar for each name, on a scale from zero, with its number and unit beside it."""
    most = max(values.values()) or 1.0
    rows = [_row(name, value / most, f"{_short(value)} {unit}") for name, value in values.items()]
    return HTML(f'<table style="border: 0">{"".join(rows)}</table>')


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def _row(name: str, share: float, number: str) -> str:
    # The colours are those of the text around it: the page may be dark.
    bar = f"width: {20 * share:.2f}em; height: 1em; min-width: 1px; background: currentColor"
    cell = '<td style="text-align: left; border: 0">'
    return (
        f'<tr><th scope="row" style="text-align: left; border: 0">{escape(name)}</th>'
        f'{cell}<div style="{bar}; opacity: 0.6"></div></td>{cell}{escape(number)}</td></tr>'
    )


def page(text: str, height: int = 640) -> HTML:
    """Return a whole HTML page in a frame, `height` pixels high; nothing is fetched for it."""
    larger = f"{100 / SMALLER:.2f}%"
    style = f"border: 0; transform: scale({SMALLER}); transform-origin: 0 0"
    frame = f'<iframe title="report" srcdoc="{escape(text)}" width="{larger}" height="{larger}"'
    return HTML(
        f'<div style="height: {height}px; overflow: hidden">{frame} style="{style}"></iframe></div>'
    )
