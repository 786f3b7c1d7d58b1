"""Attach a stored file to a thing, take it away again, and sweep what nothing names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kmsvc.core.errors import NotFound, RuleBroken
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.files import store
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.files.permissions import ADD_FILE, REMOVE_FILE, SEE_FILE, SWEEP
from kmsvc.files.queries import may_have, place
from kmsvc.files.store import Stored

DAILY_MB = Option("files.daily_mb", 500, N_("Megabytes one person may upload in a day"), minimum=1, maximum=100_000)
ORPHAN_AGE = timedelta(hours=24)


class TooMuch(RuleBroken):
    """One person uploaded more in a day than the centre allows."""

    status = 413


def attach(work: Work, kind: str, thing_id: int, stored: Stored) -> Attachment:
    """A thing has this file from now on; its bytes lie on disk already. The same file twice is one attachment,
    unless the first is somebody else's whom this person may not have it from."""
    where = place(work.session, work.actor, kind, thing_id)
    work.permit(ADD_FILE, where)
    for same in work.session.scalars(select(Attachment).where(
            Attachment.subject_kind == kind, Attachment.subject_id == thing_id, Attachment.sha256 == stored.sha256,
            Attachment.name == stored.name, Attachment.removed_at.is_(None)).order_by(Attachment.id)):
        if may_have(work.session, work.actor, same):
            return same
    _check_volume(work, stored.size)
    _note_bytes(work, stored)
    row = Attachment(sha256=stored.sha256, name=stored.name, subject_kind=kind, subject_id=thing_id,
                     person_id=work.actor.person_id, added_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def _check_volume(work: Work, size: int) -> None:
    if work.actor.person_id is None:
        return
    most = value(work.session, DAILY_MB)
    since = work.now - timedelta(days=1)
    taken = work.session.scalar(select(func.coalesce(func.sum(StoredFile.size), 0)).select_from(Attachment).join(
        StoredFile, StoredFile.sha256 == Attachment.sha256).where(
        Attachment.person_id == work.actor.person_id, Attachment.added_at > since)) or 0
    if taken + size > most * 1024 * 1024:
        raise TooMuch("files.daily_limit", N_("That is more than %(most)s MB in a day. Go on tomorrow."), most=most)


def _note_bytes(work: Work, stored: Stored) -> None:
    if work.session.get(StoredFile, stored.sha256) is not None:
        return
    try:
        with work.session.begin_nested():
            work.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type,
                                        stored_at=work.now))
    except IntegrityError:  # somebody stored the same bytes at this very moment
        work.session.expire_all()


def remove_attachment(work: Work, attachment_id: int) -> Attachment:
    """A thing no longer offers this file; row and bytes stay for the audit."""
    row = work.session.get(Attachment, attachment_id, with_for_update=True)
    work.permit(SEE_FILE)
    if row is None or not may_have(work.session, work.actor, row):
        raise NotFound()
    work.permit(REMOVE_FILE, place(work.session, work.actor, row.subject_kind, row.subject_id))
    row.removed_at = work.now
    return row


@dataclass(frozen=True)
class Swept:
    """What a sweep removed, and which rows name bytes that are not on disk."""

    removed: tuple[str, ...]
    missing: tuple[str, ...]


def sweep(work: Work, folder: Path) -> Swept:
    """Delete bytes older than a day that no row names, and report rows whose bytes are gone; twice changes nothing."""
    work.permit(SWEEP)
    known = set(work.session.scalars(select(StoredFile.sha256)))
    before = (work.now - ORPHAN_AGE).timestamp()
    removed = []
    for sha256, path in store.stored_names(folder):
        if sha256 in known:
            continue
        if store.remove_older(path, before, lambda one=sha256: work.session.scalar(  # type: ignore[misc]
                select(StoredFile.sha256).where(StoredFile.sha256 == one)) is None):
            removed.append(path.name)
    missing = tuple(sorted(one for one in known if not store.place_of(folder, one).is_file()))
    return Swept(tuple(removed), missing)
