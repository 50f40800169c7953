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
# # Replicas, workers and machines
#
# *20 minutes. You need [your first race](02_first_race.py), and to know what a process is.*
#
# **Questions**
#
# - Do more processes mend a race?
# - Why did the test behind the balancer see nothing?
# - What must not belong to a process, when there are several of them?
#
# **Objectives.** At the end you can
#
# - say why the gate looks at a single process,
# - name three kinds of state that make two replicas differ,
# - replace a replica while others answer.

# %%
import atexit
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import httpx
from asking import wrong_of
from showing import bars
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from loadtests.serve import TOKEN, serving
from safety_tests import check_app
from sample_service.store import write_model

# %% [markdown]
# ## One race, three processes
#
# The service keeps the features on a shared object, waits a millisecond for something, and reads
# them back: `suspension/state_across_await` of the zoo. Three processes serve it, each with a
# memory of its own. That is what `uvicorn --workers 3`, three containers or three machines are.
#
# Two users ask, or four, or sixteen. Each request goes to the next process in turn, as a simple
# balancer would send it. Each answer is compared with the right one.
#
# **Question 1.** Before you run it: with one process and four users about half of the answers are
# wrong. How many will be wrong with three processes? And with *two* users and three processes?

# %%
with ExitStack() as stack:
    started = [stack.enter_context(serving("zoo:state_across_await")) for _ in range(3)]
    urls = [server.url for server, requests in started]
    counts = {
        (users, processes): wrong_of(urls[:processes], users, seconds=0.6)
        for users in (2, 4, 16)
        for processes in (1, 2, 3)
    }
shares = {tried: wrong / asked for tried, (wrong, asked) in counts.items()}

# %%
print("wrong of all     1 process   2 processes   3 processes")
for users in (2, 4, 16):
    one, two, three = (shares[users, processes] for processes in (1, 2, 3))
    print(f"{users:>2} users {one:>16.0%} {two:>13.0%} {three:>13.0%}")

# %%
bars({f"{n} of 3 processes": 100 * shares[4, n] for n in (1, 2, 3)}, "% wrong, with 4 users")

# %%
print("three processes show less than one:", shares[4, 3] < shares[4, 1])
print("two users and three processes show less still:", shares[2, 3] < shares[4, 3])

# %% [markdown]
# Two requests must meet *in one process* to get into each other's way. With more processes fewer of
# them do, and with as many processes as users almost none. The race is the same, and so is every
# line of the service. **Replicas hide races and mend none.**
#
# With nginx, real workers and the load of this repository it is the same. One command measures it,
# with what is installed on your machine:
#
#     python -m loadtests.machines --exhibit suspension.state_across_await
#
# What it found elsewhere stands in [docs/serving_machines.md](../docs/serving_machines.md).
#
# **Question 2.** A team tests in staging with two users behind three replicas, and goes live with
# two hundred. What do they see in staging? What should they have done?

# %% [markdown]
# ## What one process makes for itself
#
# A race needs two requests in one process. Another kind of fault needs two processes.

# %%
for _ in range(3):
    env = {**os.environ, "PYTHONHASHSEED": "random"}
    asked = [sys.executable, "-c", "print(hash('fox') % 100)"]
    print("hash of fox, from 0 to 99:", subprocess.check_output(asked, env=env, text=True).strip())

# %% [markdown]
# **Question 3.** Three processes of the same Python were asked the same. Why do they differ, and
# what would happen to a model that sorts words into buckets by `hash`?

# %%
report = check_app(
    "safety_tests.zoo.replicas.hash_bucket:mutant",
    requests=[{"name": "fox", "method": "GET", "path": "/score/fox"}],
    select="S001,S011",
)
for check in report.checks:
    print(check.code, check.name, check.verdict, *[one.summary for one in check.findings])

# %% [markdown]
# Isolation passes: within one process all is well, whatever comes at the same time. Only a second
# process shows it. A test has one process, and so has a laptop.
#
# The same happens with everything that is made at the start and differs: a random matrix without a
# seed, the order of a set, a file of this machine, the clock.

# %% [markdown]
# ## A new model for one of two
#
# Now a service without faults: the [sample service](../docs/serving.md), with two versions of a
# model, in two processes. `POST /reload` replaces the model in one step.

# %%
scratch = tempfile.TemporaryDirectory()
iris = load_iris()
for version, depth in (("1", 3), ("2", 1)):
    tree = DecisionTreeClassifier(max_depth=depth, random_state=0)
    tree.fit(iris.data, iris.target_names[iris.target])
    write_model(Path(scratch.name), tree, version, iris.feature_names)

os.environ["SAMPLE_SERVICE_MODEL_DIR"] = scratch.name
os.environ["SAMPLE_SERVICE_VERSION"] = "1"
os.environ["SAMPLE_SERVICE_ADMIN_TOKEN"] = TOKEN
os.environ["SAMPLE_SERVICE_DRAIN_SECONDS"] = "2"

# %%
replicas = ExitStack()
atexit.register(replicas.close)  # nothing is left behind, whatever happens
first, _ = replicas.enter_context(serving("safe"))
second, _ = replicas.enter_context(serving("safe"))
FLOWER = {"features": [6.3, 3.3, 6.0, 2.5]}


def ask(server):
    answer = httpx.post(f"{server.url}/predict", json=FLOWER, trust_env=False)
    print(answer.status_code, answer.json()["label"], "by version", answer.json()["version"])


# %% [markdown]
# **Question 4.** The first process is told to change to version 2. Before you run it: what do the
# two of them answer afterwards?

# %%
admin = {"Authorization": f"Bearer {TOKEN}"}
reload = {"url": f"{first.url}/reload", "json": {"version": "2"}, "headers": admin}
print("reload:", httpx.post(**reload, trust_env=False).status_code)
ask(first)
ask(second)

# %% [markdown]
# `/reload` reaches one process: the one that happened to get the request. Behind a balancer the
# same flower now has two answers, in turn. No check on one process can see that.
#
# With several processes a new version comes by **replacing processes**, one after the other. For a
# while both versions answer, and each answer says which one it is from. That is why `version`
# stands in it.

# %% [markdown]
# ## Replacing one
#
# A process that is told to stop (SIGTERM) must not stop at once: the balancer still sends to it.
# First it says that it is not *ready*. It is still *alive*, and answers.
#
# **Question 5.** Before you run it: after the signal, what do `/health/ready`, `/health/live` and
# `/predict` answer?

# %%
os.kill(first.pid, signal.SIGTERM)
while (ready := httpx.get(f"{first.url}/health/ready", trust_env=False)).status_code == 200:
    pass
print("ready:", ready.status_code)
print("live: ", httpx.get(f"{first.url}/health/live", trust_env=False).status_code)
ask(first)

# %%
replicas.close()
scratch.cleanup()

# %% [markdown]
# The balancer asks for readiness, sees 503 and sends no more. Two seconds later the process
# finishes what it has and ends. Nobody has lost an answer. It works because the service is
# stateless: *any* process may answer *any* request, so each of them may go.

# %% [markdown]
# ## Key points
#
# - A race needs two requests in one process. More processes make it rarer, and harder to find.
# - So the gate looks at a single process, before anything is deployed.
# - What each process makes for itself (hash seeds, random matrices, sets) must not reach an answer.
# - Memory belongs to a process: a change in one is not a change in the others.
# - A stateless replica can be replaced at any time: not ready first, then finish, then stop.

# %% [markdown]
# ## Answers
#
# 1. Fewer, the more processes there are. With two users and three processes hardly any: their
#    requests go to different processes, and never meet.
# 2. Nothing at all. The gate, on one process; or a load with many more users than replicas.
# 3. Since Python 3.3 `hash` of a text is salted anew in every process. The same word has another
#    weight in each replica, and after each restart.
# 4. Version 2 and version 1.
# 5. 503, 200, and 200 with an answer.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 7 minutes for the table, 4 for hashes, 4 for the reload, 4 for readiness.
# - *The percentages differ* from machine to machine and from run to run; the corners of the table
#   do not. Let three groups read out theirs.
# - *Draw the processes* as boxes, and let two people be requests: walk them to the boxes in turn.
#   They never meet. Then let four walk.
# - *"So replicas make the service safer?"* They make the fault rarer for each user, and there are
#   more users. It comes once a week then, and nobody can show it again.
# - *A common mistake*: sticky sessions as a repair. They keep a user with the process that knows
#   them, until it is replaced.
# - *A common mistake*: `PYTHONHASHSEED=0` in production. It hides one of the causes, and opens the
#   service to requests made to collide.
# - *To go on*: `safety-tests zoo --list`, the group *replicas*.
