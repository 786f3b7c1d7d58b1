"""Connections among the web halves: evenly, never stuck, never to one that has ended."""

import os
import signal
import socket
import time
from collections import Counter

from kmsvc.cli.turns import DECLINES, Channels, Turns


def test_the_half_with_fewer_connections_takes_the_next() -> None:
    turns = Turns(2)
    first, second = Channels(turns, 0), Channels(turns, 1)
    assert not first.declines() and not second.declines()
    first[7] = "connection"
    assert first.declines() and not second.declines()
    second[8] = second[9] = "connection"
    assert second.declines() and not first.declines()
    del second[8], second[9]
    assert not second.declines()


def test_a_half_that_ended_is_not_waited_for() -> None:
    turns = Turns(2)
    first = Channels(turns, 0)
    first[1] = "connection"
    assert not first.declines(), "the other has not begun"
    Channels(turns, 1)
    assert first.declines()
    turns.leave(1)
    assert not first.declines()


def test_a_half_that_hangs_is_waited_for_a_moment_only() -> None:
    turns = Turns(2)
    first = Channels(turns, 0)
    Channels(turns, 1)
    first[1] = "connection"
    assert [first.declines() for _ in range(DECLINES + 1)] == [True] * DECLINES + [False]


def test_forked_halves_share_fifty_connections_evenly() -> None:
    """Each answers with its own number; none gets more than a few above its half."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    turns = Turns(2)
    children = []
    for half in range(2):
        pid = os.fork()
        if pid == 0:
            _serve(listener, Channels(turns, half), half)
        children.append(pid)
    try:
        until = time.monotonic() + 20
        while not all(turns.count(half) == 0 for half in range(2)) and time.monotonic() < until:
            time.sleep(0.01)
        kept = [socket.create_connection(listener.getsockname()) for _ in range(50)]
        served = Counter(one.recv(1) for one in kept)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    assert min(served.values()) >= 20 and sum(served.values()) == 50, served


def _serve(listener: socket.socket, channels: Channels, half: int) -> None:
    while True:
        if channels.declines():
            continue
        try:
            taken, _ = listener.accept()
        except BlockingIOError:
            time.sleep(0.001)
            continue
        channels[taken.fileno()] = taken
        taken.sendall(str(half).encode())
