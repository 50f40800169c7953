"""Plain ASGI apps, which start at once."""

from safety_tests.tests.cli_apps import requests

RIGHT = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["query_string"] * 2})
"""

RACY = """
import asyncio


class Memory:
    x = b""


memory = Memory()


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    memory.x = scope["query_string"]
    await asyncio.sleep(0.01)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": memory.x * 2})
"""

REQUESTS = requests("/?a", "/?b")
