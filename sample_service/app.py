"""The app: what surrounds the endpoints, and in which order."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI

from sample_service import endpoints, logs, problems
from sample_service.admission import Admission
from sample_service.body_limit import BodyLimit
from sample_service.coalescing import Coalescer
from sample_service.draining import Draining, HangUp
from sample_service.endpoints import Answering
from sample_service.metrics import Measure, Metrics
from sample_service.models import Models
from sample_service.predictor import Prepare, public_api
from sample_service.settings import Settings, read_settings
from sample_service.store import ModelFileError

log = logging.getLogger(__name__)


def create_app(
    answering: Answering | None = None,
    prepare: Prepare = public_api,
    settings: Settings | None = None,
) -> FastAPI:
    """Return a new app with a model of its own, which answers in batches unless told otherwise."""
    settings = settings or read_settings()
    models, metrics = Models(settings, prepare), Metrics()
    draining = Draining(settings.drain_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        logs.install(settings.log_format)
        # Without a usable model the process stays up and /health/ready says why: one that dies at
        # start is started again and again, and its message is lost among the restarts.
        # Nobody is served before this is done, so nobody waits for this thread; in another one the
        # allocator would keep a pool of memory of its own for the model, and 5 MB with it.
        try:
            models.load_first()
        except ModelFileError as error:
            log.error("%s", error)
        with draining.on_sigterm():
            yield

    app = FastAPI(title="Iris", lifespan=lifespan, responses=problems.EVERYWHERE)
    app.state.models = models
    problems.install(app)
    endpoints.install_prediction(app, models, answering or Coalescer().predict)
    endpoints.install_model(app, models, settings.admin_token)
    endpoints.install_health(app, models, metrics, draining)
    # The last one is the outermost: everything has an id and is measured, refusals too.
    app.add_middleware(
        Admission,
        most=settings.max_in_flight,
        seconds=settings.answer_seconds,
        retry_after=settings.retry_after_seconds,
    )
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, seconds=settings.body_seconds)
    app.add_middleware(Measure, metrics=metrics)
    app.add_middleware(HangUp, draining=draining)
    app.add_middleware(
        CorrelationIdMiddleware,
        validator=logs.is_request_id,
        update_request_header=False,
        transformer=None,
        generator=lambda: secrets.token_hex(16),
    )
    return app


app = create_app()
