"""Numbers that look like measurements, inside the bounds a schema sets."""

import math
from fractions import Fraction
from typing import Any

from safety_tests.requests.schemas import CannotDraw, Schema

# Three flowers, since four plausible features are what a model service most often takes.
_ROWS = ((5.1, 3.5, 1.4, 0.2), (6.7, 3.0, 5.2, 2.3), (5.9, 3.0, 4.2, 1.5))


def measurement(variant: int, position: int) -> float:
    """A small positive number with one decimal; neighbours in either direction differ."""
    if variant < len(_ROWS) and position < len(_ROWS[0]):
        return _ROWS[variant][position]
    return round(0.3 + 0.7 * ((variant * 7 + position * 3) % 11), 1)


def number(schema: Schema, variant: int, position: int, whole: bool) -> Any:
    """A number that fits, different for each variant where the bounds leave room."""
    wanted = 1 + variant + 2 * position if whole else measurement(variant, position)
    step, low = _exact(schema.get("multipleOf")) or Fraction(0), _bounds(schema)[0]
    first = Fraction(str(wanted))
    if step >= 1:  # a grid this coarse would round neighbours to one value
        first = step * (math.floor((low or 0) / step) + 1 + variant + position)
    for candidate in (first, *_inside(schema, variant + position)):
        found = _native(_on_grid(schema, candidate, whole), whole)
        if fits(schema, found):
            return found
    raise CannotDraw("no number lies within its bounds")


def fits(schema: Schema, value: Any) -> bool:
    low, high = _bounds(schema)
    exact = _exact(value)
    if exact is None:
        return False
    step = _exact(schema.get("multipleOf"))
    return (
        (low is None or exact >= low)
        and (high is None or exact <= high)
        and not (exact == low and _excluded(schema, "exclusiveMinimum", low))
        and not (exact == high and _excluded(schema, "exclusiveMaximum", high))
        and (not step or exact % step == 0)
    )


def _inside(schema: Schema, shift: int) -> list[Fraction]:
    low, high = _bounds(schema)
    if low is not None and high is not None:
        share = Fraction((1, 3, 2, 4, 5)[shift % 5], 6)
        return [low + (high - low) * share, (low + high) / 2, low, high]
    if low is not None:
        return [low + 1 + shift, low]
    if high is not None:
        return [high - 1 - shift, high]
    return []


def _on_grid(schema: Schema, value: Fraction, whole: bool) -> Fraction:
    step = _exact(schema.get("multipleOf"))
    if step:
        return step * math.ceil(value / step)
    if whole:
        return Fraction(math.ceil(value))
    short = Fraction(str(round(float(value), 2)))
    return short if fits(schema, short) else value


def _native(value: Fraction, whole: bool) -> Any:
    return int(value) if whole else float(value)


def _bounds(schema: Schema) -> tuple[Fraction | None, Fraction | None]:
    lows = [_exact(schema.get(key)) for key in ("minimum", "exclusiveMinimum")]
    highs = [_exact(schema.get(key)) for key in ("maximum", "exclusiveMaximum")]
    return (
        max((low for low in lows if low is not None), default=None),
        min((high for high in highs if high is not None), default=None),
    )


def _excluded(schema: Schema, key: str, bound: Fraction | None) -> bool:
    # OpenAPI 3.0 has a boolean beside the bound, 3.1 the bound itself.
    return schema.get(key) is True or (bound is not None and _exact(schema.get(key)) == bound)


def _exact(value: object) -> Fraction | None:
    """Fractions of the decimal text: 0.3 is a multiple of 0.1, as its author believes."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)
