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
# # Reading an interleaving
#
# *20 minutes. You need lesson 2.*
#
# **Questions**
#
# - How do you find the moment at which an answer became wrong?
# - What is a token, and what can it be used for?
# - What does it say when a race needs two pauses and not one?
#
# **Objectives.** At the end you can
#
# - name the three accesses behind a wrong answer: who wrote, who overwrote, who read,
# - read the same order as text, as a picture, as a page and as data,
# - explain a race of your own before the report explains it.

# %%
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from showing import lanes, listing, page

from safety_tests import as_text, check_app

scratch = tempfile.TemporaryDirectory()
folder = Path(scratch.name)

# %% [markdown]
# ## A tokenizer
#
# It cuts a text into words, and keeps as many as the request asks for. Real tokenizers have done
# it in just this way: first the length is set, then the text is encoded
# (huggingface/tokenizers#537).

# %%
service = """\
from fastapi import FastAPI


class Tokenizer:
    def truncate(self, length):
        self.length = length

    def encode(self, text):
        return text.lower().split()[: self.length]


app = FastAPI()
tokenizer = Tokenizer()


@app.get("/encode")
def encode(text: str, length: int):
    tokenizer.truncate(length)
    return {"words": tokenizer.encode(text)}
"""
_ = (folder / "words.py").write_text(service)
listing(service)

# %% [markdown]
# *Before you run it:* "short" wants two words and "long" wants four. Which wrong answers can there
# be?

# %%
text = "One two three four"
requests = [
    {"name": name, "method": "GET", "path": "/encode", "params": {"text": text, "length": length}}
    for name, length in (("short", 2), ("long", 4))
]
report = check_app("words:app", requests=requests, app_dir=folder, select="S001")
print(as_text(report))

# %% [markdown]
# ## How to read it
#
# Do not begin at the top. Begin at the end of the lanes and go up.
#
# 1. **Who read?** The last line that reads a shared object on behalf of the request with the
#    wrong answer. (Which request that is, the sentence above `expected` says.)
# 2. **Who wrote last before that?** Go up to the nearest line that *writes* the same object. If it
#    stands in another lane, you have found the intruder.
# 3. **What was overwritten?** Go up further, to the write of the request itself. What lies between
#    the two is where it was paused.
#
# **Question 1.** The sentence below the lanes tells it. Cover it with your hand, find the three
# lines yourself, with the letters of their lanes, and compare.
#
# The next cell keeps only the lines that touch the shared object, with the value after each:

# %%
finding = report.findings[0]
touches = [(line, access) for line in finding.interleaving for access in line.accesses]
for line, access in touches:
    does = "writes" if access.write else "reads"
    print(f"{line.task:>6}  line {line.line:>2}  {does:<6}  {access.object} = {access.after}")

# %% [markdown]
# That is the whole story, in four lines. No order of whole requests tells it: if "short" ran
# first, or last, it would read its own 2. Everything else in the report is there so that you find
# these lines in your code.
#
# ## The same as a picture, and as a page
#
# In the picture the shared object stands in the middle, so that steps 1 to 3 are one look upwards.

# %%
lanes(report)

# %% [markdown]
# The page is for walking through, one step at a time. It is one file that fetches nothing, so it
# can be mailed. Here it is made from the **token** of the finding, by another process. A token is
# text: the requests, and the places where they are paused. It needs nothing else but the sources.
#
# *Before you run it:* the other process has no idea of what happened here. Will it show the same
# lines?

# %%
command = [sys.executable, "-m", "safety_tests", "replay", finding.token]
files = ["--html", "report.html", "--json", "report.json"]
ran = subprocess.run([*command, *files], cwd=folder, capture_output=True, text=True)
told = json.loads((folder / "report.json").read_text())["findings"][0]["interleaving"]
print("exit code", ran.returncode)
print("the same lines:", [line["line"] for line in told] == [x.line for x in finding.interleaving])
page((folder / "report.html").read_text())

# %% [markdown]
# Click into the page. The arrow keys go a step on and a step back, and C goes to the conflict.
#
# The JSON file holds the same for programs. One line of it, the last:

# %%
print(json.dumps(told[-1], indent=2))

# %% [markdown]
# **Question 2.** You get a token in a bug report, from a colleague. What do you need in order to
# see what she saw? When will you not see it?
#
# ## A harder one
#
# Somebody has learnt from races like this one. Here a setting is changed for the length of a
# `with` block, and *put back* afterwards to what it was. By default there are two digits; this
# endpoint wants one.

# %%
careful = """\
from fastapi import FastAPI

app = FastAPI()
options = {"digits": 2}


class digits:
    def __init__(self, wanted):
        self.wanted = wanted

    def __enter__(self):
        self.before = options["digits"]
        options["digits"] = self.wanted

    def __exit__(self, *error):
        options["digits"] = self.before


def mean(row):
    total = sum(row)
    return round(total / len(row), options["digits"])


@app.post("/mean")
def answer(row: list[float]):
    with digits(1):
        return {"mean": mean(row)}
"""
_ = (folder / "means.py").write_text(careful)
listing(careful)

# %% [markdown]
# There is only one request, sent twice: the mean of 1, 2 and 2 with one digit. Both clients want
# the very same thing.
#
# *Before you run it:* can two requests that want the same get in each other's way?

# %%
thirds = [{"name": "thirds", "method": "POST", "path": "/mean", "json": [1, 2, 2]}]
harder = check_app("means:app", requests=thirds, app_dir=folder, select="S001")
wrong = harder.findings[0]
print("expected", wrong.expected)
print("got     ", wrong.got)

# %% [markdown]
# Two digits, and nobody asked for two.
#
# **Question 3.** Find an order of lines that ends like this. Use paper, with a column for each
# request and one for `options`. (A hint: what does the second request put into `before`?) Go on
# only when you have it, or after five minutes.

# %%
lanes(harder)

# %%
print(wrong.preemptions, "pauses;", *wrong.explanation)

# %% [markdown]
# ## Two pauses, and not one
#
# The gate tries all orders with one pause before any with two. So "2 pauses" says that one is not
# enough. That is worth knowing: it tells what protects the service so far.
#
# **Question 4.** Why is one pause not enough? Try it on your paper: pause a request anywhere, and
# let the other run to its end. What does it leave in `options`?
#
# Few pauses also make a short story. Before a finding is reported, each pause and each earlier
# request is left out on trial, and stays out where the answer is wrong without it as well.

# %%
scratch.cleanup()

# %% [markdown]
# ## Key points
#
# - Read from the wrong answer upwards: who read, who wrote last, whose value was lost.
# - Three accesses of one object explain most races: write, overwritten, read.
# - A token is the order as text. It replays on the same sources, in any process.
# - To put a setting back is not enough. Between setting and putting back it holds for everybody.
# - The number of pauses says how much has to happen, and what is already safe.

# %% [markdown]
# ## Answers
#
# 1. A line 9 reads; B line 6 wrote last; A line 6 is what was overwritten. A was paused after line
#    6 and before line 9.
# 2. The same sources, the same Python version, and the packages of the service. You will not see it
#    when the sources have changed (replay says so), or when something outside takes part that no
#    token holds: a database, the network, a file.
# 3. One request notes `before = 2` and sets 1. It is paused. The other notes `before = 1` and sets
#    1. It is paused too. The first one ends, and puts its 2 back. Now the second one rounds, with
#    two digits. Both cleaned up after themselves, and the cleaning is the fault. (Then the second
#    one puts 1 back, and the default has changed for ever.)
# 4. With one pause the other request runs whole in between, and leaves `options` as it found it:
#    that is what the `with` block is good for. It takes a second pause, in the middle of the other
#    request, to see the setting at a moment when it is not its own.

# %% [markdown]
# ## Notes for the teacher
#
# - *Time.* 6 minutes to question 1, 4 for the picture, the page and the token, 8 for the harder
#    one, 2 for question 4. If time is short leave out the JSON.
# - *Question 3* is the heart of the lesson. Pairs at a whiteboard, each of them one request, with a
#    third person who writes `options`. Let them move one line at a time, on call.
# - *A common mistake* is to read the lanes side by side, as if they ran at the same time. Time runs
#    down the page only; in each row exactly one request moves.
# - *Another one*: "the second request is the guilty one". Neither is. Swap the names and the order
#    is as good.
# - *How real is it?* `pandas.option_context` and `warnings.catch_warnings` do just this with
#    process-wide settings (pandas PR#65222, cpython#128384).
# - *Repair*, if asked: pass the digits as an argument, or use a `ContextVar`, which each request
#    has for itself. `safety-tests zoo --list` shows a twin of it under `library_globals`.
