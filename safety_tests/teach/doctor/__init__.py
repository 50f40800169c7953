"""Says whether a laptop is ready for the workshop; each line tells what to do."""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from safety_tests.errors import UsageError
from safety_tests.teach.doctor import abilities, laptop, packages, probes
from safety_tests.teach.doctor.line import Line, Mark, fail, ok
from safety_tests.teach.install import Refused, damaged

AT_ONCE = (
    laptop.system,
    laptop.python,
    laptop.environment,
    laptop.cores,
    laptop.memory,
    laptop.disk,
    laptop.writable,
    laptop.clock,
    laptop.limits,
    laptop.terminal,
    laptop.proxy,
    laptop.browser,
    abilities.fork,
    abilities.ports,
    abilities.real_threads,
    packages.packages,
)


def doctor(pack: Path | None, json_file: str | None) -> int:
    """Look at this laptop, print what was found; 0 when it is ready, 1 when something fails.

    With a pack, each of its files is held against the manifest. `json_file` gets the same for a
    program to read, "-" is the output. Raises UsageError for a file that cannot be written.
    """
    if json_file is not None:
        _write(json_file, "")  # so that a file which cannot be written is refused at once
    before = time.monotonic()
    lines = []
    for line in _all_lines(pack):
        lines.append(line)
        if json_file != "-":
            print(_shown(line), flush=True)
    seconds = time.monotonic() - before
    ready = all(line.mark is not Mark.FAIL for line in lines)
    if json_file != "-":
        print(f"\n{_verdict(lines)}   {seconds:.1f} s")
    if json_file is not None:
        _write(json_file, as_json(lines, ready, seconds))
    return 0 if ready else 1


def _all_lines(pack: Path | None) -> Iterator[Line]:
    for look in AT_ONCE:
        yield look()
    if pack is not None:
        yield pack_line(pack)
    yield from probes.probes()


def pack_line(pack: Path) -> Line:
    """Is every file of the pack there, and as it was written?"""
    again = "copy the pack again, or run `safety-tests pack` again where it was made"
    try:
        broken = damaged(pack)
    except Refused as error:
        return fail("pack", str(error), again)
    except (OSError, ValueError) as error:
        return fail("pack", f"{pack} cannot be read: {error}", again)
    if broken:
        more = f", and {len(broken) - 5} more" if len(broken) > 5 else ""
        return fail("pack", f"{'; '.join(broken[:5])}{more}", again)
    return ok("pack", f"every file of {pack} is as its manifest says")


def as_json(lines: Iterable[Line], ready: bool, seconds: float) -> str:
    """What was found, with the name of the laptop, for a teacher who collects them."""
    whole = {
        "version": 1,
        "ready": ready,
        "laptop": platform.node(),
        "python": platform.python_version(),
        "seconds": round(seconds, 2),
        "lines": [asdict(line) for line in lines],
    }
    return json.dumps(whole, indent=1) + "\n"


def _shown(line: Line) -> str:
    head = f"{line.mark:<5} {line.name:<12} {line.said}"
    return f"{head}\n{'':18} -> {line.do}" if line.do else head


def _verdict(lines: list[Line]) -> str:
    failed = [line.name for line in lines if line.mark is Mark.FAIL]
    warned = [line.name for line in lines if line.mark is Mark.WARN]
    if failed:
        return f"NOT ready: {', '.join(failed)}"
    return f"ready, but see: {', '.join(warned)}" if warned else "ready"


def _write(file: str, text: str) -> None:
    if file == "-":
        sys.stdout.write(text)
        return
    try:
        Path(file).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written to {file}: {error.strerror}") from None
