"""From names to a page: services of the zoo with their healthy twins, or an app of the user's."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from safety_tests.checks import CHECKS
from safety_tests.errors import UsageError
from safety_tests.puzzle.catalogue import ALL, CHOSEN, Chosen
from safety_tests.puzzle.make import Source, interleaving, make
from safety_tests.puzzle.page import Puzzle, as_page
from safety_tests.puzzle.record import Extent
from safety_tests.requests import RequestSet, parse
from safety_tests.target.nursery import Nurseries
from safety_tests.zoo import Hazard, hazards

ROOT = Path(__file__).resolve().parents[2]

LIBRARIES = ("fastapi", "numpy", "starlette.applications")
"""What most services of the zoo import, so that it need not be imported for each of them."""

Progress = Callable[[str], None]


def zoo_page(
    names: Sequence[str] = (),
    limit: int | None = None,
    pauses: int | None = None,
    progress: Progress = lambda _text: None,
) -> str:
    """The page with these services of the zoo, else with the ten of the catalogue.

    `limit` and `pauses` are those of `Extent`, for all of them.
    """
    with Nurseries(LIBRARIES) as nurseries, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        chosen = list(dict.fromkeys(names)) or [one.name for one in CHOSEN]
        for name in chosen:
            _chosen(name)  # a wrong name is told before any work is done

        def one(name: str) -> Puzzle:
            return puzzle_of(name, limit, pauses, progress, nurseries)

        return as_page(list(pool.map(one, chosen)))


def app_page(
    target: str,
    app_dir: Path,
    requests: RequestSet | None,
    limit: int | None = None,
    pauses: int | None = None,
    progress: Progress = lambda _text: None,
) -> str:
    """The page with one puzzle: the first fault that the gate finds in an app; there is no twin."""
    codes = interleaving(tuple(check.code for check in CHECKS))
    extent = extent_of(ALL, limit, pauses)
    played = make(Source(target, target, app_dir, requests, codes), extent, progress)
    teaser = "Your own service. The gate knows an order of lines in which it goes wrong."
    return as_page([Puzzle(target, target, teaser, "", played, extent.pauses)])


def playable() -> list[Hazard]:
    """The services of the zoo that an order of lines breaks."""
    return [one for one in hazards() if one.twin and not one.missed and interleaving(one.codes)]


def _chosen(name: str) -> Chosen:
    known = {f"{one.group}/{one.name}": one for one in hazards()}
    if name not in known:
        raise UsageError(f"the zoo has no {name!r}; `safety-tests puzzle --list` names the puzzles")
    if known[name] not in playable():
        codes = ", ".join(known[name].codes) or "no check"
        raise UsageError(
            f"{name} is no puzzle: it is about {codes}, and no order of lines decides there;"
            " `safety-tests puzzle --list` names those that are"
        )
    listed = next((one for one in CHOSEN if one.name == name), None)
    return listed or Chosen(name, known[name].name.replace("_", " "), known[name].title)


def puzzle_of(
    name: str,
    limit: int | None = None,
    pauses: int | None = None,
    progress: Progress = lambda _text: None,
    nurseries: Nurseries | None = None,
) -> Puzzle:
    """The puzzle of one service of the zoo."""
    which = _chosen(name)
    hazard = next(one for one in hazards() if f"{one.group}/{one.name}" == which.name)
    module = importlib.import_module(hazard.module)
    source = Source(
        name=which.name,
        target=f"{hazard.module}:mutant",
        app_dir=ROOT,
        requests=parse(module.REQUESTS, which.name),
        codes=interleaving(hazard.codes),
        healthy=f"{hazard.module}:healthy",
    )
    extent = extent_of(which.extent, limit, pauses)
    played = make(source, extent, progress, nurseries)
    repair = (module.__doc__ or "").partition("Repair:")[2].strip().partition("\n\n")[0]
    return Puzzle(
        which.name, which.title, which.teaser, " ".join(repair.split()), played, extent.pauses
    )


def extent_of(extent: Extent, limit: int | None, pauses: int | None) -> Extent:
    """`extent` with what was asked for instead."""
    return replace(
        extent,
        limit=extent.limit if limit is None else limit,
        pauses=extent.pauses if pauses is None else pauses,
    )
