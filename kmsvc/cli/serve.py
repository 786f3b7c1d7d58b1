"""`kmsvc serve`, `web` and `worker`: the halves of the running service."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import click
import structlog

from kmsvc.cli.family import Family
from kmsvc.cli.glue import Sentence, open_database, say, settings_of_centre
from kmsvc.cli.turns import Channels, Turns
from kmsvc.core.texts import N_
from kmsvc.settings import Settings

log = structlog.get_logger("kmsvc.serve")

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
                    help="Port; 0 takes any free one.")
WORKER_NICE = 5
"""Where both want the processor, whoever waits for a page goes first."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next free port after it."""
    for port in range(wanted, min(wanted + 200, 65536)) if wanted else [0]:
        with contextlib.suppress(OSError), _bound(host, port) as probe:
            return int(probe.getsockname()[1])
    raise Sentence(N_("No free port was found near %(port)s."), port=wanted)


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound to the place; OSError where it is taken."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1" if host == "localhost" else host, port))
    except OSError:
        made.close()
        raise
    return made


def run_web(settings: Settings, host: str, port: int, *, with_worker: bool, told: Any = None) -> None:
    """Serve pages until SIGTERM; a second signal ends everything at once. With a worker beside it, if wanted."""
    from kmsvc.app import create_app
    from kmsvc.core.logs import configure

    if settings.demo and host not in LOOPBACK:
        raise Sentence(N_("A demo is served on this machine only; its passwords are for show."))
    os.umask(0o077)
    _keep_memory_small()
    configure()
    _look_at_database(settings)
    try:
        listener = _bound(host, port)
        listener.listen(512)  # before the address is told, and on when a half is started again
        listener.setblocking(False)  # of two halves that see a connection one comes too late
        at = int(listener.getsockname()[1])
    except OSError as error:
        raise Sentence(N_("Port %(port)s of %(host)s cannot be used: %(why)s."), port=port, host=host,
                       why=error.strerror or str(error)) from error

    def tell() -> None:
        if told:
            told(at)
        else:
            say(f"Serving on http://{f'[{host}]' if ':' in host else host}:{at}")
    app = create_app(settings)
    app.config["KMSVC_EXPOSED"] = host not in LOOPBACK
    count = settings.web_processes
    if count == 1 and not with_worker:
        tell()
        _serve(app, listener)
        return
    _load_what_all_need()
    turns = Turns(count)

    def work() -> None:
        listener.close()
        os.nice(WORKER_NICE)
        _work(settings)
    halves: dict[str, Callable[[], None]] = {
        f"web{half + 1}": partial(_serve, app, listener, turns, half) for half in range(count)}
    places = {name: half for half, name in enumerate(halves)}
    if with_worker:
        halves["worker"] = work

    def ended(name: str) -> None:
        if name in places:
            turns.leave(places[name])
    Family(halves, ended=ended, ending=listener.close).run(tell)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h


def _keep_memory_small() -> None:
    """Where the C library is GNU's: one arena for all threads, who take turns anyway, and what is free goes back soon.

    After ten seconds of work the halves hold a tenth less (benchmarks/start.py)."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for name, value in ((_M_ARENA_MAX, 1), (_M_TRIM_THRESHOLD, 64 << 10), (_M_MMAP_THRESHOLD, 128 << 10)):
            mallopt(name, value)


def _load_what_all_need() -> None:
    """Dictionaries and mappers: loaded before forking, the halves hold them once together."""
    from sqlalchemy.orm import configure_mappers

    from kmsvc.markup import cutting
    from kmsvc.search import analysis

    configure_mappers()
    analysis.simplifier()
    cutting.cut("", parts=True)


def _serve(app: Any, listener: socket.socket, turns: Turns | None = None, half: int = 0) -> None:
    """A web half: until SIGTERM, at once on the second. With others it takes turns."""
    from kmsvc.cli.serving import Server

    server = Server(app, listener, channels=Channels(turns, half) if turns else None)
    stopping = threading.Event()

    def end(*args: Any) -> None:
        if stopping.is_set():
            os._exit(1)
        stopping.set()
        threading.Thread(target=server.stop, name="kmsvc-stop").start()
    signal.signal(signal.SIGTERM, end)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, end)
    server.run()


def _work(settings: Settings) -> None:
    """The worker half."""
    from kmsvc.app import make_database
    from kmsvc.search.engine import SearchEngine
    from kmsvc.worker import Worker

    Worker(make_database(settings), settings, SearchEngine(settings.index_dir)).run()


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
    run_web(settings_of_centre(), host, port, with_worker=True)


@click.command()
@HOST
@PORT
def web(host: str, port: int) -> None:
    """Serve pages only."""
    run_web(settings_of_centre(), host, port, with_worker=False)


@click.command()
def worker() -> None:
    """Run the background worker only; any number may run."""
    from kmsvc.core.logs import configure

    os.umask(0o077)
    configure()
    _work(settings_of_centre())
