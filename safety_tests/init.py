"""`safety-tests init`: settings and a first requests file, after which `check` needs no flags."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.gate.settings import Settings
from safety_tests.gate.subject import Subject
from safety_tests.requests import Request, load
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup

TABLE = "[tool.safety-tests]"


def init(app: str, app_dir: Path, requests: Path) -> list[str]:
    """Write what is missing and say what was done; what is there already is kept as it is.

    The settings go into the nearest pyproject.toml at or above the current folder, as `check`
    finds it, or into a new one. Raises UsageError where they are there and say something else,
    and where no request can be drawn; then nothing is written.
    """
    pyproject = _nearest(Path.cwd())
    wanted = {"app": app, "requests": _relative(requests, pyproject.parent)}
    if app_dir != pyproject.parent:
        wanted["app-dir"] = _relative(app_dir, pyproject.parent)
    text = _with_table(pyproject, wanted)
    with AppProcess(Setup(app, str(app_dir))) as process:
        process.wait_until_ready()
        if requests.exists():
            said = [f"{requests} is kept as it is: {_number(load(requests).requests)}"]
        else:
            drawn, notes = _draw(process)
            _write(requests, drawn)
            said = [f"{requests} was written", *notes]
    if text is None:
        said.append(f"{pyproject.name} has these settings already")
    else:
        _write(pyproject, text)
        said.append(f"{TABLE} was written to {os.path.relpath(pyproject)}")
    return [*said, "next: safety-tests check"]


def _nearest(folder: Path) -> Path:
    for directory in (folder, *folder.parents):
        if (directory / "pyproject.toml").is_file():
            return directory / "pyproject.toml"
    return folder / "pyproject.toml"


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


# -- pyproject.toml -------------------------------------------------------------------------------


def _with_table(path: Path, wanted: dict[str, str]) -> str | None:
    """The text of the file with the table at its end; None where it says all that already."""
    text = ""
    if path.exists():
        try:
            text = path.read_bytes().decode("utf-8")
            data = tomllib.loads(text)
        except (OSError, ValueError) as error:
            raise UsageError(f"{path.name} cannot be read: {error}") from None
        table = data.get("tool", {}).get("safety-tests")
        if table is not None:
            _must_agree(path, table, wanted)
            return None
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = [TABLE, *(f"{key} = {json.dumps(value)}" for key, value in wanted.items())]
    if text:
        lines = [text.removesuffix(newline), "", *lines]
    changed = newline.join([*lines, ""])
    try:
        added = tomllib.loads(changed)["tool"]["safety-tests"] == wanted
    except ValueError:
        # `tool = {...}` on one line, for example, admits no table after it.
        added = False
    if not added:
        raise UsageError(
            f"{TABLE} cannot be added at the end of {path.name}; write it there yourself, with "
            + ", ".join(lines[-len(wanted) :])
        )
    return changed


def _must_agree(path: Path, table: Any, wanted: dict[str, str]) -> None:
    there = table if isinstance(table, dict) else {}
    for key in ("app", "app-dir", "requests"):
        if there.get(key) != wanted.get(key):
            raise UsageError(
                f"{TABLE} is in {path.name} already, with {_said(key, there)} where"
                f" {_said(key, wanted)} was asked for; change it there, or remove it"
            )


def _said(key: str, table: dict[str, Any]) -> str:
    return f"{key} = {json.dumps(table[key], default=str)}" if key in table else f"no {key}"


# -- the requests file ----------------------------------------------------------------------------


def _draw(process: AppProcess) -> tuple[str, list[str]]:
    """The text of a requests file with what the app answers with success, and what to say of it."""
    subject = Subject(process, None, Settings())
    if not subject.requests:
        raise UsageError("every request that was drawn from the OpenAPI schema ends the app")
    lines = ",\n".join(f"  {_entry(request.source)}" for request in subject.requests)
    ends = [f"left out, since it ends the app: {request.name}" for request, _ in subject.failing]
    return f'{{"requests": [\n{lines}\n]}}\n', [*subject.notes, *ends]


def _entry(source: Any) -> str:
    text = json.dumps(source, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(source)


def _number(requests: Sequence[Request]) -> str:
    return f"{len(requests)} request" + ("" if len(requests) == 1 else "s")


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
