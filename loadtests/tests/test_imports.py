"""Locust replaces `threading` when it is imported, and thread tests then test nothing."""

import subprocess
import sys
from pathlib import Path

import loadtests

ROOT = Path(loadtests.__file__).parents[1]
WITH_LOCUST = {
    "loadtests.benchmark.with_locust",
    "loadtests.control",
    "loadtests.fail_fast",
    "loadtests.hooks",
    "loadtests.locustfile",
    "loadtests.measure.closed_loop",
    "loadtests.measure.unchecked",
    "loadtests.open_model",
    "loadtests.users",
    "loadtests.webui.tab",
}
"""And everything in `loadtests.scenarios` but the package itself."""

ELSEWHERE = ("loadtests.scenarios.", "loadtests.benchmark.peers.")
"""The latter run in environments of their own, with the projects that they stand for."""

IMPORT_AND_LOOK = """
import importlib, sys, threading, _thread
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading._start_new_thread.__module__ == "_thread", "threading is patched"
assert threading.get_ident is _thread.get_ident, "threading is patched"
assert not {"gevent", "locust"} & sys.modules.keys()
"""


def modules(package: str) -> list[str]:
    files = (ROOT / package).rglob("*.py")
    parts = [path.relative_to(ROOT).with_suffix("").parts for path in files]
    names = {".".join(part).removesuffix(".__init__") for part in parts if "tests" not in part}
    return sorted(names)


def look(*names: str) -> None:
    subprocess.run([sys.executable, "-c", IMPORT_AND_LOOK, *names], check=True, cwd=ROOT)


def test_only_the_modules_for_locust_import_locust() -> None:
    alone = [
        name
        for name in modules("loadtests")
        if name not in WITH_LOCUST and not name.startswith(ELSEWHERE)
    ]
    assert len(alone) > 20
    look(*alone)


def test_the_gate_imports_no_load_test() -> None:
    code = "import safety_tests, safety_tests.cli, sys; assert 'loadtests' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_locust_s_plugin_for_pytest_leaves_this_process_unpatched() -> None:
    """It is loaded into every run of pytest in an environment that has Locust."""
    assert "gevent" not in sys.modules
    look("pytest_locust.plugin")
