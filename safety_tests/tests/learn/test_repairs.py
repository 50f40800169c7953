"""What learners write: the usual wrong repairs are refused, the dear ones are told their price."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from safety_tests.learn import alone, tell
from safety_tests.learn import judge as judging
from safety_tests.learn.catalogue import BROKEN, find
from safety_tests.learn.judge import Outcome, Stage, judge
from safety_tests.learn.output import say
from safety_tests.learn.progress import Done
from safety_tests.tests.nursery import nurseries

Edit = Callable[[str], str]


def swap(*pairs: tuple[str, str]) -> Edit:
    """Replace texts that must be there."""

    def edit(source: str) -> str:
        for old, new in pairs:
            assert old in source
            source = source.replace(old, new)
        return source

    return edit


def judged(name: str, edit: Edit, folder: Path) -> tuple[Outcome, str]:
    """The outcome for an edited broken service, and what the learner is told."""
    exercise = find(name)
    (folder / BROKEN).write_text(edit(exercise.source()), "utf-8")
    found = judge(exercise, folder, nurseries=nurseries())
    return found, tell.outcome(exercise, found, Done())


BODY = '    estimator.prepare(flat)\n    return {"price": estimator.estimate()}'

REFUSED = {
    "an answer is hard-coded": (
        "1",
        swap((BODY, '    return {"price": 100000.0 if flat.rooms == 1 else 780000.0}')),
        Stage.WRONG_ALONE,
        "not in requests.json",
    ),
    "the endpoint is removed": (
        "1",
        swap(('@app.post("/price")\n', "")),
        Stage.WRONG_ALONE,
        "Is POST /price still there?",
    ),
    "a sleep instead of a lock": (
        "1",
        swap((BODY, f"    import time\n\n    time.sleep(0.1)\n{BODY}")),
        Stage.FAILS,
        "S001 isolation",
    ),
    "a global instead of an attribute": (
        "1",
        swap(("self.features =", "global row\n        row ="), ("= self.features", "= row")),
        Stage.FAILS,
        "S001 isolation",
    ),
    "the error is swallowed": (
        "4",
        swap(
            (
                '    return {"embedding": cache[word]}',
                '    try:\n        return {"embedding": cache[word]}\n'
                '    except KeyError:\n        return {"embedding": []}',
            )
        ),
        Stage.FAILS,
        "S006 no new errors is mended, and something else broke",
    ),
    "a lock that its result leaves": (
        "7",
        swap(
            ("buffer = []", "from threading import Lock\n\nbuffer, lock = [], Lock()"),
            (
                "normalised(values):\n",
                "normalised(values):\n    with lock:\n        return fill(values)\n\n\n"
                "def fill(values):\n",
            ),
        ),
        Stage.FAILS,
        "S001 isolation",
    ),
    "async def where the dependency is none": (
        "8",
        swap(("\ndef score(age", "\nasync def score(age")),
        Stage.FAILS,
        "S003 load once",
    ),
    "a copy where two of one name meet": (
        "9",
        swap(("in basket:", "in list(basket):")),
        Stage.FAILS,
        "S006 no new errors",
    ),
    "await asyncio.sleep(0) before the work": (
        "13",
        swap(
            ("import hashlib", "import asyncio\nimport hashlib"),
            ('    return {"finger', '    await asyncio.sleep(0)\n    return {"finger'),
        ),
        Stage.FAILS,
        "S007 responsive",
    ),
    "except Exception for a cancellation": (
        "16",
        swap(
            (
                "    result = await ask_model(value)\n",
                "    try:\n        result = await ask_model(value)\n"
                "    except Exception:\n        result = None\n",
            )
        ),
        Stage.FAILS,
        "S008 cancellation",
    ),
    "a lock in the writer alone": (
        "18",
        swap(
            ("    Registry.active =", "    with lock:\n        Registry.active ="),
            ("app = FastAPI()", "from threading import Lock\n\napp, lock = FastAPI(), Lock()"),
        ),
        Stage.FAILS,
        "S009 atomic change",
    ),
    "a request that loops": (
        "1",
        swap((BODY, "    while True:\n        pass")),
        Stage.WRONG_ALONE,
        "no answer, with nobody else there",  # and where, if a look at its threads succeeds
    ),
    "another name": ("1", swap(("app", "service")), Stage.UNREADABLE, "must be called `app`"),
    "a line that is no Python": (
        "1",
        swap(("class Estimator:", "class Estimator")),
        Stage.UNREADABLE,
        "expected ':' in line 10",
    ),
    "an error on the way": ("1", lambda s: f"{s}\n1 / 0\n", Stage.UNREADABLE, "app.py:28"),
    "a file that is empty": ("1", lambda _: "", Stage.UNREADABLE, "must be called `app`"),
    "bytes that are no text": ("1", lambda s: f"{s}\0", Stage.UNREADABLE, "null bytes"),
    "an end of the process": (
        "1",
        lambda s: f"{s}\nimport os\n\nos._exit(3)\n",
        Stage.UNREADABLE,
        "exit status 3",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_a_wrong_repair_is_refused_with_its_reason(
    case: tuple[str, Edit, Stage, str], tmp_path: Path
) -> None:
    name, edit, stage, said = case
    found, told = judged(name, edit, tmp_path)
    assert found.stage is stage, told
    assert said in " ".join(told.split())
    assert "Traceback" not in told


LOCKED = swap(
    (
        "estimator = Estimator()",
        "from threading import Lock\n\nestimator, lock = Estimator(), Lock()",
    ),
    (BODY, "    with lock:\n" + "\n".join(f"    {line}" for line in BODY.splitlines())),
)

DEAR = {
    "a lock round everything": ("1", LOCKED, "requests are served one at a time there"),
    "everything on the event loop": (
        "1",
        swap(("\ndef price(", "\nasync def price(")),
        "nobody else is let in",
    ),
    "a lock held while others are asked": (
        "11",
        swap(
            ("from threading import Lock\n", ""),
            ("Lock()", "asyncio.Lock()"),
            ("    with lock", "    async with lock"),
        ),
        "requests are served one at a time there",
    ),
}


@pytest.mark.parametrize("case", DEAR.values(), ids=list(DEAR))
def test_a_repair_that_holds_and_costs_is_told_its_price(
    case: tuple[str, Edit, str], tmp_path: Path
) -> None:
    name, edit, said = case
    found, told = judged(name, edit, tmp_path)
    assert found.stage is Stage.SOLVED, told
    assert said in " ".join(told.split())


def test_an_instance_for_each_request_costs_nothing_worth_a_word(tmp_path: Path) -> None:
    found, told = judged("1", swap((BODY, f"    estimator = Estimator()\n{BODY}")), tmp_path)
    assert found.stage is Stage.SOLVED, told
    assert "price" not in told


def test_what_holds_by_luck_is_told_so(tmp_path: Path) -> None:
    edit = swap(("async def greeting", "def greeting"), ("await ask_database(name)", "AGES[name]"))
    found, told = judged("10", edit, tmp_path)
    if found.report is not None and not found.report.gil:
        assert found.stage is Stage.FAILS
    else:
        assert found.stage is Stage.SOLVED, told
        assert "It holds on this Python by luck" in told


def test_what_could_not_be_searched_in_time_is_not_solved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "SETTINGS", replace(judging.SETTINGS, budget=0.001))
    found, told = judged("1", swap((BODY, f"    estimator = Estimator()\n{BODY}")), tmp_path)
    assert found.stage is Stage.UNPROVEN
    assert "nobody knows" in told


def test_an_import_that_never_ends_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "IMPORT_SECONDS", 1.0)
    found, told = judged("1", lambda source: f"{source}\nwhile True:\n    pass\n", tmp_path)
    assert found.stage is Stage.UNREADABLE
    assert "it was not imported within 1 s" in told


def test_what_an_app_answers_cannot_harm_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "\\x1b[2J\\x9b\\ud800"
    _, told = judged("1", lambda source: f'{source}\nraise ValueError("{nasty}")\n', tmp_path)
    say(told)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "ValueError" in shown
