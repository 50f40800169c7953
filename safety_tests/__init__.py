"""Proves a Python web service stateless and thread-safe, or shows the interleaving that is not.

    from safety_tests import as_text, check_app

    report = check_app("main:app", requests=[{"method": "GET", "path": "/items/1"}])
    assert report.verdict == "pass", as_text(report)

Nothing is imported before it is asked for: the process that holds the app under test imports this
package too, and must take control of `threading` first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safety_tests.api import as_svg, as_text, check_app
    from safety_tests.errors import UsageError
    from safety_tests.parametrize import parametrize_with_checks
    from safety_tests.verdict import Report, Verdict

__all__ = [
    "Report",
    "UsageError",
    "Verdict",
    "as_svg",
    "as_text",
    "check_app",
    "parametrize_with_checks",
]
__version__ = "0.1.0"

_HOMES = {
    "Report": "safety_tests.verdict",
    "UsageError": "safety_tests.errors",
    "Verdict": "safety_tests.verdict",
    "as_svg": "safety_tests.api",
    "as_text": "safety_tests.api",
    "check_app": "safety_tests.api",
    "parametrize_with_checks": "safety_tests.parametrize",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'safety_tests' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
