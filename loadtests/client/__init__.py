"""A small client that checks every answer: `python -m loadtests.client URL --requests FILE`.

It keeps a number of connections busy from one process, compares each answer byte for byte with
the answer that the same request gets alone, and accounts for every request that it sent.

- `wire`: a recorded request as the bytes that are sent.
- `connection`: one connection; the hot path.
- `drive`: many of them, for a bounded time.
- `serial`: what is right, found out by asking for each request alone.
- `check`: what comes next, and whether an answer is right.
- `tally`, `histogram`: what happened, in bounded memory.

The load is closed: a connection sends its next request when it has its answer, so a server that
stalls is asked less, and latencies are those of the requests that were sent.
"""
