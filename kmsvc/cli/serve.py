"""`kmsvc serve`, `web` and `worker`: the halves of the running service."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import click
import structlog

from kmsvc.cli.glue import Sentence, get_settings, open_database, say
from kmsvc.core.texts import N_
from kmsvc.settings import Settings

log = structlog.get_logger("kmsvc.serve")

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
                    help="Port; 0 takes any free one.")


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next free port after it."""
    for port in range(wanted, min(wanted + 200, 65536)) if wanted else [0]:
        with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return int(probe.getsockname()[1])
    raise Sentence(N_("No free port was found near %(port)s."), port=wanted)


class WorkerChild:
    """The worker as a child process: watched, started again when it ends, ended with us. It ends by itself without us."""

    def __init__(self, settings: Settings) -> None:
        self._env = {**os.environ, "KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_CHILD_OF": str(os.getpid()),
                     "KMSVC_BASE_URL": settings.base_url}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._start()
        threading.Thread(target=self._watch, daemon=True, name="kmsvc-watch").start()

    def _start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "kmsvc", "worker"], env=self._env, stdin=subprocess.DEVNULL)
        self._since = time.monotonic()

    def _watch(self) -> None:
        pause = 1.0
        while not self._stopping.wait(0.5):
            if self.process.poll() is None:
                continue
            lived = time.monotonic() - self._since
            pause = 0.5 if lived > 60 else min(pause * 2, 15.0)
            log.warning("the worker ended; starting it again", status=self.process.returncode, lived_s=round(lived),
                        in_s=pause)
            if self._stopping.wait(pause):
                return
            with self._lock:
                if not self._stopping.is_set():
                    self._start()

    def ask_to_end(self) -> None:
        """Tell it politely; it ends its present piece of work."""
        with self._lock:
            self._stopping.set()
            if self.process.poll() is None:
                self.process.terminate()

    def end(self, patience_s: float) -> None:
        """Wait for it, then end it hard."""
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience_s)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=1)


def run_web(settings: Settings, host: str, port: int, *, with_worker: bool, told: Any = None) -> None:
    """Serve pages until SIGTERM; a second signal ends everything at once. With a worker beside it, if wanted."""
    from kmsvc.cli.serving import Server
    from kmsvc.core.logs import configure

    if settings.demo and host not in ("127.0.0.1", "localhost", "::1"):
        raise Sentence(N_("A demo is served on this machine only; its passwords are for show."))
    os.umask(0o077)
    configure()
    _look_at_database(settings)
    try:
        server = Server(settings, host, port)
    except OSError as error:
        raise Sentence(N_("Port %(port)s of %(host)s cannot be used: %(why)s."), port=port, host=host,
                       why=error.strerror or str(error)) from error
    child = WorkerChild(settings) if with_worker else None
    stopping = threading.Event()
    asked_at: list[float] = []

    def end(*args: Any) -> None:
        if stopping.is_set():
            if child:
                child.process.kill()
            os._exit(1)
        stopping.set()
        asked_at.append(time.monotonic())
        if child:
            child.ask_to_end()
        threading.Thread(target=server.stop, name="kmsvc-stop").start()
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if told:
        told(server.port)
    else:
        say(f"Serving on http://{f'[{host}]' if ':' in host else host}:{server.port}")
    server.run()
    if child:
        child.end(patience_s=max(0.5, 9.0 - (time.monotonic() - asked_at[0])) if asked_at else 8.0)


def _look_at_database(settings: Settings) -> None:
    """Refuse a database that is missing, older or newer; say loudly what makes this one unsafe."""
    from kmsvc.operations.checks import engine_warnings

    db = open_database(settings)
    for warning in engine_warnings(db.engine):
        log.warning("unsafe database", detail=warning)
        say(f"WARNING: {warning}")
    db.engine.dispose()


@click.command()
@HOST
@PORT
def serve(host: str, port: int) -> None:
    """Serve pages and run the worker, together; SIGTERM ends both cleanly."""
    run_web(get_settings(), host, port, with_worker=True)


@click.command()
@HOST
@PORT
def web(host: str, port: int) -> None:
    """Serve pages only."""
    run_web(get_settings(), host, port, with_worker=False)


@click.command()
def worker() -> None:
    """Run the background worker only; any number may run."""
    from kmsvc.core.logs import configure
    from kmsvc.search.engine import SearchEngine
    from kmsvc.worker import Worker

    os.umask(0o077)
    configure()
    settings = get_settings()
    Worker(open_database(settings), settings, SearchEngine(settings.index_dir)).run()
