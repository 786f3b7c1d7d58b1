"""One request at a time in a process, as long as they are quick: threads that want the interpreter at once take it from each
other at every question to the database, and all of them wait longer for it. A slow request is left to itself, so that it holds
up nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PATIENCE_S = 0.05
"""How long a request stands behind another before it goes on beside it."""


class Turnstile:
    """Around an application: a request waits until the one before it has its answer, at most `patience_s`."""

    def __init__(self, app: Application, patience_s: float = PATIENCE_S) -> None:
        self.app = app
        self.patience_s = patience_s
        self._change = threading.Lock()
        self._gate = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The application's answer; what it yields bit by bit is sent without holding anybody up."""
        gate = self._enter()
        try:
            return self.app(environ, start_response)
        finally:
            gate.release()

    def _enter(self) -> threading.Lock:
        """The gate this request holds. Whoever has waited in vain puts up a new one, for all who come later too."""
        while True:
            gate = self._gate
            if gate.acquire(timeout=self.patience_s):
                if gate is self._gate:
                    return gate
                gate.release()  # it was given up for a slow one while we stood before it
                continue
            with self._change:
                if gate is self._gate:
                    self._gate = threading.Lock()
