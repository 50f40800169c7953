"""The Correctness tab of Locust's own web UI."""
