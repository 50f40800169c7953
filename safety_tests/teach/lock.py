"""The exact versions for the workshop, as the lock of the clone has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safety_tests.errors import UsageError
from safety_tests.teach.targets import Target

if TYPE_CHECKING:
    from packaging.markers import Marker

LOCK = Path(".constraints", "workshop.txt")
EXTRA = "workshop"


@dataclass(frozen=True)
class Pin:
    """One version of one package, for where its marker holds."""

    name: str
    version: str
    marker: Marker | None

    def wanted_by(self, environment: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(dict(environment))

    def wanted_on(self, target: Target) -> bool:
        return any(map(self.wanted_by, target.environments()))

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


def read_lock(clone: Path) -> list[Pin]:
    """The pins of the clone; raises UsageError where it has no lock, or one that cannot be read."""
    try:
        from packaging.requirements import InvalidRequirement, Requirement
        from packaging.utils import canonicalize_name
    except ImportError:
        raise UsageError(needs("packaging")) from None
    try:
        lines = (clone / LOCK).read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"the clone's {LOCK} cannot be read: {error.strerror}") from None
    pins = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            raise UsageError(f"{LOCK} line {number} is no requirement: {text!r}") from None
        exact = [part.version for part in wanted.specifier if part.operator == "=="]
        if len(exact) != 1:
            raise UsageError(f"{LOCK} line {number} names no exact version: {text!r}")
        pins.append(Pin(canonicalize_name(wanted.name), exact[0], wanted.marker))
    return pins


def pins_for(pins: Iterable[Pin], targets: Iterable[Target]) -> list[Pin]:
    """Those that at least one of the targets may want."""
    targets = list(targets)
    return [pin for pin in pins if any(pin.wanted_on(target) for target in targets)]


def needs(package: str) -> str:
    """What to tell a teacher whose environment has no such package."""
    return f"to make a pack, {package} is needed: pip install -e '.[teacher]' in the clone"
