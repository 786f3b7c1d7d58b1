"""One call to an address outside: the name is resolved once and each address looked at, the connection goes to that very address,
no redirect is followed, and everything ends within a time and a size."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kmsvc.hooks.reasons import (
    BROKE_OFF,
    INNER,
    NO_ANSWER,
    NO_CONNECTION,
    NO_NAME,
    NOBODY,
    NOT_TRUSTED,
    PLAIN,
    UNREADABLE,
)
from kmsvc.hooks.rules import Network, is_allowed_private, may_reach

CONNECT_S = 4.0
WHOLE_S = 10.0
MOST_ANSWER = 300
"""bytes of an answer that are looked at; the rest is left where it is"""


class NotReached(Exception):
    """Nobody was called, or no answer came: the reason in a few words, in English, for the log of the hook."""


@dataclass(frozen=True)
class Answer:
    """What came back. text: its first bytes as plain words; seconds: how long it took."""

    status: int
    text: str
    seconds: float


def call(address: str, body: bytes, headers: Mapping[str, str], private: Iterable[Network] = (), *,
         whole_s: float = WHOLE_S, connect_s: float = CONNECT_S) -> Answer:
    """POST a body. private: networks that may be called beside the public one. Raises NotReached."""
    began = time.monotonic()
    parts = urlsplit(address)
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    place = _resolved(parts.hostname or "", port, tuple(private), tls)
    connection = http.client.HTTPConnection(parts.hostname or "", port)
    end: threading.Timer | None = None
    try:
        connection.sock = _connected(place, parts.hostname or "", connect_s, tls)
        plain = connection.sock
        end = threading.Timer(max(0.05, whole_s - (time.monotonic() - began)), _cut, [plain])
        end.daemon = True
        end.start()
        plain.settimeout(whole_s)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, "Connection": "close", "Accept-Encoding": "identity", **headers})
        answer = connection.getresponse()
        text = _words(answer.read1(MOST_ANSWER))
        return Answer(answer.status, text, time.monotonic() - began)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() - began >= whole_s - 0.1:
            raise NotReached(NO_ANSWER % {"seconds": f"{whole_s:g}"}) from error
        raise NotReached(_plain_reason(error)) from error
    finally:
        if end is not None:
            end.cancel()
        connection.close()


def _resolved(host: str, port: int, private: tuple[Network, ...], tls: bool) -> tuple[Any, ...]:
    """Where to connect; NotReached where any address of the name is one that may not be called."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise NotReached(NO_NAME) from error
    for *_, where in found:
        if not may_reach(str(where[0]), private):
            raise NotReached(INNER)
        if not tls and not is_allowed_private(str(where[0]), private):
            raise NotReached(PLAIN)
    if not found:
        raise NotReached(NO_NAME)
    return found[0]


def _connected(place: tuple[Any, ...], host: str, connect_s: float, tls: bool) -> socket.socket:
    family, kind, proto, _, where = place
    plain = socket.socket(family, kind, proto)
    try:
        plain.settimeout(connect_s)
        plain.connect(where)
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if tls else plain
    except BaseException:
        plain.close()
        raise


def _cut(plain: socket.socket) -> None:
    """End a call whose time is over, however slowly it still drips."""
    with suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


def _words(raw: bytes) -> str:
    return "".join(one if one.isprintable() else " " for one in raw.decode("utf-8", "replace")).strip()


def _plain_reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (NOT_TRUSTED % {"fault": error.verify_message})[:200]
    if isinstance(error, TimeoutError):
        return NO_CONNECTION
    if isinstance(error, ConnectionRefusedError):
        return NOBODY
    if isinstance(error, http.client.HTTPException):
        return UNREADABLE % {"fault": type(error).__name__}
    return (BROKE_OFF % {"fault": f"{type(error).__name__}: {error}"})[:200]
