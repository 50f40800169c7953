"""Runs the gate on the services of the zoo, one report for all tests of a worker."""

import importlib
from functools import cache

from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.requests import RequestSet, parse
from safety_tests.tests.conftest import ROOT
from safety_tests.tests.nursery import nurseries
from safety_tests.verdict import Report
from safety_tests.zoo import Hazard, hazards

ALL = tuple(hazards())
MUTANTS = tuple(hazard for hazard in ALL if hazard.twin and not hazard.missed)
MISSED = tuple(hazard for hazard in ALL if hazard.missed)


def name(hazard: Hazard) -> str:
    return f"{hazard.group}/{hazard.name}"


def requests(hazard: Hazard) -> RequestSet:
    return parse(importlib.import_module(hazard.module).REQUESTS, hazard.name)


def run(hazard: Hazard, service: str, settings: Settings) -> Report:
    target = f"{hazard.module}:{service}"
    return run_checks(target, ROOT, requests(hazard), settings, nurseries=nurseries())


@cache
def report_on_mutant(hazard: Hazard) -> Report:
    """What the checks that must kill it say of the mutant."""
    return run(hazard, "mutant", Settings(budget=60.0, select=",".join(hazard.codes)))
