"""All senders of a run together: merged exactly, and each missing one noticed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loadtests.oracle.unique import Window
from loadtests.oracle.verdict import Kind
from loadtests.tally.confidence import upper_bound
from loadtests.tally.kept import Kept
from loadtests.tally.seconds import COLUMNS, Seconds
from loadtests.tally.statistics import LATEST, SAMPLED, STEPS, Sheet, counted


class Book:
    """The sheets of one run, by sender.

    `expect` each process that was told to send, `enter` what it reports. A process that never
    sends its final sheet is lost; a sheet of another run, as after a restart of the master, is a
    stray. Both are counted, and neither is mixed into the sums.
    """

    def __init__(self, run: str) -> None:
        self.run = run
        self._sheets: dict[str, Sheet] = {}
        self._processes: dict[str, str] = {}
        """The sender by the process that it is in, empty until its first sheet."""
        self._strays: dict[str, int] = {}
        self._unique = Window()
        self._repeated = 0

    def expect(self, process: str) -> None:
        self._processes.setdefault(process, "")

    def enter(self, process: str, sheet: Sheet, unique: Iterable[int] = ()) -> None:
        """`unique` are fingerprints that `process` has not sent before."""
        if sheet["run"] != self.run:
            self._strays[sheet["sender"]] = _sent(sheet)
            return
        self._processes[process] = sheet["sender"]
        self._sheets[sheet["sender"]] = sheet
        # Its own repeats the sender has counted itself.
        self._repeated += sum(map(self._unique.add, unique))

    def finished(self, process: str) -> bool:
        """Has `process` sent its final sheet?"""
        sheet = self._sheets.get(self._processes.get(process, ""))
        return sheet is not None and bool(sheet["final"])

    @property
    def processes(self) -> list[str]:
        return list(self._processes)

    def totals(self) -> dict[str, Any]:
        """The sums over all senders, as plain JSON data.

        `checked` answers were compared and are `right` or `wrong`; a wrong one is `leaked`,
        `unexplained` or `repeated`. `sent` is `checked` + `errors` + `dropped` + `given_up`
        + `crashed` + `under_way`: nothing is lost between them.
        """
        sheets = list(self._sheets.values())
        endpoints = {
            name: _endpoint([s["endpoints"][name] for s in sheets if name in s["endpoints"]])
            for name in sorted({name for s in sheets for name in s["endpoints"]})
        }
        seconds = Seconds()
        latest, sample = Kept(LATEST), Kept(SAMPLED)
        for sheet in sheets:
            seconds.merge(Seconds.of(sheet["seconds"]))
            for key, item in sheet["latest"]:
                latest.add(key, item)
            for key, item in sheet["sample"]:
                sample.add(key, item)
        sums = _sum(list(endpoints.values()))
        sums["repeated_between_processes"] = self._repeated
        sums["wrong"] += self._repeated
        return {
            **sums,
            "upper_bound": upper_bound(sums["checked"], min(sums["wrong"], sums["checked"])),
            "endpoints": endpoints,
            "error_kinds": _added([sheet["errors"] for sheet in sheets]),
            "seconds": {"columns": list(COLUMNS), **seconds.data()},
            "latest": latest.items(),
            "sample": sample.items(),
            "crashes": sum(sheet["crashes"] for sheet in sheets),
            "crash": next((sheet["crash"] for sheet in sheets if sheet["crash"]), ""),
            "senders": len(sheets),
            "unfinished": [p for p in self._processes if not self.finished(p)],
            "strays": dict(self._strays),
        }


def _endpoint(parts: list[dict[str, Any]]) -> dict[str, Any]:
    sums = counted(_added([part["kinds"] for part in parts]))
    sent = sum(part["sent"] for part in parts)
    together = [sum(column) for column in zip(*(part["together"] for part in parts), strict=True)]
    company = sum(together[1:])
    wrong_seconds = Seconds()
    for part in parts:
        wrong_seconds.merge(Seconds.of(part["wrong_seconds"]))
    return {
        "sent": sent,
        **sums,
        "under_way": sent - _ended(sums),
        "together": {_step(i): count for i, count in enumerate(together) if count},
        "in_company": company / sent if sent else 0.0,
        "wrong_seconds": {"columns": list(COLUMNS), **wrong_seconds.data()},
    }


def _sum(endpoints: list[dict[str, Any]]) -> dict[str, Any]:
    names = ["sent", *counted({}), "under_way"]
    return {name: sum(endpoint[name] for endpoint in endpoints) for name in names}


def _ended(sums: dict[str, int]) -> int:
    others = (Kind.ERROR, Kind.DROPPED, Kind.GIVEN_UP, Kind.CRASHED)
    return sums["checked"] + sum(sums[kind] for kind in others)


def _added(parts: list[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            found[name] = found.get(name, 0) + count
    return found


def _sent(sheet: Sheet) -> int:
    return sum(endpoint["sent"] for endpoint in sheet["endpoints"].values())


def _step(index: int) -> str:
    """How many together a step stands for: "1", "2-3", "4-7", ..."""
    low, high = 1 << index, (2 << index) - 1
    if index == STEPS - 1:
        return f"{low} and more"
    return str(low) if low == high else f"{low}-{high}"
