"""Clients that are slow or go away, beside others that must be answered rightly all the same.

The rough ones are sockets of their own: no HTTP library lets a client behave so badly. What they
send is in no statistics but as given up.
"""

import random
from urllib.parse import urlsplit

import gevent
from gevent import GreenletExit, socket
from locust import task

from loadtests.oracle.question import Question
from loadtests.users import CheckingUser

PIECE, PAUSE_SECONDS = 16, 0.01


class Patient(CheckingUser):
    weight = 4

    @task
    def any_request(self) -> None:
        self.ask(random.choice(self.questions))


class Rough(CheckingUser):
    abstract = True

    def connected(self) -> socket.socket:
        parts = urlsplit(self.host or "")
        return socket.create_connection((parts.hostname, parts.port or 80), timeout=10)

    @task
    def behave(self) -> None:
        question = random.choice(self.questions)
        flight = self.examiner.send(question)
        # A test that ends in the middle of it kills this greenlet: that is given up as well.
        try:
            with self.connected() as connection:
                self.rudely(connection, self.raw(question))
        except (OSError, GreenletExit) as error:
            self.examiner.give_up(flight, str(error))
        else:
            self.examiner.give_up(flight, "on purpose")

    def raw(self, question: Question) -> bytes:
        """The request as it goes over the wire."""
        parts = urlsplit(self.host or "")
        headers = {"host": parts.netloc, **question.headers}
        headers |= {"content-length": str(len(question.body)), "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"{question.method} {question.url} HTTP/1.1\r\n{head}\r\n".encode() + question.body

    def rudely(self, connection: socket.socket, raw: bytes) -> None:
        raise NotImplementedError


class Slow(Rough):
    """Sends a few bytes at a time, and reads the answer as slowly."""

    def rudely(self, connection: socket.socket, raw: bytes) -> None:
        for begin in range(0, len(raw), PIECE):
            connection.sendall(raw[begin : begin + PIECE])
            gevent.sleep(PAUSE_SECONDS)
        while connection.recv(PIECE):
            gevent.sleep(PAUSE_SECONDS)


class Vanishing(Rough):
    """Goes away after a part of the request, or before the answer is there."""

    def rudely(self, connection: socket.socket, raw: bytes) -> None:
        connection.sendall(raw[: random.choice([len(raw) // 2, len(raw)])])
        gevent.sleep(random.choice([0, PAUSE_SECONDS / 10]))
