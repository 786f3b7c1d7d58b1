"""Reads over files: what a thing has, what this caller may have of it, and where it is served.

One rule (R-A5): a file is for whoever keeps the thing or added it, and for readers only where a text they may
read shows it. So a picture inside a secret block, a draft's picture and a file of another unit's article are not there
for anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.files.permissions import SEE_FILE, Place

_WITH_BYTES = select(Attachment, StoredFile).join(StoredFile, StoredFile.sha256 == Attachment.sha256)
MOST_LINKS = 100
_LINK = re.compile(r"(?<![\w/])/files/(\d{1,9})(?!\d)")


@dataclass(frozen=True)
class FileCard:
    """A file as a list shows it. size in bytes; in_text: whether a text of its thing shows it."""

    id: int
    name: str
    url: str
    size: int
    media_type: str
    sha256: str
    added_at: datetime
    in_text: bool

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it in place."""
        return self.media_type.startswith("image/")


def place(session: Session, actor: Actor, kind: str, thing_id: int) -> Place:
    """The thing of this kind and id for this caller; NotFound where it is missing, not theirs, or has no files."""
    described = cards.KINDS.get(kind)
    if described is None or described.keeps is None or cards.whole_card(session, actor, kind, thing_id) is None:
        raise NotFound()
    kept = described.keeps(session, actor, thing_id)
    return Place(kind, thing_id, kept, kept or bool(described.adds and described.adds(session, actor, thing_id)))


def parse_subject(text: str | None) -> tuple[str, int]:
    """`article:5` as kind and id; NotFound for anything else."""
    kind, _, number = (text or "").partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound()
    return kind, int(number)


def shown_in(texts: Iterable[str], attachment: Attachment) -> bool:
    """Whether one of these texts shows or links to this file, by its address or its SHA-256."""
    for text in texts:
        if f"attachment:{attachment.sha256}" in text.lower():
            return True
        if any(int(found) == attachment.id for found in _LINK.findall(text)):
            return True
    return False


def _texts(session: Session, actor: Actor, attachment: Attachment) -> Iterable[str]:
    described = cards.KINDS[attachment.subject_kind]
    return described.texts(session, actor, attachment.subject_id) if described.texts else ()


def may_have(session: Session, actor: Actor, attachment: Attachment) -> bool:
    """Whether this caller may have this file now."""
    if not can(actor, SEE_FILE) or attachment.removed_at is not None:
        return False
    try:
        where = place(session, actor, attachment.subject_kind, attachment.subject_id)
    except NotFound:
        return False
    own = actor.person_id is not None and attachment.person_id == actor.person_id and where.adds
    return where.kept or own or shown_in(_texts(session, actor, attachment), attachment)


def readable_file(session: Session, actor: Actor, attachment_id: int) -> tuple[Attachment, StoredFile]:
    """The file, or NotFound where it is missing, removed, or not for this caller."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or not may_have(session, actor, attachment):
        raise NotFound()
    stored = session.get(StoredFile, attachment.sha256)
    if stored is None:
        raise NotFound()
    return attachment, stored


def files_of(session: Session, actor: Actor, kind: str, thing_id: int, *, text: str | None = None) -> list[FileCard]:
    """The files of a thing this caller may have, oldest first; with `text` only those it shows."""
    where = place(session, actor, kind, thing_id)
    rows = list(session.execute(_WITH_BYTES.where(
        Attachment.subject_kind == kind, Attachment.subject_id == thing_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)))
    if not rows:
        return []
    readable = [text] if text is not None else list(_texts(session, actor, rows[0][0]))
    found = []
    for attachment, stored in rows:
        shown = shown_in(readable, attachment)
        own = where.adds and actor.person_id is not None and attachment.person_id == actor.person_id
        if shown or (text is None and (where.kept or own)):
            found.append(_card(attachment, stored, shown))
    return found


def shown_files(session: Session, actor: Actor, text: str) -> list[FileCard]:
    """The files a text shows or links to, whatever thing they belong to, if this caller may have them; the first hundred."""
    ids = list(dict.fromkeys(int(found) for found in _LINK.findall(text)))[:MOST_LINKS]
    rows = session.execute(_WITH_BYTES.where(Attachment.id.in_(ids)).order_by(Attachment.id)) if ids else ()
    return [_card(attachment, stored, True) for attachment, stored in rows if may_have(session, actor, attachment)]


def _card(attachment: Attachment, stored: StoredFile, shown: bool) -> FileCard:
    return FileCard(attachment.id, attachment.name, f"/files/{attachment.id}", stored.size, stored.media_type,
                    attachment.sha256, attachment.added_at, shown)


def address_of(session: Session, actor: Actor) -> Callable[[str], str]:
    """For markup.render: SHA-256 of an attachment -> its address, "" where this caller may not have it."""
    def find(sha256: str) -> str:
        for attachment in session.scalars(select(Attachment).where(
                Attachment.sha256 == sha256, Attachment.removed_at.is_(None)).order_by(Attachment.id).limit(50)):
            if may_have(session, actor, attachment):
                return f"/files/{attachment.id}"
        return ""
    return find
