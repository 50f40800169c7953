"""The command-line options that a load test has beside Locust's own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from loadtests.oracle.question import Question
from safety_tests.errors import UsageError

REQUESTS = Path(__file__).resolve().parents[1] / "sample_service" / "requests.json"
DRAIN_SECONDS = 10.0


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the values are strings and numbers, which Locust sends to workers."""
    group = parser.add_argument_group(
        "Correctness", "What is sent, what it must be answered, and where that is written."
    )
    option = group.add_argument
    option(
        "--correctness-requests",
        metavar="FILE",
        default=str(REQUESTS),
        help="Requests file (JSON, TOML or YAML); default: that of the sample service",
    )
    option(
        "--correctness-expected",
        metavar="FILE",
        default="",
        help="Expected answers, from python -m loadtests.expected; default: the service is asked "
        "each request twice alone before the load",
    )
    option(
        "--correctness-model",
        metavar="MODULE:FUNCTION",
        default="",
        help="Function from a loadtests.oracle.question.Question to the JSON value it must be "
        "answered with",
    )
    for kind in ("json", "markdown", "html"):
        option(f"--correctness-{kind}", metavar="FILE", default="", help=f"Write a {kind} report")
    option(
        "--correctness-history",
        metavar="FILE",
        default="",
        help="Write each request on a line (NDJSON), up to a limit; workers add their ids",
    )
    option(
        "--correctness-leaked",
        metavar="FILE",
        default="leaked.json",
        help="Where something is wrong, write the requests concerned here, for the gate "
        "(default: %(default)s)",
    )
    option(
        "--correctness-replica",
        metavar="HEADER",
        default="X-Replica",
        help="Header in which the service, or its balancer, names the process that has answered; "
        "findings then name it (default: %(default)s)",
    )
    option(
        "--correctness-fail-fast",
        action="store_true",
        help="End the run at the first wrong answer or HTTP error",
    )
    option(
        "--correctness-drain",
        metavar="SECONDS",
        type=float,
        default=DRAIN_SECONDS,
        help="Wait so long at the end for answers under way, unless --stop-timeout says otherwise "
        "(default: %(default)s)",
    )


def model_function(spec: str) -> Callable[[Question], Any]:
    """The function that `module:function` names. Raises UsageError where there is none."""
    module, _, name = spec.partition(":")
    try:
        found = getattr(import_module(module), name)
    except Exception as error:  # an import runs whatever stands in the module
        raise UsageError(
            f"expected a function at --correctness-model {spec}; got {type(error).__name__}: "
            f"{error}. Write MODULE:FUNCTION, as it is imported from the current folder."
        ) from None
    if not callable(found):
        raise UsageError(
            f"expected a function at --correctness-model {spec}; got {type(found).__name__}. "
            "Name a function of one argument, the question."
        )
    function: Callable[[Question], Any] = found
    return function
