"""The checklist of good content: a list the editors keep in two languages, shown to whoever judges an article.

Each review keeps the list that counted when its sample was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, Stale
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews.models import Checklist
from kmsvc.knowledge.reviews.permissions import PLAN_REVIEW
from kmsvc.people.accounts.queries import names

MOST_LINES, LONGEST_LINE = 30, 200
_NEWEST = select(Checklist).order_by(Checklist.id.desc()).limit(1)


@dataclass(frozen=True)
class Kept:
    """The list that counts. version: how often it was written down; 0 where nobody has yet."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    version: int = 0
    author: str = ""
    recorded_at: datetime | None = None

    def lines(self, language: str) -> tuple[str, ...]:
        """The lines in a language; those of the other one where it has none."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)


def checklist(session: Session) -> Kept:
    """The list that counts now."""
    row = session.scalars(_NEWEST).first()
    if row is None:
        return Kept()
    return Kept(tuple(row.zh), tuple(row.en), row.id, names(session, [row.author_id]).get(row.author_id or 0, ""), row.recorded_at)


def keep_checklist(work: Work, zh: Sequence[str], en: Sequence[str], *, version: int | None = None) -> Kept:
    """Write the list down anew; the same again keeps what is there. version: the one the caller saw."""
    work.permit(PLAN_REVIEW)
    wrong = {name: [N_("A line is too long, or there are too many lines.")] for name, its in (("zh", zh), ("en", en))
             if len(its) > MOST_LINES or any(len(one) > LONGEST_LINE for one in its)}
    if zh and en and len(zh) != len(en):
        wrong["en"] = [N_("Both languages need the same number of lines.")]
    if wrong:
        raise InvalidInput(wrong)
    before = checklist(work.session)
    if version is not None and version != before.version:
        raise Stale(version=before.version)
    if (tuple(zh), tuple(en)) != (before.zh, before.en):
        work.session.add(Checklist(zh=list(zh), en=list(en), author_id=work.actor.person_id, recorded_at=work.now))
        work.session.flush()
    return checklist(work.session)
