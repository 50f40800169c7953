"""The Correctness tab in a real Chromium, beside a Locust that loads a service of known faults."""

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loadtests.tests.stub import Reply, served
from loadtests.tests.webui.page import (
    ASKED_ALONE,
    ROWS,
    click,
    every,
    get,
    one,
    snapshot,
    start,
    tile,
    web_ui,
)
from safety_tests.tests.browser import resize

LIES, ERRORS, LAST_LIE = 20, 8, 400
ALONE = ASKED_ALONE * len(ROWS)

Until = Callable[..., Any]
Clean = Callable[[str], None]


def honest(_: int, body: Any) -> Reply:
    return Reply({"total": sum(body["row"])}, delay=0.002)


def lying(number: int, body: Any) -> Reply:
    """After LAST_LIE, LIES answers were those of the other request, and ERRORS were refusals."""
    in_load = number - ALONE
    if 0 < in_load <= LAST_LIE:
        if in_load % 20 == 0:
            other = next(row for row in ROWS.values() if row != body["row"])
            return honest(number, {"row": other})
        if in_load % 50 == 7:
            return Reply({"detail": "busy"}, 503)
    return honest(number, body)


def test_the_tab_counts_as_the_server_does_and_names_who_got_whose_answer(
    browser: Any, requests: Path, until: Until, clean: Clean
) -> None:
    options = ("--processes", "2")
    with served(lying) as stub, web_ui(stub.url, requests, *options, base="/foo") as page:
        until(lambda: json.loads(get(page, "worker-count"))["worker_count"] == 2)
        start(page)
        until(lambda: snapshot(page).get("sent"))
        browser.get(page)
        until(lambda: click(browser, "tab", "Correctness"))
        until(lambda: tile(browser, "wrong") == str(LIES))
        assert one(browser, ".age").text == "running"
        until(lambda: tile(browser, "errors") == str(ERRORS))
        assert tile(browser, "leaked") == str(LIES)
        assert tile(browser, "unexplained") == "0"
        assert one(browser, "h2").text.startswith(f"{LIES} wrong of ")
        the_chart_shows_them(browser)
        the_list_names_them(browser)

        click(browser, "button", "Stop")
        until(lambda: one(browser, ".age").text == "ended")
        until(lambda: "answered rightly again" in one(browser, "article").text)
        wrong = {item["request"] for item in snapshot(page)["findings"]}
        sent = stub.asked - ALONE - len(wrong)
        until(lambda: tile(browser, "checked") == f"{sent - ERRORS:,}")
        assert tile(browser, "right") == f"{sent - ERRORS - LIES:,}"
        assert snapshot(page)["senders"] == 2
        the_download_agrees(get(page, "correctness/snapshot.ndjson"), sent)

        # The history outlives the run: whoever comes later sees it too.
        browser.get(f"{page}?tab=correctness")
        until(lambda: tile(browser, "wrong") == str(LIES))
        clean(page)


def the_chart_shows_them(browser: Any) -> None:
    assert every(browser, ".chart rect.c0")
    assert every(browser, ".legend li")[0].text == f"POST /predict: {LIES}"
    told, slider = one(browser, "output"), one(browser, "input[type=range]")
    assert "wrong of" in told.text or "nothing was checked" in told.text
    slider.send_keys("\ue011")  # Home
    first = told.text
    assert slider.get_attribute("aria-valuetext") == first
    slider.send_keys("\ue014")  # Right
    assert told.text != first


def the_list_names_them(browser: Any) -> None:
    summaries = [summary.text for summary in every(browser, ".findings summary")]
    assert len(summaries) == LIES
    known = re.compile(
        r'(?s).*request \d+ \("(small|large) predict"\) got the answer of '
        r'(request \d+ )?\(?"(small|large) predict"\)?, .*\nprocess [0-9a-f]{8}'
    )
    found = [known.fullmatch(text) for text in summaries]
    assert all(found), summaries
    assert all(match[1] != match[3] for match in found if match)
    assert any(match[2] for match in found if match)
    first = every(browser, ".findings summary")[0]
    first.send_keys("\ue007")  # Enter
    answers = [answer.text for answer in every(browser, "details[open] pre")]
    totals = {f'200 application/json: {{"total": {sum(row)}}}' for row in ROWS.values()}
    assert set(answers) == totals


def the_download_agrees(ndjson: bytes, sent: int) -> None:
    lines = [json.loads(line) for line in ndjson.splitlines()]
    by_what: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_what.setdefault(line["what"], []).append(line)
    (run,) = by_what["run"]
    (endpoint,) = by_what["endpoint"]
    assert run["sent"] == endpoint["sent"] == sent
    assert sum(line["wrong"] for line in by_what["second"]) == run["wrong"] == LIES
    assert sum(line["kind"] == "leaked" for line in by_what["finding"]) == LIES


def test_without_a_checked_answer_the_tab_says_so_and_silence_is_called_no_proof(
    browser: Any, requests: Path, until: Until, clean: Clean
) -> None:
    gate = threading.Event()

    def waiting(number: int, body: Any) -> Reply:
        if number > ALONE:
            gate.wait(60)
        return honest(number, body)

    with served(waiting) as stub, web_ui(stub.url, requests) as page:
        try:
            assert snapshot(page)["headline"] == "Nothing checked yet"
            start(page)
            until(lambda: stub.asked > ALONE)
            browser.get(f"{page}?tab=correctness")
            until(lambda: tile(browser, "upper_bound") == "-")
            assert one(browser, "h2").text == "Nothing checked yet"
            assert "says nothing of the service" in one(browser, ".sure").text
        finally:
            gate.set()
        until(lambda: one(browser, "h2").text.startswith("No wrong answer seen among"))
        assert "no proof" in one(browser, ".sure").text
        assert tile(browser, "wrong") == "0"
        assert tile(browser, "upper_bound") != "-"
        assert "Silence under load is no proof" in one(browser, "section:last-child").text
        every_text_can_be_read(browser, until)
        the_tree_has_names(browser, until)
        resize(browser, (390, 900))
        until(lambda: browser.execute_script("return innerWidth") == 390)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
        clean(page)


CONTRASTS = """
    const context = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
      .getContext("2d", {willReadFrequently: true});
    const light = (...colors) => {
      for (const color of colors) { context.fillStyle = color; context.fillRect(0, 0, 1, 1); }
      const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3)
        .map((part) => part / 255)
        .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paper = getComputedStyle(document.body).backgroundColor;
    const ratio = (color) => {
      const [low, high] = [light(paper), light(paper, color)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    };
    const root = document.querySelector("correctness-tab").shadowRoot;
    // One of each tone, the alarming ones as well, which this run does not show.
    const tones = ["h2.wrong", ".tiles .errors dd"].map((selector) => {
      const [outer, inner] = selector.startsWith("h2") ? ["h2", null] : ["div", "dd"];
      const node = document.createElement(outer);
      node.className = selector.includes("wrong") ? "wrong" : "errors";
      const told = inner ? node.appendChild(document.createElement(inner)) : node;
      root.querySelector(inner ? ".tiles" : "article").append(node);
      return [node, told];
    });
    const found = {paper: light(paper)};
    for (const node of root.querySelectorAll("h2, h3, p, a, dt, dd, th, td, li, output, span"))
      found[node.tagName + "." + node.className] = ratio(getComputedStyle(node).color);
    for (const node of root.querySelectorAll("svg text"))
      found["svg text"] = ratio(getComputedStyle(node).fill);
    for (const [node] of tones) node.remove();
    return found;
"""


def every_text_can_be_read(browser: Any, until: Until) -> None:
    """In Locust's light and in its dark theme, by the contrast that WCAG asks of text."""
    papers = []
    for _ in range(2):
        found = browser.execute_script(CONTRASTS)
        papers.append(found.pop("paper"))
        assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}
        assert len(found) > 10
        buttons = browser.find_elements("css selector", "header button")
        [button for button in buttons if button.is_displayed()][-1].click()
        until(lambda: browser.execute_script(CONTRASTS)["paper"] != papers[-1])
    assert sorted(paper > 0.5 for paper in papers) == [False, True]


def the_tree_has_names(browser: Any, until: Until) -> None:
    """What a screen reader is told."""

    def named() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for node in browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]:
            if not node.get("ignored"):
                role = node.get("role", {}).get("value")
                found.setdefault(role, []).append(node.get("name", {}).get("value", ""))
        return found

    browser.execute_cdp_cmd("Accessibility.enable", {})
    try:
        # Chromium builds this tree beside the page.
        until(lambda: "slider" in named() and "columnheader" in named())
        found = named()
    finally:
        browser.execute_cdp_cmd("Accessibility.disable", {})
    assert found["slider"] == ["Time in the run"]
    assert {"Endpoint", "Checked", "Of another request"} <= set(found["columnheader"])
    assert "POST /predict" in found["rowheader"]
    assert "Answers by endpoint" in found["region"]
    assert any(name.startswith("No wrong answer seen from ") for name in found["image"])


LOGIN = """
from flask import redirect
from flask_login import UserMixin, login_user
from locust import events

from loadtests.scenarios.steady import Steady


class Guest(UserMixin):
    id = "guest"


@events.init.add_listener
def with_a_login(environment, **_):
    ui = environment.web_ui
    ui.app.secret_key = "of this test"
    ui.login_manager.user_loader(lambda _: Guest())

    @ui.app.get("/let-me-in")
    def let_me_in():
        login_user(Guest())
        return redirect("/")
"""


def test_behind_a_login_nothing_of_the_tab_is_given_away(
    browser: Any, requests: Path, until: Until, clean: Clean, tmp_path: Path
) -> None:
    scenario = tmp_path / "with_login.py"
    scenario.write_text(LOGIN)
    more: dict[str, Any] = {"scenario": scenario, "ready": "/login"}
    with served(honest) as stub, web_ui(stub.url, requests, "--web-login", **more) as page:
        for path in ("snapshot", "snapshot.ndjson", "start", "tab.js"):
            answer = get(page, f"correctness/{path}")
            assert b"authArgs" in answer, "this should be the page of the login"
        browser.get(f"{page}let-me-in")
        until(lambda: click(browser, "button", "Start"))
        until(lambda: click(browser, "tab", "Correctness"))
        until(lambda: one(browser, "h2").text.startswith("No wrong answer seen among"))
        clean(page)
