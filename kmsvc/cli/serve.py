"""`kmsvc serve`, `web` and `worker`: the halves of the running service."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

import click

from kmsvc.cli.glue import Sentence, get_settings, open_database, say
from kmsvc.core.texts import N_
from kmsvc.settings import Settings

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 takes any free one.")


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next free port after it."""
    for port in range(wanted, min(wanted + 200, 65536)) if wanted else [0]:
        with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return int(probe.getsockname()[1])
    raise Sentence(N_("No free port was found near %(port)s."), port=wanted)


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    """The worker as a child process; it ends by itself when this process is gone."""
    env = {**os.environ, "KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_CHILD_OF": str(os.getpid()),
           "KMSVC_BASE_URL": settings.base_url}
    env.pop("KMSVC_FAULT", None) if env.get("KMSVC_FAULT_IN") == "web" else None
    return subprocess.Popen([sys.executable, "-m", "kmsvc", "worker"], env=env)


class Server:
    """The web half in this process: waitress with threads, ended by `stop` after the running requests."""

    def __init__(self, settings: Settings, host: str, port: int, threads: int = 8) -> None:
        from waitress.server import create_server

        from kmsvc.app import create_app

        self.app = create_app(settings)
        self.app.config["KMSVC_EXPOSED"] = host not in ("127.0.0.1", "localhost", "::1")
        self.server: Any = create_server(self.app, host=host, port=port, threads=threads, ident=None, backlog=512,
                                         connection_limit=1000, channel_timeout=30, cleanup_interval=5, clear_untrusted_proxy_headers=True,
                                         max_request_body_size=30 * 1024 * 1024)
        self.port = self.server.effective_port

    def run(self) -> None:
        """Serve until stopped."""
        with contextlib.suppress(OSError, SystemExit):
            self.server.run()

    def stop(self) -> None:
        """Take no new request, let the running ones end (10 s at most), then close."""
        self.server.task_dispatcher.shutdown(cancel_pending=False, timeout=8)
        self.server.close()


def run_web(settings: Settings, host: str, port: int, *, with_worker: bool, told: Any = None) -> None:
    """Serve pages until SIGTERM; with a worker beside it, which is started again when it dies."""
    if settings.demo and host not in ("127.0.0.1", "localhost", "::1"):
        raise Sentence(N_("A demo is served on this machine only; its passwords are for show."))
    open_database(settings).engine.dispose()
    os.umask(0o077)
    server = Server(settings, host, port)
    stopping = threading.Event()
    child: dict[str, subprocess.Popen[bytes]] = {}
    if with_worker:
        child["worker"] = start_worker(settings)

        def watch() -> None:
            while not stopping.wait(1.0):
                if child["worker"].poll() is not None and not stopping.is_set():
                    say("The worker ended; starting it again.")
                    child["worker"] = start_worker(settings)
        threading.Thread(target=watch, daemon=True, name="kmsvc-watch").start()

    def end(*args: Any) -> None:
        if not stopping.is_set():
            stopping.set()
            threading.Thread(target=server.stop, name="kmsvc-stop").start()
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if told:
        told(server.port)
    else:
        say(f"Serving on http://{host}:{server.port}")
    server.run()
    stopping.set()
    if "worker" in child:
        child["worker"].terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child["worker"].wait(timeout=9)
        if child["worker"].poll() is None:
            child["worker"].kill()


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

    configure()
    settings = get_settings()
    Worker(open_database(settings), settings, SearchEngine(settings.index_dir)).run()
