"""A requests file from disk: JSON, TOML or YAML by its suffix, otherwise JSON."""

import importlib
import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.requests.entries import parse
from safety_tests.requests.faults import Place
from safety_tests.requests.model import RequestSet


def load(path: Path) -> RequestSet:
    """The requests written in a file. Raises UsageError for every fault, and nothing else."""
    text = _read(path)
    reader = {".toml": _toml, ".yaml": _yaml, ".yml": _yaml}.get(path.suffix.lower(), _json)
    try:
        data = reader(text, path)
    except UsageError:
        raise
    except RecursionError:
        raise _broken(path, "less nesting", "too much", "Use flatter bodies.") from None
    except Exception as error:  # the parsers raise what they like on a date or a number too long
        raise _broken(path, "valid values", str(error), "Correct the value.") from None
    return replace(parse(data, str(path), path.parent), origin=path.name)


def _read(path: Path) -> str:
    do = "Check the path, or leave it out: then requests are drawn from the OpenAPI schema."
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            got = "a pipe or a device, not a file"  # which may never end
            raise _broken(path, "a requests file", got, do)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _broken(path, "a requests file", "nothing at this path", do) from None
    except IsADirectoryError:
        raise _broken(path, "a requests file", "a directory", do) from None
    except (OSError, ValueError) as error:
        raise _broken(path, "a readable file", str(error), do) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        got = f"byte 0x{raw[error.start]:02x} at offset {error.start}"
        raise _broken(path, "UTF-8 text", got, "Save the file as UTF-8.") from None


def _json(text: str, path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Python would keep the last of two values without a word.
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                got = f"{json.dumps(key)} twice"
                raise _broken(path, "each key once", got, "Remove one of the two.")
            result[key] = value
        return result

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        got = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise _broken(path, "valid JSON", got, "Correct the file there.") from None


def _toml(text: str, path: Path) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, "valid TOML", str(error), "Correct the file there.") from None


def _yaml(text: str, path: Path) -> Any:
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        do = "Run: pip install pyyaml, or write the file as JSON or TOML."
        raise _broken(path, "PyYAML, which reads YAML", "no such module", do) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark, got = getattr(error, "problem_mark", None), " ".join(str(error).split())
        if mark is not None:
            got = f"{error.problem} at line {mark.line + 1}, column {mark.column + 1}"
        raise _broken(path, "valid YAML", got, "Correct the file there.") from None


def _broken(path: Path, expected: str, got: str, do: str) -> UsageError:
    return Place(str(path)).fault("", expected, got.rstrip("."), do)
