"""Every number that bounds a file or its reader, in one place, and the cage that the child puts itself in."""

from __future__ import annotations

import contextlib
import os
import resource
import sys

MB = 1024 * 1024

FILE_MB = 25
ZIP_ENTRIES = 5_000
ZIP_EXPANDED_MB = 200
ZIP_RATIO = 200
ZIP_RATIO_FROM_MB = 1
PICTURE_MILLION_POINTS = 50

MEMORY = 1024 * MB
CPU_SECONDS = 20
WALL_SECONDS = 30
WRITTEN = 50 * MB
OPEN_FILES = 64
# What a child may answer. The asking process holds it in memory, so it stays below what a web worker can spare.
ANSWER = 32 * MB
ANSWER_LINES = 60_000
PICTURES = 10 * MB
PICTURE = 5 * MB
PICTURE_COUNT = 200

ROWS = 50_000
COLUMNS = 100
PAGES = 2_000
LINE_MB = 2

_NEWUSER, _NEWNET = 0x10000000, 0x40000000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.kill",
    "shutil.",
    "urllib.",
    "ftplib.",
    "smtplib.",
    "http.client.",
)


def confine() -> None:
    """Bound this process for good: memory, processor time, files, no network, no writing, no other program."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _leave_the_network()
    sys.dont_write_bytecode = True
    sys.addaudithook(_refuse)


def _leave_the_network() -> None:
    """Move into a network of its own, without a way out, where the system lets us; the hook below is the rest.

    Root may do so as it is; others need a user namespace, in which root would lose its right to read the file.
    """
    with contextlib.suppress(Exception):
        import ctypes

        library = ctypes.CDLL(None)
        if library.unshare(_NEWNET):
            library.unshare(_NEWUSER | _NEWNET)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)
    if event == "open":
        flags = arguments[2] if len(arguments) > 2 else 0
        if isinstance(flags, int) and flags & _WRITES:
            raise PermissionError("open for writing")
