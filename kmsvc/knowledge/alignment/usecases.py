"""The verbs of process alignment reviews: draw, judge, sign, give up, answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.options import value
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.alignment import rules
from kmsvc.knowledge.alignment.events import AlignmentAnswered, AlignmentSigned
from kmsvc.knowledge.alignment.evidence import contacts_of, proofs
from kmsvc.knowledge.alignment.models import Alignment, AlignmentItem, AlignmentReply
from kmsvc.knowledge.alignment.permissions import COACH, REPLY_ALIGNMENT, SEE_ALIGNMENT
from kmsvc.knowledge.alignment.rules import AlignmentState, Question
from kmsvc.knowledge.contacts.queries import names_reach
from kmsvc.knowledge.reviews.rules import drawn, hash_of
from kmsvc.people.accounts.directory import directory
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.people.units.queries import downward, parents
from kmsvc.search.noting import PERSON_DAYS


@dataclass(frozen=True)
class Draw:
    """Whose contacts of which days are drawn, how many. person_id or unit_id; seed: None draws one."""

    begins_on: date
    ends_on: date
    size: int
    person_id: int | None = None
    unit_id: int | None = None
    seed: str | None = None


def draw_contacts(work: Work, asked: Draw, *, today: date, zone: str) -> Alignment:
    """Draw contacts by lot and keep the proof of each; the coach's own are never among them."""
    work.permit(COACH)
    rules.check_period(asked.begins_on, asked.ends_on, today=today, days=value(work.session, PERSON_DAYS))
    condition = _whose(work, asked)
    start, end = start_of_day(asked.begins_on, zone), start_of_day(asked.ends_on + timedelta(days=1), zone)
    population = {f"{one.key}:{one.person_id}": one for one in contacts_of(work.session, condition, start, end)}
    seed = asked.seed or secrets.token_hex(4)
    chosen = [population[key] for key in drawn(population, seed, asked.size)]
    if not chosen:
        raise RuleBroken("knowledge.alignment.nothing", N_("The service knows of no contact in these days."))
    assert work.actor.person_id is not None
    row = Alignment(
        number=number_of_year(work.session, "PA", "alignment", today.year), state=AlignmentState.RUNNING,
        coach_id=work.actor.person_id, person_id=asked.person_id, unit_id=asked.unit_id, begins_on=asked.begins_on,
        ends_on=asked.ends_on, size=asked.size, seed=seed, population=sorted(population), drawn_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.session.add_all(AlignmentItem(
        alignment_id=row.id, place=place, key=one.key, person_id=one.person_id, at=one.at, facts=facts,
        contact_id=int(one.key.partition(":")[2]) if one.key.startswith("contact:") else None)
        for place, (one, facts) in enumerate(zip(chosen, proofs(work.session, work.actor, chosen), strict=True), start=1))
    work.session.flush()
    return row


def _whose(work: Work, asked: Draw) -> Any:
    """The condition on whose contacts are drawn; only people this coach may look at."""
    if (asked.person_id is None) == (asked.unit_id is None):
        raise InvalidInput({"person": [N_("Choose a person or a unit.")]})
    held, me = names_reach(work.session, work.actor), work.actor.person_id
    if asked.person_id is not None:
        person = directory(work.session).people.get(asked.person_id)
        if person is None or person.id == me or not (held is None or person.unit_id in held):
            raise InvalidInput({"person": [N_("This is nobody whose contacts you may draw.")]})
        return lambda who, unit: who == asked.person_id
    units = downward(parents(work.session), asked.unit_id or 0)
    if not units or not (held is None or units <= held):
        raise InvalidInput({"unit": [N_("This is no unit whose contacts you may draw.")]})

    def within(who: Any, unit: Any) -> ColumnElement[bool]:
        return and_(unit.in_(units), who != (me or 0))
    return within


def _open(work: Work, alignment_id: int, verb: str, permission: Permission, version: int | None) -> Alignment:
    row = work.get(Alignment, alignment_id, lock=True, version=version)
    work.permit(permission, row)
    if not rules.makes_sense(verb, row.state):
        raise RuleBroken("knowledge.alignment.state", N_("This review does not stand where that can be done."))
    return row


def judge_contact(work: Work, alignment_id: int, item_id: int, answers: Mapping[str, str], *, note: str | None = None,
                  version: int | None = None) -> AlignmentItem:
    """Answer the four questions on one contact; until the review is signed it can be judged anew."""
    row = _open(work, alignment_id, "judge", COACH, None)
    item = work.get(AlignmentItem, item_id, lock=True, version=version)
    if item.alignment_id != row.id:
        raise NotFound()
    rules.check_judged(answers, item.facts, note)
    for name in Question:
        setattr(item, name.value, answers[name])
    item.note, item.judged_by_id, item.judged_at = note, work.actor.person_id, work.now
    work.session.flush()
    return item


def items_of(work: Work, alignment_id: int) -> list[AlignmentItem]:
    """The contacts of a review, in the order of the draw."""
    return list(work.session.scalars(select(AlignmentItem).where(AlignmentItem.alignment_id == alignment_id).order_by(
        AlignmentItem.place)))


def sign_alignment(work: Work, alignment_id: int, *, conclusion: str, agreed: str | None = None, content_hash: str | None = None,
                   version: int | None = None) -> Alignment:
    """Conclude and sign: from here on nothing in it changes any more; those reviewed hear of it and may answer."""
    row = _open(work, alignment_id, "sign", COACH, version)
    check_fresh(work.actor)
    items = items_of(work, row.id)
    if any(one.judged_at is None for one in items):
        raise RuleBroken("knowledge.alignment.not_judged", N_("Not every contact of the sample has been judged."))
    if content_hash is not None and content_hash != hash_of(judged_content(row, items)):
        raise RuleBroken("knowledge.alignment.moved", N_("A contact was judged anew meanwhile. Look at the review again."))
    row.conclusion, row.agreed = conclusion, agreed
    row.signed_by_id, row.signed_at, row.state = work.actor.person_id, work.now, AlignmentState.SIGNED
    row.content_hash = hash_of(signed_content(row, items))
    work.record(AlignmentSigned(row.id))
    return row


def judged_content(row: Alignment, items: Sequence[AlignmentItem]) -> dict[str, Any]:
    """What a signer looks at: draw, sample and answers."""
    draw = ("number", "coach_id", "person_id", "unit_id", "begins_on", "ends_on", "size", "seed", "population")
    each = ("place", "key", "person_id", "facts", *(one.value for one in Question), "note", "judged_by_id")
    return {"draw": {name: getattr(row, name) for name in draw}, "items": [[getattr(one, name) for name in each] for one in items]}


def signed_content(row: Alignment, items: Sequence[AlignmentItem]) -> dict[str, Any]:
    """All that is archived: what was looked at with what was concluded of it."""
    return judged_content(row, items) | {"said": {name: getattr(row, name) for name in ("conclusion", "agreed", "signed_by_id")}}


def cancel_alignment(work: Work, alignment_id: int, *, reason: str, version: int | None = None) -> Alignment:
    """Give a review up; what was judged stays to be read by the coach."""
    row = _open(work, alignment_id, "cancel", COACH, version)
    work.because(reason)
    row.state, row.reason, row.cancelled_at = AlignmentState.CANCELLED, reason, work.now
    return row


def reply_alignment(work: Work, alignment_id: int, text: str) -> AlignmentReply:
    """Answer a signed review of one's own contacts; the review itself stays as it was signed."""
    row = work.get(Alignment, alignment_id)
    work.permit(SEE_ALIGNMENT)
    work.permit(REPLY_ALIGNMENT, row)
    mine = work.session.scalar(select(func.count()).select_from(AlignmentItem).where(
        AlignmentItem.alignment_id == row.id, AlignmentItem.person_id == (work.actor.person_id or 0)))
    if not mine:
        raise NotPermitted()
    if not rules.makes_sense("reply", row.state):
        raise RuleBroken("knowledge.alignment.state", N_("This review does not stand where that can be done."))
    assert work.actor.person_id is not None
    reply = AlignmentReply(alignment_id=row.id, person_id=work.actor.person_id, text=text, at=work.now)
    work.session.add(reply)
    work.session.flush()
    work.record(AlignmentAnswered(reply.id))
    return reply
