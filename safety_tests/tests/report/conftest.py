"""Pages of reports in a real Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from safety_tests.report.html import as_html
from safety_tests.tests.browser import asked, chromium, complaints, keys, show, wait
from safety_tests.tests.report.pages import REPORTS

__all__ = ["chromium", "keys", "wait"]


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the page of a report; afterwards nothing was fetched and nothing was complained of."""
    file = tmp_path / "report.html"

    def open_page(
        name: str, size: tuple[int, int] = (1280, 800), dark: bool = False, script: bool = True
    ) -> Any:
        file.write_text(as_html(REPORTS[name]), "utf-8")
        show(chromium, size, dark)
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        chromium.get(file.as_uri())
        return chromium

    yield open_page
    assert complaints(chromium) == []
    assert asked(chromium) == {file.as_uri()}
