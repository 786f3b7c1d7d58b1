"""kmsvc as its users run it: real processes on a data folder of the test, killed, frozen and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from kmsvc.app import make_database
from kmsvc.core.clock import system_clock
from kmsvc.core.work import Database
from kmsvc.people.roles import Role
from kmsvc.people.sessions.usecases import create_token
from kmsvc.people.system import OPERATOR
from kmsvc.settings import Settings
from tests.support import starting

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = [role.value for role in Role]
PATIENCE_S = 90.0
DOWN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError, ConnectionError)  # also half an answer


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], Any], seconds: float = PATIENCE_S, what: str = "this") -> Any:
    """Wait for something; returns it. Fails when time runs out."""
    end = time.monotonic() + seconds
    while True:
        if found := true():
            return found
        assert time.monotonic() < end, f"{what} did not come about within {seconds} s"
        time.sleep(0.05)


@dataclass
class House:
    """A centre on disk and the processes that serve it. `call` is a client of the walker's shape."""

    settings: Settings
    port: int = field(default_factory=free_port)
    env: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    began: dict[str, datetime] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    log_dir: Path | None = None
    _db: Database | None = None

    @property
    def db(self) -> Database:
        """The database, for the test's own looks; the product's processes have their own connections."""
        if self._db is None:
            self._db = make_database(self.settings)
        return self._db

    @property
    def address(self) -> str:
        """Where the web half listens."""
        return f"http://127.0.0.1:{self.port}"

    def words(self, half: str) -> list[str]:
        """The command of a half."""
        kind = half.rstrip("0123456789")
        return ["-m", "kmsvc", kind] + (["--port", str(self.port)] if kind != "worker" else [])

    def environment(self, **more: str) -> dict[str, str]:
        """What a process of this house sees."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KMSVC_")}
        made = {**kept, "KMSVC_DATA_DIR": str(self.settings.data_dir), "KMSVC_DATABASE_URL": self.settings.database_url,
                "KMSVC_BASE_URL": self.address, "KMSVC_LANGUAGE": "en", **self.env, **more}
        if self.settings.smtp_url:
            made["KMSVC_SMTP_URL"] = self.settings.smtp_url
        return made

    def log_file(self, half: str) -> Path:
        """Where a half's standard error goes."""
        return (self.log_dir or self.settings.data_dir.parent) / f"log-{half}"

    def log(self) -> str:
        """Everything the halves said."""
        return "\n".join(self.log_file(half).read_text("utf-8", "replace") for half in self.processes
                         if self.log_file(half).exists())

    def start(self, *halves: str, wait: bool = True, **env: str) -> None:
        """Start `serve`, `web`, `worker` (or `worker2`, `worker3` …) and wait until they are ready."""
        for half in halves:
            self.began[half] = system_clock()
            with self.log_file(half).open("ab") as log:
                self.processes[half] = starting.start(
                    *self.words(half), env=self.environment(**env), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True)
        if wait:
            self.wait_ready(*halves, worker=any(half != "web" for half in halves), web=bool({"serve", "web"} & set(halves)))

    def wait_ready(self, *started: str, worker: bool = True, web: bool = True, seconds: float = PATIENCE_S) -> None:
        """Until `/readyz` says yes, or only `/healthz` without a worker. started: halves that must not end meanwhile."""
        def ready() -> bool:
            assert all(self.alive(half) for half in started), f"one of {started} ended\n{self.log()[-3000:]}"
            return self.answers("/readyz" if worker else "/healthz")
        if web:
            until(ready, seconds, f"readiness\n{self.log()[-3000:]}\n")

    def answers(self, path: str) -> bool:
        """Whether a public page says 200 now."""
        with suppress(*DOWN):
            return requests.get(self.address + path, timeout=5).status_code == 200
        return False

    def complaints(self) -> str:
        """What the halves said beside «request»: the end of it."""
        return "\n".join(line for line in self.log().splitlines() if '"event": "request"' not in line)[-12000:]

    def alive(self, half: str) -> bool:
        """Whether the process of a half runs."""
        return self.processes[half].poll() is None

    def signal(self, half: str, number: int) -> None:
        """A signal to a half and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[half].pid, number)

    def kill(self, half: str) -> None:
        """End a half and its children as a power cut would."""
        self.signal(half, signal.SIGKILL)
        self.processes[half].wait(10)

    def stop(self, half: str, seconds: float = 20) -> tuple[int, float]:
        """Ask a half to end; returns (exit status, seconds it took)."""
        began = time.monotonic()
        self.processes[half].terminate()
        return self.processes[half].wait(seconds), time.monotonic() - began

    def close(self) -> None:
        """End everything that still runs."""
        for half, process in self.processes.items():
            self.signal(half, signal.SIGCONT)
            self.signal(half, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
        if self._db is not None:
            self._db.engine.dispose()

    def run(self, *words: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """One command of the command line, to its end."""
        done = starting.run("-m", "kmsvc", *words, env=self.environment(**env), cwd=ROOT)
        assert not check or done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done

    def token(self, login: str) -> str:
        """An API token of a person, made once."""
        if login not in self.tokens:
            with self.db.begin(OPERATOR) as work:
                self.tokens[login] = create_token(work, login, name="test", days=3650)
        return self.tokens[login]

    def request(self, who: str, method: str, path: str, body: Any = None, *, key: str | None = None,
                timeout: float = 15) -> requests.Response:
        """One request as somebody; raises what DOWN names when nobody answers."""
        headers = {"Authorization": f"Bearer {self.token(who)}"}
        if key:
            headers["Idempotency-Key"] = key
        return requests.request(method, self.address + path, json=body, headers=headers, timeout=timeout)

    def insist(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A request repeated with the same Idempotency-Key until it is answered: what a careful client does."""
        key = uuid.uuid4().hex if method == "POST" else None
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self.request(who, method, path, body, key=key)
                if answer.status_code not in (502, 503, 504):
                    return answer.status_code, answer.json() if answer.content else None
            except DOWN:
                pass
            assert time.monotonic() < end, f"{method} {path} was never answered\n{self.log()[-3000:]}"
            time.sleep(0.1)

    @contextmanager
    def watched(self, **env_of: dict[str, str]) -> Iterator[dict[str, int]]:
        """Start halves again whenever they end, as a service manager does; counts the deaths of each.

        A web half is one process here, so that its death is seen from outside.
        """
        env_of = {half: {"KMSVC_WEB_PROCESSES": "1", **env} for half, env in env_of.items()}
        deaths = dict.fromkeys(env_of, 0)
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.1):
                for half, env in env_of.items():
                    if not self.alive(half):
                        deaths[half] += 1
                        self.start(half, wait=False, **env)
        for half, env in env_of.items():
            self.start(half, wait=False, **env)
        thread = threading.Thread(target=watch, name="service-manager", daemon=True)
        thread.start()
        try:
            yield deaths
        finally:
            over.set()
            thread.join()
