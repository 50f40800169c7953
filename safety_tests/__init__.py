"""Proves a Python model service stateless and thread-safe, or shows the interleaving that is not."""
