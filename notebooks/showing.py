"""What the lessons show things with: numbered lines, bars, a page inside a page."""

from collections.abc import Mapping
from html import escape

from IPython.display import HTML


def listing(source: str) -> None:
    """Print `source` with the line numbers that reports speak of."""
    for number, line in enumerate(source.rstrip().splitlines(), 1):
        print(f"{number:>3}  {line}".rstrip())


def bars(values: Mapping[str, float], unit: str) -> HTML:
    """Return one bar for each name, on a scale from zero, with its number and unit beside it."""
    most = max(values.values()) or 1.0
    rows = [_row(name, value / most, f"{value:,.3g} {unit}") for name, value in values.items()]
    return HTML(f'<table style="border: 0">{"".join(rows)}</table>')


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
    frame = f'<iframe title="report" srcdoc="{escape(text)}" width="100%" height="{height}"'
    # In a paragraph of its own, or IPython advises another class, which needs a file to point at.
    return HTML(f'<div>{frame} style="border: 0"></iframe></div>')
