"""The web half in this process: waitress with threads, and a stop that lets running requests end (R-D8)."""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import time
from typing import Any

from flask import Flask

from kmsvc.cli.turns import Channels
from kmsvc.cli.turnstile import Turnstile
from kmsvc.settings import Settings

DRAIN_S = 7.0
GARBAGE = 10_000
"""New objects before the collector looks at them: about what two requests leave."""
THREADS = 3
"""One for the quick requests, two for slow ones beside it (see `Turnstile`). Slow clients cost none."""


def _behind(proxy: str | None) -> dict[str, Any]:
    """What waitress must know to take the caller's address from the proxy in front, and from nobody else."""
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": {"x-forwarded-for"}} if proxy else {}


class Server:
    """waitress around the application on a bound socket; `run` serves until `stop` is called from another thread."""

    def __init__(self, app: Flask, listener: socket.socket, threads: int = THREADS, channels: Channels | None = None) -> None:
        from waitress.server import create_server

        from kmsvc.core.logs import access_log

        self.app = app
        settings: Settings = app.extensions["kmsvc.settings"]
        self.sockets: dict[int, Any] = {}
        self.server: Any = create_server(
            Turnstile(access_log(app)), map=self.sockets, sockets=[listener], threads=threads, ident=None, backlog=512,
            connection_limit=1000, channel_timeout=30, cleanup_interval=5, clear_untrusted_proxy_headers=True,
            max_request_body_size=30 * 1024 * 1024, asyncore_use_poll=True, **_behind(settings.trusted_proxy))
        if channels is not None:
            self._take_turns(channels)

    def _take_turns(self, channels: Channels) -> None:
        accept = self.server.handle_accept

        def in_turn() -> None:
            if not channels.declines():
                accept()
        self.server.active_channels, self.server.handle_accept = channels, in_turn

    def _warm(self) -> None:
        from kmsvc.search.failures import SearchFailure

        with contextlib.suppress(SearchFailure):
            self.app.extensions["kmsvc.search"].warm()
        gc.freeze()  # the book of names is a million objects: to look through them all would stop every request meanwhile

    def run(self) -> None:
        """Serve until stopped; words and names of the search are loaded meanwhile."""
        gc.set_threshold(GARBAGE, 20, 50)
        threading.Thread(target=self._warm, name="kmsvc-warm", daemon=True).start()
        with contextlib.suppress(OSError, SystemExit):
            self.server.run()

    def stop(self) -> None:
        """Take no new connection, let the running requests end and their answers leave (7 s at most), then close all."""
        self._in_loop(self._close_listeners)
        until = time.monotonic() + DRAIN_S
        while time.monotonic() < until and self._busy():
            time.sleep(0.02)
        self.server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        self._in_loop(self._close_all)
        with contextlib.suppress(OSError):
            self.server.trigger.close()

    def _busy(self) -> bool:
        dispatcher = self.server.task_dispatcher
        with dispatcher.lock:
            if dispatcher.queue or dispatcher.active_count > 0:
                return True
        return any(getattr(one, "requests", None) or getattr(one, "total_outbufs_len", 0) > 0
                   for one in list(self.sockets.values()))

    def _in_loop(self, act: Any) -> None:
        """Run something in the thread of the socket loop, and wait for it."""
        done = threading.Event()

        def thunk() -> None:
            act()
            done.set()
        if self.sockets:
            self.server.trigger.pull_trigger(thunk)
            done.wait(2)

    def _close_listeners(self) -> None:
        from waitress import wasyncore

        for one in list(self.sockets.values()):
            if getattr(one, "accepting", False):
                wasyncore.dispatcher.close(one)

    def _close_all(self) -> None:
        """All but the trigger, which may be about to be pulled by the thread that stops: that one closes it."""
        self._close_listeners()
        for one in list(self.sockets.values()):
            if one is not self.server.trigger:
                with contextlib.suppress(OSError):
                    one.close()
        self.sockets.clear()
