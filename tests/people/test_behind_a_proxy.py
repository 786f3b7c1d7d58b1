"""Whose address counts when a proxy stands in front: guesses of one stranger must not lock the whole centre out."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from kmsvc.app import create_app
from kmsvc.cli.serving import Server
from kmsvc.core.work import Database
from kmsvc.people.sessions.models import Guess
from kmsvc.settings import Settings

STRANGER = "203.0.113.9"


@contextmanager
def serving(settings: Settings) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(create_app(settings), listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.stop()
        thread.join(10)


def guess(port: int) -> int:
    """One wrong sign-in, as a proxy hands it on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/sign-in", "login=nobody&password=wrong", {
        "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": STRANGER,
        "Origin": f"http://127.0.0.1:{port}"})
    return connection.getresponse().status


@pytest.mark.parametrize(("proxy", "counted"), [(None, "127.0.0.1"), ("127.0.0.1", STRANGER)])
def test_the_caller_named_by_a_proxy_counts_only_where_the_proxy_is_trusted(
        settings: Settings, db: Database, proxy: str | None, counted: str) -> None:
    with serving(replace(settings, trusted_proxy=proxy)) as port:
        assert guess(port) == 401
    with db.engine.connect() as connection:
        keys = set(connection.execute(select(Guess.key)).scalars())
    assert keys == {"login:nobody", f"address:{counted}"}
