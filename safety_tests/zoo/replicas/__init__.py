"""Answers that depend on which process gives them."""
