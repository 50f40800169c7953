"""The page in a real Chromium, without a window: keys, buttons, no request, no error."""

from collections.abc import Callable
from typing import Any

import pytest

from safety_tests.tests.browser import emulate, every, one, press
from safety_tests.tests.report.pages import REPORTS, SAFE
from safety_tests.tests.report.reports import FINDING

STEPS = len(FINDING.interleaving)

Open = Callable[..., Any]


def at(driver: Any) -> int:
    """The step that is shown, by table, slider and spoken text, which must agree."""
    (current,) = [
        index
        for index, row in enumerate(every(driver, "tr.step"))
        if row.get_attribute("aria-current")
    ]
    row = every(driver, "tr.step")[current]
    assert one(driver, ".player input").get_attribute("value") == str(current + 1)
    assert one(driver, ".said").text == row.get_attribute("data-said")
    return current


def test_keys_step_forwards_and_backwards(page: Open, keys: Any) -> None:
    driver = page("usual")
    assert at(driver) == 0
    press(driver, keys.ARROW_RIGHT)
    assert at(driver) == 1
    press(driver, keys.ARROW_DOWN, keys.ARROW_LEFT)
    assert at(driver) == 1
    press(driver, keys.END)
    assert at(driver) == STEPS - 1
    press(driver, keys.ARROW_RIGHT)
    assert at(driver) == STEPS - 1
    press(driver, keys.ARROW_UP)
    assert at(driver) == STEPS - 2
    press(driver, keys.HOME, keys.ARROW_LEFT)
    assert at(driver) == 0
    press(driver, "c")
    assert at(driver) == STEPS - 1


def test_buttons_slider_and_rows_do_the_same(page: Open, keys: Any) -> None:
    driver = page("usual")
    for button, where in [("next", 1), ("next", 2), ("back", 1), ("last", STEPS - 1), ("first", 0)]:
        one(driver, f".player .{button}").click()
        assert at(driver) == where
    one(driver, ".player .jump").click()
    assert at(driver) == STEPS - 1
    assert FINDING.explanation[0] in one(driver, ".told").text
    every(driver, "tr.step")[1].click()
    assert at(driver) == 1
    slider = one(driver, ".player input")
    slider.send_keys(keys.ARROW_RIGHT)
    assert at(driver) == 2
    assert slider.get_attribute("aria-valuetext").startswith(f"step 3 of {STEPS}: two, line 4")
    slider.send_keys(keys.HOME)
    assert at(driver) == 0


def test_the_stage_shows_who_runs_and_what_the_object_holds(page: Open, keys: Any) -> None:
    driver = page("usual")
    seen = []
    for _ in range(STEPS):
        states = [state.text for state in every(driver, ".actor .state")]
        shown = [part.text for part in every(driver, ".object .value code") if part.is_displayed()]
        now = [entry.text.split("\n") for entry in every(driver, ".near .now")]
        seen.append((states, shown, now, one(driver, ".object .by").text))
        press(driver, keys.ARROW_RIGHT)
    assert seen == [
        (["runs", "has not begun"], ["not set", "1"], [["line 3", "put(x)"]], "written by one"),
        (["is paused", "runs"], ["1", "2"], [["line 3", "put(x)"]], "written by two"),
        (["is paused", "runs"], ["2"], [["line 4", "return memory.x"]], ""),
        (["runs", "is done"], ["2"], [["line 4", "return memory.x"]], "read by one"),
    ]


def test_at_a_deadlock_everybody_is_blocked_in_the_end(page: Open) -> None:
    driver = page("locked")
    one(driver, ".jump").click()
    assert [state.text for state in every(driver, ".state")] == ["is blocked", "is blocked"]


def test_keys_belong_to_the_timeline_that_has_the_focus(page: Open, keys: Any) -> None:
    driver = page("two findings")
    second = every(driver, ".player")[1]
    driver.execute_script("arguments[0].focus()", second)
    press(driver, keys.ARROW_RIGHT, keys.ARROW_RIGHT)
    counts = [count.text for count in every(driver, ".count")]
    assert counts == ["1 / 4", "3 / 4"]


def test_keys_of_the_browser_stay_its_own(page: Open, keys: Any) -> None:
    driver = page("usual")
    one(driver, "body").send_keys(keys.CONTROL, keys.ARROW_RIGHT)
    one(driver, "body").send_keys(keys.END)
    assert at(driver) == 0


def test_the_button_turns_dark_to_light_and_back(page: Open) -> None:
    for dark in (False, True):
        driver = page("usual", dark=dark)
        paper = [background(driver)]
        assert one(driver, ".theme").get_attribute("aria-pressed") == str(dark).lower()
        for _ in range(2):
            one(driver, ".theme").click()
            paper.append(background(driver))
        assert paper[0] == paper[2] != paper[1]
        assert (brightness(paper[0]) < 128) == dark


def background(driver: Any) -> str:
    return str(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))


def brightness(color: str) -> float:
    parts = [float(part) for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3


def test_the_replay_command_is_copied(page: Open) -> None:
    driver = page("usual")
    driver.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    one(driver, ".copy").click()
    read = "navigator.clipboard.readText().then(arguments[0], arguments[0])"
    assert driver.execute_async_script(read) == FINDING.replay
    assert one(driver, ".copy").text == "Copied"


def test_hostile_text_is_shown_and_never_run(page: Open) -> None:
    driver = page("hostile")
    one(driver, ".jump").click()
    assert driver.title == f"FAIL: {SAFE}"
    assert every(driver, "img") == []
    assert one(driver, "h2").text == SAFE
    assert one(driver, ".near .now code").text == SAFE
    assert one(driver, ".object .name").text == SAFE


def test_a_policy_stops_whatever_is_put_into_the_page(page: Open) -> None:
    driver = page("usual")
    tried = driver.execute_async_script("""
        const done = arguments[0], violated = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          violated.push(event.effectiveDirective);
          if (violated.length === 3) done(violated.sort());
        });
        const script = document.createElement("script");
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
        const style = document.createElement("style");
        style.textContent = "body { display: none }";
        document.body.append(style);
        document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x" }));
    """)
    assert tried == ["img-src", "script-src-elem", "style-src-elem"]
    assert driver.title == "FAIL: app:app"
    # What was put in was complained of, and that is the point: the page without it is clean.
    assert len(driver.get_log("browser")) == 3
    driver.get_log("performance")
    driver.refresh()


def test_a_long_timeline_of_three_requests_stays_in_its_box(page: Open, keys: Any) -> None:
    driver = page("long")
    top = driver.execute_script(
        "return document.querySelector('.player').getBoundingClientRect().top"
    )
    driver.execute_script("document.querySelector('.player').focus()")
    press(driver, keys.END)
    assert at(driver) == 239
    assert [name.text for name in every(driver, ".actor b")] == ["first", "second", "third"]
    inside = """
        const box = document.querySelector(".trace").getBoundingClientRect();
        const row = document.querySelector("[aria-current]").getBoundingClientRect();
        return row.top >= box.top && row.bottom <= box.bottom + 1 && box.height < 500;
    """
    assert driver.execute_script(inside)
    press(driver, keys.HOME)
    assert driver.execute_script(inside)
    assert top >= 0


def test_the_buttons_do_not_move_from_step_to_step(page: Open, keys: Any) -> None:
    driver = page("usual")
    where = "return document.querySelector('.next').getBoundingClientRect().top + scrollY"
    press(driver, keys.ARROW_RIGHT, keys.END)
    found = set()
    for key in (keys.HOME, keys.ARROW_RIGHT, keys.ARROW_RIGHT, keys.END):
        press(driver, key)
        found.add(round(driver.execute_script(where)))
    assert len(found) == 1


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["projector", "phone"])
def test_no_page_is_wider_than_its_screen(page: Open, name: str, size: tuple[int, int]) -> None:
    driver = page(name, size)
    width = driver.execute_script("return document.documentElement.scrollWidth")
    assert width <= size[0]


def test_paper_shows_all_the_steps_and_no_button(page: Open) -> None:
    driver = page("long")
    emulate(driver, "print")
    assert not one(driver, ".player").is_displayed()
    assert not one(driver, ".theme").is_displayed()
    assert all(row.is_displayed() for row in every(driver, "tr.step"))
    hidden = (
        "const box = document.querySelector('.trace'); return box.scrollHeight - box.clientHeight"
    )
    assert driver.execute_script(hidden) <= 1


def test_without_script_the_table_stands_for_itself(page: Open) -> None:
    driver = page("usual", script=False)
    try:
        assert not one(driver, ".player").is_displayed()
        assert not one(driver, ".copy").is_displayed()
        rows = [row.text for row in every(driver, "tr.step")]
        assert len(rows) == STEPS
        assert "not set → 1" in rows[0].replace("\n", " ")
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def names_by_role(driver: Any) -> dict[str, list[str]]:
    """What a screen reader is told; nothing yet while Chromium still builds its tree."""
    named: dict[str, list[str]] = {}
    for node in driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]:
        role = node.get("role", {}).get("value")
        if not node.get("ignored"):
            named.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    return named


def test_every_control_has_a_name_and_the_steps_are_a_table(page: Open, wait: Any) -> None:
    driver = page("usual")
    driver.execute_cdp_cmd("Accessibility.enable", {})
    try:
        # Chromium builds this tree beside the page, and answers with the root alone until then.
        wait(driver, 60).until(lambda driver: "button" in names_by_role(driver))
        named = names_by_role(driver)
    finally:
        driver.execute_cdp_cmd("Accessibility.disable", {})
    assert all(named["button"])
    assert named["slider"] == ["Step"]
    assert "all the steps" in named["region"]
    assert {"one", "shared", "two"} <= set(named["columnheader"])
    assert named["status"]
