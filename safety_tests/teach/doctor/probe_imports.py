"""In a process of its own: imports the packages of the workshop, and tells which cannot be."""

from __future__ import annotations

import importlib
import json
import warnings
from importlib import metadata

from safety_tests.teach.doctor.packages import wanted

LEFT_OUT = ("locust", "pip")
"""Locust replaces threading when imported, and is started by a probe of its own."""


def main() -> None:
    warnings.simplefilter("ignore")
    names = [name for name in wanted() if name not in LEFT_OUT]
    modules: dict[str, list[str]] = {}
    for module, owners in metadata.packages_distributions().items():
        for owner in owners:
            if module.isidentifier() and not module.startswith("_"):
                modules.setdefault(owner.lower().replace("_", "-"), []).append(module)
    failed, imported = [], 0
    for name in names:
        for module in modules.get(name, []):
            try:
                importlib.import_module(module)
            except BaseException as error:  # SystemExit, too: a package may do anything
                failed.append(f"{module}: {type(error).__name__}: {error}")
            else:
                imported += 1
    print(json.dumps({"failed": failed, "imported": imported}))


if __name__ == "__main__":
    main()
