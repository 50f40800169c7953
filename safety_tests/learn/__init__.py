"""Exercises: small services with one fault each, mended by the learner and judged by the gate.

`safety-tests learn` is the way in. What an exercise is made of is in `catalogue`, how a learner's
version is judged in `judge`; `folder` and `progress` keep what the learner has done.
"""
