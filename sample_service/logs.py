"""Log lines that carry the id of their request, as JSON for machines or as text for people."""

import logging
import re
from typing import Literal

from asgi_correlation_id import CorrelationIdFilter
from pythonjsonlogger.json import JsonFormatter

JSON = "%(asctime)s %(levelname)s %(name)s %(correlation_id)s %(message)s"
JSON_NAMES = {
    "asctime": "time",
    "levelname": "level",
    "name": "logger",
    "correlation_id": "request_id",
}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
TEXT = "%(levelname)-8s %(name)s [%(correlation_id)s] %(message)s"


def is_request_id(given: str) -> bool:
    """Can this X-Request-ID of a client stand in a log line as it is? Others get a new one."""
    return REQUEST_ID.fullmatch(given) is not None


def install(format: Literal["json", "text"]) -> None:
    """Let the service and its server write to stderr, each line with the request's id.

    The id is the X-Request-ID that came with the request, or a new one; the answer carries it too.
    uvicorn's access log stays off where --no-access-log turned it off: it halves the throughput.
    """
    handler = logging.StreamHandler()
    handler.addFilter(CorrelationIdFilter())
    handler.setFormatter(
        JsonFormatter(JSON, rename_fields=JSON_NAMES)
        if format == "json"
        else logging.Formatter(TEXT)
    )
    service, server, access = (
        logging.getLogger(name) for name in ("sample_service", "uvicorn", "uvicorn.access")
    )
    service.setLevel(logging.INFO)
    service.handlers = server.handlers = [handler]
    if access.handlers:
        access.handlers = [handler]
