"""The secret link of a person's own calendar: made, renewed, which ends the old one, and taken away."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.training.plans.ical import may_read
from kmsvc.training.plans.ical_models import CalendarLink
from kmsvc.training.plans.permissions import ATTEND


def link_of(session: Session, person_id: int) -> CalendarLink | None:
    """The link of somebody; what its token was is kept nowhere."""
    return session.scalars(select(CalendarLink).where(CalendarLink.person_id == person_id)).one_or_none()


def renew(work: Work) -> str:
    """Make the own link; an old one ends. The answer is its token, told this once."""
    work.permit(ATTEND)
    token, person = secrets.token_urlsafe(32), work.actor.person_id or 0
    row = link_of(work.session, person)
    if row is None:
        work.session.add(CalendarLink(person_id=person, digest=_digest(token), made_at=work.now))
    else:
        row.digest, row.made_at = _digest(token), work.now
    work.session.flush()
    return token


def end(work: Work) -> None:
    """Take the own link away; NotFound where there is none."""
    work.permit(ATTEND)
    row = link_of(work.session, work.actor.person_id or 0)
    if row is None:
        raise NotFound()
    work.session.delete(row)
    work.session.flush()


def reader_of(session: Session, token: str) -> int:
    """Whose calendar a token reads; NotFound for one that ended, or of somebody who left."""
    found = session.scalar(select(CalendarLink.person_id).where(CalendarLink.digest == _digest(token)))
    if found is None or not may_read(session, found):
        raise NotFound()
    return found


def made_at(session: Session, person_id: int) -> datetime | None:
    """Since when there is a link."""
    row = link_of(session, person_id)
    return row.made_at if row else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
