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
# # The stateless pattern
#
# *15 minutes. You need to have written a FastAPI endpoint before.*
#
# **Questions**
#
# - What may the requests of a model service share, and what belongs to one of them?
# - What does "stateless" promise to a client?
# - What does a service look like that keeps the promise?
#
# **Objectives.** At the end you can
#
# - say the promise in three sentences,
# - sort the names in a piece of code into shared and not shared,
# - find the file to copy for each part of a service of your own.

# %%
import ast
import inspect
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

import sample_service
from loadtests.server import running
from safety_tests import as_text, check_app
from sample_service.predictor import ModelPredictor
from sample_service.train import train

scratch = tempfile.TemporaryDirectory()
manifest = train(Path(scratch.name))
os.environ["SAMPLE_SERVICE_MODEL_DIR"] = scratch.name
os.environ["SAMPLE_SERVICE_DRAIN_SECONDS"] = "0"
print("asked   ", *manifest.feature_names, sep=" | ")
print("answered", *manifest.classes, sep=" | ")

# %% [markdown]
# A small tree was trained. It is asked for the measures of a flower, and answers with the kind of
# iris. The model does not matter here. What matters is how it is served.
#
# ## The promise
#
# 1. **The same request gets the same answer**: alone or in company, first or last, from this
#    process or from another one.
# 2. **What requests share is complete before the first of them comes, and no request changes it.**
# 3. **What a request computes belongs to that request.** It travels in arguments, local names and
#    return values, and is gone with the answer.
#
# The first sentence is what a client can see. The other two are how to keep it.
#
# ## The part that all requests share
#
# A model is large and slow to load. So there is one object for all requests, the predictor:

# %%
print(inspect.getsource(ModelPredictor))

# %% [markdown]
# **Question 1.** Sort these names: `self`, `self.manifest`, `self.probabilities`, `features`,
# `names`, `row`, `rows`, `found`, `best`. Which are shared by all requests? Which belong to one
# request? And which line writes to something shared? (The answers are at the end.)
#
# The first lines of the class do some of the work: `frozen=True`. The next cell tries what a
# careless method might do.
#
# *Before you run it:* what will Python say?

# %%
predictor = ModelPredictor(probabilities=len, manifest=manifest)
try:
    predictor.manifest = None
except Exception as refused:
    print(type(refused).__name__, "-", refused)

# %% [markdown]
# A frozen class is a fence and not a proof. It stops `self.row = ...`. It does not stop a list
# inside the object from growing. Still, most races in model services begin with an attribute that
# is set for one request, and here that is an error on the first try, in the first test.
#
# ## Served for real
#
# The next cell starts the service as it runs in production, in a process of its own. It asks for
# three flowers, one after the other. Then twenty threads ask 300 times, all at once.

# %%
rows = [[5.1, 3.5, 1.4, 0.2], [5.9, 3.0, 4.2, 1.5], [6.3, 3.3, 6.0, 2.5]]
command = [sys.executable, "-m", "uvicorn", "sample_service.app:app", "--port", "{port}"]
ready = "http://127.0.0.1:{port}/health/ready"


# %%
def ask(http, row):
    return http.post("/predict", json={"features": row}).json()


with (
    running(command, ready) as server,
    httpx.Client(base_url=server.url, trust_env=False) as http,
    ThreadPoolExecutor(20) as crowd,
):
    alone = [ask(http, row) for row in rows]
    together = list(crowd.map(partial(ask, http), rows * 100))

for answer in alone:
    print(f"{answer['label']:<11} {answer['probability']:.4f}  {answer['version']}")

# %% [markdown]
# *Before you run it:* of the 300 answers in company, how many are equal to the answer alone, to
# the last bit?

# %%
print(sum(map(dict.__eq__, together, alone * 100)), "of", len(together))

# %% [markdown]
# **Question 2.** That is good to see. Name two things that these 300 answers did *not* try.
#
# ## What the gate says
#
# The gate, `safety-tests check`, does not count on chance. It serves two requests together,
# pauses one of them, lets the other one run, and compares both answers with the ones they get
# alone. It does so at every place where a pause is possible.
#
# *Before you run it:* there are three requests to choose from, so nine ordered pairs. About how
# many orders will it try: ten, a hundred, a million?

# %%
folder = Path(sample_service.__file__).parent
report = check_app(
    "sample_service.app:app",
    requests=folder / "requests.json",
    app_dir=folder.parent,
    select="S001,S002,S004",
    preemptions=1,
)
print(as_text(report))

# %% [markdown]
# Each line is a promise, and beside it stands the **bound**: what was tried. "Every schedule with
# at most 1 preemption" means each order in which a running request is paused at most once. There
# are so few of them since there is so little to pause: a request that touches nothing shared need
# not be interrupted in between.
#
# - *Isolation* is the first sentence of the promise, in company.
# - *Independence* is the same sentence for what came before.
# - *Frozen* is the second sentence: no request changed a shared object.
#
# The bound belongs to the pass. It holds for these three requests, on this Python.
#
# ## Files to copy
#
# The service has one idea in each file, and the first line of the file says which:

# %%
for path in sorted(folder.glob("[a-z]*.py")):
    idea = ast.get_docstring(ast.parse(path.read_text())).splitlines()[0]
    print(f"{path.name:<14} {idea}")

# %% [markdown]
# Begin with `predictor.py`, `models.py` and `endpoints.py`. The others are for a service that
# stands in front of strangers. `textbook.py` is there to be caught:
# [lesson 6](06_lru_cache_is_not_a_lock.py) does that.
#
# **Question 3.** A colleague wants each answer to carry a number: "you are our 1,204th customer".
# Where would that number live? Which sentence of the promise does it break? And what if the
# number goes to `/metrics` instead, and into no answer?

# %%
scratch.cleanup()

# %% [markdown]
# ## Key points
#
# - Stateless does not mean that there is no state. It means that requests leave none behind.
# - Share what is complete before the first request and what nobody changes.
# - What belongs to a request travels in arguments, local names and return values.
# - Right answers in company are a good sign. A bound that was searched is a better one.

# %% [markdown]
# ## Answers
#
# 1. Shared: `self` and all that hangs on it, `self.manifest` and `self.probabilities`. So is the
#    object that `names` stands for, although the name itself is local: it is the manifest's tuple
#    of names. The others belong to the request: they are made in the call, or came with it. No
#    line writes to anything shared. (What `preprocess` returns is a new list.)
# 2. For example: other rows, or rows that are refused; requests that arrive while the model is
#    still loading; a client that goes away in the middle; and nearly all of the orders in which
#    the steps of two requests can come. The machine chose a few orders, and may choose others
#    tomorrow.
# 3. In an object that all requests share, and every request changes it: that breaks the second
#    sentence, and the answers break the first one. With two processes there would be two numbers
#    1,204 as well. As a metric it is part of no answer, so the promise holds; the metrics library
#    takes care of the threads. (The gate calls a changed object that no answer depends on a
#    warning.)

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 4 minutes for the promise and question 1, 4 for the real server, 4 for the gate, 3 for
#    the files and question 3. The cell with the gate takes about five seconds: let them guess.
# - *Question 1* works well on paper, in pairs. The one that divides the room is `names`: a local
#    name for a shared object. Sharing goes by objects, not by names.
# - *A common mistake*: "stateless means no global variables". The predictor is as global as it can
#    be. Nobody changes it, and that is enough.
# - *Another one*: "a dependency makes an object for each request". `Depends` calls the function for
#    each request; what the function returns may well be the one shared object, as here.
# - *To go on*: give `ModelPredictor` a method that keeps the last row, make the class not frozen,
#    and run the gate again. The next lesson is that race.
