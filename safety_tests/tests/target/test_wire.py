"""Messages arrive whole, whatever their size, and the end of the other side is noticed."""

import socket
import threading
from collections.abc import Iterator

import pytest

from safety_tests.target import wire

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


@pytest.mark.parametrize("message", [None, "text", wire.Close(), wire.Ready("started")])
def test_a_message_arrives_as_it_was_sent(pair: Pair, message: object) -> None:
    wire.send(pair[0], message)
    assert wire.receive(pair[1]) == message


def test_large_messages_arrive_whole_and_in_order(pair: Pair) -> None:
    messages = [b"x" * size for size in (0, 1, 5_000_000, 3)]

    def send() -> None:
        for message in messages:
            wire.send(pair[0], message)

    sender = threading.Thread(target=send)
    sender.start()
    assert [wire.receive(pair[1]) for _ in messages] == messages
    sender.join()


def test_the_end_of_the_other_side_is_noticed(pair: Pair) -> None:
    pair[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(pair[1])
    with pytest.raises(wire.Closed):
        wire.send(pair[1], b"x" * 1000)


def test_an_end_in_the_middle_of_a_message_is_noticed(pair: Pair) -> None:
    pair[0].sendall(wire.HEADER.pack(100) + b"only the beginning")
    pair[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(pair[1])


def test_silence_beyond_the_time_limit_counts_as_the_end(pair: Pair) -> None:
    pair[1].settimeout(0.01)
    with pytest.raises(wire.Closed):
        wire.receive(pair[1])
