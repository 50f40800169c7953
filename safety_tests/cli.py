"""The command line: flags in, reports out, exit codes by verdict. No logic of its own."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from safety_tests import zoo_command
from safety_tests.checks import CHECKS, by_code
from safety_tests.errors import UsageError
from safety_tests.gate.settings import Project, Settings, read_project, with_options
from safety_tests.learn import command as learn
from safety_tests.progress import Ticker
from safety_tests.puzzle import command as puzzle
from safety_tests.report.formats import FORMATS, written
from safety_tests.report.text import as_text
from safety_tests.teach import command as teach
from safety_tests.verdict import Report, Verdict

EXIT = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.UNPROVEN: 3, Verdict.ERROR: 2}
USAGE, NOTHING_CHECKED = 2, 5

LONGEST = 1_500
"""Characters of a message."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code of design: 0, 1, 2, 3 or 5."""
    parsed = _parser().parse_args(arguments)
    try:
        with _ending_in_good_order():
            code: int = parsed.run(parsed)
    except UsageError as error:
        print(f"safety-tests: {_line(str(error))}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # Whoever reads the report has seen enough; Python must not complain of it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return USAGE
    except KeyboardInterrupt:
        print("safety-tests: interrupted", file=sys.stderr)
        return 130
    return code


@contextlib.contextmanager
def _ending_in_good_order() -> Iterator[None]:
    """Told to end, by `timeout` or a CI that is cancelled, it ends the app's processes first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _line(message: str) -> str:
    """One line that a terminal can show: a message may repeat what an app said."""
    whole = " ".join(message.split())
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in whole)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 400]} ... {shown[-400:]}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="safety-tests",
        description="Proves that a Python web service is stateless and thread-safe, or shows the"
        " interleaving in which it is not.",
        epilog="exit codes: 0 every check passed, 1 a check failed, 2 usage or no app,"
        " 3 unproven (the budget ended first), 5 nothing was checked,"
        " or --prove shows that the gate could not have failed",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="first contact: a safe service and a planted race")
    demo.set_defaults(run=_demo)
    _add_check(commands)
    _add_replay(commands)
    zoo_command.add_command(commands)
    _add_init(commands)
    learn.add_command(commands)
    puzzle.add_command(commands)
    teach.add_command(commands)
    explain = commands.add_parser("explain", help="what a check promises and how to mend it")
    explain.add_argument("code", metavar="CODE", help=", ".join(check.code for check in CHECKS))
    explain.set_defaults(run=_explain)
    return parser


def _add_check(commands: Any) -> None:
    check = commands.add_parser("check", help="the gate: run the checks on an app")
    check.add_argument("app", nargs="?", metavar="APP", help="module:attribute or :factory")
    check.add_argument("--requests", metavar="FILE", help="JSON, TOML or YAML; else from OpenAPI")
    check.add_argument("--app-dir", metavar="DIR", help="folder to import APP from")
    check.add_argument("--budget", type=float, metavar="SECONDS", help="for the whole search (60)")
    check.add_argument("--preemptions", type=int, metavar="N", help="bound of the search (2)")
    check.add_argument("--tasks", type=int, metavar="N", help="requests at the same time (2)")
    check.add_argument("--select", metavar="CODES", help="only these, comma-separated")
    check.add_argument("--ignore", metavar="CODES", help="all but these")
    check.add_argument("--trace", action="append", metavar="MODULE", help="interleave it as well")
    check.add_argument(
        "--latent",
        action=argparse.BooleanOptionalAction,
        help="pause requests as the free-threaded build would (only for warnings)",
    )
    check.add_argument("--seed", type=int, metavar="N", help="of the order of the search (0)")
    check.add_argument(
        "-n", "--workers", type=int, metavar="WORKERS", help="processes that share the search (1)"
    )
    check.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="a request hangs after (10)"
    )
    _add_formats(check)
    check.add_argument(
        "--baseline", metavar="FILE", help="known findings, which do not fail; written if not there"
    )
    check.add_argument(
        "--prove", action="store_true", help="plant races, and show that they would be caught"
    )
    check.add_argument("--allow-unproven", action="store_true", help="exit 0 for unproven")
    check.set_defaults(run=_check)


def _add_replay(commands: Any) -> None:
    replay = commands.add_parser("replay", help="the same interleaving again")
    replay.add_argument("token", metavar="TOKEN")
    replay.add_argument("app", nargs="?", metavar="APP", help="another app than the token's")
    replay.add_argument("--app-dir", metavar="DIR", help="folder to import APP from")
    _add_formats(replay)
    replay.set_defaults(run=_replay)


def _add_formats(command: Any) -> None:
    for name, form in FORMATS.items():
        command.add_argument(f"--{name}", metavar="FILE", help=f"{form.what}; - for the output")


def _add_init(commands: Any) -> None:
    init = commands.add_parser("init", help="write settings and a first requests file")
    init.add_argument("app", metavar="APP", help="module:attribute or :factory")
    init.add_argument("--app-dir", default=".", metavar="DIR", help="folder to import APP from")
    init.add_argument(
        "--requests", default="requests.json", metavar="FILE", help="where to (requests.json)"
    )
    init.set_defaults(run=_init)


def _check(flags: argparse.Namespace) -> int:
    from safety_tests.baseline import run_with_baseline
    from safety_tests.gate import run_checks
    from safety_tests.prove import refuse_without_isolation, with_proof
    from safety_tests.target.spec import checked, checked_dir

    app_dir = checked_dir(flags.app_dir) if flags.app_dir else None
    project = read_project(app_dir or Path.cwd())
    settings = with_options(
        project.settings,
        {
            "budget": flags.budget,
            "preemptions": flags.preemptions,
            "tasks": flags.tasks,
            "select": flags.select,
            "ignore": flags.ignore,
            "trace": tuple(flags.trace) if flags.trace else None,
            "seed": flags.seed,
            "latent": flags.latent,
            "workers": flags.workers,
            "timeout": flags.timeout,
        },
    )
    app = flags.app or project.app
    if app is None:
        raise UsageError("which app? give it as module:attribute, for example main:app")
    folder = app_dir or checked_dir(project.folder / project.app_dir if project.app_dir else ".")
    requests = _requests(flags.requests, project)

    if flags.prove:
        refuse_without_isolation(settings)

    def run(settings: Settings) -> Report:
        with Ticker() as ticker:
            return run_checks(checked(app), folder, requests, settings, ticker.tick)

    if flags.baseline:
        report = run_with_baseline(Path(flags.baseline), settings, run)
    else:
        report = run(settings)
    if flags.prove:
        with Ticker() as ticker:
            report = with_proof(report, folder, requests, settings, ticker.tick)
    allow = flags.allow_unproven or project.allow_unproven
    return _finish(report, flags, folder, allow_unproven=allow)


def _requests(file: str | None, project: Project) -> Any:
    from safety_tests.requests import load, parse

    if file is not None:
        return load(Path(file))
    if isinstance(project.requests, str):
        return load(project.folder / project.requests)
    if project.requests is not None:
        return parse(project.requests, "[tool.safety-tests]", project.folder)
    return None


def _finish(
    report: Report, flags: argparse.Namespace, folder: Path, allow_unproven: bool = False
) -> int:
    if folder.is_relative_to(Path.cwd()):
        report = replace(report, root=folder.relative_to(Path.cwd()).as_posix())
    if isinstance(sys.stdout, io.TextIOWrapper):
        # An answer may hold what the terminal cannot show; better shown escaped than not at all.
        sys.stdout.reconfigure(errors="backslashreplace")
    wanted = {name: getattr(flags, name) for name in FORMATS if getattr(flags, name)}
    if "-" not in wanted.values():
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        sys.stdout.write(as_text(report, color))
    for name, file in wanted.items():
        text = written(name, report)
        if file == "-":
            sys.stdout.write(text)
        else:
            _write(Path(file), text)
    sys.stdout.flush()
    if not report.checks or report.cannot_fail:
        return NOTHING_CHECKED
    if report.verdict is Verdict.UNPROVEN and allow_unproven:
        return 0
    return EXIT[report.verdict]


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written to {path}: {error.strerror}") from None


def _replay(flags: argparse.Namespace) -> int:
    from safety_tests.gate.replay import replay
    from safety_tests.target.spec import checked, checked_dir

    target = checked(flags.app) if flags.app else None
    folder = checked_dir(flags.app_dir or ".")
    return _finish(replay(flags.token, target, folder), flags, folder)


def _explain(flags: argparse.Namespace) -> int:
    from safety_tests.report.explain import explain
    from safety_tests.zoo import hazards

    check = by_code(flags.code)
    print(explain(check, [one.page for one in hazards() if check.code in one.codes]))
    return 0


def _init(flags: argparse.Namespace) -> int:
    from safety_tests.init import init
    from safety_tests.target.spec import checked, checked_dir

    for line in init(checked(flags.app), checked_dir(flags.app_dir), Path(flags.requests)):
        print(line)
    return 0


def _demo(_flags: argparse.Namespace) -> int:
    from safety_tests.demo import demo

    return demo()
