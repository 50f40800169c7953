"""What a run of the gate was asked for: defaults, then pyproject.toml, then flags."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

from safety_tests.errors import UsageError

MOST = {"preemptions": 64, "tasks": 16, "workers": 256}
"""What a machine bears: that many processes, and a search that ends."""

LONGEST_SECONDS = 1_000_000
"""Of a budget or a timeout; a timer of the system takes no more than that for certain."""


@dataclass(frozen=True)
class Settings:
    """Options of `check`, by the names of the command line."""

    budget: float = 60.0
    """Seconds for the whole search; what is not covered by then is unproven."""
    preemptions: int = 2
    tasks: int = 2
    select: str | None = None
    ignore: str | None = None
    trace: tuple[str, ...] = ()
    seed: int = 0
    timeout: float = 10.0
    """Wall seconds without an answer after which an execution counts as hanging."""
    random_schedules: int = 100
    """How many schedules are drawn at random (PCT) once the bound is covered."""
    crowds: int = 20
    """How many crowds of requests are served by real threads."""
    latent: bool | None = None
    """Pause requests wherever a build without the GIL would: always, never, or (None) only when
    nothing was found without, and as a warning."""
    workers: int = 1
    """How many processes share the search; what is found does not depend on it."""

    def checked(self) -> Settings:
        """Itself; raises UsageError for values that make no sense."""
        least = {"preemptions": 0, "tasks": 1, "random_schedules": 0, "crowds": 0, "workers": 1}
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise UsageError(f"--{name} must be at least {bound}, got {getattr(self, name)}")
        for name, bound in MOST.items():
            if getattr(self, name) > bound:
                raise UsageError(f"--{name} must be at most {bound}, got {getattr(self, name)}")
        for name in ("budget", "timeout"):
            if not 0 < getattr(self, name) <= LONGEST_SECONDS:
                raise UsageError(
                    f"--{name} must be more than 0 seconds and at most {LONGEST_SECONDS},"
                    f" got {getattr(self, name)}"
                )
        return self


TYPES: dict[str, tuple[type, ...]] = {
    "budget": (int, float),
    "preemptions": (int,),
    "tasks": (int,),
    "select": (str,),
    "ignore": (str,),
    "trace": (str, list),
    "seed": (int,),
    "timeout": (int, float),
    "random-schedules": (int,),
    "crowds": (int,),
    "workers": (int,),
    "latent": (bool,),
}


@dataclass(frozen=True)
class Project:
    """[tool.safety-tests] of a pyproject.toml: settings, and where app and requests are."""

    settings: Settings = Settings()
    app: str | None = None
    app_dir: str | None = None
    requests: str | list[Any] | dict[str, Any] | None = None
    allow_unproven: bool = False
    folder: Path = field(default_factory=Path.cwd)


def read_project(folder: Path) -> Project:
    """The table in the nearest pyproject.toml at or above `folder`; empty without one.

    Raises UsageError for a broken file, an unknown key or a value of the wrong type.
    """
    for directory in (folder, *folder.parents):
        path = directory / "pyproject.toml"
        if path.is_file():
            return _read(path)
    return Project(folder=folder)


def _read(path: Path) -> Project:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from None
    tool = data.get("tool", {})
    table = tool.get("safety-tests", {}) if isinstance(tool, dict) else tool
    if not isinstance(table, dict):
        raise UsageError(f"[tool.safety-tests] in {path.name} must be a table")
    project = Project(folder=path.parent)
    others: dict[str, tuple[type, ...]] = {
        "app": (str,),
        "app-dir": (str,),
        "requests": (str, list, dict),
        "allow-unproven": (bool,),
    }
    for key, value in dict[str, Any](table).items():
        types = TYPES.get(key) or others.get(key)
        if types is None:
            known = ", ".join(sorted([*TYPES, *others]))
            raise UsageError(f"[tool.safety-tests] knows no {key!r}; it knows {known}")
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise UsageError(f"[tool.safety-tests] {key} has the wrong type: {value!r}")
        name = key.replace("-", "_")
        if (
            isinstance(value, list)
            and key == "trace"
            and not all(isinstance(v, str) for v in value)
        ):
            raise UsageError(f"[tool.safety-tests] trace must be names of modules, got {value!r}")
        if key == "trace":
            value = (value,) if isinstance(value, str) else tuple(cast("list[str]", value))
        changed: dict[str, Any] = {name: value}
        if key in TYPES:
            project = replace(project, settings=replace(project.settings, **changed))
        else:
            project = replace(project, **changed)
    return replace(project, settings=project.settings.checked())


def with_options(settings: Settings, options: dict[str, Any]) -> Settings:
    """`settings` with those options that are not None; raises UsageError for unknown names."""
    known = {one.name for one in fields(Settings)}
    for name in options:
        if name not in known:
            raise UsageError(f"unknown option {name!r}; known are {', '.join(sorted(known))}")
    return replace(settings, **{n: v for n, v in options.items() if v is not None}).checked()


class Budget:
    """The seconds that are left of a search."""

    def __init__(self, seconds: float) -> None:
        self._start = time.monotonic()
        self._end = self._start + seconds

    def part(self, share: float) -> Budget:
        """A budget that ends when so much of this one is spent."""
        part = Budget(0.0)
        part._start, part._end = self._start, self._start + share * (self._end - self._start)
        return part

    def at_most(self, seconds: float) -> Budget:
        """A budget that ends after so many seconds more, or with this one."""
        part = Budget(0.0)
        part._start, part._end = self._start, min(self._end, time.monotonic() + seconds)
        return part

    @property
    def spent(self) -> float:
        return time.monotonic() - self._start

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._end
