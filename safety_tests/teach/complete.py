"""Is a pack complete? The wheels' own words are held against the plan, for machines not at hand.

pip cannot be asked: it evaluates markers for the Python that it runs on.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence

from safety_tests.errors import UsageError
from safety_tests.teach.lock import EXTRA, LOCK, Pin
from safety_tests.teach.targets import Target
from safety_tests.teach.wheels import Wheel


def must_be_complete(
    wheels: Sequence[Wheel], project: Wheel, pins: Iterable[Pin], targets: Iterable[Target]
) -> None:
    """Raise UsageError where a target would miss something that a wheel of the pack asks for.

    Every requirement of the project's extra for learners, and of what that requires, must be in the
    plan, in a version that suits, and there as a wheel which the target accepts.
    """
    asks = {(wheel.name, wheel.version): _requirements(wheel) for wheel in wheels}
    pins = [*pins, Pin(project.name, project.version, None)]
    for target in targets:
        for environment in target.environments():
            plan = {pin.name: pin for pin in pins if pin.wanted_by(environment)}
            for pin in plan.values():
                if not any(wheel.serves(pin, target) for wheel in wheels):
                    raise UsageError(f"there is no wheel of {pin} for {target}")
            problem = _unmet(project.name, plan, asks, environment)
            if problem:
                raise UsageError(
                    f"{LOCK} does not fit pyproject.toml for {target}: {problem};"
                    " CONTRIBUTING.md says how to renew it"
                )


def _unmet(
    root: str,
    plan: Mapping[str, Pin],
    asks: Mapping[tuple[str, str], list[str]],
    environment: Mapping[str, str],
) -> str | None:
    """The first requirement that the plan does not meet, as a sentence."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    todo, done = [(root, EXTRA)], set()
    while todo:
        name, extra = todo.pop()
        if (name, extra) in done:
            continue
        done.add((name, extra))
        pin = plan[name]
        for line in asks[name, pin.version]:
            wanted = Requirement(line)
            if wanted.marker and not wanted.marker.evaluate({**environment, "extra": extra}):
                continue
            other = canonicalize_name(wanted.name)
            planned = plan.get(other)
            if planned is None:
                return f"{name} needs {other}, which is not in it"
            if not wanted.specifier.contains(planned.version, prereleases=True):
                return f"{name} needs {other}{wanted.specifier}, and it has {planned.version}"
            todo += [(other, one) for one in ("", *wanted.extras)]
    return None


def _requirements(wheel: Wheel) -> list[str]:
    from email.parser import BytesHeaderParser

    with zipfile.ZipFile(wheel.path) as archive:
        (metadata,) = (
            name
            for name in archive.namelist()
            if name.endswith(".dist-info/METADATA") and name.count("/") == 1
        )
        return BytesHeaderParser().parsebytes(archive.read(metadata)).get_all("Requires-Dist", [])
