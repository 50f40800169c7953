# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # `lru_cache` is not a lock
#
# *15 to 20 minutes. You need lesson 5: what runs in a worker thread.*
#
# **Questions**
#
# - How often is a model loaded that is "loaded once"?
# - Why does nobody notice before the first busy morning?
# - How do you load once, and what does each way cost?
#
# **Objectives.** At the end you can
#
# - say what `lru_cache` promises and what it does not,
# - count loads, in a real server and with the gate,
# - choose between the lifespan, a lock and an `async def` dependency.

# %%
import inspect
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import httpx
from showing import bars, listing

from loadtests.server import running
from safety_tests import as_text, check_app
from sample_service import textbook
from sample_service.train import train

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)
_ = train(folder)
os.environ["SAMPLE_SERVICE_MODEL_DIR"] = scratch.name

# %% [markdown]
# ## As the textbooks have it
#
# You find these lines in many tutorials. The model is loaded by the first request, and kept:

# %%
print(inspect.getsource(textbook.load_model))
print(inspect.getsource(textbook.predict))

# %% [markdown]
# The service prints "model loaded" whenever it has loaded. The next cell starts it in a process of
# its own, sends forty requests at once, and counts these lines in its log.
#
# *Before you run it:* how many will there be?

# %%
uvicorn = [sys.executable, "-m", "uvicorn", "--port", "{port}", "--log-level", "warning"]
ready = "http://127.0.0.1:{port}/health"


def forty_at_once(url, body):
    client = httpx.Client(base_url=url, trust_env=False, timeout=60)
    with client as http, ThreadPoolExecutor(40) as crowd:
        return list(crowd.map(lambda _: http.post("/predict", json=body), range(40)))


with running([*uvicorn, "sample_service.textbook:app"], ready) as server:
    answers = forty_at_once(server.url, {"features": [5.1, 3.5, 1.4, 0.2]})
    loads = server.log_path.read_text().count("model loaded")
print(f"{len(answers)} answers, {loads} loads, these answers: { ({a.text for a in answers}) }")

# %% [markdown]
# All answers are right, so no test of answers can complain. What it costs is time and memory: with
# a model of two gigabytes this is the morning on which the process is killed.
#
# ## Without the web
#
# The same in eight threads and four lines:


# %%
@lru_cache
def load():
    time.sleep(0.1)
    return object()


# %% [markdown]
# *Before you run it:* how many different objects, the first time and the second time?

# %%
with ThreadPoolExecutor(8) as crowd:
    for turn in ("cold", "warm"):
        print(turn, len(set(crowd.map(lambda _: load(), range(8)))))

# %% [markdown]
# `lru_cache` promises that its *table* stays whole. It looks: nothing there. It calls the function,
# **without holding a lock**, and stores what came back. Whoever looks in the meantime finds nothing
# too. (The documentation says so, since cpython#103475. `cached_property` had a lock until Python
# 3.11. It made all instances wait for each other, and was taken out: cpython#87634.)
#
# **Question 1.** There were 40 requests, and 40 loads. Why not 41, or 400? With a thousand requests
# at once, how many loads would there be?
#
# ## What the gate says
#
# A small service of the same kind, in which the loading takes half a second. It comes in three
# parts, since only the middle one will change.

# %%
head = """\
import threading, time
from contextlib import asynccontextmanager
from functools import lru_cache
from fastapi import Depends, FastAPI, Request

class Model:
    def __init__(self):
        time.sleep(0.5)  # reading a large file
        print("model loaded", flush=True)

"""
as_it_was = """\
app = FastAPI()

@lru_cache
def load_model():
    return Model()
"""
tail = """
@app.post("/predict")
async def predict(row: list[int], model=Depends(load_model)):
    return {"score": sum(row)}

@app.get("/health")
async def health():
    return {"status": "ok"}
"""

# %% [markdown]
# The gate needs no forty requests. It looks for lines that a second request does not run any more
# when it comes later, and asks whether they run twice when both come together.

# %%
_ = (folder / "served.py").write_text(head + as_it_was + tail)
listing(head + as_it_was + tail)

requests = [{"name": "row", "method": "POST", "path": "/predict", "json": [1, 2, 3]}]
report = check_app("served:app", requests, app_dir=folder, select="S003")
print(as_text(report))

# %% [markdown]
# **Question 2.** "No preemption at all": the gate interrupted nobody, and yet row (1) stops at line
# 8 and row (2) goes by. Why? And why is this race nothing rare, other than the one in lesson 3?
#
# ## Three repairs
#
# **A lock** is held while looking *and* building. Whoever comes second waits, and then finds it.
# **An `async def` dependency** runs on the event loop, where nobody comes in between. **In the
# lifespan** it is built before the first request is let in, and nothing is left to be decided.

# %%
lock = """\
app, loading = FastAPI(), threading.Lock()

@lru_cache
def load_cached():
    return Model()

def load_model():
    with loading:
        return load_cached()
"""
async_dependency = """\
app = FastAPI()

@lru_cache
def load_cached():
    return Model()

async def load_model():
    return load_cached()
"""

# %%
in_the_lifespan = """\
@asynccontextmanager
async def lifespan(app):
    app.state.model = Model()
    yield

app = FastAPI(lifespan=lifespan)

async def load_model(request: Request):
    return request.app.state.model
"""

# %% [markdown]
# *Before you run it:* all three load once. Which of them is ready last? In which do the forty
# first requests wait?

# %%
loaders = {
    "as it was": as_it_was,
    "lock": lock,
    "async dependency": async_dependency,
    "lifespan": in_the_lifespan,
}
waited = {}
for number, (name, loader) in enumerate(loaders.items()):
    _ = (folder / f"served_{number}.py").write_text(head + loader + tail)
    with running([*uvicorn, f"served_{number}:app"], ready, cwd=folder) as server:
        answers = forty_at_once(server.url, [1, 2, 3])
        loads = server.log_path.read_text().count("model loaded")
    waited[name] = max(answer.elapsed.total_seconds() for answer in answers)
    print(f"{name:<17} {loads:>2} loads, ready after {server.seconds:.1f} s")
print("until the last of the first forty answers:")
bars(waited, "s")

# %% [markdown]
# And later on, when the model has long been there? With a `def` dependency each request goes
# through a worker thread, only to be handed an object that is already known.
#
# *Before you run it:* how many times dearer is that than a call on the event loop?

# %%
hop = """\
import asyncio, time
from fastapi.concurrency import run_in_threadpool

async def on_the_loop():
    return None

async def microseconds(call, times=3000):
    begin = time.perf_counter()
    for _ in range(times):
        await call()
    return (time.perf_counter() - begin) / times * 1e6

async def main():
    thread = await microseconds(lambda: run_in_threadpool(lambda: None))
    print(f"def dependency {thread:.1f} us, async def {await microseconds(on_the_loop):.1f} us")

asyncio.run(main())
"""
ran = subprocess.run([sys.executable, "-c", hop], capture_output=True, text=True, check=True)
print(ran.stdout, end="")

# %% [markdown]
# | repair | the first requests | `/health` while it loads | each later request |
# |---|---|---|---|
# | lock | wait, each in a worker thread | answers | a worker thread and a lock |
# | `async def` dependency | wait | **waits too**: the loop is busy | nothing |
# | lifespan | do not wait | not ready yet, so no traffic | nothing |
#
# Load in the lifespan where you can. Take the lock where a model is loaded on demand, one of many.
# The `async def` dependency is right while no `await` stands between looking and storing. It is a
# repair by accident, so write down why it is `async`.

# %%
for number, name in enumerate(loaders):
    options = {"app_dir": folder, "select": "S003", "preemptions": 1}
    report = check_app(f"served_{number}:app", requests, **options)
    print(f"{name:<17} {report.checks[0].code} {report.verdict}")

# %% [markdown]
# **Question 3.** "We send one request after each deployment, so the cache is warm." When is that
# enough, and when not?
#
# **Question 4.** Someone writes `@lru_cache` right above `async def load_model()`. What is in the
# cache, and what does the second request get?

# %%
scratch.cleanup()

# %% [markdown]
# ## Key points
#
# - `lru_cache` keeps results. It does not keep callers apart: all who come before the first result
#   run the function.
# - A `def` dependency runs in a worker thread, so forty requests can be in there at once.
# - The longer the loading takes, the surer it happens. This race needs no luck at all.
# - Build before the first request, or hold a lock while looking and building.

# %% [markdown]
# ## Answers
#
# 1. A load begins for each request that looks before the first result is stored. There are 40
#    worker threads, so 40 can look at a time. With a thousand requests it would still be about 40:
#    the others wait for a thread, and when they get one the table is filled.
# 2. Both are in line 8, reading the file. Whoever waits for a file, a database or the network lets
#    others run, without any pause from outside. In lesson 3 the moment lasted less than a
#    microsecond; here it lasts as long as the loading.
# 3. When that request is really the first, alone, in *every* process: with four workers, one
#    request warms one of the four. After a restart, or when a new replica starts under load,
#    nobody has sent it. The lifespan does the same, without fail.
# 4. The coroutine object, not the model. The first request awaits it. The second awaits the same
#    one again and gets `RuntimeError: cannot reuse already awaited coroutine`.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 4 minutes for the textbook, 3 for the eight threads, 4 for the gate, 7 for the repairs.
# - *Take bets* before the first count. "1" wins most votes, "2 or 3" comes second.
# - *A common mistake*: "but it is documented as thread-safe". It is: the table stays whole. Let
#   them find the sentence in the documentation of `functools`, and read it again.
# - *Another one*: a lock inside the cached function. Then the loads come one after the other, and
#   there are still forty of them. A good one to try: let them guess, and count.
# - *`if model is None: model = load()`* is the same race with more typing.
# - *More processes*: each worker process loads its own model, and must. That is not this fault.
