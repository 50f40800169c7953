"""Are the packages of the workshop there, in versions that will do?"""

from __future__ import annotations

from importlib import metadata

from safety_tests.teach.doctor.line import Line, fail, ok
from safety_tests.teach.lock import EXTRA
from safety_tests.teach.wheels import PROJECT

AGAIN = "run install.sh of the pack again, or pip install 'stateless-serving[workshop]'"


def packages() -> Line:
    try:
        bounds = wanted()
    except metadata.PackageNotFoundError as error:
        return fail("packages", f"{error.name} is not installed", AGAIN)
    except ImportError as error:
        return fail("packages", f"{error.name} is missing, or broken: {error}", AGAIN)
    if not bounds:
        return fail("packages", f"this installation has no extra {EXTRA!r}", AGAIN)
    wrong = [problem for name, bound in bounds.items() if (problem := _problem(name, bound))]
    if wrong:
        return fail("packages", "; ".join(wrong), AGAIN)
    return ok("packages", f"{len(bounds)}, all within their bounds")


def wanted() -> dict[str, str]:
    """What the extra for learners asks for, extras of the project's own followed: name to bounds.

    Raises PackageNotFoundError where the project is not installed, ImportError without packaging.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = [Requirement(line) for line in metadata.requires(PROJECT) or ()]
    bounds: dict[str, str] = {}
    todo, done = [EXTRA], set()
    while todo:
        extra = todo.pop()
        done.add(extra)
        for line in lines:
            if line.marker is None or not line.marker.evaluate({"extra": extra}):
                continue
            name = canonicalize_name(line.name)
            if name == PROJECT:
                todo += line.extras - done
            else:
                both = filter(None, (bounds.get(name), str(line.specifier)))
                bounds[name] = ",".join(both)
    return dict(sorted(bounds.items()))


def _problem(name: str, bound: str) -> str | None:
    from packaging.specifiers import SpecifierSet

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is missing"
    if not SpecifierSet(bound).contains(version, prereleases=True):
        return f"{name} is {version}, not {bound}"
    return None
