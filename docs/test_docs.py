"""Holds the pages to the code: links, code blocks, and the services that they show."""

import html
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import check_table
import exercise_table
import pytest
import reports
import zoo_table
from reports import FENCE, LANES, blocks

from safety_tests import as_text, check_app
from safety_tests.checks import CHECKS, by_code
from safety_tests.page import made

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
README = ROOT / "README.md"
PAGES = sorted([README, ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])

LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIES = re.compile(
    r"schedule \d+|Python \S+, .*|s1:\S+|\d+ ms|#\d got a wrong answer|\d+ of the 40 answers"
    r'|\{"sum": \S+\}|\(\d+\s+times\)'
)
"""What differs between two machines, and from run to run where threads are real."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
codes = pytest.mark.parametrize("code", [check.code for check in CHECKS])


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def words(text: str) -> str:
    return " ".join(text.split())


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


@pytest.mark.parametrize("page", reports.PAGES, ids=lambda page: page.stem)
def test_the_service_of_a_page_fails_as_the_page_shows(page: Path, tmp_path: Path) -> None:
    report = reports.checked(page, tmp_path)
    told, seen = blocks(page, "text")[0], reports.shown(page, report)
    assert re.findall(r"^  (S\d+) .* FAIL", seen, re.MULTILINE)
    made_on = re.search(r"Python (\d+)\.(\d+)", told)
    assert made_on is not None
    if (int(made_on[1]), int(made_on[2])) == sys.version_info[:2]:
        same = words(VARIES.sub("", told)) == words(VARIES.sub("", seen))
        assert same, f"run: python docs/make/reports.py {page.stem}"
    else:
        # Another Python reaches other places, and so another schedule may come first.
        assert told.split("FAIL")[0].split()[-2:] == seen.split("FAIL")[0].split()[-2:]


@codes
def test_the_mended_service_of_a_check_page_passes(code: str, tmp_path: Path) -> None:
    _, mended = blocks(DOCS / "checks" / f"{code}.md", "python")
    (tmp_path / "app.py").write_text(mended, "utf-8")
    after = check_app("app:app", app_dir=tmp_path, preemptions=1)
    assert after.verdict == "pass", as_text(after)


def test_the_mended_service_of_the_quickstart_passes(tmp_path: Path) -> None:
    page = DOCS / "quickstart.md"
    _, mended = blocks(page, "python")
    (tmp_path / "app.py").write_text(mended, "utf-8")
    requests = json.loads(blocks(page, "json")[0])
    after = check_app("app:app", app_dir=tmp_path, requests=requests, preemptions=1)
    assert after.verdict == "pass", as_text(after)


def test_the_first_screen_of_the_readme_is_short() -> None:
    service, told = blocks(README, "python")[0], blocks(README, "text")[0]
    assert "S001 isolation       FAIL" in told
    assert len([line for line in service.splitlines() if line]) <= 11
    assert len(told.splitlines()) <= 30
    lines = [line.strip() for line in service.splitlines()]
    for number, source in re.findall(
        r"^ +app\.py:(\d+) +[AB] +(.+?)(?:   .*)?$", told, re.MULTILINE
    ):
        assert lines[int(number) - 1] == source


def test_the_first_page_shows_the_service_and_the_report_of_the_readme() -> None:
    first = DOCS / "index.md"
    assert blocks(first, "python") == blocks(README, "python")[:1]
    assert blocks(first, "text")[0].rstrip() in blocks(README, "text")[0]


def test_the_picture_of_the_lanes_is_that_of_the_report_in_the_readme() -> None:
    told, picture = blocks(README, "text")[0], html.unescape(LANES.read_text("utf-8"))
    lanes = re.findall(r"^ +line +(\d+) +[AB] +(.+?)(?:   .*)?$", told, re.MULTILINE)
    assert len(lanes) == 8
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    for number, source in lanes:
        assert drawn.count(source) == [line for _, line in lanes].count(source)
        assert any(text.split() == ["line", number] for text in drawn)


def test_the_readme_says_how_to_set_up() -> None:
    text = README.read_text("utf-8")
    for name, extra in (("demo", "demo"), ("test", "dev")):
        marked = re.search(rf"<!-- ci: {name} -->\n```sh\n(.+)\n```\n", text)
        assert marked is not None
        assert f"-e '.[{extra}]'" in marked[1]


@pytest.mark.parametrize(
    "maker", [check_table, exercise_table, zoo_table], ids=lambda maker: maker.__name__
)
def test_a_table_that_is_made_from_the_code_is_what_the_code_says(maker: ModuleType) -> None:
    assert made(maker.PAGE, maker.MAKER) == maker.table(), f"run: python {maker.MAKER}"


def test_the_flags_and_settings_on_the_page_about_ci_exist() -> None:
    said = [sys.executable, "-m", "safety_tests", "check", "--help"]
    ours = subprocess.run(said, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    known = f"{ours} {(ROOT / 'safety_tests' / 'plugin.py').read_text('utf-8')} --lf --collect-only"
    named = re.findall(r"--[a-z-]{2,}|safety_[a-z_]+", (DOCS / "ci.md").read_text("utf-8"))
    assert [name for name in named if name not in known] == []
