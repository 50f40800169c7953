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
# # Your first race
#
# *15 to 20 minutes. You need to have written a FastAPI endpoint before; lesson 1 helps.*
#
# **Questions**
#
# - Why can a service whose tests are all green give one user the answer of another?
# - Why does a load test not show it?
# - How do you see such a fault, and how do you know that it is gone?
#
# **Objectives.** At the end you can
#
# - point at the state that two requests share,
# - read an interleaving line by line,
# - mend the service, and say what a pass does and does not prove.

# %%
import subprocess
import sys
import tempfile
from pathlib import Path

from showing import lanes, listing

from safety_tests import as_text, check_app

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)

# %% [markdown]
# ## A small service
#
# It scores a row of numbers in two steps, as model services do: first the features, then the
# prediction. There is one `Predictor`, because a model is large and loading it is slow.

# %%
service = """\
from fastapi import FastAPI


class Predictor:
    def preprocess(self, row):
        self.features = [10 * value for value in row]

    def predict(self):
        return sum(self.features)


app = FastAPI()
predictor = Predictor()


@app.post("/predict")
def predict(row: list[int]):
    predictor.preprocess(row)
    return {"score": predictor.predict()}
"""
_ = (folder / "scores.py").write_text(service)
listing(service)

# %% [markdown]
# Below the cell it stands once more, with the line numbers that reports speak of.
#
# **Question 1.** Read it once more. Which object do two requests share? Write your answer down
# before you go on. (The answers are at the end.)

# %% [markdown]
# ## The tests that people write
#
# The first test sends two requests one after the other. The second one is a load: 400 requests at
# the same time, served by the forty worker threads that FastAPI uses for a `def` endpoint, and
# each answer is compared.

# %%
tests = """\
import asyncio

import httpx
from scores import app

ROWS = [[1, 2, 3], [40, 50, 60]]
SCORES = [{"score": 60}, {"score": 1500}]


def client():
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://scores")


async def one_after_the_other():
    async with client() as http:
        return [(await http.post("/predict", json=row)).json() for row in ROWS]


async def all_at_once(rows):
    async with client() as http:
        answers = await asyncio.gather(*[http.post("/predict", json=row) for row in rows])
        return [answer.json() for answer in answers]


def test_two_rows_get_their_scores():
    assert asyncio.run(one_after_the_other()) == SCORES


def test_four_hundred_rows_at_once_get_their_scores():
    assert asyncio.run(all_at_once(ROWS * 200)) == SCORES * 200
"""
_ = (folder / "test_scores.py").write_text(tests)

# %% [markdown]
# *Before you run it:* which of the two tests will be red, if any?

# %%
pytest = [sys.executable, "-m", "pytest", "-q", "--color=no", "test_scores.py"]
ran = subprocess.run(pytest, cwd=folder, capture_output=True, text=True)
print(ran.stdout)

# %% [markdown]
# Both are green. Run the cell again if you like: it stays green. (Should it ever be red for you,
# keep the output. You were luckier than most.)
#
# **Question 2.** The threads were real, and so was the load. Why did nothing go wrong?

# %% [markdown]
# ## Look at the orders one by one
#
# `check_app` does not wait for luck. It serves the same two requests together, pauses one of them
# before some line, lets the other run, and compares both answers with those that the requests get
# alone. Then it does the same with the next place to pause.
#
# *Before you run it:* "small" should get 60 and "large" 1500. Which wrong answers are possible?

# %%
requests = [
    {"name": "small", "method": "POST", "path": "/predict", "json": [1, 2, 3]},
    {"name": "large", "method": "POST", "path": "/predict", "json": [40, 50, 60]},
]
report = check_app("scores:app", requests=requests, app_dir=folder, select="S001")
print(as_text(report))

# %% [markdown]
# Read it from the top:
#
# - the **promise** that was broken, and for which request;
# - what that request was **expected** to get, and what it **got**;
# - the **interleaving**: time runs down, each request has its own lane, a line between dashes says
#   when the other one takes over, and on the right stands which shared object is written or read;
# - the **contradiction** in one sentence: who wrote, who wrote over it, who read what;
# - the **token**, with which the same order can be had again.
#
# **Question 3.** Between which two lines was the first request paused? After which line is the
# earliest pause that does harm, and before which line the last one?

# %% [markdown]
# The same as a picture. What the two requests share stands between their lanes, with the value
# that was seen there. Follow `Predictor.features` down the middle.

# %%
lanes(report)

# %% [markdown]
# And as data, for a program to use:

# %%
finding = report.findings[0]
print("expected", finding.expected)
print("got     ", finding.got)
for line in finding.interleaving:
    print(f"{line.task:>6}  {line.line:>2}  {line.source:<48} {line.note}")

# %% [markdown]
# ## Replay
#
# A race that comes and goes cannot be debugged. This one comes whenever you ask for it: the token
# holds the requests and the places where they are paused.

# %%
replay = [sys.executable, "-m", "safety_tests", "replay", finding.token]
ran = subprocess.run(replay, cwd=folder, capture_output=True, text=True)
print(ran.stdout)
print("exit code", ran.returncode)

# %% [markdown]
# It exits with 1, since the answer is still wrong. [Lesson 4](04_reading_an_interleaving.py) reads
# interleavings at more leisure.
#
# ## Mend it
#
# What belongs to a request travels in arguments and return values. Then there is nothing left to
# overwrite. **Try it yourself first**: edit `service` above, write the file, check again.

# %%
mended = service.replace(
    "self.features = [10 * value for value in row]", "return [10 * value for value in row]"
)
mended = mended.replace("def predict(self):", "def predict(self, features):")
mended = mended.replace("sum(self.features)", "sum(features)")
mended = mended.replace("    predictor.preprocess(row)\n", "")
mended = mended.replace("predictor.predict()", "predictor.predict(predictor.preprocess(row))")
_ = (folder / "scores.py").write_text(mended)
listing(mended)

# %% [markdown]
# *Before you run it:* the first check stopped when it had found something. How many orders will
# this one try?

# %%
after = check_app("scores:app", requests=requests, app_dir=folder)
print(as_text(after))

# %% [markdown]
# Every check says what it covered. "Every schedule with at most 2 preemptions" means: each way to
# interleave two of these requests in which a running request is paused at most twice. Schedules
# are left out only where they pause at places that touch nothing another request writes.
#
# **Question 4.** Name two things that this pass does *not* prove.

# %% [markdown]
# ## The token again
#
# The service has other lines now. The replay says that these are not the sources on which the
# token was made: an answer that is right here says nothing of other interleavings. Where the place
# at which the token pauses a request is gone altogether, it exits with 2.

# %%
ran = subprocess.run(replay, cwd=folder, capture_output=True, text=True)
print(ran.stdout, ran.stderr)
print("exit code", ran.returncode)

# %%
scratch.cleanup()

# %% [markdown]
# ## Key points
#
# - Two requests share every object that outlives them: the predictor, module variables, caches.
# - Tests one after the other cannot show a race, and a load shows it only by luck: the moment in
#   which it happens is far shorter than the time between two switches of threads.
# - A search over the orders needs no luck, and what it finds can be replayed.
# - Pass what belongs to a request from function to function; share only what nobody changes.
# - A pass is worth its bound: these requests, so many preemptions, this Python.

# %% [markdown]
# ## Answers
#
# 1. The one `predictor`, and with it `predictor.features`. It is set by one call and read by the
#    next, on behalf of whoever comes.
# 2. A request is wrong only when another one runs whole between `preprocess` and `predict`. That
#    is a moment of about a microsecond. Python lets a thread run for five milliseconds before
#    another one may ask for its turn (`sys.getswitchinterval`), so a switch at just that place is
#    rare. In production there are more requests than in your test, and more days.
# 3. Between line 19, which calls `predict`, and line 9, where the features are read. That is the
#    last moment for it: once the sum is taken, the request has its own score in hand. The earliest
#    is after line 6, in which `preprocess` writes the features.
# 4. For example: requests that were not sent (other rows, other endpoints); orders with three
#    preemptions or more; threads that run truly in parallel on a Python without the GIL; state
#    inside C code, in files or in a database. `docs/limits.md` lists what is known.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 3 minutes for the service and question 1, 4 for the tests, 6 for the interleaving, 4
#   for the repair, the rest for question 4.
# - *Question 1* is worth a vote: many will say "nothing is shared, each request has its own call".
# - *"Then use `async def`."* With no `await` between the two calls that does remove this race, and
#   it blocks the event loop for as long as the prediction takes. Add an `await` and the race is
#   back. Change the endpoint and let the check show both.
# - *"Then use a lock."* It is right, and serves one request at a time. Let them try it.
# - *A common mistake*: putting the features into a module variable instead. The check finds that
#   too.
# - *To go on*: `safety-tests zoo --list` names sixty more services with one fault each. Give each
#   pair one, and let them explain the interleaving to the others.
