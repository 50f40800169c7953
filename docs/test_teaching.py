"""Holds the teacher's guide to itself and to the commands that it times."""

import re
from itertools import pairwise
from pathlib import Path

import teaching_times

from safety_tests.page import made
from safety_tests.zoo import hazards

DOCS = Path(__file__).resolve().parent
TEXT = (DOCS / "teaching.md").read_text("utf-8")


def test_the_ninety_minutes_follow_one_another_and_are_ninety() -> None:
    plan = TEXT.partition("## 90 minutes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+)[^\d|:](\d+) \|", plan, re.MULTILINE)
    parts = [(int(begin), int(end)) for begin, end in rows]
    assert parts[0][0] == 0
    assert parts[-1][1] == 90
    assert all(one[1] == other[0] for one, other in pairwise(parts))


def test_each_question_of_the_plan_is_asked_and_answered() -> None:
    _, *questions = re.split(r"^\*\*Q(\d+)\.\*\*", TEXT, flags=re.MULTILINE)
    answered = {
        int(number)
        for number, text in zip(questions[::2], questions[1::2], strict=True)
        if re.search(r"\*a\* .*?\n\n> .*\*[a-d]\*", text, re.DOTALL)
    }
    assert answered == set(range(1, 11))
    assert {int(number) for number in re.findall(r"\bQ(\d+)\b", TEXT)} == answered


def test_what_is_timed_is_what_the_command_runs() -> None:
    table = made(teaching_times.PAGE, teaching_times.MAKER)
    timed = re.findall(r"^\| (.*`.*) \| \d+\.\d \|$", table, re.MULTILINE)
    known = [f"`{command}`" for command in teaching_times.COMMANDS]
    assert timed
    assert [one for one in timed if one not in known and not one.startswith("all cells of")] == []


def test_the_services_that_the_guide_names_are_in_the_zoo() -> None:
    known = {hazard.name for hazard in hazards()}
    named = set(re.findall(r"\[`(\w+)`\]\(hazards/", TEXT)) | set(re.findall(r"zoo:(\w+)", TEXT))
    assert named
    assert named <= known
