"""Load scenarios, each a locustfile of its own: `locust -f loadtests/scenarios/burst.py`."""
