"""Every file of the zoo has what the catalogue promises, and every check has its page."""

import importlib

import pytest

from safety_tests.checks import CHECKS, Check
from safety_tests.report.explain import explain
from safety_tests.target.load import is_asgi
from safety_tests.tests.conftest import ROOT
from safety_tests.tests.meta.conftest import ALL, MISSED, MUTANTS, name, requests
from safety_tests.zoo import Hazard

CODES = [check.code for check in CHECKS]


def test_the_zoo_has_what_was_promised() -> None:
    assert len(MUTANTS) >= 47
    assert sum(not hazard.twin for hazard in ALL) >= 24
    assert len({hazard.name for hazard in ALL}) == len(ALL)
    assert {code for hazard in MUTANTS for code in hazard.codes} == set(CODES)


@pytest.mark.parametrize("hazard", ALL, ids=name)
def test_a_hazard_has_a_title_and_requests_that_parse(hazard: Hazard) -> None:
    assert hazard.title.endswith((".", "?"))
    assert len(hazard.title) <= 100
    assert len({request.name for request in requests(hazard).requests}) >= 2


MADE: list[object] = []
"""Apps hold files and connections for as long as they are there: in production, for good."""


@pytest.mark.parametrize("hazard", ALL, ids=name)
def test_a_hazard_has_its_factories_and_only_known_codes(hazard: Hazard) -> None:
    module = importlib.import_module(hazard.module)
    MADE.append(module.healthy())
    assert is_asgi(MADE[-1])
    assert hazard.twin == (hazard.group != "right") == hasattr(module, "mutant")
    assert set(hazard.codes) <= set(CODES)
    if hazard.twin:
        assert hazard.codes
        MADE.append(module.mutant())
        assert is_asgi(MADE[-1])


@pytest.mark.parametrize("hazard", ALL, ids=name)
def test_a_file_of_the_zoo_is_short_and_says_how_to_repair(hazard: Hazard) -> None:
    text = (ROOT / (hazard.module.replace(".", "/") + ".py")).read_text("utf-8")
    assert text.count("\n") <= 100
    if hazard.twin:
        assert "\nRepair: " in text


@pytest.mark.parametrize("hazard", MISSED, ids=name)
def test_a_mutant_that_is_missed_is_named_among_the_limits(hazard: Hazard) -> None:
    assert f"`{name(hazard)}`" in (ROOT / "docs" / "limits.md").read_text("utf-8")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_check_has_a_page_and_is_explained(check: Check) -> None:
    text = explain(check)
    for part in (check.code, check.name, check.page):
        assert part in text
    assert max(map(len, text.splitlines())) <= 90
    page = (ROOT / check.page).read_text("utf-8")
    assert check.code in page.splitlines()[0]
    assert check.name in page.splitlines()[0].lower()


def test_codes_are_sorted_and_never_given_twice() -> None:
    assert sorted(set(CODES)) == CODES
    assert len({check.name for check in CHECKS}) == len(CHECKS)
