"""Imports the app inside its own process; every way of failing ends in one clear sentence."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import traceback
from pathlib import Path
from typing import Any

from safety_tests.engine.identity import disguised
from safety_tests.engine.source import ENVIRONMENT_DIRS, Sources
from safety_tests.errors import UsageError
from safety_tests.target.raised import describe


def load(target: str, sources: Sources) -> Any:
    """Import `module:attribute` and return the ASGI app; a factory is called.

    Raises UsageError: no such module or attribute, an exception in the app's own code (with its
    place), or something that is no ASGI app.
    """
    module_name, _, attribute = target.partition(":")
    module = _import(module_name, sources)
    found: Any = module
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise UsageError(
                f"{target}: module {module_name}{_elsewhere(module, sources)} has no attribute"
                f" {attribute!r}{_nearest(name, found)}"
            ) from None
        except BaseException as error:
            raise UsageError(_own_fault(f"looking up {target} failed", error, sources)) from error
    return _app(found, target, sources)


def source_root(target: str, app_dir: Path) -> tuple[Path, str | None]:
    """The folder of the app's own files, and the one package in it where it is shared by many."""
    module_name = target.partition(":")[0]
    spec = _find(module_name.partition(".")[0])
    origin = getattr(spec, "origin", None) or ""
    locations = list(getattr(spec, "submodule_search_locations", None) or [])
    folder = Path(locations[0]).parent if locations else Path(origin).parent if origin else app_dir
    folder = folder.resolve()
    if ENVIRONMENT_DIRS & set(folder.parts):
        return folder, module_name.partition(".")[0]
    return (app_dir if folder.is_relative_to(app_dir) else folder), None


def _find(name: str) -> Any:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def _import(name: str, sources: Sources) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise UsageError(
                f"no module named {error.name!r} on the path; run from the folder that holds it,"
                f" or name that folder with --app-dir"
            ) from error
        raise UsageError(_own_fault(f"importing {name} failed", error, sources)) from error
    except BaseException as error:
        raise UsageError(_own_fault(f"importing {name} failed", error, sources)) from error


def _app(found: Any, target: str, sources: Sources) -> Any:
    if is_asgi(found):
        return found
    if callable(found) and not _required(found):
        try:
            made = found()
        except BaseException as error:
            raise UsageError(_own_fault(f"the factory {target} failed", error, sources)) from error
        if is_asgi(made):
            return made
        raise UsageError(
            f"{target} is a factory, but what it returns ({type(made).__name__}) is no ASGI app"
        )
    raise UsageError(
        f"expected {target} to be an ASGI app or a factory without arguments,"
        f" got {type(found).__name__}"
    )


def is_asgi(found: Any) -> bool:
    """True for what can be called as `await app(scope, receive, send)`."""
    if inspect.isclass(found) or not callable(found):
        return False
    call = found if inspect.isroutine(found) else type(found).__call__
    if not inspect.iscoroutinefunction(call) and not inspect.isroutine(call):
        return False
    required = _required(found)
    return len(required) == 3 and (inspect.iscoroutinefunction(call) or required[0] == "scope")


def _required(found: Any) -> list[str]:
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return ["?"]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in positional and p.default is p.empty]


def _own_fault(what: str, error: BaseException, sources: Sources) -> str:
    """The exception in one line, with the innermost place in the app's own files."""
    place = ""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if name := sources.name(frame.filename):
            place = f" at {name}:{frame.lineno}"
            break
    if isinstance(error, SyntaxError) and error.filename:
        place = f" at {Path(error.filename).name}:{error.lineno}"
    return f"{what}{place}: {describe(error).splitlines()[0]}"


def _elsewhere(module: object, sources: Sources) -> str:
    """Where the module was found, if that is not among the app's own files."""
    file = getattr(module, "__file__", None)
    if file is None:
        return " (a folder)" if hasattr(module, "__path__") else " (a part of Python)"
    return "" if sources.name(str(file)) else f" (from {file})"


def _nearest(name: str, owner: object) -> str:
    known = vars(owner) if hasattr(owner, "__dict__") else {}
    apps = [n for n, v in known.items() if not disguised(v) and is_asgi(v)]
    return f"; ASGI apps there: {', '.join(apps)}" if apps else f" ({name} is missing)"
