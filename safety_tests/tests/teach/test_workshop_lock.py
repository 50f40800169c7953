"""The lock of the workshop: what is tested is what is packed, and it serves every lesson."""

import ast
import sys
from importlib import metadata
from pathlib import Path

import pytest

from safety_tests.teach.lock import read_lock
from safety_tests.teach.targets import MACHINES, PYTHONS, Target
from safety_tests.tests.conftest import ROOT

OURS = {"loadtests", "safety_tests", "sample_service"}
LESSONS = [path for path in (ROOT / "notebooks").glob("*.py") if not path.name.startswith("test_")]


def pinned(file: Path) -> set[str]:
    lines = file.read_text("utf-8").splitlines()
    return {line.partition(";")[0].strip() for line in lines if line.strip()}


def test_what_is_packed_is_what_is_tested() -> None:
    constraints = ROOT / ".constraints"
    assert pinned(constraints / "workshop.txt") <= pinned(constraints / "versions.txt")


def test_on_each_laptop_a_package_has_one_version() -> None:
    pins = read_lock(ROOT)
    for target in (Target(python, machine) for python in PYTHONS for machine in MACHINES):
        for environment in target.environments():
            names = [pin.name for pin in pins if pin.wanted_by(environment)]
            assert len(names) == len(set(names)) > 100


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_imports_nothing_that_the_laptops_lack(lesson: Path) -> None:
    owners = metadata.packages_distributions()
    names = {pin.name for pin in read_lock(ROOT)}
    known = OURS | set(sys.stdlib_module_names) | {path.stem for path in LESSONS}
    imported = set(modules(ast.parse(lesson.read_text("utf-8"))))
    lacking = {
        module
        for module in imported - known
        if not names & {owner.lower().replace("_", "-") for owner in owners.get(module, ())}
    }
    # What a lesson writes itself, and imports then, is no package.
    written = {module for module in lacking if f"{module}.py" in lesson.read_text("utf-8")}
    assert imported
    assert lacking <= written


def modules(tree: ast.AST) -> list[str]:
    """The first name of whatever is imported."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module.partition(".")[0])
    return found
