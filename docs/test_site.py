"""Builds the site as its readers would and looks at every page of it in a real browser.

The lessons are not run here: that is what notebooks/test_notebooks.py does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from safety_tests.tests.browser import asked, axe_says, complaints, emulate, load_axe, show

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
COLOURS = "color-contrast"
PHONE, DESK = (360, 740), (1440, 900)


def build(source: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """What a newcomer types, without running the lessons."""
    words = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "2"]
    quick = ["-D", "nb_execution_mode=off", str(source), str(site)]
    return subprocess.run(words + quick, cwd=site.parent, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    done = build(DOCS, folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


class Page(HTMLParser):
    """The anchors of a page, its links, and what a browser would load for it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors.update(filter(None, (given.get("id"), given.get("name"))))
        if tag == "a" and "href" in given:
            self.links.add(given["href"])
        elif tag == "link" and "href" in given:
            self.loads.add(given["href"])
        elif "src" in given:
            self.loads.add(given["src"])


def pages(site: Path) -> dict[Path, Page]:
    found = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    assert len(found) > 30
    return found


def test_every_link_and_anchor_of_the_site_leads_somewhere(site: Path) -> None:
    read = pages(site)
    for path, page in read.items():
        for link in page.links | page.loads:
            parts = urlsplit(link)
            if parts.scheme:
                # Nothing is loaded from elsewhere; a reader may follow a link to elsewhere.
                assert link in page.links or parts.scheme == "data", f"{path} loads {link}"
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path}: {link}"
            if parts.fragment and target in read:
                assert unquote(parts.fragment) in read[target].anchors, f"{path}: {link}"


def test_every_file_that_a_page_names_and_every_lesson_is_in_the_site(site: Path) -> None:
    files = (ROOT / "notebooks").glob("*.py")
    lessons = [path.stem for path in files if path.read_text("utf-8").startswith("# ---\n# jup")]
    assert lessons
    for lesson in lessons:
        page = Page(site / "notebooks" / f"{lesson}.html")
        assert {Path(link).name for link in page.links} >= {f"{lesson}.ipynb", f"{lesson}.py"}
        (downloaded,) = site.glob(f"_downloads/*/{lesson}.ipynb")
        assert json.loads(downloaded.read_text("utf-8"))["cells"]
    shown = (site / "source" / "sample_service" / "deploy" / "compose.yaml.html").read_text("utf-8")
    assert "services" in shown


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """A browser in which, when the test has ended, no page complained or asked anybody."""
    asked(chromium)
    chromium.set_script_timeout(300)
    yield chromium
    emulate(chromium, "screen")
    assert complaints(chromium) == []
    assert {urlsplit(url).scheme for url in asked(chromium)} == {"file"}


@pytest.mark.parametrize("part", [0, 1])
def test_every_page_opens_and_axe_finds_nothing(site: Path, browser: Any, part: int) -> None:
    seen = set()
    for number, path in enumerate(pages(site)):
        if number % 2 == part:
            look_at(path, browser, PHONE if number % 4 < 2 else DESK)
            # Of a folder one page is enough: colours come from one style sheet, and to look at them
            # takes axe most of its time.
            kind = path.relative_to(site).parts[0]
            if kind not in seen:
                assert colours(path, browser) == []
            seen.add(kind)


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, 1])
def test_the_colours_of_every_page_can_be_read(site: Path, browser: Any, part: int) -> None:
    for path in list(pages(site))[part::2]:
        look_at(path, browser, DESK)
        assert colours(path, browser) == [], path


def look_at(path: Path, browser: Any, size: tuple[int, int]) -> None:
    show(browser, size)
    browser.get(path.as_uri())
    load_axe(browser)
    browser.execute_script(FEWER_WORDS)
    assert axe_says(browser, but=[COLOURS]) == [], path
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= size[0], f"{path} must be scrolled sideways at {size[0]} pixels"


def colours(path: Path, browser: Any) -> list[str]:
    """What is hard to read on the page that is open, light and dark."""
    light = axe_says(browser, [COLOURS])
    emulate(browser, "screen", dark=True)
    return [f"{path}: {said}" for said in light + axe_says(browser, [COLOURS])]


FEWER_WORDS = """
const seen = new Set();
for (const word of document.querySelectorAll("pre span")) {
  if (seen.has(word.className)) word.replaceWith(...word.childNodes);
  seen.add(word.className);
}
"""
"""Of each colour of code one word stays: axe takes its time for every element."""


def test_the_search_finds_a_page_with_no_server(site: Path, browser: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(f"{(site / 'search.html').as_uri()}?q=preemption")
    WebDriverWait(browser, 30).until(lambda _: found_pages(browser))
    assert "glossary.html" in found_pages(browser)


def found_pages(browser: Any) -> set[str]:
    links = browser.find_elements("css selector", "#search-results li a")
    return {Path(urlsplit(link.get_attribute("href")).path).name for link in links}


def test_a_link_that_leads_nowhere_breaks_the_build(tmp_path: Path) -> None:
    for folder in ("docs/extensions", "docs/_static", "docs/_templates", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ["conf.py", *(f"extensions/{path.name}" for path in DOCS.glob("extensions/*.py"))]:
        (tmp_path / "docs" / file).write_text((DOCS / file).read_text("utf-8"), "utf-8")
    for name in ("CHANGELOG.md", "CONTRIBUTING.md"):
        (tmp_path / name).write_text("# A page from outside\n\nText.\n", "utf-8")
    (tmp_path / "pyproject.toml").touch()
    first = tmp_path / "docs" / "index.md"
    tree = "```{toctree}\nchangelog\ncontributing\n```\n"
    first.write_text(f"# First\n\n[that](../pyproject.toml), [this](#first)\n\n{tree}", "utf-8")
    done = build(tmp_path / "docs", tmp_path / "right")
    assert (done.returncode, done.stderr) == (0, "")
    wrong = ["gone.md", "#gone", "../CHANGELOG.md#gone", "../gone.py", "../notebooks", "/gone.png"]
    links = " ".join(f"[a link]({link})" for link in wrong)
    first.write_text(f"# First\n\n{links}\n\n{tree}", "utf-8")
    done = build(tmp_path / "docs", tmp_path / "wrong")
    assert done.returncode == 1
    assert len(re.findall(r"index\.md:3: WARNING: ", done.stderr)) == len(wrong), done.stderr
