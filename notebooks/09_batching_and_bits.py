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
# # Batching and bits
#
# *20 minutes. You need [your first race](02_first_race.py), and to have fitted a model with
# scikit-learn once.*
#
# **Questions**
#
# - Why do model services answer several requests with one call of the model?
# - Can an answer depend on its company when nothing is shared and nobody made a mistake?
# - How far may an answer be off before it is wrong?
#
# **Objectives.** At the end you can
#
# - say why the last bits of a linear model change in a batch, and those of a forest do not,
# - choose a tolerance, and say what it lets through,
# - tell a rounding from a swapped answer.

# %%
import os
import tempfile
from pathlib import Path
from timeit import repeat

import numpy as np
from showing import lanes
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from safety_tests import check_app
from safety_tests.zoo.batching import crossed_batch
from sample_service.store import write_model

# %% [markdown]
# ## Why batch
#
# Two models, fitted to 150 flowers: one multiplies and adds, the other one compares.

# %%
iris = load_iris()
rows, labels = iris.data, iris.target_names[iris.target]
linear = LogisticRegression(max_iter=1000).fit(rows, labels)
forest = RandomForestClassifier(20, random_state=0).fit(rows, labels)

# %% [markdown]
# **Question 1.** All 150 rows in one call, or 150 calls with one row each. Before you run it: guess
# for the forest how many times as long the second one takes.

# %%
one_call = min(repeat(lambda: forest.predict_proba(rows), number=1, repeat=5))
many_calls = min(repeat(lambda: [forest.predict_proba([r]) for r in rows], number=1, repeat=1))
print(f"150 calls take {many_calls / one_call:.0f} times as long as one")
print("ten times as long at least:", many_calls > 10 * one_call)

# %% [markdown]
# Most of a call is preparation, and is done once for all rows. That is why the [sample
# service](../docs/serving.md) collects the requests that are under way together, and asks the model
# once. Nothing is kept from one batch to the next. It is as stateless as a service can be.

# %% [markdown]
# ## To the bit
#
# **Question 2.** Before you run it: are the answers of the two ways *equal*, with `==`? For which
# of the two models?

# %%
forest_alone = np.vstack([forest.predict_proba([row]) for row in rows])
forest_together = forest.predict_proba(rows)
linear_alone = np.vstack([linear.predict_proba([row]) for row in rows])
linear_together = linear.predict_proba(rows)

print("forest: rows that differ", (forest_alone != forest_together).any(axis=1).sum())
print("linear: rows that differ", (linear_alone != linear_together).any(axis=1).sum())
print("linear: furthest apart  ", abs(linear_alone - linear_together).max())

# %% [markdown]
# The forest answers alike. The linear model does not, in the last bits, on most machines. (If yours
# prints 0, your linear algebra library treats one row like many. It is promised nowhere.)
#
# Nothing is broken. A floating point sum depends on the order of its terms:

# %%
print((0.1 + 0.2) + 0.3, "and", 0.1 + (0.2 + 0.3))

# %% [markdown]
# For one row the library multiplies a matrix with a vector, for many a matrix with a matrix. These
# are two programs, and they add the same products in another order. The trees of a forest *compare*
# numbers, and their votes are added in the same order for each row.

# %%
row = int((linear_alone != linear_together).any(axis=1).argmax())
for alone, together in zip(linear_alone[row], linear_together[row], strict=True):
    print(f"{alone:<24} {alone.hex()}")
    print(f"{together:<24} {together.hex()}\n")

# %% [markdown]
# ## What the gate says
#
# Both models, served by the sample service, two requests at a time.
#
# **Question 3.** The gate compares floats bit for bit. Before you run it: what does it say of each
# model? Would you call it a false alarm?

# %%
scratch = tempfile.TemporaryDirectory()
os.environ["SAMPLE_SERVICE_MODEL_DIR"] = scratch.name
ASKED = [
    {"name": name, "method": "POST", "path": "/predict", "json": {"features": rows[at].tolist()}}
    for name, at in {"setosa": 5, "virginica": 120}.items()
]
BOUND = {"select": "S001", "preemptions": 1, "tasks": 2}


def gate(model, requests):
    """What the gate says of the sample service with `model`, in batches."""
    write_model(Path(scratch.name), model, "1", iris.feature_names)
    return check_app("sample_service.app:app", requests=requests, **BOUND)


# %%
print("forest", gate(forest, ASKED).verdict)
report = gate(linear, ASKED)
print("linear", report.verdict)
for finding in report.findings:
    print(finding.summary)
    print("expected", finding.expected["probabilities"])
    print("got     ", finding.got["probabilities"])

# %% [markdown]
# The gate is right: *in company* the request got another answer than *alone*. Ask the same row
# twice and you may get two answers, depending on who else was asking. That matters where answers
# are compared as text, hashed, cached by value, or cut off at a threshold.

# %% [markdown]
# ## What a tolerance is
#
# Tests of numbers rarely ask for equal bits. NumPy offers both:

# %%
np.testing.assert_allclose(linear_alone, linear_together, rtol=1e-7)
print("within a ten-millionth: no complaint")
print("same label:", (linear_alone.argmax(axis=1) == linear_together.argmax(axis=1)).all())

# %% [markdown]
# A tolerance says: *what is closer than this, I do not want to know.* So it must be wider than the
# rounding, and narrower than the distance between the answers to two different requests.
#
# **Question 4.** Here are two setosas, flowers 0 and 4. Suppose that a service swaps them. Which of
# these tolerances notices?

# %%
mine, yours = linear_together[0], linear_together[4]
for tolerance in (1e-9, 1e-3, 0.05):
    same = np.allclose(mine, yours, rtol=0, atol=tolerance)
    print(f"tolerance {tolerance:<6}", "lets the swap through" if same else "notices")

# %% [markdown]
# Look at the two distances before you choose. Between them is a lot of room:

# %%
apart = abs(linear_together[:, None] - linear_together).max(axis=2)  # each flower from each
print(f"rounding:              at most  {abs(linear_alone - linear_together).max():.0e}")
print(f"two different flowers: at least {apart[apart > 1e-12].min():.0e}")

# %% [markdown]
# ## A batch that crosses its answers
#
# Now a mistake. This service sorts the rows of a batch by their length, and hands the answers out
# in the order in which the requests came. Each request alone is right.
#
# **Question 5.** Before you run it: will a tolerance help to see this one, or to overlook it?

# %%
name = f"{crossed_batch.__name__}:mutant"
report = check_app(name, requests=crossed_batch.REQUESTS, select="S001")
print(report.findings[0].summary)
print("expected", report.findings[0].expected, "got", report.findings[0].got)
lanes(report)

# %% [markdown]
# *It is the answer of* is what tells a swap from a rounding. Whoever sees such a thing in
# production does not need another tolerance.

# %% [markdown]
# ## What to do about the bits
#
# - **Nothing**, and say so: the label is the answer, the rest is decoration. Tell the gate, too.
# - **A model that compares**, such as a forest or boosted trees.
# - **One row at a time**: `sample_service.styles.inline` is the same service without batches.
#
# Telling the gate means to name what does not matter:

# %%
told = {"requests": ASKED, "ignore": ["$.probability", "$.probabilities"]}
report = gate(linear, told)
print("linear, by label:", report.verdict)

# %%
scratch.cleanup()

# %% [markdown]
# **Question 6.** What can this check no longer see?

# %% [markdown]
# ## Key points
#
# - A batch is fast because preparation is done once. It keeps nothing, and is stateless.
# - Floating point sums depend on their order, and a batch may change the order.
# - Equal bits are the strictest promise and the easiest one to check. A model that compares keeps
#   it.
# - A tolerance belongs between the rounding and the smallest difference that matters. Measure both.
# - An answer that is *somebody else's* is no rounding, however small the difference.

# %% [markdown]
# ## Answers
#
# 1. For the forest usually some hundred times.
# 2. For the forest. Its answers have the same bits, for the linear model only the first fifteen
#    digits or so are the same.
# 3. It passes the forest and fails the linear model, where bits differ on your machine. It is no
#    false alarm: the promise was broken, by very little. Whether it matters is for you to say.
# 4. The first and the second. With 0.05 the two flowers are *the same*, and a test with it would be
#    green with every setosa swapped.
# 5. To overlook it, if it is wide enough. Nothing but another request's answer is needed to see it:
#    three rows whose answers are far apart.
# 6. A swap between two requests with the same label. Choose requests with different labels, then
#    little is lost.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 4 minutes for the speed, 6 for the bits, 5 for tolerances, 4 for the crossed batch.
# - *Question 3* divides the class, and should. Let each side say what it would cost to be wrong.
# - *"Then round the answers to six digits."* A good idea that moves the problem: two numbers on
#   both sides of a rounding edge differ by a whole step afterwards. It happens less often, and is
#   larger when it does.
# - *A common mistake*: a tolerance relative to the value (`rtol`) for probabilities near zero. Let
#   them compute what 1e-7 of 1e-8 is.
# - *A common mistake*: testing batches with copies of one row. Crossed copies are equal.
# - *To go on*: `python docs/make/styles_table.py` asks all styles of the sample service; the table
#   that it makes stands in [docs/serving.md](../docs/serving.md). The compiled style computes in 32
#   bits: what tolerance does it need?
