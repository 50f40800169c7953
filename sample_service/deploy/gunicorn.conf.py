"""Gunicorn that loads the model once and forks the processes that serve it.

    gunicorn -c sample_service/deploy/gunicorn.conf.py

Needs gunicorn and uvicorn-worker. A process that dies is replaced by a new fork, without loading
again. SIGHUP starts new processes of the model that was loaded first: for a new version start
anew, or send SIGUSR2 and then SIGQUIT to the old master.
"""

import gc
import os
from typing import Any

# The model answers once when it is loaded. Where OpenMP has started threads for that, every later
# answer of a forked process waits for threads that it does not have. One thread starts none, and
# the processes share the processors better so.
os.environ["OMP_NUM_THREADS"] = "1"

wsgi_app = "sample_service.deploy.preloaded:app"
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", os.cpu_count() or 1))
worker_class = "uvicorn_worker.UvicornWorker"
preload_app = True

timeout = 30  # a process whose event loop stands still for so long is killed and replaced
graceful_timeout = 30  # what is in flight when told to stop may take so long
keepalive = 75  # longer than the balancer in front keeps an idle connection
# The control socket is served by a thread of the master, and forking beside a thread is not safe.
control_socket_disable = True


def when_ready(_: Any) -> None:
    """Put what is loaded by now out of the garbage collector's reach, before the first fork.

    A collection writes into the head of every object it looks at, and each page that a process
    writes to becomes its own copy.
    """
    gc.collect()
    gc.freeze()
