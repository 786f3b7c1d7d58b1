"""Quality results of newcomers, entered or imported until inspections come by themselves: entering one, taking one out, taking an
import back as a whole and bringing it back. Source: domain 5.1, 6.8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.tables import undoing
from kmsvc.knowledge.tables.undoing import Settled
from kmsvc.people.accounts.naming import SEVERAL, called_twice
from kmsvc.people.roles import Role
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingImport,
    OnboardingImportRow,
    OnboardingNote,
    Trainee,
)
from kmsvc.training.onboarding.permissions import ENTER_RESULTS, SEE_ONBOARDING
from kmsvc.training.onboarding.queries import programme_of

QUALITY = "quality"
LONGEST = {"reference": 100, "note": 2000, "file": 200, "reason": 500}


@dataclass(frozen=True)
class Result:
    """What one inspection says. score: of a hundred; reference: the number of the inspection, where it has one."""

    on: date
    score: Decimal
    reference: str | None = None
    note: str | None = None


def reaches_all(actor: Actor) -> bool:
    """Whether this caller sees and enters results of every newcomer: who inspects quality, and who sees all classes; a class teacher
    those of the own classes alone."""
    return can(actor, SEE_ONBOARDING) or Role.QA_INSPECTOR in actor.roles


def reaches(work: Work, row: Trainee) -> bool:
    """Whether this newcomer is among them."""
    return reaches_all(work.actor) or work.get(OnboardingClass, row.class_id).teacher_id == work.actor.person_id


def judge(work: Work, row: Trainee, it: Result, today: date) -> None:
    """Refuse a result of oneself, of somebody whose onboarding is over, of a day outside the programme so far."""
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    if not reaches(work, row):
        raise RuleBroken("training.onboarding.not_yours", N_("This newcomer is in no class of yours."))
    if row.ended_on is not None:
        raise RuleBroken("training.onboarding.over", N_("This onboarding is over."))
    if it.on > today:
        raise InvalidInput({"on": [N_("This day is still to come.")]})
    starts = programme_of(work.session, row).starts_on
    if it.on < starts:
        raise InvalidInput({"on": [Filled(N_("Before the day of entry, %(day)s."), day=starts.isoformat())]})
    if not 0 <= it.score <= 100:
        raise InvalidInput({"score": [N_("A number from 0 to 100 with two places at most.")]})
    for name, words in (("reference", it.reference), ("note", it.note)):
        if words and len(words) > LONGEST[name]:
            raise InvalidInput({name: [Filled(N_("At most %(most)d characters."), most=LONGEST[name])]})


def enter_result(work: Work, trainee_id: int, it: Result, *, today: date) -> OnboardingNote:
    """Enter one result by hand. InvalidInput: the day, or this inspection is there already."""
    work.permit(ENTER_RESULTS)
    row = work.get(Trainee, trainee_id, lock=True)
    judge(work, row, it, today)
    if it.reference and numbered(work.session, row.id, it.reference) is not None:
        raise InvalidInput({"reference": [N_("An inspection of this number is there already.")]})
    return add(work, row, it)


def add(work: Work, row: Trainee, it: Result, *, import_id: int | None = None, line: int | None = None) -> OnboardingNote:
    """The row of a result that was judged."""
    made = OnboardingNote(trainee_id=row.id, kind=QUALITY, on=it.on, text=it.note, score=it.score, reference=it.reference,
                          import_id=import_id, line=line, by_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    return made


def put(made: OnboardingNote, it: Result) -> None:
    """Let a result say this."""
    made.on, made.text, made.score, made.reference = it.on, it.note, it.score, it.reference


def said(made: OnboardingNote) -> Result:
    """What a result says."""
    return Result(made.on, made.score or Decimal(0), made.reference, made.text)


def numbered(session: Session, trainee_id: int, reference: str) -> OnboardingNote | None:
    """The result of a newcomer with this number of the inspection."""
    return session.scalars(select(OnboardingNote).where(
        OnboardingNote.trainee_id == trainee_id, OnboardingNote.kind == QUALITY, OnboardingNote.reference == reference).order_by(
        OnboardingNote.id)).first()


def remove_result(work: Work, result_id: int, *, reason: str) -> Result:
    """Take one out, with a reason; what it said is given back, so that it can be entered again."""
    work.permit(ENTER_RESULTS)
    held = work.get(OnboardingNote, result_id, lock=True)
    if held.kind != QUALITY:
        raise NotFound()
    row = work.get(Trainee, held.trainee_id)
    if not reaches(work, row):
        raise NotFound()
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    if row.ended_on is not None:
        raise RuleBroken("training.onboarding.over", N_("This onboarding is over."))
    work.because(reason)
    was = said(held)
    work.session.delete(held)
    work.session.flush()
    return was


def as_json(it: Result, line: int | None = None) -> dict[str, Any]:
    """A result as a row of an import keeps it, with its place among those of the day."""
    return {"on": it.on.isoformat(), "score": str(it.score), "reference": it.reference, "note": it.note, "line": line}


def from_json(kept: dict[str, Any]) -> Result:
    """The same back."""
    return Result(date.fromisoformat(kept["on"]), Decimal(kept["score"]), kept["reference"], kept["note"])


def _rows(work: Work, held: OnboardingImport) -> list[OnboardingImportRow]:
    return list(work.session.scalars(select(OnboardingImportRow).where(OnboardingImportRow.import_id == held.id).order_by(
        OnboardingImportRow.id)))


def _import(work: Work, import_id: int, version: int | None) -> OnboardingImport:
    """An import: everybody's for whoever reaches every newcomer, else the own."""
    work.permit(ENTER_RESULTS)
    held = work.get(OnboardingImport, import_id, lock=True, version=version)
    if not reaches_all(work.actor) and held.by_id != work.actor.person_id:
        raise NotFound()
    return held


def _things(work: Work, held: OnboardingImport) -> undoing.Things[OnboardingImportRow]:
    def note(one: OnboardingImportRow) -> OnboardingNote | None:
        return work.session.get(OnboardingNote, one.note_id)

    def as_kept(one: OnboardingImportRow) -> dict[str, Any] | None:
        found = note(one)
        return as_json(said(found)) if found is not None else None

    def make(one: OnboardingImportRow) -> bool:
        row, after = work.get(Trainee, one.trainee_id, lock=True), from_json(one.after)
        if after.reference and numbered(work.session, row.id, after.reference) is not None:
            return False
        one.note_id = add(work, row, after, import_id=held.id, line=one.after.get("line")).id
        return True
    return undoing.Things(as_kept, lambda one, kept: put(work.session.get_one(OnboardingNote, one.note_id), from_json(kept)),
                          lambda one: work.session.delete(note(one)), make,
                          lambda one: work.get(Trainee, one.trainee_id, lock=True).ended_on is None,
                          lambda now, kept: from_json(now) == from_json(kept))


def take_back(work: Work, import_id: int, *, reason: str, version: int | None = None) -> Settled:
    """Take an import back: results it made go, results it changed say what they said before. What was changed since stays, as does what
    belongs to somebody whose onboarding is over."""
    held = _import(work, import_id, version)
    return undoing.take_back(work, held, _rows(work, held), _things(work, held), reason=reason, refusal=(
        "training.onboarding.import_undone", N_("This import was taken back already.")))


def bring_back(work: Work, import_id: int, *, version: int | None = None) -> Settled:
    """Bring an import back that was taken back; what says something else by now stays so."""
    held = _import(work, import_id, version)
    return undoing.bring_back(work, held, _rows(work, held), _things(work, held), refusal=(
        "training.onboarding.import_stands", N_("This import stands.")))


def newcomer_named(session: Session, login: str, name: str) -> Trainee:
    """The newcomer an account or a name stands for, whose onboarding runs. InvalidInput says why there is none."""
    found, field = called_twice(session, login, name)
    word = name if field == "name" else login
    rows = list(session.scalars(select(Trainee).where(Trainee.person_id.in_([one.id for one in found])).order_by(Trainee.id)))
    running = [one for one in rows if one.ended_on is None]
    if len(running) > 1:
        raise InvalidInput({"name": [Filled(SEVERAL, word=word[:60])]})
    if running:
        return running[0]
    why = N_("The onboarding of %(name)s is over.") if rows else N_("%(name)s is in no class of newcomers.")
    raise InvalidInput({field: [Filled(why, name=word[:60])]})
