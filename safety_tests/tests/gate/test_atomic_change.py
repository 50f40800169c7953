"""S009: with a reload among the requests, every answer must fit some order of them."""

import pytest

from safety_tests.tests.conftest import Command, Entry, Gate, result
from safety_tests.tests.gate.again import replays

HEAD = """
import asyncio
import functools
import threading
import time

from fastapi import FastAPI

app = FastAPI()
lock = threading.Lock()
turn = asyncio.Lock()


class Model:
    def __init__(self, version):
        self.version, self.weight = version, 10.0 * version

    def predict(self, x):
        return self.weight * x


class Bundle:
    pass


def load(version):
    return Model(version)


bundle = Bundle()
bundle.model, bundle.version = Model(1), 1

"""
RELOAD: Entry = {"name": "reload", "method": "GET", "path": "/reload?version=2", "changes": True}
OTHER: Entry = {"name": "other", "method": "GET", "path": "/reload?version=3", "changes": True}
ONE: list[Entry] = ["/p?x=1", RELOAD]
BOTH: list[Entry] = ["/p?x=1", RELOAD, OTHER]

PREDICT = """
@app.get("/p")
def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.version}
"""
ASYNC_PREDICT = PREDICT.replace("def predict", "async def predict")

TORN = {
    "model and version stored apart": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    bundle.model = load(version)
    bundle.version = version
    return version
""",
    "model and version stored at once and read apart": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    fresh = load(version)
    bundle.model, bundle.version = fresh, version
    return version
""",
    "a lock around the write alone": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    with lock:
        bundle.model = load(version)
        bundle.version = version
    return version
""",
    "a long load between the two": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    bundle.version = version
    time.sleep(30)
    bundle.model = load(version)
    return version
""",
    "two keys of a dictionary": """
state = {"model": Model(1), "version": 1}

@app.get("/p")
def predict(x: float):
    return {"y": state["model"].predict(x), "version": state["version"]}

@app.get("/reload")
def reload(version: int):
    state.update(model=load(version))
    state.update(version=version)
    return version
""",
    "the state of the app": """
app.state.model, app.state.version = Model(1), 1

@app.get("/p")
def predict(x: float):
    return {"y": app.state.model.predict(x), "version": app.state.version}

@app.get("/reload")
def reload(version: int):
    app.state.model = load(version)
    app.state.version = version
    return version
""",
    "module globals": """
model, current = Model(1), 1

@app.get("/p")
def predict(x: float):
    return {"y": model.predict(x), "version": current}

@app.get("/reload")
def reload(version: int):
    global model, current
    model = load(version)
    current = version
    return version
""",
    "a model that is changed in place": """
@app.get("/p")
def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.model.version}

@app.get("/reload")
def reload(version: int):
    bundle.model.__init__(version)
    return version
""",
    "a coroutine that awaits between the two": ASYNC_PREDICT
    + """
@app.get("/reload")
async def reload(version: int):
    bundle.model = load(version)
    await asyncio.sleep(0.1)
    bundle.version = version
    return version
""",
    "a coroutine that awaits between its two reads": """
@app.get("/p")
async def predict(x: float):
    y = bundle.model.predict(x)
    await asyncio.sleep(0.1)
    return {"y": y, "version": bundle.version}

@app.get("/reload")
async def reload(version: int):
    bundle.model, bundle.version = load(version), version
    return version
""",
    "an asyncio lock that only the reload takes": PREDICT.replace(
        "def predict", "async def predict"
    )
    + """
@app.get("/reload")
async def reload(version: int):
    async with turn:
        bundle.model = load(version)
        await asyncio.sleep(0.1)
        bundle.version = version
    return version
""",
    "a cache that is emptied before what it caches is changed": """
source = {"version": 1}

@functools.lru_cache
def current():
    return Model(source["version"])

@app.get("/p")
def predict(x: float):
    return {"y": current().predict(x)}

@app.get("/reload")
def reload(version: int):
    current.cache_clear()
    source["version"] = load(version).version
    return version
""",
    "a cache that a slow loader fills with what is old": """
held = {}
source = {"version": 1}

def current():
    if "model" not in held:
        held["model"] = load(source["version"])
    return held["model"]

@app.get("/p")
def predict(x: float):
    return {"y": current().predict(x)}

@app.get("/reload")
def reload(version: int):
    source["version"] = version
    held.clear()
    return version
""",
    "a model that is taken away before the new one is there": """
@app.get("/p")
def predict(x: float):
    model = bundle.model
    return {"y": model.predict(x) if model else None}

@app.get("/reload")
def reload(version: int):
    bundle.model = None
    bundle.model = load(version)
    return version
""",
    "answers of the old model in a cache": """
known = {}

@app.get("/p")
def predict(x: float):
    if x not in known:
        known[x] = bundle.model.predict(x)
    return {"y": known[x]}

@app.get("/reload")
def reload(version: int):
    bundle.model = load(version)
    known.clear()
    return version
""",
    "the module that holds the model": """
import sys
import types

module = types.ModuleType("model_of_today")
module.model, module.version = Model(1), 1
sys.modules["model_of_today"] = module

@app.get("/p")
def predict(x: float):
    import model_of_today
    return {"y": model_of_today.model.predict(x), "version": model_of_today.version}

@app.get("/reload")
def reload(version: int):
    exec("model, version = Model(v), v", {"Model": load, "v": version}, held := {})
    for name in held:
        setattr(module, name, held[name])
    return version
""",
}


@pytest.mark.parametrize("what", TORN)
def test_a_torn_pair_is_found_in(what: str, gate: Gate) -> None:
    found = gate.finds("S009", HEAD + TORN[what], ONE)
    assert found.preemptions <= 1
    assert " fits no order of them." in found.summary
    assert "reload" in found.requests
    assert found.got not in found.expected["one of"]


CROSSED = """
@app.get("/p")
def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
def reload(version: int):
    bundle.model = load(version)
    bundle.version = version
    return version
"""


def test_two_reloads_that_cross_leave_a_torn_pair_to_all_that_come_after(gate: Gate) -> None:
    """Nobody predicts meanwhile: only the requests afterwards can tell."""
    source = HEAD + CROSSED.replace("def predict", "async def predict")
    source = source.replace("    bundle.version = version", "    put_version(version)")
    source += """
def put_version(version):
    with lock:
        bundle.version = version
"""
    found = gate.finds("S009", source, BOTH, preemptions=1)
    assert "afterwards" in " ".join(found.got)


def test_a_finding_replays_from_the_command_line(gate: Gate, command: Command) -> None:
    replays(command, gate, gate.finds("S009", HEAD + TORN["a long load between the two"], ONE))


def test_a_finding_of_coroutines_replays_from_the_command_line(
    gate: Gate, command: Command
) -> None:
    source = HEAD + TORN["a coroutine that awaits between the two"]
    replays(command, gate, gate.finds("S009", source, ONE))


WHOLE = {
    "one tuple, read once": """
current = (Model(1), 1)

@app.get("/p")
def predict(x: float):
    model, version = current
    return {"y": model.predict(x), "version": version}

@app.get("/reload")
def reload(version: int):
    global current
    current = (load(version), version)
    return version
""",
    "one attribute of the state, read once": """
app.state.model = Model(1)

@app.get("/p")
def predict(x: float):
    model = app.state.model
    return {"y": model.predict(x), "version": model.version}

@app.get("/reload")
def reload(version: int):
    fresh = load(version)
    time.sleep(10)
    app.state.model = fresh
    return version
""",
    "a lock around both sides": """
@app.get("/p")
def predict(x: float):
    with lock:
        return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
def reload(version: int):
    with lock:
        bundle.model = load(version)
        time.sleep(10)
        bundle.version = version
    return version
""",
    "an asyncio lock around both sides": """
@app.get("/p")
async def predict(x: float):
    async with turn:
        return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
async def reload(version: int):
    async with turn:
        bundle.model = load(version)
        await asyncio.sleep(10)
        bundle.version = version
    return version
""",
    "a copy that is changed and stored at once": """
settings = {"model": Model(1), "version": 1}

@app.get("/p")
def predict(x: float):
    mine = settings
    return {"y": mine["model"].predict(x), "version": mine["version"]}

@app.get("/reload")
def reload(version: int):
    global settings
    fresh = dict(settings)
    fresh["model"] = load(version)
    fresh["version"] = version
    settings = fresh
    return version
""",
    "coroutines with no await between": """
@app.get("/p")
async def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
async def reload(version: int):
    fresh = await asyncio.to_thread(load, version)
    bundle.model, bundle.version = fresh, version
    return version
""",
    "a reload that only marks what is loaded later": """
held = {"wanted": 1, "model": Model(1)}

@app.get("/p")
def predict(x: float):
    with lock:
        if held["model"].version != held["wanted"]:
            held["model"] = load(held["wanted"])
        model = held["model"]
    return {"y": model.predict(x), "version": model.version}

@app.get("/reload")
def reload(version: int):
    with lock:
        held["wanted"] = version
    return version
""",
    "a cache that is emptied after what it caches was changed, behind a lock": """
source = {"version": 1}

@functools.lru_cache
def current():
    return Model(source["version"])

@app.get("/p")
def predict(x: float):
    with lock:
        return {"y": current().predict(x)}

@app.get("/reload")
def reload(version: int):
    with lock:
        source["version"] = version
        current.cache_clear()
    return version
""",
    "a reload to what is there already": PREDICT
    + """
@app.get("/reload")
def reload(version: int):
    bundle.model = load(1)
    bundle.version = 1
    return version
""",
    "a reload that is answered before it is done": """
current = Model(1)

def store(version):
    global current
    current = load(version)

@app.get("/p")
def predict(x: float):
    model = current
    return {"y": model.predict(x), "version": model.version}

@app.get("/reload")
def reload(version: int):
    store(version)
    return version
""",
}


@pytest.mark.parametrize("what", WHOLE)
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    report = gate.passes(HEAD + WHOLE[what], ONE, select="S009")
    assert result(report, "S009").schedules > 4


@pytest.mark.parametrize("what", list(WHOLE)[:3])
def test_nobody_is_accused_with_two_reloads_for(what: str, gate: Gate) -> None:
    gate.passes(HEAD + WHOLE[what], BOTH, select="S009")


def test_a_counter_of_reloads_may_come_in_either_order(gate: Gate) -> None:
    source = HEAD + """
count = 0

@app.get("/p")
async def predict(x: float):
    return count

@app.get("/reload")
async def reload(version: int):
    global count
    count += 1
    return count
"""  # fmt: skip
    gate.passes(source, BOTH, select="S009")


def test_an_update_that_is_lost_fits_no_order(gate: Gate) -> None:
    source = HEAD + """
count = 0

@app.get("/p")
async def predict(x: float):
    return count

@app.get("/reload")
def reload(version: int):
    global count
    count = int(count) + 1
    return version
"""  # fmt: skip
    found = gate.finds("S009", source, BOTH)
    assert found.got["/p?x=1 afterwards"] == 1


def test_without_a_changing_request_there_is_nothing_to_check(gate: Gate) -> None:
    report = gate(HEAD + PREDICT, ["/p?x=1"], select="S009,S002")
    assert [check.code for check in report.checks if check.verdict == "pass"] == ["S002"]
