"""pytest in a process of its own, in the folder of a small app, with our entry point installed."""

import tomllib
from pathlib import Path

import pytest

from safety_tests.tests.conftest import ROOT
from safety_tests.tests.plugin.apps import RACY, REQUESTS

SETTINGS = """
[pytest]
safety_requests = r.json
safety_options = preemptions=1 random-schedules=0 select=S001,S002,S003
"""

METADATA = "Metadata-Version: 2.1\nName: stateless-serving\nVersion: 0\n"


def install(folder: Path) -> None:
    """Make our entry point known as pip would, whether or not the gate is installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    entry_points = project["entry-points"]["pytest11"]
    info = folder / "stateless_serving-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA, "utf-8")
    lines = [f"{name} = {module}" for name, module in entry_points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines]), "utf-8")


class Suite:
    """A team's folder with its tests; `run` is their pytest."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def write(self, name: str, text: str) -> None:
        (self.pytester.path / name).write_text(text, "utf-8")

    def run(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_subprocess(*arguments, timeout=120)

    def app(self, *arguments: str) -> pytest.RunResult:
        """The checks on the app of the folder, quick ones."""
        return self.run("--safety-app", "app:app", *arguments)


@pytest.fixture
def suite(
    pytester: pytest.Pytester,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Suite:
    """A folder with a racy app, its requests, and settings that make the search short."""
    installed = tmp_path_factory.mktemp("installed")
    install(installed)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{installed}")
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    made = Suite(pytester)
    made.write("app.py", RACY)
    made.write("r.json", REQUESTS)
    made.write("pytest.ini", SETTINGS)
    return made
