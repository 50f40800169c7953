"""Names the app: `module:attribute`, or an object or factory that can be found again by name."""

from __future__ import annotations

import sys
from pathlib import Path

from safety_tests.errors import UsageError

HINT = "give it as module:attribute, for example main:app or main:create_app"


def target_name(target: object) -> str:
    """The `module:attribute` of a target given as a string, a factory or an app object.

    The app is imported again in a process of its own, so an object must be the attribute of an
    importable module. Raises UsageError where it is not.
    """
    if isinstance(target, str):
        return checked(target)
    module, name = getattr(target, "__module__", None), getattr(target, "__qualname__", None)
    if isinstance(module, str) and isinstance(name, str) and "<" not in name:
        return f"{module}:{name}"
    for module_name, loaded in list(sys.modules.items()):
        for attribute, value in list(getattr(loaded, "__dict__", {}).items()):
            if value is target:
                return f"{module_name}:{attribute}"
    raise UsageError(
        f"expected an app that can be imported, got {type(target).__name__} that is no attribute"
        f" of a module; the gate imports the app afresh in a process of its own: {HINT}"
    )


def checked(target: str) -> str:
    """`target` as module:attribute; raises UsageError where it has another form.

    A factory may be written as a call without arguments, as Gunicorn takes it.
    """
    module, colon, attribute = target.removesuffix("()").partition(":")
    names = [*module.split("."), *attribute.split(".")]
    if not colon or module.endswith(".py") or not all(name.isidentifier() for name in names):
        wrong = " (that is a file; name the module)" if module.endswith(".py") else ""
        raise UsageError(f"expected an app as module:attribute, got {target!r}{wrong}; {HINT}")
    return f"{module}:{attribute}"


def checked_dir(app_dir: str | Path) -> Path:
    path = Path(app_dir)
    try:
        found = path.is_dir()
    except OSError:  # of a name that is too long
        found = False
    if not found:
        raise UsageError(f"--app-dir must be a folder, {str(app_dir)!r} is none")
    return path.resolve()
