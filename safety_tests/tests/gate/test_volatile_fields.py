"""Fields that differ from one time to the next are found out and named, and accuse nobody."""

from safety_tests.tests.conftest import Gate, result
from safety_tests.verdict import Verdict

VOLATILE = """
import random
import secrets
import time
import uuid
from datetime import datetime

from fastapi import FastAPI

app = FastAPI()

@app.get("/p")
def predict(x: float):
    return {
        "y": x * 2,
        "meta": {"at": time.time(), "day": datetime.now().isoformat(), "id": str(uuid.uuid4())},
        "draws": [random.random(), secrets.token_hex(4)],
    }
"""
TWO = ["/p?x=1", "/p?x=2"]


def test_times_ids_and_draws_are_named_and_accuse_nobody(gate: Gate) -> None:
    report = gate.passes(VOLATILE, TWO)
    note = next(note for note in report.notes if "/p?x=1" in note and "shape" in note)
    for place in ("$.meta.at", "$.meta.day", "$.meta.id", "$.draws[0]", "$.draws[1]"):
        assert place in note
    assert "$.y" not in note


def test_a_race_in_the_other_fields_is_found_all_the_same(gate: Gate) -> None:
    racy = VOLATILE.replace("def predict(x: float):", "def predict(x: float):\n    put(x)").replace(
        '"y": x * 2', '"y": given() * 2'
    )
    helper = 'memory = {}\n\ndef put(x):\n    memory["x"] = x\n\n'
    helper += 'def given():\n    return memory["x"]\n\n@app.get'
    found = gate.finds("S001", racy.replace("@app.get", helper), TWO)
    assert "$.y" in found.summary


def test_a_volatile_field_must_keep_its_type(gate: Gate) -> None:
    source = """
        import time
        from fastapi import FastAPI

        app = FastAPI()
        seen = []

        @app.get("/p")
        def predict(x: float):
            seen.append(x)
            return {"at": time.time() if len(seen) < 3 else "later"}
    """
    found = gate.finds("S002", source, TWO)
    assert "$.at" in found.summary


def test_what_a_header_holds_beside_a_time_is_compared(gate: Gate) -> None:
    source = """
        import time
        from fastapi import FastAPI, Response

        app = FastAPI()
        current = {}

        def named():
            return f"{current['user']:x>12}.{time.time()}"

        @app.get("/p")
        def predict(x: float, response: Response):
            current["user"] = f"user-{x}"
            response.set_cookie("session", named())
            return True
    """
    found = gate.finds("S001", source, TWO)
    assert "header set-cookie" in found.summary


def test_a_volatile_header_accuses_nobody(gate: Gate) -> None:
    source = """
        import time
        from fastapi import FastAPI, Response

        app = FastAPI()

        @app.get("/p")
        def predict(x: float, response: Response):
            response.headers["x-took"] = str(time.perf_counter())
            return x
    """
    gate.passes(source, TWO)


COUNTING = """
import itertools
from fastapi import FastAPI

app = FastAPI()
numbers = itertools.count()

@app.get("/p")
def predict(x: float):
    return {"y": x, "log": {"number": next(numbers)}}
"""


def test_a_counter_in_the_answer_is_found(gate: Gate) -> None:
    found = gate.finds("S002", COUNTING, TWO)
    assert "$.log.number" in found.summary


def test_an_ignored_field_accuses_nobody(gate: Gate) -> None:
    gate.passes(COUNTING, TWO, ignore=["$.log.number"])
    gate.passes(COUNTING, TWO, ignore=["$.log"])


def test_a_unique_field_may_change_and_must_never_repeat(gate: Gate) -> None:
    gate.passes(COUNTING, TWO, unique=["$.log.number"])
    repeating = COUNTING.replace("itertools.count()", "itertools.cycle(range(3))")
    found = gate.finds("S002", repeating, TWO, unique=["$.log.number"])
    assert "never repeat" in found.summary


def test_a_unique_field_that_repeats_only_in_company_is_found(gate: Gate) -> None:
    source = """
        from fastapi import FastAPI

        app = FastAPI()

        class Numbers:
            last = 0

        numbers = Numbers()

        def following(number):
            return number + 1

        @app.get("/p")
        def predict(x: float):
            mine = following(numbers.last)
            numbers.last = mine
            return {"number": mine}
    """
    found = gate.finds("S001", source, TWO, unique=["$.number"])
    assert "$.number" in found.summary
    assert found.preemptions == 1


def test_a_draw_from_a_seeded_generator_depends_on_what_came_before(gate: Gate) -> None:
    source = """
        import random
        from fastapi import FastAPI

        app = FastAPI()
        random.seed(7)

        @app.get("/p")
        def predict(x: float):
            return {"y": x + random.random()}
    """
    found = gate.finds("S002", source, TWO)
    assert "$.y" in found.summary


def test_a_generator_made_for_each_request_is_right(gate: Gate) -> None:
    source = """
        import random
        from fastapi import FastAPI

        app = FastAPI()

        @app.get("/p")
        def predict(x: float):
            return {"y": x + random.Random(7).random()}
    """
    gate.passes(source, TWO)


CHANGING = """
from fastapi import FastAPI

app = FastAPI()
weights = {"w": 2.0}

@app.get("/p")
def predict(x: float):
    return {"y": x * weights["w"]}

@app.post("/reload")
def reload(w: float):
    weights["w"] = w
    return {"w": w}
"""
RELOAD = {"name": "reload", "method": "POST", "path": "/reload?w=3"}


def test_a_declared_change_is_left_out_of_the_histories(gate: Gate) -> None:
    report = gate(CHANGING, [*TWO, {**RELOAD, "changes": True}], select="S002", budget=60.0)
    assert result(report, "S002").verdict is Verdict.PASS, report.checks


def test_the_same_change_undeclared_is_found(gate: Gate) -> None:
    found = gate.finds("S002", CHANGING, [*TWO, RELOAD])
    assert "reload" in found.requests
    assert len(found.requests) == 2


def test_no_check_accuses_a_right_service_of_its_declared_change(gate: Gate) -> None:
    """S009 holds a change to a serial order; until it does, no other check may accuse it."""
    gate.passes(CHANGING, [*TWO, {**RELOAD, "changes": True}])


def test_an_attribute_that_is_left_behind_is_no_volatile_field(gate: Gate) -> None:
    source = """
        from fastapi import FastAPI

        app = FastAPI()

        class Service:
            pass

        service = Service()

        @app.get("/p")
        def predict(x: float):
            first = "n" not in vars(service)
            service.n = 1
            return {"first": first, "y": x}
    """
    found = gate.finds("S002", source, TWO)
    assert "$.first" in found.summary
