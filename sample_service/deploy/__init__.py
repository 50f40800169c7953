"""Files to copy: the same service on more than one process or machine.

- `nginx.conf.template`: a balancer in front of three replicas.
- `gunicorn.conf.py`, `preloaded.py`: processes that share the memory of one model.
- `Dockerfile`, `compose.yaml`: the service in a container, and three of them behind nginx.
- `kubernetes/`: the same on a cluster.
- `ray_app.py`: the same under Ray Serve.

None of them needs the service to know how often it runs: it keeps nothing between requests.
"""
