"""The laptops a pack is for: a Python and a machine, as pip and the markers of a lock name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from safety_tests.errors import UsageError

if TYPE_CHECKING:
    from packaging.tags import Tag

PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")

NEWEST_GLIBC = 28
"""Wheels for glibc 2.28 and older: Debian 10, Ubuntu 18.10, RHEL 8 and all that came later."""

OLDEST_GLIBC = 5

ELSEWHERE = {
    "windows": "on Windows the workshop runs in WSL, which is linux-x86_64",
    "macos": "the gate is tested on Linux only, so there is no pack for macOS"
    " (docs/workshop_setup.md says what is in the way)",
}


@dataclass(frozen=True)
class Target:
    """One kind of laptop: a Python such as "3.12" on a machine such as "x86_64"."""

    python: str
    machine: str

    def __str__(self) -> str:
        return f"Python {self.python} on {self.machine}"

    @property
    def platforms(self) -> list[str]:
        """The platform tags its pip accepts."""
        newest_first = range(NEWEST_GLIBC, OLDEST_GLIBC - 1, -1)
        old = ["manylinux2014"] + ["manylinux2010", "manylinux1"] * (self.machine == "x86_64")
        names = [f"manylinux_2_{minor}" for minor in newest_first] + old + ["linux"]
        return [f"{name}_{self.machine}" for name in names]

    @property
    def abi(self) -> str:
        return f"cp{self.python.replace('.', '')}"

    @cache  # noqa: B019 (there are six of them)
    def tags(self) -> frozenset[Tag]:
        """What a wheel may be tagged with to be installed there."""
        from packaging.tags import compatible_tags, cpython_tags

        major, minor = map(int, self.python.split("."))
        binary = cpython_tags((major, minor), [self.abi], self.platforms)
        pure = compatible_tags((major, minor), self.abi, self.platforms)
        return frozenset({*binary, *pure})

    def environments(self) -> list[dict[str, str]]:
        """What markers see there: on the first patch release of the Python, and on a late one.

        A laptop may have any of them, and a marker may ask: `python_full_version < '3.11.5'`.
        """
        return [
            {
                "implementation_name": "cpython",
                "implementation_version": full,
                "os_name": "posix",
                "platform_machine": self.machine,
                "platform_python_implementation": "CPython",
                "platform_release": "",
                "platform_system": "Linux",
                "platform_version": "",
                "python_full_version": full,
                "python_version": self.python,
                "sys_platform": "linux",
            }
            for full in (f"{self.python}.0", f"{self.python}.99")
        ]

    def pip_flags(self) -> list[str]:
        """What makes pip download for there and not for here."""
        platforms = [flag for name in self.platforms for flag in ("--platform", name)]
        python = ["--python-version", self.python, "--implementation", "cp", "--abi", self.abi]
        return [*python, *platforms]


def targets(pythons: Sequence[str], platforms: Sequence[str]) -> list[Target]:
    """Every Python on every platform; raises UsageError for a platform without the gate."""
    machines = [_machine(platform) for platform in platforms]
    return [Target(python, machine) for machine in machines for python in pythons]


def _machine(platform: str) -> str:
    system, _, machine = platform.lower().partition("-")
    if system == "linux" and machine in MACHINES:
        return machine
    known = ", ".join(f"linux-{machine}" for machine in MACHINES)
    why = ELSEWHERE.get({"win": "windows", "darwin": "macos"}.get(system, system), "")
    raise UsageError(f"a pack is for {known}, not for {platform!r}" + (f": {why}" if why else ""))
