"""Who is asked for what follows people as they come, move and go: since when each is asked, and within which days it is first proven.

Source: clauses 28, 64, 80."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import parents, upward
from kmsvc.training.certificates.models import Certificate
from kmsvc.training.certificates.permissions import FOLLOW_CERTIFICATES, KEEP_CERTIFICATES
from kmsvc.training.certificates.reading import concerns, in_force, needs


def follow_asked(work: Work, today: date, kind_id: int | None = None) -> int:
    """Every person who is asked for a kind, of one or of all, has a row that says since when; who is asked no more has none of that.
    Returns how many changed; twice changes nothing."""
    work.permit(FOLLOW_CERTIFICATES if kind_id is None else KEEP_CERTIFICATES)
    tree = parents(work.session)
    wanted = [one for one in needs(work.session) if in_force(one, today) and one.whom != "queue"]
    asked = {(one.kind_id, person.id) for person in directory(work.session).active() for above in (upward(tree, person.unit_id),)
             for one in wanted if kind_id in (None, one.kind_id) and concerns(one, person, above)}
    query = select(Certificate).order_by(Certificate.id)
    rows = {(one.kind_id, one.person_id): one for one in work.session.scalars(
        query if kind_id is None else query.where(Certificate.kind_id == kind_id))}
    changed = 0
    for key in sorted(asked - {key for key, row in rows.items() if row.asked_on is not None}):
        changed += 1
        if key in rows:
            rows[key].asked_on = today
        else:
            work.session.add(Certificate(kind_id=key[0], person_id=key[1], asked_on=today))
    for key, row in rows.items():
        if row.asked_on is not None and key not in asked:
            changed, row.asked_on = changed + 1, None
    work.session.flush()
    return changed
