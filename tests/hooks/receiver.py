"""The other system: a real web server on a loopback port that keeps what it takes and misbehaves on demand."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came in, and what it does next. status: of its answers; slow_s: before each; drips: it never ends; nonsense: no HTTP."""

    port: int = 0
    status: int = 200
    answer: bytes = b"thank you"
    slow_s: float = 0.0
    drips: bool = False
    nonsense: bool = False
    head: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    server: Any = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/in?from=kmsvc"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What it took, read."""
        return [json.loads(body) for _, body in self.taken]

    def kinds(self) -> list[str]:
        """The kinds of what it took."""
        return [one["kind"] for one in self.bodies]


def verify(secret: str, header: str, body: bytes, now: float, window_s: int = 300) -> bool:
    """The recipe of docs/operations.md, as a receiver would write it."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    expected = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts["v1"]) and abs(now - int(parts["t"])) <= window_s


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.taken.append((dict(self.headers), body))
            time.sleep(found.slow_s)
            if found.nonsense:
                self.wfile.write(b"\x00\xffwhat?\r\n" * 10)
                self.close_connection = True
                return
            self.send_response(found.status)
            for name, value in found.head.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(found.answer)
                while found.drips:
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.02)

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.server, found.port = server, server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        found.drips = False
        server.shutdown()
        server.server_close()


def dead_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
