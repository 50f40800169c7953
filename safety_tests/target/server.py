"""Starts the process of the app: takes control of it before anything else is imported.

Started by `target.process` as `python -m safety_tests.target.server FD DIAGNOSTICS`.
"""

from __future__ import annotations

import os
import sys

from safety_tests.engine.stage import Stage

PARTS = ("safety_tests.requests", "safety_tests.target.child")
"""What serving needs besides; imported after the app, or by a nursery before all apps."""


def prepare() -> Stage:
    """Take control of this process; to be called before anything is imported that makes locks."""
    stage = Stage()
    from safety_tests.target import template  # noqa: F401 (for `run`, and once for all forks)

    # Our own modules are compiled once. Beside the app's nothing is written.
    sys.dont_write_bytecode = True
    return stage


def run(stage: Stage, fd: int, diagnostics: int) -> None:
    """Serve the gate at the other end of `fd` until it is gone."""
    from safety_tests.target import template

    template.run(stage, fd, diagnostics)


if __name__ == "__main__":
    run(prepare(), *map(int, sys.argv[1:3]))
    os._exit(0)
