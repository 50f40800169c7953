"""The same app under Ray Serve, which starts the replicas and spreads the requests.

    pip install 'stateless-serving[ray]'
    serve run sample_service.deploy.ray_app:build
    serve run sample_service.deploy.ray_app:build replicas=4

Each replica is a process of its own with its own event loop. It imports its own app, whose
lifespan loads the model: an app that was imported here would be pickled and sent, with all that
it holds.
"""

import inspect
from importlib import import_module
from typing import Any

from pydantic import BaseModel, PositiveInt
from ray import serve
from ray.serve import Application


class Arguments(BaseModel):
    """What can follow `serve run`, as name=value."""

    app: str = "sample_service.app:app"
    replicas: PositiveInt = 2


def build(arguments: Arguments) -> Application:
    """Return what `serve run` serves at `/`."""
    module, _, attribute = arguments.app.partition(":")

    def replica_app() -> Any:
        app = getattr(import_module(module), attribute)
        return app() if inspect.isfunction(app) else app

    deployment = serve.deployment(
        serve.ingress(replica_app)(),
        name="iris",
        num_replicas=arguments.replicas,
        max_ongoing_requests=64,  # of one replica; others wait in Ray's proxy
        ray_actor_options={"num_cpus": 0.5},
        health_check_period_s=5,
        graceful_shutdown_timeout_s=20,
    )
    return deployment.bind()
