"""What a fleet is watched by: Prometheus metrics of each process, or of all workers together."""

import os
import time

from fastapi import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset(
    ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
)
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """The metrics of one app.

    With `PROMETHEUS_MULTIPROC_DIR` set to an empty folder, every worker of a machine answers for
    all of them (https://prometheus.github.io/client_python/multiprocess/).
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.seconds = Histogram(
            "http_request_seconds", "From the head of a request to the end of its answer",
            labels, registry=self.registry, buckets=BUCKETS,
        )  # fmt: skip
        self.in_flight = Gauge(
            "http_requests_in_flight", "Requests that wait for their answer",
            registry=self.registry, multiprocess_mode="livesum",
        )  # fmt: skip

    def page(self) -> Response:
        """The answer to a scrape."""
        registry = self.registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class Measure:
    """Counts and times every request, refused ones too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self._found: dict[tuple[str, str, str], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status, start = "none", time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, watch)
        finally:
            self.metrics.in_flight.dec()
            # A client can make up any number of paths and methods; each would be a metric for ever.
            method = scope["method"] if scope["method"] in METHODS else "other"
            key = (method, getattr(scope.get("route"), "path", "none"), status)
            if (found := self._found.get(key)) is None:
                found = self._found[key] = self.metrics.seconds.labels(*key)
            found.observe(time.perf_counter() - start)
