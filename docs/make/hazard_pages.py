"""Writes a page for each service of the zoo: `python docs/make/hazard_pages.py`, some minutes.

    python docs/make/hazard_pages.py locks double_load   # only these groups and services
    python docs/make/hazard_pages.py --words             # without running the gate: the reports
                                                         # stay as the pages show them

A page is written where the gate found what it must find, and accused the repaired service of
nothing; else it stays as it is, and the command ends with 1. In the reports the token is shortened,
and what differs from run to run is left out. The pages of groups and of all, and the examples on
the pages of the checks, are renewed each time.
"""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from hazard_index import examples, group_page, index
from hazard_page import PREEMPTIONS, page, told_by

from safety_tests.checks import CHECKS
from safety_tests.errors import UsageError
from safety_tests.gate.settings import Settings
from safety_tests.matrix import Outcome, chosen, run_matrix
from safety_tests.page import renew
from safety_tests.report.text import as_text
from safety_tests.verdict import Report, Verdict
from safety_tests.zoo import Hazard, hazards

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
MAKER = "docs/make/hazard_pages.py"
ZOO = list(hazards())

SETTINGS = Settings(budget=120.0, latent=False)
"""Those of `safety-tests zoo --show`, but for the time a busy machine may take."""


def _bound(hazard: Hazard) -> int:
    return PREEMPTIONS.get(hazard.name, SETTINGS.preemptions)


def told(outcome: Outcome) -> list[str]:
    """The reports on the services of a hazard, as its page shows them."""
    reports = [outcome.mutant, outcome.healthy]
    return [_told(report) for report in reports if report is not None]


def _told(report: Report) -> str:
    text = re.sub(r"(s1:.{12})\S+", r"\1...", as_text(report))
    text = re.sub(r" \(\d+\.\d s\)$|\b\d+ (?=crowds of )", "", text, flags=re.MULTILINE)
    lines = text.splitlines()
    if report.verdict is Verdict.FAIL:
        # What follows the last finding says only how many checks were selected.
        del lines[max(n for n, line in enumerate(lines) if line.startswith("    why ")) + 1 :]
    return "\n".join(lines) + "\n"


def overview() -> dict[Path, str]:
    """The pages of all and of the groups."""
    pages = {DOCS / "hazards" / "index.md": index(ZOO)}
    for group, members in groupby(ZOO, key=lambda hazard: hazard.group):
        pages[DOCS / "hazards" / group / "index.md"] = group_page(group, list(members))
    return pages


def of_checks() -> dict[Path, str]:
    """What the page of each check says of the zoo."""
    return {ROOT / check.page: examples(check.code, ZOO) for check in CHECKS}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def make(which: Sequence[Hazard], words: bool) -> list[Hazard]:
    """Write the pages of these hazards; returns those that stay as they are."""
    left = []

    def done(outcome: Outcome) -> None:
        hazard = outcome.hazard
        if outcome.killed and outcome.spared:
            write(ROOT / hazard.page, page(hazard, told(outcome)))
        else:
            left.append(hazard)
        state = "is left as it is: not killed, or its twin not spared" if hazard in left else ""
        print(f"{len(seen) + 1} of {len(which)}  {hazard.page} {state}".rstrip(), flush=True)
        seen.append(hazard)

    seen: list[Hazard] = []
    if words:
        for hazard in which:
            path = ROOT / hazard.page
            write(path, page(hazard, told_by(path.read_text("utf-8"))))
    else:
        for bound, some in groupby(sorted(which, key=_bound), key=_bound):
            settings = replace(SETTINGS, preemptions=bound)
            run_matrix(list(some), (settings, settings), os.cpu_count() or 1, done, promised=True)
    return left


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="services or groups; else all")
    parser.add_argument("--words", action="store_true", help="keep the reports, run nothing")
    flags = parser.parse_args()
    try:
        left = make(chosen(flags.names), flags.words)
        for path, text in overview().items():
            write(path, text)
        for path, text in of_checks().items():
            renew(path, MAKER, text)
    except (UsageError, OSError) as error:
        print(f"{MAKER}: {error}", file=sys.stderr)
        return 2
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
