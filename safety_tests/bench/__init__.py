"""Measures what the scheduler costs, beside the same requests served without it."""
