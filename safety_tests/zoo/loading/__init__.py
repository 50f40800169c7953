"""Models built on first use, when two first requests come together."""
