"""The two commands of the teacher: flags in, exit code out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_command(commands: Any) -> None:
    """Add `pack` and `doctor` to the command line."""
    from safety_tests.teach.targets import MACHINES, PYTHONS

    pack = commands.add_parser(
        "pack",
        help="a folder with all that a workshop needs offline",
        description="Writes a folder from which laptops without a network install the workshop."
        " Run it in a clone of the repository, with a network. What an earlier run fetched"
        " is not fetched again.",
    )
    pack.add_argument("folder", metavar="FOLDER", help="new, empty, or a pack to go on with")
    pack.add_argument(
        "--python",
        nargs="+",
        choices=PYTHONS,
        default=PYTHONS,
        metavar="VERSION",
        help=f"of the laptops ({' '.join(PYTHONS)})",
    )
    pack.add_argument(
        "--platform",
        nargs="+",
        default=[f"linux-{machine}" for machine in MACHINES],
        metavar="NAME",
        help=f"of the laptops ({' '.join(f'linux-{machine}' for machine in MACHINES)})",
    )
    pack.add_argument("--no-docs", action="store_true", help="leave the pages out")
    pack.set_defaults(run=_pack)

    doctor = commands.add_parser(
        "doctor",
        help="is this laptop ready for the workshop?",
        description="Looks at this laptop, without a network, and says what to do where something"
        " is missing. Exit codes: 0 ready, 1 not ready, 2 usage.",
    )
    doctor.add_argument("--pack", metavar="FOLDER", help="is every file of this pack whole, too")
    doctor.add_argument(
        "--json", metavar="FILE", help="for whoever collects them; - for the output"
    )
    doctor.set_defaults(run=_doctor)


def _pack(flags: argparse.Namespace) -> int:
    from safety_tests.teach.pack import make_pack
    from safety_tests.teach.targets import targets

    make_pack(Path(flags.folder), Path.cwd(), targets(flags.python, flags.platform), flags.no_docs)
    return 0


def _doctor(flags: argparse.Namespace) -> int:
    from safety_tests.teach.doctor import doctor

    return doctor(Path(flags.pack) if flags.pack else None, flags.json)
