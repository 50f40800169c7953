"""Runs coroutines and threads one at a time, in an order a schedule decides. Stdlib only."""
