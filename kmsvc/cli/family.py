"""The running service as a family: a parent that only watches, and web halves and a worker that it forks.

Forked after everything is loaded, the halves share most of their memory. One that ends is started again; all end
politely with the parent, and by themselves when the parent is killed."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

log = structlog.get_logger("kmsvc.serve")

PATIENCE_S = 9.0
LONGEST_PAUSE_S = 15.0
HEALTHY_S = 60.0


@dataclass
class _Member:
    """A half as the parent sees it. pid 0: it waits for its next start at `start_at`."""

    body: Callable[[], None]
    pid: int = 0
    since: float = 0.0
    pause_s: float = 0.5
    start_at: float = 0.0


class Family:
    """`halves`: name -> what the forked process does until SIGTERM. `ended` is told the name of each
    that has ended, `ending` lets go of what the parent holds for them. `run` returns when all have ended."""

    def __init__(self, halves: Mapping[str, Callable[[], None]], *, ended: Callable[[str], None] = lambda name: None,
                 ending: Callable[[], None] = lambda: None) -> None:
        self._ended, self._ending = ended, ending
        self._members = {name: _Member(body) for name, body in halves.items()}
        self._lifeline = os.pipe()  # only the parent holds its far end open, so it closes when the parent dies
        self._wake = os.pipe()

    def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Start every half, call `started`, then watch until SIGTERM or SIGINT; a second signal ends all at once."""
        for end in self._wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        gc.collect()
        gc.freeze()  # what is loaded now stays shared: the collector does not touch it in the halves
        for name in self._members:
            self._fork(name)
        started()
        while not self._told_to_end(0.5):
            self._reap()
            for name, member in self._members.items():
                if not member.pid and time.monotonic() >= member.start_at:
                    self._fork(name)
        self._end()

    def _fork(self, name: str) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        member = self._members[name]
        pid = os.fork()
        if pid == 0:
            self._live(name, member.body)
        member.pid, member.since = pid, time.monotonic()

    def _live(self, name: str, body: Callable[[], None]) -> None:
        """The forked half; never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends us politely
            for end in (*self._wake, self._lifeline[1]):
                os.close(end)
            threading.Thread(target=self._end_with_parent, name="kmsvc-lifeline", daemon=True).start()
            body()
            status = 0
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException:
            log.exception("a half of the service failed", half=name)
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _end_with_parent(self) -> None:
        os.read(self._lifeline[0], 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _told_to_end(self, patience_s: float) -> bool:
        """Wait for a signal; whether it asks us to end."""
        readable, _, _ = select.select([self._wake[0]], [], [], patience_s)
        numbers = os.read(self._wake[0], 512) if readable else b""
        return signal.SIGTERM in numbers or signal.SIGINT in numbers

    def _reap(self, *, again: bool = True) -> None:
        """Take note of halves that ended, and when each is to be started again."""
        for name, member in self._members.items():
            if not member.pid:
                continue
            pid, status = os.waitpid(member.pid, os.WNOHANG)
            if not pid:
                continue
            lived = time.monotonic() - member.since
            member.pid = 0
            self._ended(name)
            if again:
                member.pause_s = 0.5 if lived > HEALTHY_S else min(member.pause_s * 2, LONGEST_PAUSE_S)
                member.start_at = time.monotonic() + member.pause_s
                log.warning("a half of the service ended; starting it again", half=name, lived_s=round(lived),
                            status=os.waitstatus_to_exitcode(status), in_s=member.pause_s)

    def _end(self) -> None:
        self._ending()
        self._signal(signal.SIGTERM)
        until = time.monotonic() + PATIENCE_S
        while self._living() and time.monotonic() < until:
            if self._told_to_end(0.1):
                self._signal(signal.SIGKILL)
                os._exit(1)
            self._reap(again=False)
        self._signal(signal.SIGKILL)
        while self._living():
            self._reap(again=False)
            time.sleep(0.01)

    def _living(self) -> bool:
        return any(member.pid for member in self._members.values())

    def _signal(self, number: int) -> None:
        for member in self._members.values():
            if member.pid:
                with suppress(ProcessLookupError):
                    os.kill(member.pid, number)
