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
# # Python without the GIL
#
# *20 minutes. You need [your first race](02_first_race.py). A free-threaded Python (`python3.13t`)
# on the path is welcome, and not needed.*
#
# **Questions**
#
# - What does the GIL protect, and what does it not?
# - Which services are right today, and wrong on a Python without it?
# - How do you find them before you change over?
#
# **Objectives.** At the end you can
#
# - tell whether a Python runs with the GIL,
# - say for a line whether another thread can come in between, and why,
# - read a *latent* warning, and decide what to do about it.

# %%
import dis
import shutil
import sys
import tempfile
from pathlib import Path

from asking import with_python
from showing import lanes

from safety_tests import as_text, check_app

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)

# %% [markdown]
# ## Which Python is this?
#
# The *global interpreter lock* lets one thread at a time run Python code. Since 3.13 there is a
# second build of Python without it. Its name ends in `t`.

# %%
print("this Python has the GIL:", getattr(sys, "_is_gil_enabled", lambda: True)())
FREE = shutil.which("python3.14t") or shutil.which("python3.13t")
print("a free-threaded one is on the path:", FREE is not None)

# %% [markdown]
# Where there is none, the cells below that need it say `NOT RUN`. The answers tell what such a
# Python showed elsewhere.

# %% [markdown]
# ## Two ways to count
#
# Four threads count to 200,000 each. Once with `self.n += 1`, once with a call in the line.

# %%
counting = """\
import sys
import threading


class Counter:
    n = 0

    def plain(self):
        self.n += 1

    def with_a_call(self):
        self.n = int(self.n) + 1


def lost(counter, step):
    start = threading.Barrier(4)
    steps = lambda: [start.wait(), *(step() for _ in range(200_000))]
    many = [threading.Thread(target=steps) for _ in range(4)]
    [thread.start() for thread in many]
    [thread.join() for thread in many]
    return 800_000 - counter.n


sys.setswitchinterval(1e-6)
for name in ("plain", "with_a_call"):
    counter = Counter()
    missing = lost(counter, getattr(counter, name))
    print(f"{name}: some counts were lost: {missing > 0} ({missing:,} of 800,000)")
"""
_ = (folder / "counting.py").write_text(counting)

# %% [markdown]
# **Question 1.** Before you run it: which of the two loses counts on this Python? Which of them on
# one without the GIL?

# %%
print("this Python")
print(with_python(sys.executable, ["counting.py"], folder))

# %%
print("free-threaded")
print(with_python(FREE, ["counting.py"], folder))

# %% [markdown]
# ## Why
#
# With the GIL a thread cannot be interrupted anywhere. It looks whether another one waits at
# certain instructions only: at the entry of a function, **after a call**, and when a loop jumps
# back. So look for `CALL` between the reading and the writing of `n`.

# %%
for line in ("self.n += 1", "self.n = int(self.n) + 1"):
    print(f"{line}\n   ", *[step.opname for step in dis.get_instructions(line)])

# %% [markdown]
# In the first line there is none. It is *not* one instruction, but with the GIL nobody can come in
# between. In the second line `int` is called after `n` is read: another thread may count now, and
# its count is overwritten.
#
# The GIL protects Python from breaking. That it protects the first line is luck: one call more in
# the line, and the luck is gone.

# %% [markdown]
# ## What the gate says
#
# A service that numbers its answers. It uses no framework, so that it runs on any Python;
# `asyncio.to_thread` does what FastAPI does with a `def` endpoint.

# %%
service = """\
import asyncio


class Predictor:
    served = 0

    def number(self):
        self.served = self.served + 1
        return self.served


predictor = Predictor()


async def app(scope, receive, send):
    if scope["type"] == "http":
        number = await asyncio.to_thread(predictor.number)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"number": %d}' % number})
"""
_ = (folder / "numbers_app.py").write_text(service)

# %% [markdown]
# No two answers may have the same number. The requests file says so with `unique`.
#
# **Question 2.** Before you run it: pass or fail, on this Python?

# %%
asked = """{"requests": [{"name": "one", "method": "GET", "path": "/"}], "unique": ["$.number"]}"""
_ = (folder / "requests.json").write_text(asked)

ask = {"requests": folder / "requests.json", "app_dir": folder, "select": "S001"}
report = check_app("numbers_app:app", **ask)
print(as_text(report).partition("mend")[0].rstrip())
print("\nverdict:", report.verdict, "- warnings:", len(report.warnings))

# %% [markdown]
# It passes, with a warning. **Latent** means: here is an order of steps that gives a wrong answer,
# and *this* Python never takes it. Look for *goes on inside the line*: the request was paused
# between the reading and the writing.
#
# With the option `latent` (`--latent` on the command line) the gate searches as the free-threaded
# Python would run:

# %%
report = check_app("numbers_app:app", **ask, latent=True)
print(report.verdict)
lanes(report)

# %% [markdown]
# And on a Python without the GIL, with no option at all:

# %%
gate = ["-m", "safety_tests", "check", "numbers_app:app", "--requests", "requests.json"]
said = with_python(FREE, [*gate, "--select", "S001"], folder)
print("free-threaded:", said.partition("A =")[0].strip())

# %% [markdown]
# **Question 3.** Your team stays with the GIL for another year. Would you mend a latent fault? What
# may happen to that line meanwhile?

# %% [markdown]
# ## A block that looks private
#
# `warnings.catch_warnings` puts the filters back when it is left. Libraries do this in the middle
# of a prediction. Four threads do it now, a thousand times each, in five rounds.

# %%
silencing = """\
import sys
import threading
import warnings


def predict():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [str(number) for number in range(200)]


sys.setswitchinterval(1e-6)
before, kept = list(warnings.filters), []
for _ in range(5):
    many = [threading.Thread(target=lambda: [predict() for _ in range(1_000)]) for _ in range(4)]
    [thread.start() for thread in many]
    [thread.join() for thread in many]
    kept.append(warnings.filters == before)
print("all blocks are left; filters as before, each time:", all(kept))
"""
_ = (folder / "silencing.py").write_text(silencing)

# %% [markdown]
# **Question 4.** Before you run it: what does the last line say, *with* the GIL?

# %%
print("this Python:  ", with_python(sys.executable, ["silencing.py"], folder))
print("free-threaded:", with_python(FREE, ["silencing.py"], folder))

# %% [markdown]
# Two blocks overlap, and the one that is left last puts back what it had found: the filters of the
# other. From now on the process is silent, for everybody. No answer is wrong, and no warning of any
# library will ever be seen again. (From Python 3.14 on, the free-threaded build keeps the filters
# in a context variable.)
#
# A lock of Python's would not help here. The block itself is the mistake: what is one for the
# process must not be set for a request.

# %% [markdown]
# ## Parallel today: code in C
#
# NumPy lets go of the GIL while it computes. Then two threads do run at the same time, on any
# Python. No schedule describes that, so the gate has a check of its own, S010: it sends crowds of
# forty requests to real threads, and compares the answers. It is a sample.

# %%
scratched = """\
import numpy as np
from fastapi import FastAPI

app = FastAPI()
ramp, scratch = np.arange(200_000.0), np.zeros(200_000)


@app.post("/predict")
def predict(x: int):
    np.multiply(ramp, x, out=scratch)
    return {"sum": float(scratch.sum())}
"""
_ = (folder / "scratched.py").write_text(scratched)

# %%
rows = [
    {"name": name, "method": "POST", "path": "/predict", "params": {"x": x}}
    for name, x in {"one": 1, "seven": 7}.items()
]
report = check_app("scratched:app", requests=rows, app_dir=folder, select="S010")
print(report.checks[0].code, report.verdict, "-", *[one.summary for one in report.findings])

# %%
scratch.cleanup()

# %% [markdown]
# ## Key points
#
# - `sys._is_gil_enabled()` tells which Python runs. It is there from 3.13 on.
# - With the GIL, threads change places at calls, at function entries and at backward jumps. A line
#   without these is safe by luck, not by design.
# - *Latent* is a fault that waits for a call in the line, or for another Python.
# - Without the GIL every second touch of shared state can be torn.
# - What holds no shared state needs neither the GIL nor luck. A stateless service is ready.

# %% [markdown]
# ## Answers
#
# 1. With the GIL only the one with the call; without it both. On Python 3.13t, on two cores,
#    each of them lost tens of thousands of the 800,000, and at times half of them.
# 2. It passes, with a warning. Without the GIL it fails: two requests get the number 1.
# 3. Yes, if it is cheap: somebody will add a call to the line (`int(...)`, a log, a property), and
#    nobody will think of threads then. If it is not cheap, keep the warning in the report and do
#    not change over before it is mended.
# 4. False, almost always. The GIL does not help: there are many lines between the two ends of a
#    block. Up to Python 3.13, the free-threaded build says the same.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 6 minutes for the counting, 7 for the gate, 3 for the warnings, 3 for S010.
# - *No free-threaded Python in the room?* Nothing in the lesson depends on it: `latent` shows the
#   same orders. Say that those cells were not run, and do not let anybody copy an output.
# - *"The GIL makes `+=` atomic."* It does not promise that. CPython with the GIL happens to hand
#   over elsewhere, since version 3.10.
# - *"Then we put a lock round the counter."* Right, here: there is truly one number.
#   `itertools.count` is not promised to be safe either.
# - *A common mistake*: taking a pass on 3.12 for a pass on 3.13t. The report names its Python in
#   the first line. Run the gate on the Python that serves.
# - *If S010 is slow*: it starts real threads, forty at a time, and replays what it finds.
