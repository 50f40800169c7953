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
# # Load that checks answers
#
# *20 minutes. You need [your first race](02_first_race.py) and the extra `load`
# (`pip install -e '.[load,notebooks]'`).*
#
# **Questions**
#
# - A load test ends with 5,000 answers, all with status 200. How many of them were right?
# - What may you say after a load test without a wrong answer?
# - Which races does load show, and which does it never show?
#
# **Objectives.** At the end you can
#
# - run a load test that compares every answer,
# - say from its exit code what happened,
# - carry a wrong answer from the load test to the interleaving behind it.

# %%
import inspect
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from showing import lanes, page

import loadtests
import sample_service
from loadtests.serve import serving
from safety_tests import check_app
from safety_tests.zoo.suspension import state_across_await

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)

# %% [markdown]
# ## The service
#
# It is from the [zoo](../docs/zoo.md): `/predict` calls `score` of one object of this class, and
# waits a millisecond for a feature store, with `await`.

# %%
print(inspect.getsource(state_across_await.fetch_weight))
print(inspect.getsource(state_across_await.Keeping))

# %% [markdown]
# ## Locust, and what it counts
#
# [Locust](https://locust.io) plays users: here sixteen, each of which sends a request, waits for
# the answer and sends the next. By itself it counts how fast answers come, and takes any 200 for a
# success. This service sends nothing but 200.
#
# The locustfile of this repository asks the service each request **twice alone**, before the load,
# and keeps the answers. During the load it compares every answer with them.

# %%
locustfile = Path(loadtests.__file__).parent / "locustfile.py"
LOCUST = [sys.executable, "-m", "locust", "-f", locustfile]
LOCUST += ["--headless", "--only-summary", "--users", "16", "--spawn-rate", "16"]
LOCUST += ["--run-time", "2s", "--correctness-json", "report.json"]
LOCUST += ["--correctness-html", "report.html", "--correctness-leaked", "leaked.json"]


def load(url, requests):
    """Locust in a process of its own, with its reports in the folder; never in this one."""
    command = [*LOCUST, "--host", url, "--correctness-requests", requests]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


# %% [markdown]
# **Question 1.** Before you run it: of all answers, how many per cent will be wrong? And with which
# exit code will Locust end?

# %%
with serving("zoo:state_across_await") as (server, requests):
    ran = load(server.url, requests)

found = json.loads((folder / "report.json").read_text())
print("checked more than a hundred:", found["checked"] > 100)
print(f"{found['wrong'] / found['checked']:.0%} of {found['checked']} answers were wrong")
print("exit code", ran.returncode)

# %% [markdown]
# All of them had status 200. Exit code 1 is what a pipeline needs to see.
#
# The report is a page. It says whose answers the wrong ones were:

# %%
page((folder / "report.html").read_text().replace(server.url, "the service"), height=800)

# %% [markdown]
# **Question 2.** A wrong answer is either *the answer of another request* or *nobody's*. Which of
# the two did you get, and what would the other one tell you of the fault?

# %% [markdown]
# ## From load to gate
#
# The load says *that* answers are mixed up. It cannot say how: it saw requests from outside. But it
# has written down which requests were concerned, as a requests file for the gate.
#
# **Question 3.** Before you run it: between which two lines will the gate suspend a request?

# %%
service = "safety_tests.zoo.suspension.state_across_await:mutant"
report = check_app(service, requests=folder / "leaked.json", select="S001")
print(report.findings[0].summary)
lanes(report)

# %% [markdown]
# ## The repaired service, and what silence says
#
# The same load for the healthy twin.
#
# **Question 4.** Before you run it: not one of some thousand answers will be wrong. Is the rate of
# wrong answers then zero? What do you dare to say of it?

# %%
with serving("zoo:state_across_await", healthy=True) as (server, requests):
    ran = load(server.url, requests)

found = json.loads((folder / "report.json").read_text())
print("wrong", found["wrong"], "- exit code", ran.returncode)
print(f"checked {found['checked']}, so with 95 % confidence the rate is below")
print(f"{found['upper_bound']:.5f} by the report, {3 / found['checked']:.5f} by the rule of three")

# %% [markdown]
# After *n* answers without a wrong one, the rate may still be about 3 / *n*. That many wrong
# answers would have been missed with a chance of one in twenty. At a million requests a day it is
# hundreds of people, or thousands, who get somebody else's answer.
#
# And this holds for this load only, if wrong answers come one by one. Races come in bursts.

# %% [markdown]
# ## A race that load does not show
#
# Now the service of the first lesson: features kept on `self`, in a `def` endpoint, with no waiting
# in between.
#
# **Question 5.** Before you run it: how many wrong answers does the load see? And the gate?

# %%
with serving("zoo:features_on_self") as (server, requests):
    ran = load(server.url, requests)
    report = check_app(
        "safety_tests.zoo.shared_attributes.features_on_self:mutant",
        requests=requests,
        select="S001",
    )

found = json.loads((folder / "report.json").read_text())
print(f"load: {found['wrong']} wrong of {found['checked']}, exit code {ran.returncode}")
print("gate:", report.verdict, "-", report.findings[0].summary)

# %% [markdown]
# The load is green, most likely, and the service is broken. The window is a microsecond wide, and a
# thread is switched every five milliseconds. Of the services of the zoo
# [most never show under load](../docs/locust.md#what-shows-under-load-and-what-does-not).
#
# A load test answers another question: is the service still right when it is *busy*, with its real
# server, its real connections, and C code that the gate cannot pause? Run both.

# %% [markdown]
# ## Silence that proves nothing
#
# The most dangerous load test is the one that did not happen. This one asks a port on which nobody
# listens.
#
# **Question 6.** No answer will be wrong. Before you run it: which exit code should it have?

# %%
ran = load("http://127.0.0.1:9", Path(sample_service.__file__).parent / "requests.json")
print("exit code", ran.returncode)
print(ran.stderr.splitlines()[-1])

# %%
scratch.cleanup()

# %% [markdown]
# | exit code | when |
# |---|---|
# | 0 | something was checked, and everything was right |
# | 1 | a wrong answer, or HTTP errors |
# | 2 | the run could not begin, or proves nothing |

# %% [markdown]
# ## Key points
#
# - A status says that an answer came. Only a comparison says that it is right.
# - What is right must be known from elsewhere: the service asked alone, a file, a function.
# - No wrong answer among *n* leaves room for a rate of 3 / *n*.
# - Load shows wide windows: an `await`, a file, a database. It seldom shows what lies between two
#   lines. The gate does.
# - A run that checked nothing must not be green.

# %% [markdown]
# ## Answers
#
# 1. About half of them, and 1. With two kinds of requests, each has the features of the *last* one
#    that came; with sixteen users that is most likely another user's, and in half of the cases of
#    the other kind. With ten kinds of requests nine of ten would be wrong.
# 2. The answer of another request, each time. *Nobody's* would be a mixture: a buffer filled by two
#    requests, a torn update, a counter.
# 3. Between the line that writes `self.features` and the one that reads it, at the `await`.
# 4. You know only that it is small: below 3 / *n*, with 95 % confidence, for this load on this
#    machine. That the repaired service cannot be wrong in this way is what the gate is for.
# 5. Most likely the load sees none, and the gate one within a second.
# 6. 2. Nothing was checked, so it may not be 0, and no answer was wrong, so it is not 1. Plain
#    Locust ends with 0 when no request was sent.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 5 minutes to the first load, 4 for the report, 5 for the 3 / *n*, 4 for the race that
#   does not show.
# - *Never `import locust` here.* It replaces the threads of the process in which it is imported,
#   and this notebook is one. Locust is a command, as in the cells above.
# - *With Locust's own page*: `python -m loadtests.serve zoo:state_across_await` in one terminal,
#   the command that it prints in another, and `http://localhost:8089` in a browser, where the wrong
#   answers have a tab of their own.
# - *A common mistake*: reading `report.json` after a run that could not begin. It is the report of
#   the run before. Look at the exit code first.
# - *A common mistake*: a load with one kind of request. All answers are equal then, and a swap
#   cannot be seen.
# - *"Then run it for longer."* Let them compute how long, for a rate of one in ten million. Then
#   show how long the gate took.
# - *If question 5 shows wrong answers*: keep the output. It is rare, and it is the same fault.
