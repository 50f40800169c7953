"""Which exhibits of the zoo show under load, and how long the gate takes for them.

    python -m loadtests.measure.exhibits                        # those for load, and a few more
    python -m loadtests.measure.exhibits NAME... --runs 3       # some, or --all
    python -m loadtests.measure.exhibits --page docs/locust.md  # renews its table

Each run has a fresh server of one process. A run shows the hazard when a request is answered
wrongly, fails, or has no answer in the end: alone, each is answered. It ends as soon as it does.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from loadtests import expected
from loadtests.measure.runs import Run, load, stamp
from loadtests.serve import exhibits, serving
from safety_tests.errors import UsageError
from safety_tests.page import renew

USERS, SECONDS, RUNS = 16, 20, 10
TIGHT_RUNS = 3
"""Of what load need not show, at most: each takes its whole time."""
FOR_LOAD = (
    "crossed_batch",
    "environment_key",
    "fixed_upload_name",
    "gather_into_self",
    "name_from_client",
    "restored_in_background",
    "returned_before_streamed",
    "returned_buffer",
    "session_per_thread",
    "shared_archive",
    "shared_cursor",
    "shared_estimator",
    "state_across_await",
    "tenant_on_app_state",
    "two_executor_jobs",
)
"""Wide windows: each of these must show in each of RUNS runs with USERS and SECONDS."""
TOO_TIGHT = (
    "features_on_self",
    "last_answer",
    "mode_flag",
    "one_line_update",
    "request_in_global",
    "reused_buffer",
    "torn_swap",
)
"""A few of those that load does not show: listed beside the time that the gate takes."""
MAKER = "loadtests.measure.exhibits"


@dataclass(frozen=True)
class Row:
    """What was seen of one exhibit."""

    name: str
    group: str
    shown: int
    runs: int
    after: float
    """Seconds until it showed in the slowest of the runs that show it; 0 without one."""
    sent: int
    """In all runs together."""
    refused: str
    """Why the load could not begin, where it could not."""
    gate: float | None
    """Seconds until the gate fails; None when it does not."""

    @property
    def missed(self) -> bool:
        return self.name in FOR_LOAD and self.shown < self.runs


def measure(name: str, runs: int, seconds: int, switch_interval: float | None) -> Row:
    """Load a mutant `runs` times, then give it to the gate once."""
    module = exhibits()[name]
    group = module.split(".")[2]
    all_ = [_run(name, group, seconds, switch_interval) for _ in range(runs)]
    found = [run.found for run in all_ if run.found]
    shown = [one for one in found if one["wrong"] + one["errors"] + one["dropped"]]
    refused = next((run.output for run in all_ if not run.found), "")
    return Row(
        name=name,
        group=group,
        shown=len(shown),
        runs=runs,
        after=max(map(_until_it_shows, shown), default=0.0),
        sent=sum(one["sent"] for one in found),
        refused=_reason(refused),
        gate=_gate(module),
    )


def _run(name: str, group: str, seconds: int, switch_interval: float | None) -> Run:
    scenario, options = "scenarios/steady.py", []
    with contextlib.ExitStack() as stack:
        if group == "loading":  # what goes wrong goes wrong while the server is cold
            scenario = "scenarios/cold_start.py"
            options = ["--correctness-expected", str(stack.enter_context(_expected(name)))]
        server, requests = stack.enter_context(
            serving(f"zoo:{name}", switch_interval=switch_interval)
        )
        options += ["--correctness-requests", str(requests), "--correctness-fail-fast"]
        return load(scenario, server.url, USERS, seconds, options)


def _until_it_shows(found: Mapping[str, Any]) -> float:
    """At the latest: answers are counted by the second. One that never came shows in the end."""
    columns, width = found["seconds"]["columns"], found["seconds"]["width"]
    for begin, counts in found["seconds"]["buckets"].items():
        count = dict(zip(columns, counts, strict=True))
        if count["wrong"] + count["errors"]:
            return float(min(int(begin) + width - found["started"], found["run_seconds"]))
    return float(found["run_seconds"])


@contextlib.contextmanager
def _expected(name: str) -> Iterator[Path]:
    """The right answers, from the healthy twin."""
    with TemporaryDirectory(prefix="expected-") as folder:
        path = Path(folder) / "expected.json"
        with serving(f"zoo:{name}", healthy=True) as (server, requests):
            words = ["--host", server.url, "--requests", str(requests), "--out", str(path)]
            if expected.main(words):
                raise UsageError(f"expected the twin of {name} to answer; see above.")
        yield path


def _reason(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith("correctness: ")]
    return lines[-1].removeprefix("correctness: ") if lines else output[-200:]


def _gate(module: str) -> float | None:
    """How long a whole command takes that fails, its start included."""
    with TemporaryDirectory(prefix="gate-") as folder:
        path = Path(folder) / "requests.json"
        read = f"import json, {module} as m; print(json.dumps([m.REQUESTS, m.CODES]))"
        done = subprocess.run([sys.executable, "-c", read], capture_output=True, check=True)
        requests, codes = json.loads(done.stdout)
        path.write_text(json.dumps(requests))
        begin = time.perf_counter()
        command = [sys.executable, "-m", "safety_tests", "check", f"{module}:mutant"]
        command += ["--requests", str(path), "--select", ",".join(codes)]
        code = subprocess.run(command, capture_output=True, check=False).returncode
        return time.perf_counter() - begin if code == 1 else None


def table(rows: Sequence[Row], seconds: int) -> str:
    """Markdown, the most reliable finds first."""
    lines = [
        f"Runs of at most {seconds} s with {USERS} users, one server process; {stamp()}.",
        "",
        "| service | runs that show it | all within | requests sent | the gate fails after |",
        "|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (-row.shown / row.runs, row.group, row.name)):
        after = f"{row.after:.0f} s" if row.shown else "-"
        sent = f"{row.sent:,}" if row.sent else row.refused.partition(";")[0]
        gate = "-" if row.gate is None else f"{row.gate:.1f} s"
        name, shown = f"`{row.group}/{row.name}`", f"{row.shown} of {row.runs}"
        lines.append(f"| {name} | {shown} | {after} | {sent} | {gate} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when an exhibit that is meant for load has escaped a run."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.measure.exhibits")
    option = parser.add_argument
    option(
        "names",
        nargs="*",
        metavar="NAME",
        help="default: those meant for load, and some that are not",
    )
    option("--all", action="store_true", help="every mutant of the zoo")
    option("--runs", type=int, default=RUNS, help="default: %(default)s")
    option("--seconds", type=int, default=SECONDS, help="of a run at most; %(default)s")
    option("--switch-interval", type=float, metavar="SECONDS", help="of the server's threads")
    option("--page", type=Path, metavar="FILE", help="renew the table in this Markdown page")
    given = parser.parse_args(arguments)
    rows = []
    try:
        known = {name for name, module in exhibits().items() if ".right." not in module}
        names = sorted(known) if given.all else given.names or [*FOR_LOAD, *TOO_TIGHT]
        if unknown := sorted(set(names) - known):
            raise UsageError(f"expected mutants of the zoo; got {', '.join(unknown)}.")
        for name in names:
            runs = given.runs if name in FOR_LOAD else min(given.runs, TIGHT_RUNS)
            rows.append(measure(name, runs, given.seconds, given.switch_interval))
            print(rows[-1], file=sys.stderr, flush=True)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    text = table(rows, given.seconds)
    print(text)
    try:
        if given.page:
            renew(given.page, MAKER, text)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return int(any(row.missed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
