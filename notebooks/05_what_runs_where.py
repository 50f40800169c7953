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
# # `def`, `async def`, and what runs where
#
# *20 minutes. You need lesson 2, and to have seen `await` before.*
#
# **Questions**
#
# - Which code of a FastAPI service runs in a thread, and which on the event loop?
# - Where can one request come in between the lines of another?
# - What does it cost to get it wrong?
#
# **Objectives.** At the end you can
#
# - say for each function of a service where it runs,
# - tell an `await` that lets others in from one that does not,
# - find a prediction that keeps the event loop from everybody else.

# %%
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
from showing import bars

from loadtests.server import running
from safety_tests import as_text, check_app

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)
uvicorn = [sys.executable, "-m", "uvicorn", "--port", "{port}", "--log-level", "warning"]

# %% [markdown]
# ## Where am I?
#
# A server process has **one event loop**, in one thread, and a pool of about forty **worker
# threads**. This service says of each piece of code in which of the two it runs. `here` asks
# whether there is a running event loop in its thread.

# %%
where = """\
import asyncio
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.concurrency import run_in_threadpool

app, later = FastAPI(), {}

def here():
    try:
        asyncio.get_running_loop()
        return "the event loop"
    except RuntimeError:
        return "a worker thread"

def plain(): return here()
async def asynchronous(): return here()
def note_plain(): later["a def background task"] = here()
async def note_asynchronous(): later["an async def background task"] = here()
"""

# %%
where += """
@app.get("/plain")
def plain_endpoint(): return {"a def endpoint": here()}

@app.get("/async")
async def async_endpoint(tasks: BackgroundTasks, a=Depends(plain), b=Depends(asynchronous)):
    tasks.add_task(note_plain)
    tasks.add_task(note_asynchronous)
    return {
        "an async def endpoint": here(),
        "a def dependency": a,
        "an async def dependency": b,
        "run_in_threadpool(function)": await run_in_threadpool(here),
    }

@app.get("/later")
async def what_was_noted():
    while len(later) < 2:  # background tasks run once the answer is out
        await asyncio.sleep(0.01)
    return later
"""
_ = (folder / "where.py").write_text(where)

# %% [markdown]
# *Before you run it:* fill in the table, with L for the loop and W for a worker thread.
#
# | code | L or W |
# |---|---|
# | a `def` endpoint | |
# | an `async def` endpoint | |
# | a `def` dependency of an `async def` endpoint | |
# | an `async def` dependency | |
# | a function given to `run_in_threadpool` | |
# | a `def` background task | |
# | an `async def` background task | |

# %%
ready = "http://127.0.0.1:{port}/plain"
with (
    running([*uvicorn, "where:app"], ready, cwd=folder) as server,
    httpx.Client(base_url=server.url, trust_env=False) as http,
):
    for path in ("/plain", "/async", "/later"):
        for code, place in http.get(path).json().items():
            print(f"{code:<29} runs in {place}")

# %% [markdown]
# The rule is short: **`def` runs in a worker thread, `async def` on the loop.** It holds for
# endpoints, dependencies and background tasks alike, each by its own `def`. The one that people
# forget is the `def` dependency: the endpoint is asynchronous, and there are threads all the same.
#
# ## The same race, four times
#
# Here is the predictor that keeps its features on itself. Only the endpoint changes: `def`, `async
# def`, and two with an `await` in between.

# %%
race = """\
import asyncio
from fastapi import FastAPI

class Predictor:
    def preprocess(self, row):
        self.features = [10 * value for value in row]

    def predict(self):
        return {"score": sum(self.features)}

app, predictor = FastAPI(), Predictor()

async def look_up():
    return "nothing to wait for"

@app.post("/predict")
def predict(row: list[int]):
    predictor.preprocess(row)
    return predictor.predict()
"""

# %%
loop = race.replace("def predict(row", "async def predict(row")
variants = {
    "def": race,
    "async def": loop,
    "async def, await sleep": loop.replace(
        "    return p", "    await asyncio.sleep(0)\n    return p"
    ),
    "async def, await look_up": loop.replace("    return p", "    await look_up()\n    return p"),
}
print(variants["async def, await look_up"][-126:])

# %% [markdown]
# *Before you run it:* which of the four mix up their requests?

# %%
requests = [
    {"name": "small", "method": "POST", "path": "/predict", "json": [1, 2, 3]},
    {"name": "large", "method": "POST", "path": "/predict", "json": [40, 50, 60]},
]
for number, (kind, source) in enumerate(variants.items()):
    _ = (folder / f"race_{number}.py").write_text(source)
    report = check_app(f"race_{number}:app", requests, app_dir=folder, select="S001")
    print(f"{kind:<26} {report.verdict}")

# %% [markdown]
# - `def`: two requests are two threads, and a thread can be stopped nearly anywhere.
# - `async def` without `await`: on the loop nothing comes in between. It is right, **by accident**.
#   The next person who adds an `await` there changes more than a line.
# - `await asyncio.sleep(0)` gives the loop back. So do a database, an HTTP client, a lock that is
#   taken, `run_in_threadpool`. Another request may come in.
# - `await look_up()` looks the same and does not wait. It runs straight through, and nobody comes
#   in. What counts is whether anything in there is really *suspended*.
#
# **Question 1.** In the third variant, is it enough to move `await` up, before `preprocess`?
#
# **Question 2.** A team has the second variant. For speed somebody changes `async def` to `def`.
# All tests are green. What do you say?
#
# ## Who waits for whom
#
# So is `async def` without `await` the thing to write? Here the model computes for half a second.

# %%
slow = """\
import time
from fastapi import FastAPI

app = FastAPI()

@app.get("/predict")
async def predict():
    time.sleep(0.5)  # the model computes
    return {"label": "setosa"}

@app.get("/health")
async def health():
    return {"status": "ok"}
"""
_ = (folder / "slow_async.py").write_text(slow)
_ = (folder / "slow_plain.py").write_text(slow.replace("async def predict", "def predict"))

# %% [markdown]
# The next script asks for a prediction, and while it is under way asks `/health` over and over, as
# a load balancer does. It prints how many answers it got meanwhile, and the longest wait.

# %%
waits = """\
import sys
from concurrent.futures import ThreadPoolExecutor
import httpx

with httpx.Client(base_url=sys.argv[1], trust_env=False) as http, ThreadPoolExecutor(1) as other:
    http.get("/health")
    prediction, waits = other.submit(http.get, "/predict"), []
    while not prediction.done():
        waits.append(http.get("/health").elapsed.total_seconds())
print(len(waits), max(waits))
"""
_ = (folder / "waits.py").write_text(waits)

# %% [markdown]
# *Before you run it:* how long will `/health` take beside a prediction of 500 ms, in each of the
# two?

# %%
longest = {}
ready = "http://127.0.0.1:{port}/health"
for kind in ("async", "plain"):
    with running([*uvicorn, f"slow_{kind}:app"], ready, cwd=folder) as server:
        ask = [sys.executable, "waits.py", server.url]
        ran = subprocess.run(ask, cwd=folder, capture_output=True, text=True, check=True)
    count, seconds = ran.stdout.split()
    longest[f"/health, {kind} predict"] = 1000 * float(seconds)
    print(f"{kind}: {count} answers meanwhile, the slowest after {1000 * float(seconds):.0f} ms")
bars(longest, "ms")

# %% [markdown]
# One request computes, and the whole process is silent: no health check, no other prediction, no
# new connection. With two seconds instead of a half, a balancer takes the service for dead.
#
# The gate has a check for this, with no load at all. It serves the requests one by one and times
# how long each keeps the loop.

# %%
report = check_app("slow_async:app", app_dir=folder, select="S007")
print(as_text(report))

# %%
print(as_text(check_app("slow_plain:app", app_dir=folder, select="S007")))

# %% [markdown]
# **Question 3.** So `def` is right here, and it was wrong above. Write down a rule for your own
# services, in two sentences.

# %%
scratch.cleanup()

# %% [markdown]
# ## Key points
#
# - `def` runs in a worker thread, `async def` on the one event loop. Dependencies and background
#   tasks go by their own `def`.
# - A thread can be interrupted nearly anywhere; a coroutine only where an `await` really waits.
# - Code that is right only since it has no `await` is one edit away from a race.
# - What computes on the loop stops everybody. What computes in a thread needs to share nothing.

# %% [markdown]
# ## Answers
#
# 1. Yes: between the write and the read there is no suspension any more. It is as fragile as the
#    second variant, though. To pass the features as an argument is right in all four.
# 2. That the change turns a sleeping fault into a live one. The features on `self` are shared, and
#    from now on two threads may be in there. Mend that first, check, and then change to `def`.
# 3. For example: *What computes or blocks goes into a `def` endpoint or `run_in_threadpool`; what
#    only waits for others may be `async def`. Nothing that belongs to a request is kept on an
#    object that outlives it*, and then it does not matter which of the two it is.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 5 minutes for the table, 7 for the race, 6 for the event loop, 2 for question 3.
# - *The table* is worth a vote by raised hands. The `def` dependency and the `def` background task
#   are where most are wrong.
# - *A common mistake*: "async means parallel". There is one loop, and one thing happens at a time.
# - *Another one*: "every `await` is a switch". Let them replace `look_up` by something that waits.
# - *"Then put a `threading.Lock` round it."* In `async def` without `await` it does nothing, and
#   with an `await` inside it can stop the whole loop: whoever holds it is suspended, and the next
#   one blocks the thread that would have to wake it. The zoo has it as
#   `suspension/lock_across_await`.
# - *The numbers* depend on the machine. If `/health` beside `def` is slow too, the machine is busy:
#   run the cell again. A `def` that computes in pure Python shares the interpreter with the loop,
#   and slows it down by some milliseconds; NumPy and scikit-learn mostly let go of it.
