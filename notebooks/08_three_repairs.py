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
# # Three repairs, and a lock
#
# *20 minutes. You need [your first race](02_first_race.py).*
#
# **Questions**
#
# - A service mixes its requests up. What can be done about it, and in which order should you try?
# - What does each repair cost?
# - Which repair breaks again when somebody makes the endpoint `async`?
#
# **Objectives.** At the end you can
#
# - mend one race in four ways, and check each of them,
# - say what each of them costs, and when it costs nothing,
# - choose, and give a reason.

# %%
import sys
import tempfile
from pathlib import Path

from asking import at_once, fastest
from showing import bars, lanes

from safety_tests import check_app

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)
sys.path.insert(0, str(folder))

# %% [markdown]
# ## The patient
#
# The predictor of the first lesson, with one difference: it waits for twenty milliseconds, as
# services do that ask a database or a feature store. `time.sleep` stands for that. While it sleeps,
# other threads can run.

# %%
racy = """\
import time

from fastapi import FastAPI


class Predictor:
    def preprocess(self, row):
        self.features = [10 * value for value in row]

    def predict(self):
        time.sleep(0.02)
        return sum(self.features)


predictor = Predictor()
app = FastAPI()


@app.post("/predict")
def predict(row: list[int]):
    predictor.preprocess(row)
    return {"score": predictor.predict()}
"""
_ = (folder / "racy.py").write_text(racy)

# %%
ROWS = [[number, number, number] for number in range(100)]
RIGHT = [{"score": 30 * number} for number in range(100)]

answers, seconds = at_once("racy", ROWS)
wrong = sum(got != right for got, right in zip(answers, RIGHT, strict=True))
print("some answers are wrong:", wrong > 0)

# %% [markdown]
# With twenty milliseconds between the writing and the reading even a crowd shows the race. (How
# many of the hundred are wrong differs from run to run; print `wrong`.)

# %% [markdown]
# ## Repair 1: local names
#
# What belongs to a request travels in arguments and return values. Nothing is left on `self`.

# %%
local_names = """\
import time

from fastapi import FastAPI


class Predictor:
    def preprocess(self, row):
        return [10 * value for value in row]

    def predict(self, features):
        time.sleep(0.02)
        return sum(features)


predictor = Predictor()
app = FastAPI()


@app.post("/predict")
def predict(row: list[int]):
    return {"score": predictor.predict(predictor.preprocess(row))}
"""
_ = (folder / "local_names.py").write_text(local_names)

# %% [markdown]
# ## Repair 2: an instance for each request
#
# The class stays as it is. `Depends()` makes a new `Predictor` for each request.

# %%
own = racy.replace("predictor = Predictor()\n", "")
own = own.replace("import FastAPI", "import Depends, FastAPI")
own = own.replace("row: list[int]", "row: list[int], predictor: Predictor = Depends()")
_ = (folder / "own_instance.py").write_text(own)
print(own.partition("app = FastAPI()")[2].strip())

# %% [markdown]
# ## Repair 3: state of the thread, or of the context
#
# Attributes of a `threading.local` exist once for each thread. One line of the class changes.

# %%
thread = racy.replace("import time\n", "import threading\nimport time\n")
thread = thread.replace("class Predictor:", "class Predictor(threading.local):")
_ = (folder / "thread_state.py").write_text(thread)
print(thread.partition("    def predict")[0].strip())

# %% [markdown]
# A `ContextVar` exists once for each *context*. Each request has a context of its own, and its
# worker thread gets a copy.

# %%
context = racy.replace("import time\n", "import time\nfrom contextvars import ContextVar\n")
context = context.replace(
    "class Predictor", 'features = ContextVar("features")\n\n\nclass Predictor'
)
context = context.replace("self.features = [10 * value for value in row]", "features.set(row)")
context = context.replace("sum(self.features)", "10 * sum(features.get())")
_ = (folder / "context_state.py").write_text(context)
print(context.partition("import FastAPI")[2].partition("predictor = ")[0].strip())

# %% [markdown]
# ## For contrast: a lock
#
# The lock must cover everything from the first write to the last read.

# %%
locked = racy.replace("import time\n", "import threading\nimport time\n")
locked = locked.replace("app = FastAPI()", "app = FastAPI()\nlock = threading.Lock()")
locked = locked.replace("    predictor.preprocess", "    with lock:\n        predictor.preprocess")
locked = locked.replace("    return {", "        return {")
_ = (folder / "one_lock.py").write_text(locked)
print(locked.partition("app = FastAPI()")[2].strip())

# %% [markdown]
# ## Are they right?
#
# Before you run it: which of the six does the gate pass?

# %%
SERVICES = ["racy", "local_names", "own_instance", "thread_state", "context_state", "one_lock"]
ASKED = [
    {"name": "small", "method": "POST", "path": "/predict", "json": [1, 2, 3]},
    {"name": "large", "method": "POST", "path": "/predict", "json": [40, 50, 60]},
]
ASK = {"requests": ASKED, "app_dir": folder, "select": "S001,S005", "preemptions": 1, "tasks": 2}

for name in SERVICES:
    report = check_app(f"{name}:app", **ASK)
    print(f"{name:<13} {report.verdict:<4}", *[one.summary for one in report.findings])

# %% [markdown]
# All repairs are right. So the choice is about costs.

# %% [markdown]
# ## What do they cost?
#
# Fifty requests at once, and the seconds until the last answer, the best of three rounds. FastAPI
# serves `def` endpoints in forty worker threads.
#
# **Question 1.** Before you run it: draw five bars. Which is the longest, and how many times as
# long as the shortest?

# %%
waiting = fastest(SERVICES[1:], ROWS[:50])
shortest = min(waiting.values())
bars({name: seconds / shortest for name, seconds in waiting.items()}, "times the shortest")

# %% [markdown]
# Only ratios are shown, and only the large one means something. Run the cell twice: the order of
# the first four changes from run to run.

# %%
print("the lock takes more than twice as long:", waiting["one_lock"] > 2 * waiting["local_names"])

# %% [markdown]
# Forty threads can wait at the same time; behind a lock they wait one after the other.
#
# **Question 2.** Take the sleep out of all five, so that they only compute. Before you run it: how
# long is the bar of the lock now?

# %%
for name in SERVICES:
    text = (folder / f"{name}.py").read_text().replace("        time.sleep(0.02)\n", "")
    _ = (folder / f"{name}_busy.py").write_text(text.replace("    time.sleep(0.02)\n", ""))

busy = fastest([f"{name}_busy" for name in SERVICES[1:]], ROWS[:50])
shortest = min(busy.values())
bars({name: seconds / shortest for name, seconds in busy.items()}, "times the shortest")

# %% [markdown]
# With the GIL only one thread computes at any time anyway. A lock takes away what was not there. It
# is expensive exactly where threads are useful: round waiting, round C code that lets go of the
# GIL, and on [Python without the GIL](12_free_threaded_python.py).

# %% [markdown]
# ## An instance that is expensive
#
# In repair 2 the constructor did nothing. Suppose that it loads the model.

# %%
init = "class Predictor:\n    def __init__(self):\n        self.model = list(range(300_000))\n"
heavy = own.replace("class Predictor:\n", init + "\n")
_ = (folder / "heavy_instance.py").write_text(heavy)
seconds = fastest(["heavy_instance"], ROWS[:50])["heavy_instance"]
print("more than twice as long as before:", seconds > 2 * waiting["own_instance"])

# %% [markdown]
# The gate passes it. It is right, and slow, and holds as many models in memory as requests are
# under way. Split the class: what is expensive is loaded once and never changes; what a request
# writes lives in a small object of its own that refers to it.

# %% [markdown]
# ## Somebody makes it `async`
#
# A year later the feature store has an asynchronous client. `time.sleep` becomes
# `await asyncio.sleep`, and the endpoint an `async def`.
#
# Local names and instances of their own hold nothing that two requests share, and stay right. The
# other three keep something.
#
# **Question 3.** Before you run it: which of the three breaks? Which one hangs?

# %%
ASYNC = {"import time\n": "import asyncio\n", "time.sleep": "await asyncio.sleep"}
ASYNC |= {"def predict(": "async def predict(", "predictor.predict(": "await predictor.predict("}

KEEPING = ["thread_state", "context_state", "one_lock"]
texts = {name: (folder / f"{name}.py").read_text() for name in KEEPING}
for old, new in ASYNC.items():
    texts = {name: text.replace(old, new) for name, text in texts.items()}
for name, text in texts.items():
    _ = (folder / f"{name}_async.py").write_text(text)

print(texts["one_lock"].partition("FastAPI()\n")[2])

# %%
reports = {}
for name in KEEPING:
    reports[name] = report = check_app(f"{name}_async:app", **ASK)
    print(f"{name:<13} {report.verdict:<4}", *[one.summary for one in report.findings])

# %%
lanes(reports["thread_state"])

# %% [markdown]
# (*Not set*: the picture was taken from another thread, in which the attribute does not exist.)
#
# All coroutines run on **one** thread, so what exists once for each thread exists once. The state
# of the context follows the request, in threads and in coroutines.
#
# The lock is a `threading.Lock`. One request is suspended while it holds it, the next one waits for
# it and stops the thread of the event loop, and with it the only one who could give the lock back.
# An `asyncio.Lock` would be right here, one request at a time.

# %%
scratch.cleanup()

# %% [markdown]
# ## Which one?
#
# 1. **Local names**, where you may change the code. They cost nothing, work in threads and in
#    coroutines, and there is nothing left that a later change could break.
# 2. **An instance for each request**, where an object must keep state. Share what is expensive.
# 3. **A `ContextVar`**, where the state must reach deep into code whose arguments you cannot
#    change. A **`threading.local`** only for scratch memory, in code that will never be a
#    coroutine.
# 4. **A lock**, where there is truly one thing: one device, one connection, one file.
#
# **Question 4.** The state of a thread outlives its request: forty threads serve all requests, one
# after the other. What could the next request find there? Which promise of the gate is that?

# %% [markdown]
# ## Key points
#
# - All four repairs are right in threads. The gate says so; it says nothing of costs.
# - A lock serves one at a time. That costs nothing while threads only compute, with the GIL, and a
#   lot while they wait.
# - A new object for each request must be cheap: let it refer to what is expensive.
# - `threading.local` and `threading.Lock` are about threads. Coroutines share one.
# - After a change from `def` to `async def`, or back, check again.

# %% [markdown]
# ## Answers
#
# 1. The lock. How many times depends on the machine: fifty waits of twenty milliseconds are a
#    second, one after the other; forty at a time they are forty milliseconds, and the rest is
#    the time that the framework takes.
# 2. About as long as the others: without the sleep the threads were one at a time before.
# 3. The `threading.local` mixes requests up, and the `threading.Lock` hangs.
# 4. What the last request has left: an answer that depends on who came before, S002. Set it before
#    it is read, in each request, as the code here does, or put it back on every way out. The zoo
#    has it as `library_globals/thread_setting`.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 8 minutes for the repairs: give one to each group, and let them show it to the others.
#   4 for the two measurements, 6 for `async`, the rest for the choice.
# - *The bars differ from run to run.* That is part of the lesson: only what is larger than the
#   noise may be said. On a machine with other work the four short ones may differ by half.
# - *A common mistake*: a lock round `preprocess` and another `with lock` round `predict`. Let them
#   check it: the gate shows the switch between the two.
# - *A common mistake*: `Depends(Predictor)` together with `@lru_cache`, which makes one instance
#   for all again.
# - *"Then `async def` with no `await` is a repair too."* With the event loop standing still for
#   twenty milliseconds for each request, for everybody. [What runs where](05_what_runs_where.py)
#   has it.
# - *Ask for the reason*, not for the repair: "because it cannot be forgotten" is a good one for
#   local names.
