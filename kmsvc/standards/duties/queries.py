"""Reads over duties: what falls due when, who answers for it, and what shows that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.permissions import require
from kmsvc.people.accounts.models import Account
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.permissions import SEE_DUTIES

CLAUSE_MODEL = "cc-cmm-oc-2017"


@dataclass(frozen=True)
class DutyLine:
    """One obligation as the contract shows it. records: {kind, number, url} of what fulfilled it."""

    model: str | None
    clause: str | None
    duty: str
    subject: str
    period: str
    due_on: date
    state: str
    owner: str | None
    done_on: date | None
    records: tuple[dict[str, Any], ...]


def duty_lines(session: Session, actor: Actor, *, earliest: date | None = None,
               latest: date | None = None) -> list[DutyLine]:
    """Obligations due within the days given, by day; subjects by their number, owners by their login."""
    require(actor, SEE_DUTIES)
    query = select(Obligation).order_by(Obligation.due_on, Obligation.id)
    if earliest is not None:
        query = query.where(Obligation.due_on >= earliest)
    if latest is not None:
        query = query.where(Obligation.due_on <= latest)
    rows = list(session.scalars(query))
    subjects = _subjects(session, actor, rows)
    logins = {row.person_id: row.login for row in session.execute(
        select(Account.person_id, Account.login).order_by(Account.id.desc()))}
    return [_line(row, subjects.get((row.subject_kind, row.subject_id)), logins) for row in rows]


def _subjects(session: Session, actor: Actor, rows: list[Obligation]) -> dict[tuple[str, int], cards.ThingCard]:
    found: dict[tuple[str, int], cards.ThingCard] = {}
    for kind in {row.subject_kind for row in rows} & set(cards.KINDS):
        ids = sorted({row.subject_id for row in rows if row.subject_kind == kind})
        found |= {(kind, one): card for one, card in cards.KINDS[kind].cards(session, actor, ids).items()}
    return found


def _line(row: Obligation, subject: cards.ThingCard | None, logins: dict[int, str]) -> DutyLine:
    records = ({"kind": subject.kind, "number": subject.number, "url": subject.url},) if subject and row.done_on else ()
    return DutyLine(
        model=CLAUSE_MODEL if row.clause else None, clause=row.clause, duty=row.rule, period=row.period, due_on=row.due_on,
        subject=subject.number if subject else f"{row.subject_kind}:{row.subject_id}", state=row.state,
        owner=logins.get(row.owner_id) if row.owner_id else None, done_on=row.done_on, records=records)
