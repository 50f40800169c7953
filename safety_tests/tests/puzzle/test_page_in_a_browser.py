"""The puzzles in a real Chromium, without a window: by clicks, by keys, and without a memory."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from safety_tests.gate.replay import replay
from safety_tests.puzzle.build import ROOT
from safety_tests.puzzle.page import as_page
from safety_tests.report.timeline import timeline
from safety_tests.tests.browser import (
    asked,
    axe_says,
    complaints,
    every,
    load_axe,
    one,
    press,
    show,
)
from safety_tests.tests.nursery import nurseries
from safety_tests.tests.puzzle.conftest import played, puzzle, walked_by

CACHE, LOOP, LOCKS = 0, 1, 2

SOLVED = "You found it, with 1 pause: the fewest there are."

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small puzzles."""
    made = [
        puzzle("caches/last_answer"),
        puzzle("suspension/state_across_await"),
        puzzle("locks/lock_order", 1),
    ]
    path = tmp_path_factory.mktemp("puzzles") / "puzzle.html"
    path.write_text(as_page(made), "utf-8")
    return path


@pytest.fixture
def page(chromium: Any, file: Path) -> Iterator[Open]:
    """Opens a puzzle with nothing remembered; afterwards nothing was fetched or complained of."""

    def open_page(
        number: int = CACHE,
        size: tuple[int, int] = (1024, 768),
        dark: bool = False,
        forget: bool = True,
    ) -> Any:
        show(chromium, size, dark)
        chromium.get(file.as_uri())
        if forget:
            chromium.execute_script("localStorage.clear()")
            chromium.refresh()
        every(chromium, "#puzzles button")[number].click()
        return chromium

    yield open_page
    assert complaints(chromium) == []
    assert asked(chromium) == {file.as_uri()}


def click(driver: Any, tasks: str) -> None:
    for task in tasks:
        every(driver, ".run")["ab".index(task)].click()


def way(number: int) -> str:
    """The finding of the gate, as letters: who is chosen, one after the other."""
    names = ["caches/last_answer", "suspension/state_across_await", "locks/lock_order"]
    made = played(names[number], 1 if number == LOCKS else None)
    return "".join("ab"[task] for task in walked_by(made.broken, made.token.schedule.preemptions))


def token(driver: Any, wait: Any) -> str:
    """The token of the end that is shown; it is compressed beside the page."""
    wait(driver, 60).until(lambda driver: one(driver, "#token").text)
    text: str = one(driver, "#token").text
    assert text.startswith("safety-tests replay s1:")
    return text.split()[-1]


class Rows(HTMLParser):
    """The words of each row of the table in a timeline."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data: str) -> None:
        if self.rows:
            self.rows[-1] += data.split()


def table(driver: Any) -> list[str]:
    """The rows of the steps so far, without blanks."""
    return ["".join(row.get_attribute("textContent").split()) for row in every(driver, "#trace tr")]


def test_clicks_solve_a_puzzle_with_the_lines_the_words_and_the_token_of_the_gate(
    page: Open, wait: Any
) -> None:
    driver = page()
    click(driver, way(CACHE))
    finding = played("caches/last_answer").finding
    assert one(driver, "#outcome").text == SOLVED
    assert [p.text for p in every(driver, "#sentences p")] == [
        finding.summary,
        *finding.explanation,
    ]
    drawn = Rows(timeline(finding)).rows
    assert ["".join(row).replace("here", "", 1) for row in drawn] == table(driver)
    for kind in ("step mark", "handover"):
        assert len(every(driver, f"#trace tr[class='{kind}']")) == timeline(finding).count(
            f'<tr class="{kind}"'
        )
    (again,) = replay(token(driver, wait), None, ROOT, nurseries()).findings
    assert (again.summary, again.interleaving) == (finding.summary, finding.interleaving)
    wrong = [p.text for p in every(driver, "#answers p") if "alone:" in p.text]
    assert len(wrong) == 1
    assert json.dumps(finding.got) in wrong[0]
    assert one(driver, "#how").text
    assert "✓" in every(driver, "#puzzles button")[CACHE].text


def test_keys_alone_solve_undo_and_restart(page: Open, keys: Any) -> None:
    driver = page()
    driver.execute_script("document.activeElement.blur()")
    moves = way(CACHE)
    press(driver, *moves)
    assert one(driver, "#outcome").text == SOLVED
    press(driver, keys.BACKSPACE)
    assert not one(driver, "#result").is_displayed()
    arrows = {"a": keys.ARROW_LEFT, "b": keys.ARROW_RIGHT}
    press(driver, arrows[moves[-1]])
    assert one(driver, "#outcome").text == SOLVED
    press(driver, "r")
    assert one(driver, "#counts").text.startswith("0 choices, 0 pauses")
    press(driver, *(arrows[move] for move in moves))
    assert one(driver, "#outcome").text == SOLVED
    press(driver, "r", "?", "?")
    assert "The shortest way: let A" in one(driver, "#said").text
    press(driver, keys.CONTROL + "a" + keys.NULL)
    assert one(driver, "#counts").text.startswith("0 choices")


def test_hints_lead_to_a_wrong_end_with_as_many_pauses_as_par(page: Open) -> None:
    driver = page()
    for _ in range(40):
        if one(driver, "#result").is_displayed():
            break
        press(driver, "?", "?")
        press(driver, one(driver, "#said").text.partition("let ")[2][0].lower())
    assert one(driver, "#outcome").text == SOLVED


def test_an_order_that_ends_right_says_so_and_can_be_taken_back(page: Open, keys: Any) -> None:
    driver = page()
    while not one(driver, "#result").is_displayed():
        able = [
            run for run in every(driver, ".run") if run.get_attribute("aria-disabled") != "true"
        ]
        able[0].click()
    assert one(driver, "#outcome").text == "This order ends right. Undo some steps, or restart."
    assert every(driver, "#answers .other") == []
    assert not one(driver, "#replay").is_displayed()
    press(driver, keys.BACKSPACE)
    assert not one(driver, "#result").is_displayed()
    assert "✓" not in every(driver, "#puzzles button")[CACHE].text


def test_the_healthy_twin_cannot_be_broken(page: Open) -> None:
    driver = page()
    one(driver, "#healthy").click()
    healthy = played("caches/last_answer").healthy
    assert healthy is not None
    assert one(driver, "#bound").text.startswith(
        f"All {healthy.graph.schedules} schedules end right"
    )
    moves = "ab" * 20
    for start in ("", "b", "aa", "aaab"):
        press(driver, "r", *start)
        for move in moves:
            if one(driver, "#result").is_displayed():
                break
            press(driver, move)
        assert one(driver, "#outcome").text.startswith(
            "This order ends right. No order makes it wrong"
        )
    one(driver, "#onwards").click()
    assert one(driver, "#title").text == puzzle("suspension/state_across_await").title


def test_a_blocked_request_says_for_what_it_waits_and_cannot_be_run(page: Open) -> None:
    driver = page(LOCKS)
    moves = way(LOCKS)
    press(driver, *moves[:-1])
    states = [state.text for state in every(driver, ".actor .state")]
    assert states.count("is blocked") == 1
    blocked = states.index("is blocked")
    assert "for a lock held by" in every(driver, ".why-not")[blocked].text
    before = one(driver, "#counts").text
    press(driver, "ab"[blocked])
    assert "cannot run now" in one(driver, "#said").text
    assert one(driver, "#counts").text == before
    press(driver, moves[-1])
    assert [state.text for state in every(driver, ".actor .state")] == ["is blocked", "is blocked"]
    assert "deadlock" in one(driver, "#sentences").text


def test_what_is_solved_is_remembered_where_the_browser_lets_it(page: Open, file: Path) -> None:
    driver = page(LOOP)
    press(driver, *way(LOOP))
    driver = page(CACHE, forget=False)
    assert [button.text for button in every(driver, "#puzzles button")] == ["1", "2 ✓", "3"]
    added = driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {
            "source": "Object.defineProperty(window, 'localStorage',"
            " {get() { throw new DOMException('no') }})"
        },
    )
    try:
        driver.get(file.as_uri())
        press(driver, *way(CACHE))
        assert one(driver, "#outcome").text == SOLVED
        assert [button.text for button in every(driver, "#puzzles button")] == ["1 ✓", "2", "3"]
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1024, 768), (390, 844)], ids=["laptop", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    page: Open, size: tuple[int, int], dark: bool
) -> None:
    driver = page(LOCKS, size, dark)
    load_axe(driver)
    moves = way(LOCKS)
    for keys in ("", moves[:-1], moves[-1]):
        press(driver, *keys)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= size[0]
        assert axe_says(driver) == []


def test_a_policy_stops_whatever_is_put_into_the_page(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "default-src 'none'" in text
    assert text.count("<script") == 2
    assert "unsafe" not in text.partition("</head>")[0].partition("<style>")[0]
