"""The duty to renew a licence before it lapses, or to let it: of whoever granted it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import N_
from kmsvc.knowledge.licences.models import Licence
from kmsvc.knowledge.licences.permissions import GRANT
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.rules import Due
from kmsvc.standards.duties.usecases import DutyRule, Wanted, register

RENEW = "knowledge.licence.renew"


def running(session: Session) -> Iterator[Any]:
    """Licences that have not ended."""
    people = directory(session)
    keepers = [one.id for one in people.active() if GRANT.name in one.permissions and one.logins]
    for row in session.execute(select(Licence.id, Licence.person_id, Licence.valid_until, Licence.granted_by_id).where(
            Licence.ended_at.is_(None)).order_by(Licence.id)):
        holder, granter = people.people.get(row.person_id), people.people.get(row.granted_by_id or 0)
        if holder is not None and holder.is_active:
            able = granter is not None and granter.is_active and GRANT.name in granter.permissions
            yield row.id, row.valid_until, row.granted_by_id if able else next(
                (one for one in keepers if one != row.person_id), None)


def due(row: Any, today: date) -> Iterator[Wanted]:
    """By its last day. Of one that has lapsed nothing is asked any more."""
    licence_id, last, owner_id = row
    if last < today:
        return
    if last.year <= today.year or (last - today).days <= 60:
        yield Wanted("licence", licence_id, Due(last.isoformat(), last), owner_id)


register(DutyRule(RENEW, N_("Renewing a licence to write, or letting it lapse"), running, due, "licence"))
