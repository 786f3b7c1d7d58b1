"""The file between its dry run and its import: in the data folder, under a name only its uploader's page knows, for a day."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kmsvc.core.clock import system_clock
from kmsvc.core.errors import NotFound
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, settings

KEEP_S = 24 * 3600


@dataclass(frozen=True)
class Waiting:
    """A file that was uploaded and not imported yet."""

    token: str
    path: Path
    name: str


def root(sort: str) -> Path:
    """Where the files of a sort of rows wait."""
    folder = Path(settings().data_dir) / f"{sort}-imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keep(sort: str, given: Any, name: str) -> str:
    """Keep an uploaded file; returns the token of its page."""
    now = system_clock().timestamp()
    for folder in root(sort).iterdir():
        if now - folder.stat().st_mtime > KEEP_S:
            drop(folder)
    token = secrets.token_hex(16)
    folder = root(sort) / f"{current_actor().person_id}-{token}"
    folder.mkdir(mode=0o700)
    given.save(folder / name)
    return token


def waiting(sort: str, token: str) -> Waiting:
    """The file behind a token, of this very person; or NotFound."""
    if len(token) != 32 or not set(token) <= set("0123456789abcdef"):
        raise NotFound()
    folder = root(sort) / f"{current_actor().person_id}-{token}"
    held = next(folder.iterdir(), None) if folder.is_dir() else None
    if held is None:
        raise NotFound(N_("This file is no longer here. Upload it again."))
    return Waiting(token, held, held.name)


def drop(folder: Path) -> None:
    """Remove a file with its folder."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()
