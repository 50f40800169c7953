"""A port is kept for the server that asks for it by number, and for nobody else."""

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from loadtests.port import held_port


def test_a_server_can_listen_at_a_port_that_is_held() -> None:
    with held_port() as port, HTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler):
        socket.create_connection(("127.0.0.1", port)).close()


def test_who_asks_for_any_port_is_not_given_one_that_is_held() -> None:
    with held_port() as first, held_port() as second:
        assert first != second
        with socket.socket() as plain, pytest.raises(OSError, match="in use"):
            plain.bind(("127.0.0.1", first))


def test_a_port_is_free_again_afterwards() -> None:
    with held_port() as port:
        pass
    with socket.socket() as plain:
        plain.bind(("127.0.0.1", port))
