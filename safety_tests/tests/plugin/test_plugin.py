"""`pytest --safety-app`: items without a test file, which live among a team's other tests."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from safety_tests.checks import CHECKS
from safety_tests.tests.conftest import ROOT
from safety_tests.tests.plugin.apps import RIGHT
from safety_tests.tests.plugin.conftest import Suite

pytest_plugins = ["pytester"]

ITEMS = ["app:app::S001-isolation", "app:app::S002-independence", "app:app::S003-load_once"]
"""Those that the settings of the test's folder select."""

ISOLATION = ITEMS[0]
OTHERS = len(ITEMS) - 1

LOAD_TEST_PLUGIN = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--host", "-H", default="elsewhere")

@pytest.fixture
def session():
    return "theirs"

@pytest.fixture
def check():
    return "theirs"
"""

TEAM = """
def test_of_the_team(session, check, pytestconfig):
    assert (session, check, pytestconfig.getoption("--host")) == ("theirs", "theirs", "elsewhere")
"""


def test_a_broken_promise_is_told_without_a_stack_trace_and_comes_again_alone(suite: Suite) -> None:
    first = suite.app()
    first.assert_outcomes(passed=OTHERS, failed=1)
    first.stdout.fnmatch_lines(
        [
            "*S001-isolation*",
            "* got a wrong answer*",
            "*S001 isolation*FAIL*replayed 3 of 3",
            "*memory.x = scope*writes Memory.x",
            "*replay  safety-tests replay s1:*",
            f"FAILED {ISOLATION} - Failed: *",
        ]
    )
    first.stdout.no_fnmatch_line("*Traceback*")
    first.stdout.no_fnmatch_line("*safety_tests/*.py:*")
    again = suite.app("--lf")
    again.assert_outcomes(failed=1, deselected=OTHERS)
    for alone in (["-k", "S003"], ["app:app::S003-load_once"]):
        suite.app(*alone).assert_outcomes(passed=1, deselected=OTHERS if "-k" in alone else 0)


def test_the_items_can_be_listed_and_stopped_at(suite: Suite) -> None:
    listed = suite.app("--collect-only", "-q")
    assert [line for line in listed.outlines if "::" in line] == ITEMS
    every = suite.app("--collect-only", "-q", "-o", "safety_options=")
    named = [f"app:app::{check.code}-{check.name.replace(' ', '_')}" for check in CHECKS]
    assert [line for line in every.outlines if "::" in line] == named
    suite.app("-x").assert_outcomes(failed=1)
    suite.app("-m", "not safety_tests").assert_outcomes(deselected=len(ITEMS))


def test_workers_come_to_the_same_verdicts(suite: Suite) -> None:
    suite.app("-n", "2", "-p", "xdist").assert_outcomes(passed=OTHERS, failed=1)


def test_junit_shows_each_item_with_its_bound(suite: Suite) -> None:
    suite.app("--junitxml", "out.xml")
    root = ElementTree.parse(suite.pytester.path / "out.xml").getroot()
    cases = list(root.iter("testcase"))
    assert [f"{case.get('classname')}::{case.get('name')}" for case in cases] == ITEMS
    for case in cases:
        said = {one.get("name"): one.get("value") or "" for one in case.iter("property")}
        assert "of" in said["bound"]
        assert (case.find("failure") is not None) == ("token" in said) == (case is cases[0])


def test_other_tests_and_plugins_do_not_notice(suite: Suite) -> None:
    suite.write("load_tests_plugin.py", LOAD_TEST_PLUGIN)
    suite.write("test_team.py", TEAM)
    suite.write("app.py", RIGHT)
    # The plugin of Locust itself, where it is installed, would take the place of the other.
    theirs = ("-p", "load_tests_plugin", "-p", "no:locust")
    suite.run(*theirs).assert_outcomes(passed=1)
    suite.run(*theirs, "-p", "no:safety-tests").assert_outcomes(passed=1)
    suite.app(*theirs).assert_outcomes(passed=1 + len(ITEMS))
    without = suite.app("-p", "no:safety-tests")
    assert without.ret == pytest.ExitCode.USAGE_ERROR


def test_an_app_that_cannot_be_had_is_an_error_with_one_message(suite: Suite) -> None:
    done = suite.run("--safety-app", "app:nope")
    done.assert_outcomes(errors=len(ITEMS))
    said = [line for line in done.outlines if line.startswith("safety-tests: ")]
    assert said == [
        "safety-tests: app:nope: module app has no attribute 'nope'; ASGI apps there: app"
    ] * len(ITEMS)
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*.py:*: *")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "safety_options=bugdet=3"], "bugdet=3"),
        (["-o", "safety_options=budget=soon"], "budget=soon"),
        (["-o", "safety_options=select=S001 ignore=S001"], "nothing is checked"),
        (["--safety-app", "app.py"], "module:attribute"),
        (["app:app::S999"], "app:app has no S999"),
    ],
    ids=["option", "value", "nothing-left", "app", "node-id"],
)
def test_a_wrong_setting_ends_pytest_with_one_message(
    arguments: list[str], said: str, suite: Suite
) -> None:
    done = suite.app(*arguments)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    (message,) = [line for line in done.errlines if line.strip()]
    assert message.startswith("ERROR: ")
    assert said in message


def test_unproven_fails_unless_it_is_allowed_and_never_passes(suite: Suite) -> None:
    short = ("-o", "safety_options=select=S001,S002 budget=0.000001")
    failed = suite.app(*short)
    failed.assert_outcomes(failed=2)
    failed.stdout.fnmatch_lines(["FAILED *S001-isolation - Failed: unproven: *"])
    allowed = suite.app(*short, "-o", "safety_allow_unproven=true")
    allowed.assert_outcomes(xfailed=2)


def test_a_check_that_does_not_apply_is_skipped_with_the_reason(suite: Suite) -> None:
    done = suite.app("-ra", "-o", "safety_options=select=S009")
    done.assert_outcomes(skipped=1)
    done.stdout.fnmatch_lines(["SKIPPED*S009 is about requests that change the app*"])


def test_settings_come_from_the_project_table_and_pytests_own_win(suite: Suite) -> None:
    (suite.pytester.path / "pytest.ini").unlink()
    (suite.pytester.path / "src").mkdir()
    suite.write("src/app.py", RIGHT)
    suite.write(
        "pyproject.toml",
        """
        [tool.pytest.ini_options]
        safety_app = "app:app"

        [tool.safety-tests]
        app-dir = "src"
        requests = "r.json"
        preemptions = 1
        select = "S001,S002"
        """,
    )
    suite.run().assert_outcomes(passed=2)
    suite.run("-o", "safety_options=select=S006").assert_outcomes(passed=1)
    suite.run("-o", "safety_app_dir=.", "-k", "S001").assert_outcomes(failed=1, deselected=1)


def test_nothing_of_the_gate_is_imported_before_an_app_is_named() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import safety_tests.plugin, sys; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {name for name in said.stdout.split() if name.startswith("safety_tests")}
    assert ours == {"safety_tests", "safety_tests.plugin"}
