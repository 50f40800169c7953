"""What the pytest plugin is to check: [tool.safety-tests], then pytest's own settings."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from safety_tests.errors import UsageError
from safety_tests.gate.settings import Project, Settings, read_project, with_options
from safety_tests.requests import parse
from safety_tests.suite import Requests, Suite

if TYPE_CHECKING:
    import pytest


def suite_of(config: pytest.Config, app: str) -> tuple[Suite, bool]:
    """The checks on `app`, and whether unproven is allowed; raises UsageError."""
    project = read_project(config.rootpath)
    options = asdict(with_options(project.settings, _options(config.getini("safety_options"))))
    if given := config.getini("safety_app_dir"):
        app_dir = config.rootpath / given
    else:
        app_dir = project.folder / project.app_dir if project.app_dir else config.rootpath
    suite = Suite(app, _requests(config, project), app_dir, options)
    return suite, bool(config.getini("safety_allow_unproven") or project.allow_unproven)


def _requests(config: pytest.Config, project: Project) -> Requests:
    if given := config.getini("safety_requests"):
        return config.rootpath / str(given)
    if isinstance(project.requests, str):
        return project.folder / project.requests
    if project.requests is not None:
        return parse(project.requests, "[tool.safety-tests]", project.folder)
    return None


def _options(words: list[str]) -> dict[str, Any]:
    """`budget=120 select=S001,S002` by name, each of the type that the option has."""
    types = {field.name: type(field.default) for field in fields(Settings)}
    options: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        name = name.replace("-", "_")
        if not equals or name not in types:
            known = ", ".join(sorted(types))
            raise UsageError(f"safety_options: expected name=value with one of {known}, got {word}")
        options[name] = _value(types[name], value, word)
    return options


def _value(kind: type, value: str, word: str) -> Any:
    if kind is tuple:
        return tuple(value.split(","))
    if kind is bool:
        if value not in ("true", "false"):
            raise UsageError(f"safety_options: expected true or false, got {word}")
        return value == "true"
    try:
        return kind(value) if kind in (int, float) else value
    except ValueError:
        raise UsageError(f"safety_options: expected a number, got {word}") from None
