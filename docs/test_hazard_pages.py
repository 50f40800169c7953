"""Holds the pages about the zoo to the zoo, and to what the gate finds there."""

import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import hazard_pages
import pytest
from hazard_page import page, told_by
from hazard_practice import SAME_FAULT, exercises
from hazard_source import exhibit

from safety_tests.gate import run_checks
from safety_tests.matrix import run_matrix
from safety_tests.page import made
from safety_tests.requests import parse
from safety_tests.target.load import is_asgi
from safety_tests.zoo import Hazard, hazards

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent

AGAIN = "run: python docs/make/hazard_pages.py --words"
ALL = list(hazards())
SAMPLE = ("features_on_self", "lock_order", "unlocked_property", "reload_in_two_steps")

each = pytest.mark.parametrize("hazard", ALL, ids=lambda hazard: f"{hazard.group}/{hazard.name}")


def shown(hazard: Hazard) -> list[str]:
    """The reports on the page of a hazard."""
    return told_by((ROOT / hazard.page).read_text("utf-8"))


def lanes(report: str) -> list[str]:
    """The checks with their verdicts, and the lines in the order in which they ran."""
    told = re.findall(
        r"^ +(?:S\d+ .*? (?:FAIL|pass)|A = .*|(?:line|\w+\.py:) ?\d+ .*|---.*)", report, re.M
    )
    return [" ".join(line.split()) for line in told]


def test_every_service_has_its_page_and_every_page_its_service() -> None:
    pages = {path.relative_to(ROOT).as_posix() for path in (DOCS / "hazards").glob("*/*.md")}
    groups = {f"docs/hazards/{hazard.group}/index.md" for hazard in ALL}
    assert pages == {hazard.page for hazard in ALL} | groups


@each
def test_a_page_says_what_the_zoo_says(hazard: Hazard) -> None:
    text = (ROOT / hazard.page).read_text("utf-8")
    assert page(hazard, shown(hazard)) == text, AGAIN


@pytest.mark.parametrize(
    "path", hazard_pages.overview(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_indexes_name_the_services(path: Path) -> None:
    text = path.read_text("utf-8")
    assert hazard_pages.overview()[path] == text, AGAIN


@pytest.mark.parametrize("path", hazard_pages.of_checks(), ids=lambda path: path.stem)
def test_the_page_of_a_check_names_its_services(path: Path) -> None:
    assert made(path, hazard_pages.MAKER) == hazard_pages.of_checks()[path], AGAIN


def test_every_exercise_is_led_to_by_a_service_of_the_zoo() -> None:
    mutants = {hazard.name for hazard in ALL if hazard.twin}
    assert set(SAME_FAULT.values()) <= mutants
    assert {service for _, _, service in exercises()} <= mutants


MADE: list[object] = []
"""Apps hold files and connections for as long as they are there."""


@each
def test_the_source_on_a_page_is_that_of_the_zoo_and_serves(
    hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (ROOT / hazard.module.replace(".", "/")).with_suffix(".py").read_text("utf-8")
    source = exhibit(hazard.module).broken or exhibit(hazard.module).healthy
    left = iter(lines.splitlines())
    assert all(line in left for line in source.splitlines() if line), "in this order"
    module = ModuleType(f"shown_{hazard.name}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, hazard.page, "exec"), vars(module))
    MADE.append((vars(module).get("mutant") or module.healthy)())
    assert is_asgi(MADE[-1])


@pytest.mark.parametrize("hazard", [one for one in ALL if one.twin], ids=lambda one: one.name)
def test_the_repair_on_a_page_turns_the_mutant_into_its_twin(hazard: Hazard) -> None:
    found = exhibit(hazard.module)
    changes = [line for line in found.mend.splitlines() if line and line != "@@"]
    broken, healthy = found.broken.splitlines(), found.healthy.splitlines()
    taken = [line[1:] for line in changes if line.startswith("-") and line[1:]]
    given = [line[1:] for line in changes if line.startswith("+") and line[1:]]
    assert taken or given
    rest = list(broken)
    for line in taken:
        rest.remove(line)
    renamed = [line.replace("def healthy(", "def mutant(") for line in healthy]
    assert sorted(filter(None, [*rest, *given])) == sorted(filter(None, renamed))


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_fails_as_its_page_shows(name: str) -> None:
    (hazard,) = (one for one in ALL if one.name == name)
    requests = parse(importlib.import_module(hazard.module).REQUESTS, name)
    settings = replace(hazard_pages.SETTINGS, select=",".join(hazard.codes))
    report = run_checks(f"{hazard.module}:mutant", ROOT, requests, settings)
    assert_as_shown(hazard, [hazard_pages._told(report)], shown(hazard)[:1])


@pytest.mark.slow
@each
def test_both_services_are_told_of_as_their_page_shows(hazard: Hazard) -> None:
    settings = replace(hazard_pages.SETTINGS, preemptions=hazard_pages._bound(hazard))
    (outcome,) = run_matrix([hazard], (settings, settings), 1, promised=True)
    assert_as_shown(hazard, hazard_pages.told(outcome), shown(hazard))


def assert_as_shown(hazard: Hazard, seen: list[str], told: list[str]) -> None:
    assert len(seen) == len(told)
    for one, other in zip(map(lanes, seen), map(lanes, told), strict=True):
        made_on = re.search(r"Python (\d+)\.(\d+)", told[0])
        assert made_on is not None
        if (int(made_on[1]), int(made_on[2])) != sys.version_info[:2]:
            # Another Python reaches other places, and so another schedule may come first.
            one, other = ([line for line in lines if line[0] == "S"] for lines in (one, other))
        assert one
        assert one == other, f"run: python docs/make/hazard_pages.py {hazard.name}"
