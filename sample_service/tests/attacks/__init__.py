"""Attacks on the sample service: what must not happen, tried at length.

An attack is a function that returns a `Toll`: how much was tried, what was answered wrongly, what
was a status 500, by how much the memory grew. The tests run each briefly and ask for zeros; for
the table in the documentation they run longer:

    python -m sample_service.tests.attacks

Right answers are those of the model alone, computed here and compared byte for byte.
"""
