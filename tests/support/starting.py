"""Processes started soon: forked from a nest that has Python and the product loaded, and children of the test all the same.

To load takes longer than most of what is then asked. `make hard`, and a machine without Linux, start each one from nothing."""

from __future__ import annotations

import atexit
import ctypes
import importlib
import inspect
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.support.figures import HARD

ROOT = Path(__file__).resolve().parents[2]
FORKED = sys.platform == "linux" and not HARD
_SUBREAPER = 36  # of linux/prctl.h: whose parent has ended becomes a child of ours
_LONGEST = 1 << 18
_nest: list[Any] = []
_one_at_a_time = threading.Lock()


def start(*words: str, **options: Any) -> subprocess.Popen[Any]:
    """`python` with these words, `-m MODULE …` or `-c PROGRAM …`; options as `subprocess.Popen` takes them."""
    return (_Forked if FORKED else subprocess.Popen)([sys.executable, *words], **options)


def run(*words: str, told: str | None = None, timeout: float = 120, **options: Any) -> subprocess.CompletedProcess[str]:
    """The same to its end, with what it printed. told: what it reads."""
    given = subprocess.DEVNULL if told is None else subprocess.PIPE
    with start(*words, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options) as begun:
        try:
            said, complained = begun.communicate(told, timeout)
        except BaseException:
            begun.kill()
            raise
    return subprocess.CompletedProcess(begun.args, begun.returncode, said, complained)


class _Forked(subprocess.Popen[Any]):
    """Popen, but for the start itself."""

    def _execute_child(self, *given: Any) -> None:
        asked = inspect.signature(subprocess.Popen._execute_child).bind(self, *given).arguments  # type: ignore[attr-defined]
        pipes = [asked[name] for name in ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")]
        ends = [end if end >= 0 else usual for usual, end in enumerate((pipes[0], pipes[3], pipes[5]))]
        told = {"words": asked["args"][1:], "env": dict(os.environ if asked["env"] is None else asked["env"]),
                "cwd": str(asked["cwd"] or os.getcwd()), "session": asked["start_new_session"]}
        self.pid = _hatch(json.dumps(told).encode(), ends)
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


def _hatch(told: bytes, ends: list[int]) -> int:
    """Let the nest fork; returns the number of the process."""
    with _one_at_a_time:
        if not _nest:
            ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                made = subprocess.Popen([sys.executable, "-m", "tests.support.starting", str(theirs.fileno())], cwd=ROOT,
                                        pass_fds=[theirs.fileno()], start_new_session=True, stdin=subprocess.DEVNULL)
            _nest.extend((ours, made))
            atexit.register(ours.close)
        socket.send_fds(_nest[0], [told], ends)
        pid = int(_nest[0].recv(32) or 0)
    assert pid, "the nest is gone"
    return pid


def _load() -> None:
    """What the product loads of itself, before anything is asked of it."""
    from kmsvc.app import create_app
    from kmsvc.cli import serve
    from kmsvc.cli.main import COMMANDS
    from kmsvc.registry import load_nouns

    assert create_app
    for module in ({module for module, _, _ in COMMANDS.values()} - {"kmsvc.cli.assistant"}) | {
            "kmsvc.cli.serving", "kmsvc.worker", "kmsvc.operations.upgrade", "kmsvc.operations.backup",
            "kmsvc.operations.restore", "kmsvc.operations.checks", "waitress.server"}:
        importlib.import_module(module)
    load_nouns()
    serve._load_what_all_need()


def _sit(channel: socket.socket) -> list[str]:
    """Fork whenever asked, until nobody asks any more. Returns in the forked process, with its words."""
    while True:
        told, ends, _, _ = socket.recv_fds(channel, _LONGEST, 3)
        if not told:
            os._exit(0)
        there, here = os.pipe()
        between = os.fork()
        if between == 0:
            if pid := os.fork():
                os.write(here, str(pid).encode())
                os._exit(0)  # now its parent is the test
            for end in (there, here):
                os.close(end)
            channel.close()
            return _dress(json.loads(told), ends)
        os.close(here)
        os.waitpid(between, 0)
        channel.send(os.read(there, 32))
        for end in (there, *ends):
            os.close(end)


def _dress(told: dict[str, Any], ends: list[int]) -> list[str]:
    """Be what was asked for: its streams, environment, folder and session."""
    from kmsvc.core import faults

    for usual, end in enumerate(ends):
        os.dup2(end, usual)
        os.close(end)
    os.environ.clear()
    os.environ.update(told["env"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores the keyboard, what it starts must not
    os.chdir(told["cwd"])
    if told["session"]:
        os.setsid()
    faults._ARMED.clear()
    faults._ARMED.update(faults._armed())
    return list(told["words"])


def _be(way: str, what: str, *more: str) -> None:
    """As Python begins with `-m` or `-c`."""
    sys.argv = [what if way == "-m" else way, *more]
    if way == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102


if __name__ == "__main__":
    _load()
    _be(*_sit(socket.socket(fileno=int(sys.argv[1]))))
