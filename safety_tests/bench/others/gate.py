"""This gate on the same services, with the same time for each."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from safety_tests.bench.others.run import ROOT
from safety_tests.bench.others.tally import OURS, Run
from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.matrix import LIBRARIES
from safety_tests.requests import parse
from safety_tests.target.nursery import Nurseries
from safety_tests.verdict import Verdict
from safety_tests.zoo import Hazard


def gate_runs(services: Sequence[tuple[Hazard, str]], limit: float) -> list[Run]:
    """All checks on every service; a mutant counts when a promised check finds it."""
    with Nurseries(LIBRARIES) as nurseries, ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda one: _run(one[0], one[1], limit, nurseries), services))


def _run(hazard: Hazard, service: str, limit: float, nurseries: Nurseries) -> Run:
    requests = parse(importlib.import_module(hazard.module).REQUESTS, hazard.name)
    settings = Settings(budget=limit)
    target = f"{hazard.module}:{service}"
    report = run_checks(target, ROOT, requests, settings, nurseries=nurseries)
    findings = [one for one in report.findings if service == "healthy" or one.code in hazard.codes]
    verdict = "found" if findings else "nothing"
    seconds = min((one.seconds for one in findings), default=report.seconds)
    how = "the time ended first" if report.verdict is Verdict.UNPROVEN else report.verdict.value
    return Run(OURS, hazard.group, hazard.name, service, verdict, seconds, how)
