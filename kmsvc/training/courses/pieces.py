"""Files too large for one request come in pieces, as the page sends them: one after the other into the folder of what is on its way,
from which the lesson takes the whole. What is never taken is swept away after a day."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from kmsvc.convert.limits import MB
from kmsvc.convert.refusals import Refused
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.files.store import INCOMING
from kmsvc.training.courses.packages import LARGEST_MB

PIECE = 20 * MB
LASTS = 24 * 3600


def _signer() -> Any:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="kmsvc.training.pieces")


def new_key(person_id: int | None) -> str:
    """The key of a file that begins to come, for this person alone."""
    return str(_signer().dumps([person_id, secrets.token_hex(16)]))


def _place(folder: Path, key: str, person_id: int | None) -> Path:
    try:
        owner, name = _signer().loads(key, max_age=LASTS)
    except (BadSignature, TypeError, ValueError):
        owner, name = None, ""
    if not name or owner != person_id:
        raise InvalidInput({"file": [N_("The upload broke off. Choose the file again.")]})
    return folder / INCOMING / f"piece-{name}"


def add_piece(folder: Path, key: str, person_id: int | None, offset: int, source: IO[bytes]) -> int:
    """Put a piece where it belongs; the size so far, in bytes. The same piece again changes nothing."""
    place = _place(folder, key, person_id)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = source.read(PIECE + 1)
    held = place.stat().st_size if place.exists() else 0
    if len(data) > PIECE or not 0 <= offset <= held:
        raise InvalidInput({"file": [N_("The upload broke off. Choose the file again.")]})
    if offset + len(data) > LARGEST_MB * MB:
        with suppress(FileNotFoundError):
            place.unlink()
        raise Refused("too_large", limit_mb=LARGEST_MB)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "wb", closefd=True) as out:
        out.seek(offset)
        out.write(data)
        out.truncate()
    return offset + len(data)


@contextmanager
def whole(folder: Path, key: str, person_id: int | None) -> Iterator[IO[bytes]]:
    """The file of a key, to be read once; afterwards it is gone."""
    place = _place(folder, key, person_id)
    if not place.is_file():
        raise InvalidInput({"file": [N_("The upload broke off. Choose the file again.")]})
    try:
        with place.open("rb") as file:
            yield file
    finally:
        with suppress(FileNotFoundError):
            place.unlink()
