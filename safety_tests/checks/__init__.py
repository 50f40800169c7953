"""The promises of a stateless, thread-safe service. This list is their single source."""

from safety_tests.checks import (
    s001_isolation,
    s002_independence,
    s003_load_once,
    s004_frozen,
    s005_progress,
    s006_no_new_errors,
    s007_responsive,
    s008_cancellation,
    s009_atomic_change,
    s010_parallel,
    s011_replicas,
)
from safety_tests.checks.check import Against, Broken, Check, Evidence, Kind, client_view
from safety_tests.errors import UsageError

CHECKS: tuple[Check, ...] = (
    s001_isolation.CHECK,
    s002_independence.CHECK,
    s003_load_once.CHECK,
    s004_frozen.CHECK,
    s005_progress.CHECK,
    s006_no_new_errors.CHECK,
    s007_responsive.CHECK,
    s008_cancellation.CHECK,
    s009_atomic_change.CHECK,
    s010_parallel.CHECK,
    s011_replicas.CHECK,
)


def selected(select: str | None, ignore: str | None) -> tuple[Check, ...]:
    """The checks named by comma-separated codes; raises UsageError for a code that is none."""
    chosen = _codes(select) or [check.code for check in CHECKS]
    left_out = _codes(ignore)
    return tuple(c for c in CHECKS if c.code in chosen and c.code not in left_out)


def by_code(code: str) -> Check:
    """The check with this code; raises UsageError where there is none."""
    found = [check for check in CHECKS if [check.code] == _codes(code)]
    if not found:
        raise UsageError(
            f"expected one code out of {', '.join(c.code for c in CHECKS)}, got {code!r}"
        )
    return found[0]


def _codes(text: str | None) -> list[str]:
    codes = [code.strip().upper() for code in (text or "").split(",") if code.strip()]
    known = [check.code for check in CHECKS]
    for code in codes:
        if code not in known:
            raise UsageError(f"expected codes out of {', '.join(known)}, got {code!r}")
    return codes


__all__ = [
    "CHECKS",
    "Against",
    "Broken",
    "Check",
    "Evidence",
    "Kind",
    "by_code",
    "client_view",
    "selected",
]
