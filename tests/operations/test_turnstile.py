"""Requests of one process go one by one while they are quick, and a slow one holds up nobody for long."""

from __future__ import annotations

import threading
import time

import pytest

from kmsvc.cli.turnstile import Turnstile


class Desk:
    """An application whose requests end when the test says so."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.most = 0
        self.may_end = {name: threading.Event() for name in ("a", "b", "c")}
        self.began = {name: threading.Event() for name in ("a", "b", "c")}
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        name = environ["name"]
        with self.lock:
            self.inside.append(name)
            self.most = max(self.most, len(self.inside))
        self.began[name].set()
        self.may_end[name].wait(20)
        with self.lock:
            self.inside.remove(name)
        return [name.encode()]


def ask(stile: Turnstile, name: str) -> threading.Thread:
    thread = threading.Thread(target=stile, args=({"name": name}, None), daemon=True)
    thread.start()
    return thread


def test_a_request_waits_for_the_quick_one_before_it():
    desk = Desk()
    stile = Turnstile(desk, patience_s=20)
    first, second = ask(stile, "a"), None
    assert desk.began["a"].wait(5)
    second = ask(stile, "b")
    assert not desk.began["b"].wait(0.2)
    desk.may_end["a"].set()
    assert desk.began["b"].wait(5)
    desk.may_end["b"].set()
    first.join(5)
    second.join(5)
    assert desk.most == 1


def test_a_slow_request_is_left_to_itself_and_later_ones_do_not_wait_for_it_at_all():
    desk = Desk()
    stile = Turnstile(desk, patience_s=0.3)
    slow = ask(stile, "a")
    assert desk.began["a"].wait(5)
    asked = time.monotonic()
    second = ask(stile, "b")
    assert desk.began["b"].wait(5)
    assert time.monotonic() - asked >= 0.25
    desk.may_end["b"].set()
    second.join(5)
    stile.patience_s = 20  # from here on whoever still stood behind the slow one would stand for long
    third = ask(stile, "c")
    assert desk.began["c"].wait(5)
    assert desk.inside == ["a", "c"]
    desk.may_end["c"].set()
    third.join(5)
    desk.may_end["a"].set()
    slow.join(5)
    assert not slow.is_alive()


def test_a_request_that_breaks_lets_the_next_one_in():
    def breaks(environ, start_response):
        if environ["name"] == "bad":
            raise RuntimeError("broken")
        return [b"good"]

    stile = Turnstile(breaks, patience_s=20)
    with pytest.raises(RuntimeError):
        stile({"name": "bad"}, None)
    began = time.monotonic()
    assert list(stile({"name": "good"}, None)) == [b"good"]
    assert time.monotonic() - began < 10
