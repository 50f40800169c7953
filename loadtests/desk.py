"""One process's part in a load test: what is asked, what it must be answered, what was counted."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from loadtests.examiner import Examiner
from loadtests.history import History
from loadtests.options import model_function
from loadtests.oracle import expected as expected_file
from loadtests.oracle.ask import NoAnswer, asker
from loadtests.oracle.expected import Expected
from loadtests.oracle.judge import Judge
from loadtests.oracle.learn import learn, learn_from, must_still_answer_so
from loadtests.oracle.question import Question, question
from loadtests.oracle.rules import Rules
from loadtests.tally.book import Book
from safety_tests.requests import Request, RequestSet, load

Choose = Callable[[Sequence[Request]], Sequence[Request]]
"""Which requests of the file a kind of user sends; it may add some of its own."""

ASKED_AGAIN = 5


@dataclass(frozen=True)
class Plan:
    """What a run asks, and what must be answered."""

    questions: tuple[Question, ...]
    expected: Expected
    requests: RequestSet
    run: str = field(default_factory=lambda: uuid4().hex)

    def data(self) -> dict[str, Any]:
        """For workers, which read the same requests file themselves."""
        return {"run": self.run, "expected": self.expected.data()}


def plan(options: Namespace, host: str, choices: Iterable[Choose], quiet: bool = True) -> Plan:
    """Read the requests, and find out what they must be answered.

    With `quiet` the service may be asked before the load: to learn from it, or to see that
    expected answers from elsewhere are not out of date. Raises UsageError for every reason
    why no answer could be judged.
    """
    requests = chosen(options, choices)
    questions = tuple(map(question, requests.requests))
    rules = Rules(requests.ignore, requests.unique)
    ask = asker(host)
    if options.correctness_expected:
        path = Path(options.correctness_expected)
        expected = expected_file.read(path, questions, rules)
    elif options.correctness_model:
        expected = learn_from(questions, model_function(options.correctness_model), rules)
    else:
        # Also with `quiet` false: the caller has seen to it that there are answers from elsewhere.
        return Plan(questions, learn(questions, ask, rules), requests)
    if quiet:
        must_still_answer_so(questions, ask, expected)
    return Plan(questions, expected, requests)


def chosen(options: Namespace, choices: Iterable[Choose]) -> RequestSet:
    """The requests file, with each request that some user sends, once."""
    requests = load(Path(options.correctness_requests))
    wanted = {one.name: one for choose in choices for one in choose(requests.requests)}
    return replace(requests, requests=tuple(wanted.values()))


class Desk:
    """Where the users of a process get their questions, and where their answers go."""

    def __init__(self, options: Namespace) -> None:
        self.options = options
        self.plan: Plan | None = None
        self.examiner: Examiner | None = None
        """In a process that sends requests."""
        self.book: Book | None = None
        """In the process that collects: the only one, or the master."""
        self.requests: Sequence[Request] = ()
        self.questions: dict[str, Question] = {}
        """By name, those that have an expected answer."""
        self.started = 0.0
        self.ended: float | None = None
        self._history: History | None = None

    def collect(self, plan: Plan) -> None:
        """Begin a run as the process that collects."""
        self.plan, self.book = plan, Book(plan.run)
        self.started, self.ended = time.time(), None

    def send(self, run: str, expected: Expected, requests: Sequence[Request], worker: bool) -> None:
        """Begin a run as a process that sends `requests`, one of several if it is a `worker`."""
        self.requests, self.ended = requests, None
        questions = map(question, requests)
        self.questions = {one.name: one for one in questions if one.name in expected.answers}
        self.examiner = Examiner(expected, run)
        if self.options.correctness_history:
            path = Path(self.options.correctness_history)
            sender = self.examiner.statistics.sender
            path = path.with_stem(f"{path.stem}-{sender}") if worker else path
            self._history = History(path, sender)
            self.examiner.keep(self._history)

    def report(self, final: bool = False) -> dict[str, Any]:
        """What `enter` takes, of this process; empty before its run."""
        if self.examiner is None:
            return {}
        return {"sheet": self.examiner.sheet(final), "unique": self.examiner.fresh()}

    def enter(self, process: str, report: Any) -> None:
        if self.book is not None and report:
            self.book.enter(process, report["sheet"], report["unique"])

    def close(self) -> None:
        """No request follows."""
        self.ended = self.ended or time.time()
        if self._history is not None:
            self._history.close()
            self._history = None

    def aftermath(self, host: str, wrong: Iterable[str]) -> list[str]:
        """What the service says to the wrongly answered requests now that it is quiet again."""
        assert self.plan is not None
        judge, ask = Judge(self.plan.expected), asker(host, timeout=5.0)
        asked = {one.name: one for one in self.plan.questions if not one.changes}
        still: list[str] = []
        names = [name for name in dict.fromkeys(wrong) if name in asked][:ASKED_AGAIN]
        try:
            still = [n for n in names if judge.mismatch(n, ask(asked[n])) is not None]
        except NoAnswer as error:
            return [f"After the run the service did not answer any more: {error}."]
        if still:
            several = ", ".join(f'"{name}"' for name in still)
            return [
                f"Asked alone after the run, {several} is still answered wrongly: not a race that "
                "passes, but state that stays, or expected answers that are out of date."
            ]
        if names:
            return ["Asked alone after the run, these requests are answered rightly again."]
        return []
