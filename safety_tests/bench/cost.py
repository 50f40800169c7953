"""(a) What an execution under the scheduler costs beside the same requests served without it.

For each service the two sides alternate: the same two requests one after the other in a bare
process, and under schedules with one preemption each, with the state put back in between. The
ratio is that of processor time: of the processes that serve, not of the gate's own.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator, Sequence
from statistics import median

from safety_tests.bench import bare, process_tree, sample
from safety_tests.bench.bare import ROOT, Cost
from safety_tests.bench.line import Line
from safety_tests.engine.explore import successors
from safety_tests.requests import Request, parse
from safety_tests.schedule import Schedule
from safety_tests.target import wire
from safety_tests.target.process import AppProcess
from safety_tests.zoo import hazards

ROUNDS = 5
EXECUTIONS = 200
SERVICES = ("features_on_self", "reused_buffer", "state_across_await", "model_in_lifespan")
AIM = 1.5


def cost() -> Iterator[Line]:
    ratios = []
    with sample.model():
        for target, requests in _targets():
            bare_cost, executed = _side_by_side(target, requests)
            ratio = executed.cpu / bare_cost.cpu if executed.cpu else None
            by_clock = executed.wall / bare_cost.wall
            ratios.append(by_clock if ratio is None else ratio)
            times = f"by the clock {by_clock:.2f}: {executed.wall * 1e3:.2f} ms"
            name = target.replace("safety_tests.zoo.", "")
            note = f"{times} beside {bare_cost.wall * 1e3:.2f} ms"
            yield Line(f"  {name}, processor time as a ratio", ratio, note=note)
    clock = "processor time" if process_tree.readable() else "by the clock"
    yield Line(f"cost of an execution, {clock}, median", median(ratios), aim=AIM)


def _targets() -> Iterator[tuple[str, tuple[Request, ...]]]:
    yield sample.APP, sample.requests().requests[:2]
    for hazard in hazards():
        if hazard.name in SERVICES:
            module = importlib.import_module(hazard.module)
            yield f"{hazard.module}:healthy", parse(module.REQUESTS, hazard.name).requests[:2]


def _side_by_side(target: str, requests: tuple[Request, ...]) -> tuple[Cost, Cost]:
    served, executed = [], []
    with AppProcess(wire.Setup(target, str(ROOT))) as process:
        order = wire.Run(together=requests, record="all")
        history = process.run(order)
        schedules = list(successors(Schedule(), history)) or [Schedule()]
        for _ in range(ROUNDS):
            served.append(bare.measure(target, requests, EXECUTIONS))
            executed.append(_executed(process, requests, schedules))
    return _median(served), _median(executed)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


def _executed(
    process: AppProcess, requests: tuple[Request, ...], schedules: Sequence[Schedule]
) -> Cost:
    orders = [
        wire.Run(together=requests, scheduler=schedules[number % len(schedules)], record="all")
        for number in range(EXECUTIONS)
    ]
    wall, cpu = time.perf_counter(), _cpu(process)
    for _history in process.stream(orders):
        pass
    return Cost((time.perf_counter() - wall) / EXECUTIONS, (_cpu(process) - cpu) / EXECUTIONS)


def _cpu(process: AppProcess) -> float:
    return process_tree.cpu_seconds(process.pid) if process_tree.readable() else 0.0
