"""The verbs of licences: grant (also raise, lower, renew), suspend, resume, end. Each with a reason; nobody for oneself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.options import value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Category
from kmsvc.knowledge.licences.events import LicenceMoved
from kmsvc.knowledge.licences.limits import MONTHS, limits_now
from kmsvc.knowledge.licences.models import Licence
from kmsvc.knowledge.licences.permissions import GRANT
from kmsvc.knowledge.licences.proof import figures_json, proof_of, since_day
from kmsvc.knowledge.licences.rules import Level, advice
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.standards.duties.rules import rolling

LONGEST_DAYS = 5 * 366


def default_until(work: Work, today: date) -> date:
    """The last day of a licence granted today, as the centre has set it."""
    return rolling(today, value(work.session, MONTHS), today).due_on


def grant_to(work: Work, person: str, level: str, *, reason: str, today: date, category: str | None = None,
             valid_until: date | None = None) -> Licence:
    """The same for whom a login names."""
    found = person_by_login(work.session, person)
    if found is None:
        work.permit(GRANT)
        raise InvalidInput({"person": [N_("There is no account with this login.")]})
    return grant(work, found.id, level, reason=reason, today=today, category=category, valid_until=valid_until)


def grant(work: Work, person_id: int, level: str, *, reason: str, today: date, category: str | None = None,
          valid_until: date | None = None) -> Licence:
    """Grant a licence in a category or in all. One that stands there ends with it: raised, lowered or renewed."""
    work.permit(GRANT)
    _not_oneself(work, person_id)
    entry = directory(work.session).people.get(person_id)
    if entry is None or not entry.is_active:
        raise InvalidInput({"person": [N_("There is no active person like this.")]})
    category_id = _category(work, category)
    last = valid_until or default_until(work, today)
    if not today < last <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidInput({"valid_until": [N_("A licence is valid until a day to come, five years at most.")]})
    next_number(work.session, "licence")  # one at a time: of one person and category one licence stands
    work.because(reason)
    for row in standing_rows(work, person_id, category_id):
        row.ended_at, row.ended_by_id, row.end_reason = work.now, work.actor.person_id, reason
    found = proof_of(work.session, person_id, since_day(work.session, today), today)
    row = Licence(person_id=person_id, category_id=category_id, level=Level(level), reason=reason, valid_until=last,
                  proof=figures_json(found) | {"advice": advice(Level(level), found.figures, limits_now(work.session))[0]},
                  granted_by_id=work.actor.person_id, granted_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.record(LicenceMoved(row.id, "grant", row.version))
    return row


def suspend(work: Work, licence_id: int, *, reason: str, version: int | None = None) -> Licence:
    """Let a licence rest: it gives nothing until it is resumed."""
    row = _open(work, licence_id, version)
    if row.suspended_at is not None:
        raise RuleBroken("knowledge.licence.suspended", N_("This licence is suspended already."))
    row.suspended_at, row.suspend_reason = work.now, reason
    return _moved(work, row, "suspend", reason)


def resume(work: Work, licence_id: int, *, reason: str, version: int | None = None) -> Licence:
    """A suspended licence gives again what it gave."""
    row = _open(work, licence_id, version)
    if row.suspended_at is None:
        raise RuleBroken("knowledge.licence.not_suspended", N_("This licence is not suspended."))
    row.suspended_at = row.suspend_reason = None
    return _moved(work, row, "resume", reason)


def end(work: Work, licence_id: int, *, reason: str, version: int | None = None) -> Licence:
    """Take a licence away for good; its row stays, and a new one can be granted."""
    row = _open(work, licence_id, version)
    row.ended_at, row.ended_by_id, row.end_reason = work.now, work.actor.person_id, reason
    return _moved(work, row, "end", reason)


VERBS: dict[str, Callable[..., Licence]] = {"suspend": suspend, "resume": resume, "end": end}


def standing_rows(work: Work, person_id: int, category_id: int | None) -> list[Licence]:
    """Licences of a person for exactly this category that have not ended."""
    place = Licence.category_id == category_id if category_id is not None else Licence.category_id.is_(None)
    return list(work.session.scalars(select(Licence).where(Licence.person_id == person_id, place, Licence.ended_at.is_(None))
                                     .order_by(Licence.id).with_for_update()))


def _open(work: Work, licence_id: int, version: int | None) -> Licence:
    row = work.get(Licence, licence_id, lock=True, version=version)
    work.permit(GRANT)
    _not_oneself(work, row.person_id)
    if row.ended_at is not None:
        raise RuleBroken("knowledge.licence.ended", N_("This licence has ended. Grant a new one."))
    return row


def _moved(work: Work, row: Licence, what: str, reason: str) -> Licence:
    work.because(reason)
    work.session.flush()
    work.record(LicenceMoved(row.id, what, row.version))
    return row


def _not_oneself(work: Work, person_id: int) -> None:
    if work.actor.person_id == person_id:
        raise RuleBroken("knowledge.licence.own", N_("Nobody grants or takes the own licence. Ask somebody else who may."))


def _category(work: Work, name: str | None) -> int | None:
    if not name:
        return None
    found = work.session.scalar(select(Category.id).where(Category.name == name))
    if found is None:
        raise InvalidInput({"category": [N_("There is no such category.")]})
    return found
