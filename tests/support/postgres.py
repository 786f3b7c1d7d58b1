"""A throw-away PostgreSQL server for the tests, found, installed or brought along, and stopped at the end.

`python -m tests.support.postgres` starts one, prints the address of an empty database and waits for Ctrl-C.
"""

from __future__ import annotations

import atexit
import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

from tests.support.postgres_programs import NoPostgres, ensure_programs

START_SECONDS = 60
ENOUGH_BYTES = 4 << 30
# A test server forgets everything anyway: the short form need not wait for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def quick_place() -> str:
    """Where files of a server that forgets everything lie: in memory, if there is plenty of it."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_BYTES:
        return str(memory)
    return "/tmp"


def skipped() -> bool:
    """Whether the person who runs the tests asked to leave PostgreSQL out."""
    return os.environ.get("KMSVC_SKIP_POSTGRES") == "1"


def server_user() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root, so somebody else then; None means ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgres(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody."
    )


@dataclass
class Server:
    """A running cluster: where it listens, and the making of databases in it."""

    folder: Path
    port: int
    user: str
    process: subprocess.Popen[bytes]
    programs: Path
    numbers: Iterator[int] = field(default_factory=count)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def copying(self) -> str:
        """How a small database is copied soonest; before version 15 there was no choice."""
        return " STRATEGY file_copy" if int((self.folder / "data/PG_VERSION").read_text()) >= 15 else ""

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database of this cluster."""
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/{database}"

    def fresh_database(self, template: str | None = None, address: str | None = None) -> str:
        """Make a database and return its address. template: the address of one to copy, for speed; nobody may
        be connected to it meanwhile. address: where nothing is now; else somewhere new."""
        with self.lock:
            name = address.rpartition("/")[2] if address else f"t{os.getpid()}_{next(self.numbers)}"
        source = template.rpartition("/")[2] if template else "template0"
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{self.copying}')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected."""
        self.say(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def say(self, statement: str) -> None:
        """Run one statement outside a transaction in the administrative database."""
        import psycopg

        with psycopg.connect(self.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def restart(self, **settings: str) -> None:
        """Start the stopped server again on the same data and port."""
        self.process = launch(self.programs, self.folder, self.port, settings)


def make_readable(programs: Path, user: str | None, folder: Path) -> Path:
    """The programs where the server's user can run them: a checkout in a private home is closed to it."""
    if user is None:
        return programs
    try:
        subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, **as_user(user))
        return programs
    except (PermissionError, subprocess.CalledProcessError):
        home, package, copy = programs.parent, programs.parent.parent, folder / "programs"
    shutil.copytree(home, copy / package.name / home.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")  # wheels keep what they link to beside the package
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    return copy / package.name / home.name / programs.name


def as_user(user: str | None) -> dict[str, object]:
    """What makes subprocess run something as that user; nothing for ourselves."""
    if user is None:
        return {"cwd": "/"}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/", "umask": 0o077}


def launch(programs: Path, folder: Path, port: int, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the server of a cluster and wait until it answers. Raises NoPostgres with the end of its log."""
    words = [
        str(programs / "postgres"),
        "-D",
        str(folder / "data"),
        "-p",
        str(port),
        "-k",
        str(folder),
        "-h",
        "127.0.0.1",
    ]
    for name, value in settings.items():
        words += ["-c", f"{name}={value}"]
    log = (folder / "log").open("ab")
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **as_user(server_user())
    )  # type: ignore[call-overload]
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if answers(port, folder):
            return process
        time.sleep(0.05)
    process.kill()
    raise NoPostgres("PostgreSQL did not start:\n" + (folder / "log").read_text(errors="replace")[-2000:])


def answers(port: int, folder: Path) -> bool:
    """Whether the server takes connections; the pid file says so without a log line for each try."""
    try:
        lines = (folder / "data/postmaster.pid").read_text(encoding="utf-8").split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[3] == str(port) and lines[7].strip() == "ready"


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Server]:
    """A running cluster of its own, stopped and removed at the end. Raises NoPostgres.

    durable: write to disk as a real server does (for tests that kill it); else as fast as it can.
    """
    programs, user = ensure_programs(), server_user()
    place = "/tmp" if durable else quick_place()  # short, for the socket's path has to be
    folder = Path(tempfile.mkdtemp(prefix="kmsvc-pg-", dir=place))
    try:
        if user:
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        programs = make_readable(programs, user, folder)
        name = "postgres"
        words = [
            programs / "initdb",
            "-D",
            folder / "data",
            "-U",
            name,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
        ]
        made = subprocess.run(
            [*words, "--no-sync"], capture_output=True, text=True, check=False, **as_user(user)
        )
        if made.returncode:
            raise NoPostgres(f"initdb failed:\n{made.stdout[-1000:]}{made.stderr[-1000:]}")
        settings = {"max_connections": "200", "shared_buffers": "64MB", "timezone": "UTC"} | (
            {} if durable else FAST
        )
        process = launch(programs, folder, free_port(), settings)
        port = int((folder / "data/postmaster.pid").read_text(encoding="utf-8").split("\n")[3])
        server = Server(folder, port, name, process, programs)
        closing = atexit.register(stop, server)
        try:
            yield server
        finally:
            stop(server)
            atexit.unregister(closing)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stop(server: Server) -> None:
    """End the server without waiting for its clients."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGINT)
        try:
            server.process.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def main() -> int:
    """Print the address of an empty database and serve it until Ctrl-C."""
    try:
        with postgres_server() as server:
            print(server.fresh_database(), flush=True)
            print(
                f"PostgreSQL runs as {server_user() or getpass.getuser()}; Ctrl-C ends it.",
                file=sys.stderr,
                flush=True,
            )
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.pause()
    except NoPostgres as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
