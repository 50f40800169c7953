"""One contender: started, asked for each row alone, loaded, ended."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadtests.benchmark import memory, wrk
from loadtests.benchmark.contender import Contender
from loadtests.benchmark.environment import PEERS, Environment
from loadtests.benchmark.figures import Cell, Visit
from loadtests.benchmark.models import Model, requests_file
from loadtests.benchmark.probe import Probe
from loadtests.server import Server, running
from safety_tests.errors import UsageError
from safety_tests.oracles.paths import compile_path, matches, places

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "sample_service" / "deploy"
FIRST_REQUESTS = 40
START_SECONDS = 120.0


@dataclass(frozen=True)
class Bench:
    """A contender with a model, and a folder for what its measurement needs."""

    contender: Contender
    model: Model
    environment: Environment
    folder: Path

    def prepare(self) -> None:
        """Ask for each row alone, and keep the answers that are right under load too.

        Raises UsageError where the server does not start, or a label is not the model's.
        """
        if not self.contender.command:
            return
        self._requests.write_text(requests_file(self.contender, self.model), "utf-8")
        with self._server() as server:
            self._client(server, "--count", "1", "--save-expected", str(self._expected))
        if not self.contender.answers:
            return
        answers = json.loads(self._expected.read_text("utf-8"))["answers"]
        for number, label in enumerate(self.model.labels):
            body = answers[str(number)]["body"]
            if (got := self._label(body)) != label:
                raise UsageError(
                    f"{self.contender.name}: expected {label} for row {number} when it is asked "
                    f"for alone, got {got} in {body[:200]}"
                )

    def visit(
        self, turn: int, connections: Sequence[int], seconds: float, with_wrk: bool
    ) -> tuple[list[Cell], Visit | None]:
        """A round. Raises UsageError where the server does not start."""
        if not self.contender.command:
            return [_cell(self.contender.name, turn, 1, self._bare(seconds))], None
        expected = ("--expected", str(self._expected))
        with self._server() as server:
            first = ("--connections", str(FIRST_REQUESTS), "--count", str(FIRST_REQUESTS))
            self._client(server, *expected, *first, "--seconds", "60")
            loads = None
            if self.contender.loads:
                loads = server.log_path.read_text("utf-8", "replace").count(self.contender.loads)
            cells = []
            for count in connections:
                probe = Probe(server.url + self.contender.live)
                load = ("--connections", str(count), "--seconds", str(seconds))
                with probe.running():
                    told = self._client(server, *expected, *load)
                rate = None
                if with_wrk:
                    requests = self._requests.read_text("utf-8")
                    rate = wrk.rate(server.url, requests, count, seconds, self.folder)
                health = probe.latency.percentile(0.99) * 1e3
                cells.append(_cell(self.contender.name, turn, count, told, health, rate))
            held = memory.megabytes(server.pid)
        return cells, Visit(self.contender.name, turn, server.seconds, held, loads)

    @property
    def _requests(self) -> Path:
        return self.folder / f"{self.contender.name}-requests.json"

    @property
    def _expected(self) -> Path:
        return self.folder / f"{self.contender.name}-expected.json"

    def _label(self, body: str) -> Any:
        pattern = compile_path(self.contender.label)
        try:
            found = [value for place, value in places(json.loads(body)) if matches(pattern, place)]
        except ValueError:
            found = []
        return found[0] if found else None

    @contextlib.contextmanager
    def _server(self) -> Iterator[Server]:
        python = self.environment.python
        names = {
            "python": python,
            "bin": python.parent,
            "peers": PEERS,
            "deploy": DEPLOY,
            "folder": self.folder,
            "model": self.model.folder,
        }

        def filled(text: str) -> str:
            for name, value in names.items():
                text = text.replace(f"{{{name}}}", str(value))
            return text

        # A peer gets nothing of this environment; the styles are found from anywhere.
        added = {"PYTHONPATH": "" if self.contender.environment else _path()}
        added |= {name: filled(value) for name, value in self.contender.env.items()}
        command = [filled(word) for word in self.contender.command]
        url = "http://127.0.0.1:{port}" + self.contender.ready
        with running(command, url, added, self.folder, START_SECONDS) as server:
            yield server

    def _client(self, server: Server, *flags: str) -> dict[str, Any]:
        """What the client tells, which runs in a process of its own."""
        command = [sys.executable, "-m", "loadtests.client", server.url, "--json", "-"]
        same = ("--same", self.contender.label) if self.contender.answers else ()
        done = subprocess.run(
            [*command, "--requests", str(self._requests), *same, *flags],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": _path()},
        )
        if done.returncode not in (0, 1):
            log = server.log_path.read_text("utf-8", "replace").splitlines()[-5:]
            raise UsageError("\n  ".join([f"{self.contender.name}: {done.stderr.strip()}", *log]))
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def _bare(self, seconds: float) -> dict[str, Any]:
        command = [sys.executable, "-m", "loadtests.benchmark.raw"]
        done = subprocess.run(
            [*command, str(self.model.folder), str(seconds)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": _path()},
        )
        if done.returncode:
            raise UsageError(f"{self.contender.name}: {done.stderr.strip()}")
        told: dict[str, Any] = json.loads(done.stdout)
        return told


def _path() -> str:
    return os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))


def _cell(
    name: str,
    turn: int,
    connections: int,
    told: dict[str, Any],
    health: float | None = None,
    wrk_rate: float | None = None,
) -> Cell:
    latency = told["latency_ms"]
    return Cell(
        contender=name,
        round=turn,
        connections=connections,
        rate=told["requests_per_second"],
        p50_ms=latency["p50"],
        p99_ms=latency["p99"],
        checked=told["checked"],
        wrong=told["wrong"],
        inexact=told["inexact"],
        failed=told["sent"] - told["checked"],
        health_p99_ms=health,
        wrk=wrk_rate,
    )
