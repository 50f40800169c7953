"""Who is measured when: everybody once in each round, so that a slow minute hits all alike."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from loadtests.benchmark.contender import Contender
from loadtests.benchmark.environment import Environment
from loadtests.benchmark.figures import Result
from loadtests.benchmark.measure import Bench
from loadtests.benchmark.models import made
from safety_tests.errors import UsageError

PACKAGES = ("fastapi", "httptools", "onnxruntime", "pydantic", "scikit-learn", "uvicorn", "uvloop")

Say = Callable[[str], None]


def run(
    contenders: Sequence[Contender],
    kind: str,
    cache: Path,
    connections: Sequence[int],
    seconds: float,
    rounds: int,
    with_wrk: bool,
    say: Say,
) -> Result:
    """Measure all contenders with one kind of model; who cannot be measured is told with why."""
    result = Result(
        model=kind,
        date=datetime.now(UTC).date().isoformat(),
        python=platform.python_version(),
        cores=os.cpu_count() or 0,
        seconds=seconds,
        rounds=rounds,
        connections=list(connections),
        versions=_versions(),
    )
    say(f"model {kind}")
    model = made(kind, cache / "models")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        benches = []
        for contender in contenders:
            environment = Environment(contender.environment, cache)
            if environment.missing:
                result.absent[contender.name] = f"not installed: {environment.missing}"
                say(f"{contender.name}: {result.absent[contender.name]}")
                continue
            result.versions |= environment.versions()
            bench = Bench(contender, model, environment, Path(folder))
            if _tried(bench.prepare, contender, result, say):
                benches.append(bench)
        for turn in range(1, rounds + 1):
            for bench in list(benches):

                def measured(bench: Bench = bench, turn: int = turn) -> None:
                    cells, visit = bench.visit(turn, connections, seconds, with_wrk)
                    result.cells += cells
                    result.visits += [visit] if visit else []
                    told = ", ".join(f"{cell.rate:.0f}/s at {cell.connections}" for cell in cells)
                    say(f"round {turn} of {rounds}  {bench.contender.name}: {told}")

                if not _tried(measured, bench.contender, result, say):
                    benches.remove(bench)
    return result


def _tried(step: Callable[[], None], contender: Contender, result: Result, say: Say) -> bool:
    try:
        step()
    except UsageError as error:
        result.absent[contender.name] = f"failed: {str(error).splitlines()[0]}"
        say(f"{contender.name}: {error}")
        return False
    return True


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found
