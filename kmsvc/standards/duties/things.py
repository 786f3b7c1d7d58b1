"""Duties by the register of cards, with their files: who does one adds files while it is open, and whoever sees it reads them.
What proved a duty that is done is taken away by nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.files.models import Attachment
from kmsvc.standards.duties.life import sees
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.permissions import ANSWER_DUTY, KEEP_DUTIES
from kmsvc.standards.duties.rules import DutyState

KIND = "duty"


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, cards.ThingCard]:
    rows = session.execute(select(Obligation, ClauseDuty).join(ClauseDuty, ClauseDuty.id == Obligation.rule_id).where(
        Obligation.id.in_(list(ids))))
    return {row.id: cards.ThingCard(KIND, row.id, row.number, f"{rule.name_zh} {row.period}", f"/standards/duties/{row.id}", row.state)
            for row, rule in rows if sees(actor, row)}


def adds(session: Session, actor: Actor, duty_id: int) -> bool:
    """Whether this caller may add a file to a duty."""
    row = session.get(Obligation, duty_id)
    return row is not None and row.rule_id is not None and row.state in (DutyState.OPEN, DutyState.DONE) and sees(actor, row) and (
        can(actor, KEEP_DUTIES, row) or can(actor, ANSWER_DUTY, row))


def _keeps(session: Session, actor: Actor, duty_id: int) -> bool:
    row = session.get(Obligation, duty_id)
    return row is not None and row.state == DutyState.OPEN and adds(session, actor, duty_id)


def _texts(session: Session, actor: Actor, duty_id: int) -> Iterable[str]:
    row = session.get(Obligation, duty_id)
    if row is not None and sees(actor, row):
        yield from (f"/files/{one}" for one in session.scalars(select(Attachment.id).where(
            Attachment.subject_kind == KIND, Attachment.subject_id == duty_id, Attachment.removed_at.is_(None))))


cards.register(cards.Kind(KIND, N_("Duties"), _cards, keeps=_keeps, adds=adds, texts=_texts))
