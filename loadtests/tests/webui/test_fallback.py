"""Where Locust's page has changed, the tab is still there, or says why it cannot be."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from loadtests.tests.stub import Reply, served
from loadtests.tests.webui.page import click, start, web_ui
from loadtests.tests.webui.test_tab import ALONE, ERRORS, LAST_LIE, LIES, honest, lying
from safety_tests.tests.browser import asked

Until = Callable[..., Any]

FAULTS = """<script>
const fault = new URL(location).searchParams.get("fault");
const real = Document.prototype.createElement;
Document.prototype.createElement = function (name, ...rest) {
  if (name !== "correctness-tab") return real.call(this, name, ...rest);
  if (fault === "crash") throw new Error("a page that breaks on the name of an element");
  return real.call(this, "div", ...rest);
};
if (fault === "script") customElements.define = () => { throw new Error("an old browser"); };
</script>"""


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A page of Locust's in which our element does not appear, for the reason in its address."""
    spec = find_spec("locust")
    assert spec is not None
    assert spec.submodule_search_locations
    page = Path(spec.submodule_search_locations[0]) / "webui" / "dist" / "index.html"
    text = page.read_text()
    assert "<head>" in text
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text(text.replace("<head>", f"<head>{FAULTS}"))
    return folder


def test_where_the_element_cannot_be_shown_the_stock_table_has_the_numbers(
    browser: Any, requests: Path, until: Until, changed: Path
) -> None:
    with (
        served(lying) as stub,
        web_ui(stub.url, requests, "--build-path", str(changed)) as page,
    ):
        start(page)
        until(lambda: stub.asked > ALONE + LAST_LIE)
        for fault in ("script", "crash", "ignored"):
            browser.get(f"{page}?fault={fault}")
            until(lambda: click(browser, "tab", "Correctness"))

            table = until(lambda: (found := row(browser)).get("Wrong") == str(LIES) and found)
            assert table["Of another request"] == str(LIES)
            assert table["HTTP errors"] == str(ERRORS)
            # The page was loaded anew where it had first tried to show the element.
            tried = browser.execute_script("return sessionStorage.length")
            assert tried == (0 if fault == "script" else 1)
            browser.execute_script("sessionStorage.clear()")
        assert [url for url in asked(browser) if not url.startswith(page)] == []


def row(browser: Any) -> dict[str, str]:
    """Of the endpoint, in the table that is shown, by the heads of its columns."""
    script = """
        const texts = (node, selector) =>
          [...node.querySelectorAll(selector)].map((cell) => cell.textContent);
        const head = texts(document, "thead th");
        return [...document.querySelectorAll("tbody tr")].map((line) => texts(line, "td"))
          .filter((cells) => cells[0] === "POST /predict")
          .map((cells) => Object.fromEntries(cells.map((cell, at) => [head[at], cell])))[0] ?? {};
    """
    found: dict[str, str] = browser.execute_script(script)
    return found


def test_the_page_says_why_a_start_was_refused_and_leaves_its_form_when_one_succeeds(
    browser: Any, requests: Path, until: Until
) -> None:
    def unready(number: int, body: Any) -> Reply:
        return Reply({"detail": "loading"}, 503) if number == 1 else honest(number, body)

    def notice() -> str:
        return str(browser.find_element("css selector", "#correctness-refusal").text)

    def forms() -> list[Any]:
        found: list[Any] = browser.find_elements("css selector", "form")
        return found

    with served(unready) as stub, web_ui(stub.url, requests) as page:
        browser.get(page)
        until(lambda: click(browser, "button", "Start"))
        until(lambda: notice().startswith("The start was refused: expected"))
        browser.get(page)
        until(lambda: forms() and notice())
        # Somebody else's start; or one's own, when finding out the right answers took a while.
        start(page)
        until(lambda: browser.find_elements("css selector", "[role=tab]"))
        until(lambda: not notice())
