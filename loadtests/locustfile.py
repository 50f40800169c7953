"""The load test to begin with: `locust -f loadtests/locustfile.py`.

It is the scenario `steady`; the others are locustfiles in `loadtests/scenarios`.
"""

from loadtests.scenarios.steady import Steady

__all__ = ["Steady"]
