"""A list that was uploaded: kept between its dry run and its import in the data folder, under a token only its uploader's page
knows, for a day; or taken in at once, for a program."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, request

from kmsvc.convert.reports import Report
from kmsvc.core.api import broken_off, posting, replayed
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.clock import system_clock
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, settings
from kmsvc.core.work import Work
from kmsvc.markup.cleaning import name_on_disk

KEEP_S = 24 * 3600
LISTS = (".csv", ".xlsx")


@dataclass(frozen=True)
class Waiting:
    """A file that was uploaded and not imported yet."""

    token: str
    path: Path
    name: str


def given_list() -> tuple[Any, str]:
    """(the file of this request, its name); None where none was chosen."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return None, ""
    return given, name_on_disk(given.filename)


def is_list(name: str) -> bool:
    """Whether a name says that it is a table we read."""
    return name.lower().endswith(LISTS)


def keep(place: str, given: Any, name: str) -> str:
    """Keep an uploaded file in a folder of the data folder; returns the token of its page. Files nobody came back for go."""
    now = system_clock().timestamp()
    for folder in _root(place).iterdir():
        if now - folder.stat().st_mtime > KEEP_S:
            drop(folder)
    token = secrets.token_hex(16)
    folder = _root(place) / f"{current_actor().person_id}-{token}"
    folder.mkdir(mode=0o700)
    given.save(folder / name)
    return token


def waiting(place: str, token: str) -> Waiting:
    """The file behind a token, of this very person; or NotFound."""
    if len(token) != 32 or not set(token) <= set("0123456789abcdef"):
        raise NotFound()
    folder = _root(place) / f"{current_actor().person_id}-{token}"
    held = next(folder.iterdir(), None) if folder.is_dir() else None
    if held is None:
        raise NotFound(N_("This file is no longer here. Upload it again."))
    return Waiting(token, held, held.name)


def drop(folder: Path) -> None:
    """Remove a file with its folder."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()


def answer_program(given: Any, name: str, data: Mapping[str, Any], take: Callable[[Path], Report[Any]]) -> Response:
    """The report of an import in one request. take: imports the file at a path. The same request again, with its key, is
    answered as before; one that breaks off answers a problem with `report`."""
    with tempfile.TemporaryDirectory(prefix=".list-", dir=settings().data_dir) as place:
        path = Path(place) / f"list{Path(name).suffix.lower()}"
        given.save(path)
        sent = repr((sorted(data.items()), name, hashlib.sha256(path.read_bytes()).hexdigest())).encode()
        before = replayed(sent)
        if before is not None:
            return before
        try:
            report = take(path)
        except BrokenOff as error:
            return broken_off(error, error.report.as_json(sentence))

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return report.as_json(sentence), 200, None
    return posting(effect, content=sent)


def _root(place: str) -> Path:
    folder = Path(settings().data_dir) / place
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
