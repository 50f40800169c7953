"""Holds the pages to the code: links, code blocks, and the services that they show."""

import json
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from safety_tests import Report, as_text, check_app
from safety_tests.checks import CHECKS, by_code

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
README = ROOT / "README.md"
PAGES = sorted([README, ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIES = re.compile(r"schedule \d+|Python \S+, .*|s1:\S+")
"""What differs between two machines or two Pythons."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
codes = pytest.mark.parametrize("code", [check.code for check in CHECKS])


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language, in order."""
    return [text for name, text in FENCE.findall(page.read_text("utf-8")) if name == language]


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def words(text: str) -> str:
    return " ".join(text.split())


def check(folder: Path, source: str, **options: object) -> Report:
    """The report on a service that a page shows as `app.py`."""
    (folder / "app.py").write_text(source, "utf-8")
    return check_app("app:app", app_dir=folder, **options)


@pages
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pages
def test_every_code_block_can_be_read(page: Path) -> None:
    for source in blocks(page, "python"):
        compile(source, page.name, "exec")
    for source in blocks(page, "json"):
        json.loads(source)
    for source in blocks(page, "toml"):
        tomllib.loads(source)


def test_every_check_has_its_page_and_every_page_its_check() -> None:
    assert {path.stem for path in (DOCS / "checks").glob("*.md")} == {c.code for c in CHECKS}
    assert all((ROOT / check.page).is_file() for check in CHECKS)


@codes
def test_a_check_page_says_what_the_check_says(code: str) -> None:
    check, page = by_code(code), (DOCS / "checks" / f"{code}.md").read_text("utf-8")
    assert page.startswith(f"# {code} {check.name}\n")
    for text in (check.promise, check.how_it_breaks, check.how_to_mend):
        assert words(text) in words(page)


@codes
def test_the_broken_service_of_a_check_page_fails_as_the_page_shows(
    code: str, tmp_path: Path
) -> None:
    page = DOCS / "checks" / f"{code}.md"
    broken, _ = blocks(page, "python")
    report = check(tmp_path, broken, select=code)
    assert report.verdict == "fail"
    assert shown(page) == lines_of(report)[: len(shown(page))]


@codes
def test_the_mended_service_of_a_check_page_passes(code: str, tmp_path: Path) -> None:
    _, mended = blocks(DOCS / "checks" / f"{code}.md", "python")
    report = check(tmp_path, mended, preemptions=1)
    assert report.verdict == "pass", as_text(report)


def test_the_service_of_the_readme_fails_as_the_readme_shows(tmp_path: Path) -> None:
    source = blocks(README, "python")[0]
    report = check(tmp_path, source)
    assert {finding.code for finding in report.findings} == {"S001"}
    for line in report.findings[0].interleaving:
        assert source.splitlines()[line.line - 1].strip() == line.source
    told = shown(README)
    assert told[-1] == "  ..."
    assert told[:-1] == lines_of(report)[: len(told) - 1]
    assert len(told) <= 30


def test_the_readme_says_how_to_set_up() -> None:
    text = README.read_text("utf-8")
    for name, extra in (("demo", "demo"), ("test", "dev")):
        marked = re.search(rf"<!-- ci: {name} -->\n```sh\n(.+)\n```\n", text)
        assert marked is not None
        assert f"-e '.[{extra}]'" in marked[1]


def test_the_services_of_the_quickstart_fail_and_pass_as_it_says(tmp_path: Path) -> None:
    page = DOCS / "quickstart.md"
    broken, mended = blocks(page, "python")
    requests = json.loads(blocks(page, "json")[0])
    report = check(tmp_path, broken, requests=requests)
    assert {finding.code for finding in report.findings} == {"S001", "S003"}
    assert shown(page) == lines_of(report)[: len(shown(page))]
    after = check(tmp_path, mended, requests=requests, preemptions=1)
    assert after.verdict == "pass", as_text(after)


def test_the_table_of_the_zoo_is_the_zoo() -> None:
    page = runpy.run_path(str(DOCS / "make_zoo_table.py"))["page"]
    text = (DOCS / "zoo.md").read_text("utf-8")
    assert page(text) == text, "run: python docs/make_zoo_table.py"


def shown(page: Path) -> list[str]:
    """The first report on a page, line by line, without what varies."""
    return [VARIES.sub("", line) for line in blocks(page, "text")[0].splitlines()]


def lines_of(report: Report) -> list[str]:
    return [VARIES.sub("", line) for line in as_text(report).splitlines()]
