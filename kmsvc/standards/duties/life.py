"""What people do to an occurrence of a duty. Every step is appended with its reason; nothing is reset in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken, Stale
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.files.models import Attachment
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.duties.events import DutyChanged
from kmsvc.standards.duties.making import first_look, roll_on
from kmsvc.standards.duties.models import ClauseDuty, DutyProof, DutyStep, Obligation
from kmsvc.standards.duties.permissions import (
    ANSWER_DUTY,
    COMPLETE_DUTY,
    KEEP_DUTIES,
    SEE_DUTIES,
    SEE_OWN_DUTIES,
)
from kmsvc.standards.duties.rules import DutyMode, DutyState

_NUMBER = re.compile(r"([A-Za-z]{1,5})-?\d")
_ADDRESS = re.compile(r"(https?://[^\s/]+|/[^/\s])\S*")


def sees(actor: Actor, duty: Obligation) -> bool:
    """Whether this caller may open a duty: whoever sees those of the centre, and who answers for it."""
    return can(actor, SEE_DUTIES) or can(actor, SEE_OWN_DUTIES, duty)


def duty_to_change(work: Work, duty_id: int, version: int | None, *, by_owner: bool) -> tuple[Obligation, ClauseDuty]:
    """The row, held to the end, with its rule. by_owner: who answers for it may do this too. Raises NotFound, NotPermitted, Stale, and
    RuleBroken for one that another part of the service looks after."""
    row = work.get(Obligation, duty_id, lock=True)
    if not sees(work.actor, row):
        raise NotFound()
    if by_owner and can(work.actor, ANSWER_DUTY, row):
        work.permit(ANSWER_DUTY, row)
    else:
        work.permit(KEEP_DUTIES, row)
    if row.rule_id is None:
        raise RuleBroken("standards.duty.elsewhere", N_("This duty is looked after where it comes from; it is done there."))
    if version is not None and row.revision != version:
        raise Stale(version=row.revision)
    return row, work.get(ClauseDuty, row.rule_id)


def _must(row: Obligation, *states: DutyState) -> None:
    if row.state not in states:
        raise RuleBroken("standards.duty.state", N_("The duty is no longer as this page shows it; look at it again."))


def _step(work: Work, row: Obligation, verb: str, reason: str | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    row.revision += 1
    work.because(reason)
    work.session.add(DutyStep(
        obligation_id=row.id, verb=verb, at=work.now, by_id=work.actor.person_id, reason=reason,
        before=_plain(before), after=_plain(after)))
    work.record(DutyChanged(row.id, verb, row.owner_id, work.actor.person_id))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.isoformat() if isinstance(one, date) else one for name, one in values.items()}


def do(work: Work, duty_id: int, *, on: date, today: date, record: str | None = None, reason: str | None = None,
       version: int | None = None) -> Obligation:
    """Note that a duty is done, with the record that shows it: the number of a thing, or an address.

    Raises InvalidInput for a record nobody finds, and where the clause asks for one and none is there. Source: domain section 10.4.
    """
    row, rule = duty_to_change(work, duty_id, version, by_owner=True)
    _must(row, DutyState.OPEN)
    if on > today:
        raise InvalidInput({"on": [N_("This day is still to come.")]})
    proof = _proof(work, row, record)
    if proof is None and rule.needs_record and not records(work.session, row.id):
        raise InvalidInput({"record": [N_("The clause asks for a record: a file, the number of a thing here, or an address.")]})
    row.state, row.done_on, row.done_by_id = DutyState.DONE.value, on, work.actor.person_id
    _step(work, row, "do", reason, {"state": DutyState.OPEN.value}, {"state": row.state, "done_on": on} | (
        {"record": proof.number} if proof else {}))
    _next(work, rule, row)
    return row


def _next(work: Work, rule: ClauseDuty, row: Obligation) -> None:
    """In rolling mode the next one begins where this one ended."""
    if rule.mode == DutyMode.ROLLING and rule.months is not None and rule.is_on:
        work.session.flush()
        roll_on(work, rule, row.subject_kind, row.subject_id, row.owner_id, row)


def prove(work: Work, duty_id: int, *, record: str, version: int | None = None) -> Obligation:
    """Add a record to a duty."""
    row, _ = duty_to_change(work, duty_id, version, by_owner=True)
    _must(row, DutyState.OPEN, DutyState.DONE)
    proof = _proof(work, row, record)
    assert proof is not None
    _step(work, row, "prove", None, {}, {"record": proof.number})
    return row


def drop_proof(work: Work, duty_id: int, *, proof_id: int, reason: str, version: int | None = None) -> Obligation:
    """Strike out a record; it stays in sight. The last one of a duty that is done and needs one stays."""
    row, rule = duty_to_change(work, duty_id, version, by_owner=True)
    proof = work.get(DutyProof, proof_id, lock=True)
    if proof.obligation_id != row.id or proof.dropped_at is not None:
        raise NotFound()
    if row.state == DutyState.DONE and rule.needs_record and records(work.session, row.id) == 1:
        raise RuleBroken("standards.duty.last_record", N_("It is the only record of what is done; add another one first."))
    proof.dropped_at = work.now
    _step(work, row, "drop_record", reason, {"record": proof.number}, {})
    return row


def proofs_of(session: Session, duty_id: int) -> list[DutyProof]:
    """The records of a duty that count."""
    return list(session.scalars(select(DutyProof).where(
        DutyProof.obligation_id == duty_id, DutyProof.dropped_at.is_(None)).order_by(DutyProof.id)))


def records(session: Session, duty_id: int) -> int:
    """How many records of a duty count: things, addresses and files."""
    files = session.scalar(select(func.count()).select_from(Attachment).where(
        Attachment.subject_kind == "duty", Attachment.subject_id == duty_id, Attachment.removed_at.is_(None))) or 0
    return files + len(proofs_of(session, duty_id))


def _proof(work: Work, row: Obligation, record: str | None) -> DutyProof | None:
    if not record:
        return None
    proof = DutyProof(obligation_id=row.id, at=work.now, by_id=work.actor.person_id, **found_record(work.session, work.actor, record))
    work.session.add(proof)
    return proof


def found_record(session: Session, actor: Actor, record: str, field: str = "record") -> dict[str, Any]:
    """What a typed record is: the thing with this number that the caller may see, or an address. Raises InvalidInput of the field."""
    card = thing_by_number(session, actor, record)
    if card is not None:
        return {"kind": card.kind, "thing_id": card.id, "number": card.number, "url": card.url}
    if _ADDRESS.fullmatch(record) and len(record) <= 500:
        return {"kind": "link", "thing_id": None, "number": record[:200], "url": record}
    raise InvalidInput({field: [N_(
        "Nothing here has this number. Give a number like P-004, or an address that begins with https:// .")]})


def thing_by_number(session: Session, actor: Actor, typed: str) -> cards.ThingCard | None:
    """The thing with this very number, among those the caller may see."""
    wanted = typed.strip().upper()
    match = _NUMBER.match(wanted)
    if match is None:
        return None
    by_letters = cards.NUMBERED.get(match[1])
    found = list(by_letters(session, actor, wanted, 5)) if by_letters else []
    for kind in () if found else cards.KINDS.values():
        if kind.named is not None:
            found += kind.named(session, actor, wanted, 5)
        elif kind.literally is not None:
            found += kind.cards(session, actor, kind.literally(session, actor, wanted, 5)).values()
    return next((one for one in found if one.number.upper() == wanted), None)


def move(work: Work, duty_id: int, *, due_on: date, reason: str, version: int | None = None) -> Obligation:
    """Give a duty another day. Reminders start anew; the period keeps its name, and the first day stays in the history."""
    row, rule = duty_to_change(work, duty_id, version, by_owner=False)
    _must(row, DutyState.OPEN)
    if due_on == row.due_on:
        raise InvalidInput({"due_on": [N_("It is due on this day already.")]})
    before = {"due_on": row.due_on}
    row.due_on, row.reminded, row.remind_on = due_on, None, first_look(rule, due_on)
    if row.planned_on is not None and row.planned_on > due_on:
        row.planned_on = None
    _step(work, row, "move", reason, before, {"due_on": due_on})
    return row


def plan(work: Work, duty_id: int, *, planned_on: date, version: int | None = None) -> Obligation:
    """Say when in its period a duty is best done; by when it must be done stays."""
    row, _ = duty_to_change(work, duty_id, version, by_owner=True)
    _must(row, DutyState.OPEN)
    if planned_on > row.due_on:
        raise InvalidInput({"planned_on": [N_("It is due before that day; move the duty where it must wait.")]})
    before = {"planned_on": row.planned_on}
    row.planned_on = planned_on
    _step(work, row, "plan", None, before, {"planned_on": planned_on})
    return row


def give(work: Work, duty_id: int, *, owner: int, reason: str | None = None, version: int | None = None) -> Obligation:
    """Let somebody else answer for a duty; both hear of it."""
    row, rule = duty_to_change(work, duty_id, version, by_owner=False)
    _must(row, DutyState.OPEN)
    person = directory(work.session).people.get(owner)
    if person is None or not person.is_active:
        raise InvalidInput({"owner": [N_("This person does not work here any more.")]})
    before = {"owner_id": row.owner_id}
    row.owner_id, row.reminded, row.remind_on = owner, None, first_look(rule, row.due_on)
    _step(work, row, "give", reason, before, {"owner_id": owner})
    return row


def _put_aside(work: Work, duty_id: int, verb: str, state: DutyState, reason: str, version: int | None) -> Obligation:
    row, rule = duty_to_change(work, duty_id, version, by_owner=False)
    _must(row, DutyState.OPEN)
    row.state = state.value
    _step(work, row, verb, reason, {"state": DutyState.OPEN.value}, {"state": state.value})
    _next(work, rule, row)
    return row


def waive(work: Work, duty_id: int, *, reason: str, version: int | None = None) -> Obligation:
    """Let this one be: it was asked for, and somebody answers for leaving it out."""
    return _put_aside(work, duty_id, "waive", DutyState.WAIVED, reason, version)


def cancel(work: Work, duty_id: int, *, reason: str, version: int | None = None) -> Obligation:
    """Take one out that should not have been asked for."""
    return _put_aside(work, duty_id, "cancel", DutyState.CANCELLED, reason, version)


def reopen(work: Work, duty_id: int, *, reason: str, version: int | None = None) -> Obligation:
    """Take back that it is done, waived or cancelled; what began because of it in rolling mode is asked for no more."""
    row, rule = duty_to_change(work, duty_id, version, by_owner=True)
    _must(row, DutyState.DONE, DutyState.WAIVED, DutyState.CANCELLED)
    before = {"state": row.state, "done_on": row.done_on}
    if rule.mode == DutyMode.ROLLING:
        for other in work.session.scalars(select(Obligation).where(
                Obligation.rule_id == rule.id, Obligation.subject_kind == row.subject_kind, Obligation.subject_id == row.subject_id,
                Obligation.state == DutyState.OPEN, Obligation.id != row.id)):
            other.state = DutyState.MOOT.value
    row.state, row.done_on, row.done_by_id = DutyState.OPEN.value, None, None
    row.reminded, row.remind_on = None, first_look(rule, row.due_on)
    _step(work, row, "reopen", reason, before, {"state": row.state})
    return row


def settle(work: Work, clause: str, *, on: date, kind: str, thing_id: int, number: str, url: str, rule_code: str | None = None) -> int:
    """What the service knows fulfils the duty of the centre from a clause in the newest period that had begun by then; returns how many
    were done. Twice changes nothing: a thing proves one period of a rule once."""
    work.permit(COMPLETE_DUTY)
    done = 0
    for rule in work.session.scalars(select(ClauseDuty).where(
            ClauseDuty.clause == clause, ClauseDuty.trigger.is_(None), ClauseDuty.is_on).order_by(ClauseDuty.id)):
        if rule_code is not None and rule.code != rule_code:
            continue
        known = select(DutyProof.id).join(Obligation, Obligation.id == DutyProof.obligation_id).where(
            Obligation.rule_id == rule.id, DutyProof.kind == kind, DutyProof.thing_id == thing_id)
        row = work.session.scalars(select(Obligation).where(
            Obligation.rule_id == rule.id, Obligation.subject_kind == "unit", Obligation.state == DutyState.OPEN,
            Obligation.begins_on <= on).order_by(Obligation.due_on.desc()).limit(1).with_for_update()).first()
        if row is None or work.session.scalar(known) is not None:
            continue
        _settled(work, row, on, DutyProof(obligation_id=row.id, kind=kind, thing_id=thing_id, number=number, url=url))
        _next(work, rule, row)
        done += 1
    return done


def settle_case(work: Work, clause: str, *, subject_kind: str, subject_id: int, on: date, kind: str, thing_id: int, number: str,
                url: str, key: str | None = None) -> int:
    """What the service knows fulfils what a clause asked for when something happened to this subject; returns how many were done. Twice
    changes nothing. key: of one happening alone, as `happened` was given it; None is every one that had begun by then."""
    work.permit(COMPLETE_DUTY)
    done = 0
    for row in work.session.scalars(select(Obligation).join(ClauseDuty, ClauseDuty.id == Obligation.rule_id).where(
            ClauseDuty.clause == clause, ClauseDuty.trigger.is_not(None), Obligation.subject_kind == subject_kind,
            Obligation.subject_id == subject_id, Obligation.state == DutyState.OPEN, Obligation.begins_on <= on).order_by(
            Obligation.id).with_for_update(of=Obligation)):
        if key is None or row.period.endswith(f" {key}"):
            _settled(work, row, on, DutyProof(obligation_id=row.id, kind=kind, thing_id=thing_id, number=number, url=url))
            done += 1
    return done


def is_waiting(session: Session, clause: str, on: date) -> bool:
    """Whether a duty of the centre from a clause that had begun by a day is open: what settles it looks only then."""
    return session.scalar(select(Obligation.id).join(ClauseDuty, ClauseDuty.id == Obligation.rule_id).where(
        ClauseDuty.clause == clause, ClauseDuty.trigger.is_(None), ClauseDuty.is_on, Obligation.subject_kind == "unit",
        Obligation.state == DutyState.OPEN, Obligation.begins_on <= on).limit(1)) is not None


def _settled(work: Work, row: Obligation, on: date, proof: DutyProof) -> None:
    proof.at, proof.by_id = work.now, None
    work.session.add(proof)
    row.state, row.done_on, row.done_by_id = DutyState.DONE.value, on, None
    _step(work, row, "settle", None, {"state": DutyState.OPEN.value}, {"state": row.state, "done_on": on, "record": proof.number})
