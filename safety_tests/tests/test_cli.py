"""Exit codes, and what is said with each."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from safety_tests.checks import CHECKS
from safety_tests.tests.cli_apps import RACY, RIGHT, STATEFUL, requests
from safety_tests.tests.conftest import Command

NUMBER = (int, float)
REPORT = {
    "version": int,
    "target": str,
    "python": str,
    "gil": bool,
    "verdict": str,
    "seconds": NUMBER,
    "checks": list,
    "findings": list,
}
CHECK = {
    "code": str,
    "name": str,
    "verdict": str,
    "tasks": int,
    "preemptions": int,
    "granularity": str,
    "schedules": int,
    "schedules_total": int,
    "seconds": NUMBER,
}
FINDING = {
    "code": str,
    "summary": str,
    "requests": list,
    "expected": object,
    "got": object,
    "interleaving": list,
    "preemptions": int,
    "token": str,
    "replay": str,
    "replayed": str,
    "help": str,
}
LINE = {"task": str, "file": str, "line": int, "source": str, "note": str}


def assert_shape(value: Mapping[str, object], shape: Mapping[str, Any]) -> None:
    for key, kind in shape.items():
        assert isinstance(value[key], kind), (key, value[key])


def test_a_right_service_passes_with_0_and_every_check_prints_its_bound(command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1", "/p?x=2")})
    done = command("check", "app:app", "--requests", "r.json", "--preemptions", "1")
    assert done.returncode == 0
    assert not done.stderr
    assert "every schedule with at most 1 preemption: " in done.stdout
    for code in ("S001", "S002", "S003", "S005", "S006"):
        assert any(
            line.split()[:1] == [code] and "pass" in line for line in done.stdout.splitlines()
        ), done.stdout
    assert done.stdout.splitlines()[-1].startswith("PASS")


def test_a_racy_service_fails_with_1_and_the_report_has_all_that_a_reader_needs(
    command: Command,
) -> None:
    command.write({"app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2")})
    done = command("check", "app:app", "--requests", "r.json")
    assert done.returncode == 1
    assert not done.stderr
    for needed in (
        "S001 isolation",
        "Under every interleaving each request gets the answer it gets alone.",
        'expected  {"y": ',
        'got       {"y": ',
        "A = /p?x=",
        "writes Memory.x",
        "is paused",
        "replay  safety-tests replay s1:",
        "why     safety-tests explain S001",
    ):
        assert needed in done.stdout, done.stdout
    assert done.stdout.splitlines()[-1].startswith("FAIL")


def test_a_budget_that_ends_first_is_3_and_0_where_that_is_allowed(command: Command) -> None:
    command.write({"app.py": STATEFUL, "r.json": requests("/p?x=1", "/p?x=2")})
    check = ("check", "app:app", "--requests", "r.json", "--budget", "0.001")
    done = command(*check)
    assert done.returncode == 3, done.stdout
    assert done.stdout.splitlines()[-1].startswith("UNPROVEN")
    assert " pass " not in done.stdout
    code, report = command.json(*check, "--allow-unproven")
    assert code == 0
    assert report["verdict"] == "unproven"
    assert {check["verdict"] for check in report["checks"]} == {"unproven"}


def test_nothing_checked_is_5_and_is_called_no_pass(command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1")})
    check = ("check", "app:app", "--requests", "r.json", "--select", "S001", "--ignore", "S001")
    done = command(*check)
    assert done.returncode == 5
    assert "PASS" not in done.stdout
    code, report = command.json(*check)
    assert code == 5
    assert report["verdict"] != "pass"


def test_json_has_all_keys_with_their_types_and_nothing_else_is_printed(command: Command) -> None:
    command.write({"app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2")})
    code, report = command.json("check", "app:app", "--requests", "r.json")
    assert code == 1
    assert_shape(report, REPORT)
    assert report["version"] == 1
    assert report["target"] == "app:app"
    assert report["verdict"] == "fail"
    # S009 is about requests that change the app, and there are none.
    known = [check.code for check in CHECKS if check.code != "S009"]
    assert [check["code"] for check in report["checks"]] == known
    for check in report["checks"]:
        assert_shape(check, CHECK)
        assert check["verdict"] in ("pass", "fail", "unproven", "error")
        assert check["schedules"] <= check["schedules_total"]
    (finding,) = report["findings"]
    assert_shape(finding, FINDING)
    assert finding["replayed"] == "3/3"
    assert finding["token"].startswith("s1:")
    assert finding["replay"] == f"safety-tests replay {finding['token']}"
    assert finding["preemptions"] == 1
    assert set(finding["requests"]) <= {"/p?x=1", "/p?x=2"}
    for line in finding["interleaving"]:
        assert_shape(line, LINE)
        assert line["file"] == "app.py"
        assert line["task"] in finding["requests"]
    assert any(line["note"].startswith("writes Memory.x") for line in finding["interleaving"])


def test_json_goes_to_a_file_beside_the_text(command: Command, tmp_path: Path) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1")})
    done = command(
        "check", "app:app", "--requests", "r.json", "--select", "S002", "--json", "out.json"
    )
    assert done.returncode == 0
    assert "S002 independence" in done.stdout
    report = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert_shape(report, REPORT)
    assert [check["code"] for check in report["checks"]] == ["S002"]


def test_a_report_that_cannot_be_written_is_2(command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1")})
    done = command(
        "check", "app:app", "--requests", "r.json", "--select", "S002", "--json", "no/out.json"
    )
    assert done.returncode == 2
    assert "no/out.json" in done.stderr


@pytest.mark.parametrize("chosen", ["S002,S006", "s002, s006"])
def test_codes_select_checks_in_any_spelling(chosen: str, command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1")})
    code, report = command.json(
        "check", "app:app", "--requests", "r.json", "--select", chosen, "--preemptions", "1"
    )
    assert code == 0
    assert [check["code"] for check in report["checks"]] == ["S002", "S006"]


def test_ignored_codes_are_left_out(command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": requests("/p?x=1")})
    code, report = command.json(
        "check",
        "app:app",
        "--requests",
        "r.json",
        "--ignore",
        "S003,S005,S010",
        "--preemptions",
        "0",
    )
    assert code == 0
    left = {check.code for check in CHECKS} - {"S003", "S005", "S009", "S010"}
    assert {check["code"] for check in report["checks"]} == left


def test_explain_names_the_page_and_every_other_command_has_help(command: Command) -> None:
    done = command("explain", "S001")
    assert done.returncode == 0
    assert "docs/checks/S001.md" in done.stdout
    for name in ("check", "replay", "zoo", "demo", "explain"):
        assert command(name, "--help").returncode == 0
    assert "exit codes" in command("--help").stdout


def test_the_zoo_is_listed_without_running_it(command: Command) -> None:
    done = command("zoo", "--list")
    assert done.returncode == 0
    assert "features_on_self" in done.stdout
    assert "no 'unicorn'" in command.refused("zoo", "unicorn")


def test_the_zoo_shows_the_report_on_a_mutant_and_on_its_twin(command: Command) -> None:
    done = command("zoo", "one_line_update", "--show")
    assert done.returncode == 0, done.stdout
    mutant, twin = done.stdout.split("one_line_update:healthy")
    assert "S001 isolation       FAIL" in mutant
    assert "replay  safety-tests replay s1:" in mutant
    assert "S002" not in mutant
    assert twin.splitlines()[-2].startswith("PASS")


def test_explain_names_the_services_of_the_zoo_that_break_the_check(command: Command) -> None:
    said = command("explain", "S005").stdout
    assert "docs/hazards/locks/lock_order.md" in said
    assert "features_on_self" not in said
