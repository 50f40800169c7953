"""parametrize_with_checks: the checks as items of a team's own test file."""

import pytest

from safety_tests.tests.plugin.apps import RIGHT
from safety_tests.tests.plugin.conftest import Suite

pytest_plugins = ["pytester"]

CODES = "S001,S002,S003"
OTHERS = 2

TEAM = """
from safety_tests import parametrize_with_checks

@parametrize_with_checks({target!r}, "r.json", select={codes!r}, {more})
def test_app(check):
    {body}
"""


QUICK = "preemptions=1, random_schedules=0"


def team(
    target: str = "app:app", more: str = QUICK, body: str = "check()", codes: str = CODES
) -> str:
    return TEAM.format(target=target, more=more, body=body, codes=codes)


@pytest.mark.parametrize("plugin", ["with", "without"])
def test_each_check_is_an_item_that_tells_what_it_found(plugin: str, suite: Suite) -> None:
    suite.write("test_team.py", team())
    blocked = ["-p", "no:safety-tests", "-c", "/dev/null", "--rootdir=."]
    done = suite.run("-v", *(blocked if plugin == "without" else []))
    done.assert_outcomes(passed=OTHERS, failed=1)
    done.stdout.fnmatch_lines(
        [
            "test_team.py::test_app[[]S001-isolation] FAILED*",
            "test_team.py::test_app[[]S002-independence] PASSED*",
            "* got a wrong answer*",
            "*S001 isolation*FAIL*replayed 3 of 3",
        ]
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*parametrize.py*")


def test_an_item_alone_comes_to_the_verdict_that_it_has_among_all(suite: Suite) -> None:
    suite.write("test_team.py", team())
    suite.run("-k", "S003").assert_outcomes(passed=1, deselected=OTHERS)
    suite.run("-n", "2", "-p", "xdist").assert_outcomes(passed=OTHERS, failed=1)
    suite.run("--lf").assert_outcomes(failed=1)


def test_a_test_that_forgets_to_call_its_check_does_not_pass(suite: Suite) -> None:
    suite.write("app.py", RIGHT)
    suite.write("test_team.py", team(body="pass", codes="S001"))
    done = suite.run()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*write check() in it"])


def test_a_fixture_of_the_same_name_stands_back(suite: Suite) -> None:
    suite.write("app.py", RIGHT)
    fixture = "import pytest\n\n@pytest.fixture\ndef check():\n    raise ValueError\n"
    suite.write("conftest.py", fixture)
    suite.write("test_team.py", team())
    suite.run().assert_outcomes(passed=1 + OTHERS)


def test_a_default_timeout_of_the_teams_sockets_does_not_reach_the_app(suite: Suite) -> None:
    suite.write("app.py", RIGHT)
    suite.write("conftest.py", "import socket\n\nsocket.setdefaulttimeout(5)\n")
    suite.write("test_team.py", team(codes="S002,S010"))
    suite.run().assert_outcomes(passed=2)


def test_an_app_that_cannot_be_had_fails_each_item_with_the_message(suite: Suite) -> None:
    suite.write("test_team.py", team(target="app:nope"))
    done = suite.run()
    done.assert_outcomes(failed=1 + OTHERS)
    done.stdout.fnmatch_lines(["safety-tests: app:nope: module app has no attribute 'nope'*"])
    done.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("more", "said"),
    [("bugdet=3", "bugdet"), (f"ignore={CODES!r}", "nothing is checked")],
    ids=["option", "nothing-left"],
)
def test_a_wrong_option_stops_the_collection_with_one_message(
    more: str, said: str, suite: Suite
) -> None:
    suite.write("test_team.py", team(more=more))
    done = suite.run()
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([f"safety-tests: *{said}*"])
    done.stdout.no_fnmatch_line("*Traceback*")


def test_unproven_fails_unless_it_is_allowed_and_never_passes(suite: Suite) -> None:
    short = "budget=0.000001"
    suite.write("test_team.py", team(more=short, codes="S001"))
    suite.run().assert_outcomes(failed=1)
    suite.write("test_team.py", team(more=short + ", allow_unproven=True", codes="S001"))
    suite.run().assert_outcomes(xfailed=1)
    suite.run("--runxfail").assert_outcomes(failed=1)
