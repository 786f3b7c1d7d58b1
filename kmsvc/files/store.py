"""Bytes on disk, named by their SHA-256, outside every served folder. Written and synced before any row names them."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kmsvc.convert.limits import FILE_MB, MB
from kmsvc.convert.precheck import check_zip
from kmsvc.convert.refusals import Refused
from kmsvc.convert.sniff import ATTACHMENTS, OFFICE, sniff
from kmsvc.core.faults import fault
from kmsvc.markup.cleaning import clean_name

CHUNK = 256 * 1024
INCOMING = "incoming"


@dataclass(frozen=True)
class Stored:
    """Bytes that lie on disk: their SHA-256, size in bytes, media type judged by content, and a clean name."""

    sha256: str
    size: int
    media_type: str
    name: str


def place_of(folder: Path, sha256: str) -> Path:
    """Where these bytes lie."""
    return folder / sha256[:2] / sha256


def keep(folder: Path, source: IO[bytes], filename: str, *, allowed: frozenset[str] = ATTACHMENTS, limit_mb: int = FILE_MB,
         check: Callable[[Path], object] | None = None) -> Stored:
    """Take a file in: stream it down, judge it by its content, give it its name, sync file and folder.

    allowed: kinds of `sniff`; limit_mb: the largest, in megabytes; check: raises for what is inside.
    Raises Refused with the reason (size, type, macros, bomb). Nothing stays behind when it is refused.
    """
    name = clean_name(filename)
    waiting = folder / INCOMING
    waiting.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = waiting / secrets.token_hex(16)
    try:
        sha256, size = _write(path, source, limit_mb)
        found = sniff(path, name, allowed=allowed, limit_mb=limit_mb)
        if found.kind in OFFICE:
            check_zip(path)
        if check is not None:
            check(path)
        target = place_of(folder, sha256)
        _settle(path, target)
        fault("file.after_write")
        return Stored(sha256, size, found.media_type, name)
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def _write(path: Path, source: IO[bytes], limit_mb: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as out:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size > limit_mb * MB:
                raise Refused("too_large", limit_mb=limit_mb)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if not size:
        raise Refused("empty")
    return digest.hexdigest(), size


def _settle(path: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True, mode=0o700)
    path.chmod(0o600)
    os.replace(path, target)  # the same bytes again renew the file's age, so the sweeper leaves it alone
    for place in (target.parent, target.parent.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def stored_names(folder: Path) -> Iterator[tuple[str, Path]]:
    """(SHA-256, path) of everything kept, and ("", path) of what an upload left half-way."""
    for place in sorted(folder.glob("*/*")):
        if place.is_file():
            yield ("" if place.parent.name == INCOMING else place.name), place


def remove_older(path: Path, before: float, still: Callable[[], bool]) -> bool:
    """Delete a file last written before this instant (seconds since the epoch) while `still` says nobody names it."""
    try:
        if path.stat().st_mtime >= before or not still() or path.stat().st_mtime >= before:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True
