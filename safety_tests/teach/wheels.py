"""The wheels of a pack: which are there, which must be fetched, and which are in nobody's plan."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safety_tests.errors import UsageError
from safety_tests.teach.lock import Pin
from safety_tests.teach.pip import run_pip
from safety_tests.teach.targets import Target

if TYPE_CHECKING:
    from packaging.tags import Tag

PROJECT = "stateless-serving"

BATCH = 40
"""Packages that pip fetches in one run: it keeps none of them when it is interrupted."""


@dataclass(frozen=True)
class Wheel:
    """A wheel in the pack, as its file name tells it."""

    path: Path
    name: str
    version: str
    tags: frozenset[Tag]

    def serves(self, pin: Pin, target: Target) -> bool:
        return (self.name, self.version) == (pin.name, pin.version) and bool(
            self.tags & target.tags()
        )


def wheels_in(folder: Path) -> list[Wheel]:
    """The wheels that are there and whole; what is neither is removed, to be fetched anew."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    found = []
    for path in sorted(folder.iterdir()):
        try:
            name, version, _build, tags = parse_wheel_filename(path.name)
            with zipfile.ZipFile(path):  # Its directory is at the end: half a wheel has none.
                found.append(Wheel(path, name, str(version), tags))
        except (InvalidWheelFilename, zipfile.BadZipFile):
            path.unlink()
    return found


def fetch(
    pins: Sequence[Pin], targets: Sequence[Target], folder: Path, say: Callable[[str], None]
) -> None:
    """Have a wheel of each pin for each target in the folder, and no other file.

    Raises UsageError where pip cannot get one; what was fetched by then stays.
    """
    there = wheels_in(folder)
    for target in targets:
        lacking = [
            pin
            for pin in pins
            if pin.wanted_on(target) and not any(wheel.serves(pin, target) for wheel in there)
        ]
        fetched = 0
        for batch in _batches(lacking):
            say(f"{target}: {fetched} of {len(lacking)} wheels fetched, next {batch[0].name}")
            # The lock has settled which version suits which Python. To pip, 3.11 means 3.11.0.
            flags = [*target.pip_flags(), "--no-deps", "--ignore-requires-python"]
            command = ["download", "--only-binary=:all:", *flags, "-d", str(folder)]
            run_pip([*command, *map(str, batch)], folder, str(target))
            fetched += len(batch)
        there = wheels_in(folder)
    for wheel in there:
        if not any(wheel.serves(pin, target) for pin in pins for target in targets):
            wheel.path.unlink()


def _batches(pins: Iterable[Pin]) -> Iterator[list[Pin]]:
    """Together whatever one run of pip can fetch: never two versions of one package."""
    seen: Counter[str] = Counter()
    rounds: list[list[Pin]] = []
    for pin in pins:
        if seen[pin.name] == len(rounds):
            rounds.append([])
        rounds[seen[pin.name]].append(pin)
        seen[pin.name] += 1
    for together in rounds:
        for start in range(0, len(together), BATCH):
            yield together[start : start + BATCH]


def build(clone: Path, folder: Path) -> Wheel:
    """The wheel of the clone as it is now, beside the fetched ones."""
    run_pip(["wheel", "--no-deps", "-w", str(folder), "."], clone, "the wheel of this repository")
    built = [wheel for wheel in wheels_in(folder) if wheel.name == PROJECT]
    if len(built) != 1:
        raise UsageError(
            f"expected one wheel of {PROJECT} in {folder}, found {len(built)}: remove them"
        )
    return built[0]
