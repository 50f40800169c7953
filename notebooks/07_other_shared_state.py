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
# # Other shared state
#
# *20 to 25 minutes. You need [your first race](02_first_race.py), and it helps to have [read an
# interleaving](04_reading_an_interleaving.py) before.*
#
# **Questions**
#
# - Where does state hide when nothing is written on `self`?
# - Does it take two requests at the same time to get a wrong answer?
# - When is a shared object right, although everything about it looks wrong?
#
# **Objectives.** At the end you can
#
# - find the shared state in a cache, a buffer, a seed, an option and a generator,
# - say which of the gate's checks will find it, before you run the gate,
# - leave alone what looks shared and does no harm.

# %%
import inspect

from showing import lanes

from safety_tests import as_text, check_app
from safety_tests.zoo.buffers import reused_buffer
from safety_tests.zoo.caches import rounded_key
from safety_tests.zoo.iteration import shared_generator
from safety_tests.zoo.library_globals import global_seed, option_context
from safety_tests.zoo.replicas import random_projection
from safety_tests.zoo.right import memo_right_key

# %% [markdown]
# ## The zoo, and four promises
#
# Each file of the [zoo](../docs/zoo.md) holds one small service with one fault: `mutant()`. Beside
# it stands the smallest repair, `healthy()`. Each fault was met in public software. You will see
# the requests and the code of six of them, without the docstring, which tells all.
#
# The gate holds a service to [eleven promises](../docs/checks/S001.md). Four are enough here:
#
# | code | promise |
# |---|---|
# | S001 isolation | in company each request gets the answer that it gets alone |
# | S002 independence | an answer does not depend on which requests came before |
# | S006 no new errors | a request that succeeds alone never fails in company |
# | S011 replicas | two fresh processes answer alike |

# %%
CODES = "S001,S002,S006,S011"


def show(exhibit):
    """Its requests and its code, without the docstring, the answer and the repair."""
    code = inspect.getsource(exhibit).partition("REQUESTS")[2]
    print("REQUESTS" + code.partition("def healthy")[0].rstrip())


def gate(exhibit, service="mutant"):
    """The report on one service of the zoo."""
    name = f"{exhibit.__name__}:{service}"
    return check_app(name, requests=exhibit.REQUESTS, select=CODES)


def tell(report):
    """Each finding in one line."""
    for one in report.findings:
        print(f"{one.code}, {one.preemptions} preemptions: {one.summary}")


# %% [markdown]
# Take a sheet of paper, and make a column for each promise. For each of the six, make a cross
# **before** you run the gate. The answers are at the end.

# %% [markdown]
# ## 1. A cache

# %%
show(rounded_key)

# %% [markdown]
# **Question 1.** Before you run it: which promise is broken? Do `below` and `above` have to be
# under way at the same time?

# %%
tell(gate(rounded_key))

# %% [markdown]
# No preemption, so no luck with threads is needed: whoever asks first decides the answer for all
# who come after. That is why S002 finds it with the requests served one by one. S001 is broken as
# well, because *in company* includes *one after the other*.
#
# A test that starts a new service for each request stays green for ever.

# %% [markdown]
# ## 2. A buffer

# %%
show(reused_buffer)

# %% [markdown]
# Reading hint: `mutant` makes one list, and hands the same one to every request.
#
# **Question 2.** Which promise? And before you run it: will `virginica` get the answer of
# `setosa`, or something else?

# %%
report = gate(reused_buffer)
tell(report)
lanes(report)

# %% [markdown]
# Follow the buffer down the middle. The score at the end belongs to *nobody*: one column comes from
# each row. Such answers are worse than swapped ones. No user will ever say "this is my
# neighbour's".

# %% [markdown]
# ## 3. A seed
#
# Somebody wanted answers that can be reproduced, and read that one sets a seed for that.

# %%
show(global_seed)

# %% [markdown]
# There is no `self`, no `global` and no buffer. Where is the object that two requests share?

# %%
report = gate(global_seed)
tell(report)
lanes(report)

# %% [markdown]
# Inside NumPy: `seed` and `normal` work on one hidden generator, one for the process. Python's
# `random` has one as well. Alone, each request always draws the same numbers. In company the second
# request winds that generator back, and the first one goes on from there.
#
# And what if nobody sets a seed? The next service draws a random matrix when it starts, once, and
# never changes it.

# %%
show(random_projection)

# %% [markdown]
# **Question 3.** Nothing is written while a request is served. Which promise can break, and how
# many processes do you need to see it?

# %%
report = gate(random_projection)
tell(report)
print("this process", report.findings[0].expected)
print("another     ", report.findings[0].got)

# %% [markdown]
# One process is true to itself. Two of them are two models under one name. Here the state is
# shared by too few: it should have been saved with the model. [Replicas and
# machines](11_replicas_and_machines.py) comes back to this.

# %% [markdown]
# ## 4. A library's option
#
# Libraries offer settings as `with` blocks: set it, work, put the old value back. Pandas does so
# with `option_context`, and Python itself with `warnings.catch_warnings`.

# %%
show(option_context)

# %% [markdown]
# **Question 4.** A request that runs *whole* inside the block of another puts back what it found.
# How often must requests be paused, at least, until an answer is wrong? Predict it.

# %%
report = gate(option_context)
tell(report)
lanes(report)

# %% [markdown]
# Two pauses: one request is paused inside its block; the other enters its own, and is paused before
# it leaves; now the first one works with the option of the second. A search with one preemption
# would not have seen it, and would have said so: its pass prints *at most 1 preemption*.
#
# **Question 5.** Look at the very last write in the picture. Which value had the option before the
# two requests came, and which has it now? Who will notice?

# %% [markdown]
# ## 5. A generator
#
# This one hands out two replicas of a model in turn. There is no variable in sight that a request
# writes.

# %%
show(shared_generator)

# %% [markdown]
# **Question 6.** Both replicas compute the same. So what can go wrong? Choose the promise before
# you run it.

# %%
report = gate(shared_generator)
tell(report)
lanes(report)

# %% [markdown]
# A generator *is* state: it remembers the line at which it stopped. While it computes for one
# request, a second `next` is an error. That error has a status, 500, and a name in the log. It is
# the kindest of the five.

# %% [markdown]
# ## 6. And this one?
#
# A memo, shared by all requests, filled by whoever comes first, read and written without a lock.

# %%
print(inspect.getsource(memo_right_key.Memo))
print(inspect.getsource(memo_right_key.healthy))

# %% [markdown]
# **Question 7.** Which promise does it break? Look for a schedule: who is paused, and where?

# %%
report = gate(memo_right_key, "healthy")
print(as_text(report))

# %% [markdown]
# None. Two requests may both find the row missing, and both compute it. They store the same value
# under the same key, and nothing ever removes it. The work is done twice, and every answer is
# right.
#
# It is in the zoo's group [*right*](../docs/zoo.md): services that look broken and are not. A gate
# that accuses them teaches people to look away.
#
# Compare it with the first service of this lesson. Both share a dictionary without a lock. The one
# difference is the key: here it holds everything that the answer depends on, so whatever is found
# under it is right, whoever stored it.

# %% [markdown]
# ## Your turn
#
# Choose one of the five and write the repair before you look at it. Then compare.

# %%
print(inspect.getsource(global_seed.healthy))
report = gate(global_seed, "healthy")
print("the repaired twin:", report.verdict)

# %% [markdown]
# ## Key points
#
# - Shared state needs no `self` and no `global`: caches, buffers, a library's generator, options
#   in `with` blocks, generators, open files.
# - A wrong cache key needs no threads at all. A history of two requests is enough.
# - Some faults need two pauses. A pass with one says nothing about them, and prints its bound.
# - What each process makes for itself at its start must be the same in all of them.
# - Shared is not wrong. Ask: *can what one request writes change the answer to another one?*

# %% [markdown]
# ## Answers
#
# 1. S002, and therefore S001 as well. They need not meet: 4.75 and 5.25 both round to 5, so the
#    second of them gets the score of the first, minutes later too.
# 2. S001. The buffer holds one column of each row when the sum is taken, so the score is
#    neither's.
# 3. S011. A second process is needed, or a restart of the first, which few tests do.
# 4. Twice. With one pause the other request runs from its first line to its last and puts the
#    option back, so nothing is left of it when the first one goes on.
# 5. It was 2 and is now what one of the two requests had set. The blocks were left in the order in
#    which they were entered, so the last one put back what it had found inside the other. It stays
#    so: everybody who does not set the option gets another answer than yesterday.
# 6. S006: both may call `next` at the same time, and the second call raises `ValueError:
#    generator already executing`. Swapped replicas would not be seen: they answer alike.
# 7. It breaks none of them.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 3 minutes for each of the six, if they predict on paper and you run the cells. For 90
#   minutes with other lessons, take 1, 4 and 6: history, two pauses, and none.
# - *Count the crosses* before each run. The generator gets S001 from most; the memo gets S001 from
#   nearly all. Let somebody who made the cross name the schedule. They will find the double
#   computation, and then that it does no harm.
# - *"Then put a lock round the memo."* It costs a wait and mends nothing. It is worth saying when
#   you would want one: when the computation is so expensive that doing it twice hurts. That is
#   [another lesson](06_lru_cache_is_not_a_lock.py), and another promise, S003.
# - *A common mistake*: "the GIL protects NumPy's generator". It protects its memory. Between
#   `seed` and `normal` there is a line of Python.
# - *A common mistake*: taking the seed at start-up for the repair of the third service. Then two
#   requests draw from one generator, and an answer depends on who came before: S002. A generator
#   for each request is the repair.
# - *To go on*: `safety-tests zoo --list`. Give each pair one, without its docstring.
