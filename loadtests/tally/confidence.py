"""How rare wrong answers may still be after a run that saw few or none."""

from __future__ import annotations

import math

LEVEL = 0.95


def upper_bound(checked: int, wrong: int, level: float = LEVEL) -> float | None:
    """The one-sided upper limit for the rate of wrong answers, after Clopper and Pearson.

    With a rate above it, so few wrong answers would have been seen with a probability below
    1 - `level` (Clopper and Pearson, Biometrika 1934). With none among n this is about 3 / n:
    the rule of three (Hanley and Lippman-Hand, JAMA 1983). It holds for requests like these,
    under load like this, on a machine like this, and if each were hit independently of the
    others; races come in bursts, so it errs on the hopeful side. None when nothing was checked.
    """
    if not checked:
        return None
    if wrong >= checked:
        return 1.0
    if not wrong:
        return -math.expm1(math.log1p(-level) / checked)
    low, high = wrong / checked, 1.0
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if _at_most(wrong, checked, middle) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def _at_most(k: int, n: int, p: float) -> float:
    """The probability of at most `k` of `n`, for p above k / n: there the terms fall from k on."""
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    term = math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p)) if p < 1 else 0.0
    total = term
    for i in range(k, 0, -1):
        term *= i / (n - i + 1) * (1 - p) / p
        total += term
        if term < total * 1e-15:
            break
    return total
