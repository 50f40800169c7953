"""Apps that do to their process what no app should, each with what the gate is to say of it."""

HEAD = """\
import asyncio, builtins, faulthandler, gc, os, random, resource, signal, socket, subprocess, sys
import threading, time


async def reply(send, body=b"fine", status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


"""

APP = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await reply(send)
"""


def at_import(code: str) -> str:
    return HEAD + code + "\n" + APP


def at_start(code: str) -> str:
    body = "\n".join("        " + line for line in code.splitlines())
    return (
        HEAD
        + f"""
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
{body}
        await send({{"type": "lifespan.startup.complete"}})
        await receive()
        return
    await reply(send)
"""
    )


def in_request(code: str, path: str = "") -> str:
    """`code` in every request, or in those to one path alone."""
    body = "\n".join("        " + line for line in code.splitlines())
    return (
        HEAD
        + f"""
async def app(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"].startswith({("/" + path)!r}):
{body}
    await reply(send)
"""
    )
