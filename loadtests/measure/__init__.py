"""Measurements behind the documentation, each a command: `python -m loadtests.measure.cost`."""
