"""The page on --prove shows what happens."""

import inspect
import json
import re
from pathlib import Path

from safety_tests.prove import sentence
from safety_tests.target import planted
from safety_tests.tests.prove.conftest import Proving

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "prove.md").read_text("utf-8")


def block(language: str, number: int = 0) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found[number]


def test_the_service_of_the_page_is_proven_as_the_page_says(proving: Proving) -> None:
    found = proving({"main.py": block("python")}, json.loads(block("json")), target="main:app")
    said = "\n".join(map(sentence, found))
    # Another Python reaches other places, and so another schedule may come first.
    number = re.compile(r"schedule \d+")
    assert number.sub("", said) == number.sub("", block("text").strip())


def test_the_race_of_the_page_is_the_one_that_is_planted() -> None:
    shown = block("python", 1).split("\n", 1)
    source = inspect.getsource(planted.exchange).split("\n", 1)
    lines = [line for line in source[1].splitlines() if not line.strip().startswith('"""')]
    assert "\n".join(lines) == shown[1].rstrip("\n")
    assert source[0].startswith("def exchange(*parameters")
    assert shown[0] == "def exchange(*parameters):"
