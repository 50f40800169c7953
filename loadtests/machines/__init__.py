"""The same service on one process, several, and behind a balancer: `python -m loadtests.machines`.

A service that keeps nothing between requests answers alike wherever a request lands. Shown by
the same load with the same checks on each way of serving, and by services that are racy, of which
the load finds some, later the more replicas there are, and others never.

- `topologies`: the ways of serving, each as a context manager that leaves no process behind.
- `ray_serve`: the one that needs Ray.
- `exhibits`, `models`: the services that are served, and what they predict with.
- `processes`: ports and processes of this machine.
- `sweep`: the load, and how many users it takes to see a wrong answer.
- `memory`: what processes share.
- `table`: the results for people.
"""
