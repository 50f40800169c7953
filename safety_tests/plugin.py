"""The checks as pytest items without a test file: `pytest --safety-app main:app`.

Loaded by every pytest that runs beside the gate, so it imports nothing of the gate before an app
is named, has no fixture, and looks at no item but its own.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from safety_tests.checks import Check
    from safety_tests.parametrize import OneCheck
    from safety_tests.suite import Suite


class Asked(NamedTuple):
    """What the command line and the settings ask for."""

    suite: Suite
    allow_unproven: bool


ASKED = pytest.StashKey[Asked]()
NAMED = pytest.StashKey["set[str]"]()
MARKER = "safety_tests"
INI = {
    "safety_app": "the ASGI app to check, as --safety-app",
    "safety_requests": "requests file, from the root folder of the tests",
    "safety_app_dir": "folder to import the app from, from the root folder of the tests",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("safety-tests", "stateless and thread-safe services")
    group.addoption(
        "--safety-app",
        metavar="MODULE:ATTR",
        help="check this ASGI app, one item for each check; settings in [tool.safety-tests]",
    )
    for name, said in INI.items():
        parser.addini(name, said)
    parser.addini("safety_options", "options of the check, as budget=120 select=S001", "args")
    parser.addini("safety_allow_unproven", "unproven checks are xfailed, not failed", "bool")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARKER}: a check of --safety-app")
    app = config.getoption("safety_app") or config.getini("safety_app")
    if not app or config.option.help:
        return
    from safety_tests.errors import UsageError
    from safety_tests.plugin_settings import suite_of

    try:
        # Before anything is collected, and where xdist is used before there are workers.
        config.stash[ASKED] = Asked(*suite_of(config, app))
    except UsageError as error:
        raise pytest.UsageError(f"safety-tests: {error}") from None


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Understand `main:app::S003-load_once`, which pytest would look for among the files."""
    config = session.config
    if ASKED not in config.stash:
        return (yield)
    app = config.stash[ASKED].suite.target
    given = list(config.args)
    named = {arg for arg in given if arg.partition("::")[0] == app}
    config.args[:] = [arg for arg in given if arg not in named]
    config.stash[NAMED] = _labels(config.stash[ASKED].suite, named)
    try:
        return (yield)
    finally:
        config.args[:] = given


def _labels(suite: Suite, named: set[str]) -> set[str]:
    """The labels of the checks in node ids; all of them for the app itself, or for none."""
    from safety_tests.parametrize import label

    known = {label(check) for check in suite.checks}
    wanted = {arg.partition("::")[2] for arg in named}
    if unknown := wanted - known - {""}:
        there = ", ".join(sorted(known))
        raise pytest.UsageError(f"{suite.target} has no {', '.join(sorted(unknown))}, but {there}")
    return wanted if wanted and "" not in wanted else known


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Add the items before others deselect, so that -k, -m and --lf see them."""
    if ASKED in session.config.stash:
        target = session.config.stash[ASKED].suite.target
        collector = SafetyApp.from_parent(session, name=target, nodeid=target)
        items.extend(session.genitems(collector))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell each suite which of its checks were left, so that it runs no others."""
    wanted: dict[Suite, list[Check]] = {}
    for item in session.items:
        one = item if isinstance(item, SafetyCheck) else _given(item)
        if one is not None:
            wanted.setdefault(one.suite, []).append(one.check)
    for suite, checks in wanted.items():
        suite.expect(checks)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A decorated test that forgot to call its check must not look like a pass."""
    outcome = yield
    one = _given(pyfuncitem)
    if one is not None and not one.called:
        pytest.fail("the test did not call its argument: write check() in it", pytrace=False)
    return outcome


def _given(item: pytest.Item) -> OneCheck | None:
    """What parametrize_with_checks gave to this item."""
    ours = sys.modules.get("safety_tests.parametrize")
    given = getattr(getattr(item, "callspec", None), "params", {}).get("check") if ours else None
    return given if ours and isinstance(given, ours.OneCheck) else None


class SafetyApp(pytest.Collector):
    """The app, as the parent of its checks. It is no file: --lf leaves out files it knows not."""

    def collect(self) -> Iterator[pytest.Item]:
        from safety_tests.parametrize import label

        for check in self.config.stash[ASKED].suite.checks:
            if label(check) in self.config.stash[NAMED]:
                yield SafetyCheck.from_parent(self, name=label(check), check=check)


class SafetyCheck(pytest.Item):
    """One check on the app."""

    def __init__(self, *, check: Check, **how: Any) -> None:
        super().__init__(**how)
        self.suite, self.allow_unproven = self.config.stash[ASKED]
        self.check = check
        self.add_marker(MARKER)

    def setup(self) -> None:
        from safety_tests.parametrize import report_on

        # Here, since an app that cannot be had is an error of the test and no failure of the app.
        self._report = report_on(self.suite, self.check)
        for result in self._report.checks:
            self.user_properties.append(("bound", result.covered))
        for finding in self._report.findings:
            self.user_properties.append(("token", finding.token))

    def runtest(self) -> None:
        from safety_tests.parametrize import conclude

        conclude(self.check, self._report, self.allow_unproven)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.config.rootpath / self.suite.target, None, self.name
