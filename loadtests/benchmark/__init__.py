"""Serving one row at a time: each style of the sample service beside what else there is.

    python -m loadtests.benchmark install           # the peers, each in an environment of its own
    python -m loadtests.benchmark run               # everything; the better part of an hour
    python -m loadtests.benchmark run --only coalesced --model forest --connections 64
    python -m loadtests.benchmark report --write    # the tables and pictures of the page

The same model, the same rows, the same checks for all. Every answer is compared with the label
that `model.predict` gives for its row. The contenders are data:

- `contender`, `contenders`: what is started, what it is sent, where the label is in its answer.
- `peers/`: a service of some lines for each other project, and the pins of its environment.
- `models`, `train`: the models and the rows.
- `measure`, `probe`, `memory`, `raw`, `wrk`: one figure each.
- `rounds`: who is measured when. `figures`, `aims`, `table`, `picture`, `page`: what came of it.
"""
