"""One newcomer as their page shows them: weeks, forms with whose part is missing, lists, results, talks and decisions with signatures,
what may be done by whom. A look at somebody else's is noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, SecretText, ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import names
from kmsvc.training.onboarding import rules, usecases
from kmsvc.training.onboarding.deciding import (
    VERBS,
    OnboardingAdvice,
    advice,
    hindrances,
    lacking,
)
from kmsvc.training.onboarding.gathering import Gathered, gather, record, week_to_decide
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingDecision,
    OnboardingForm,
    OnboardingHour,
    OnboardingNote,
    OnboardingTalk,
    Trainee,
)
from kmsvc.training.onboarding.points import Point, points_of
from kmsvc.training.onboarding.queries import BoardLine, lines_of, timetable, visible
from kmsvc.training.onboarding.rules import FILLED_BY, FormDue, NewcomerForm, OnboardingPhase

KIND, CLASS = "newcomer", "newcomer_class"


@dataclass(frozen=True)
class FormLine:
    """A form of one day. state: whole, part, late (its day is over), today, later; parts: what was handed in, by whose part;
    mine: the parts the caller may fill in and has not."""

    form: NewcomerForm
    number: int
    due_on: date
    state: str
    parts: Mapping[str, OnboardingForm]
    mine: tuple[str, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """Whose parts it has."""
        return FILLED_BY[self.form]

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Whose parts are missing."""
        return tuple(one for one in self.asked if one not in self.parts)


@dataclass(frozen=True)
class Signed:
    """A talk or a decision with the signature of the newcomer, where there is one."""

    it: Any
    by: str
    signed_at: Any = None
    word: str = ""


@dataclass(frozen=True)
class NewcomerCard:
    """Everything of one newcomer for one reader. own: it is the reader; parts: what the reader is to them; decides: the reader
    decides on them; undoable: the decision that can be taken back now."""

    row: Trainee
    its: OnboardingClass
    line: BoardLine
    teacher: str
    inspector: str
    who: Mapping[int, str]
    phases: tuple[OnboardingPhase, ...]
    day: int
    last: int
    ends_on: date
    forms: tuple[FormLine, ...]
    points: tuple[Point, ...]
    notes: tuple[OnboardingNote, ...]
    talks: tuple[Signed, ...]
    talks_due: tuple[tuple[str, date, bool], ...]
    decisions: tuple[Signed, ...]
    hours: tuple[OnboardingHour, ...]
    next_exam: date | None
    advice: OnboardingAdvice
    lacking: tuple[str, ...]
    own_open: int
    quality: Any
    own: bool
    parts: frozenset[str]
    decides: bool
    plans: bool
    may: Mapping[str, str]
    undoable: int | None
    week: int

    @property
    def due(self) -> list[FormLine]:
        """Forms that wait for the reader today or are late."""
        return [one for one in self.forms if one.mine and one.state in ("late", "today", "part")]

    def of_list(self, name: str) -> tuple[Point, ...]:
        """One of the lists."""
        return tuple(one for one in self.points if one.list == name)

    @property
    def keeps(self) -> bool:
        """Whether the reader notes days and results and settles points."""
        return self.row.ended_on is None and not self.own and (bool(self.parts) or self.decides)

    @property
    def is_live(self) -> bool:
        """Whether they serve customers under supervision now, so that quality results are noted."""
        return bool({OnboardingPhase.MENTORING, OnboardingPhase.OBSERVATION} & set(self.phases))

    def absence(self, on: date) -> OnboardingNote | None:
        """The note that they are missing on a day."""
        return next((one for one in self.notes if one.kind == "absent" and one.on == on), None)

    @property
    def to_sign(self) -> list[tuple[str, Signed]]:
        """What the newcomer has not signed yet: (talk or decision, it)."""
        open_talks = [("talk", one) for one in self.talks if one.signed_at is None]
        return open_talks + [("decision", one) for one in self.decisions if one.signed_at is None and one.it.undone_at is None
                             and one.it.verb != "go_on"]


def card_of(work: Work, trainee_id: int, today: date) -> NewcomerCard:
    """The newcomer for whoever sees them; NotFound for others."""
    return cards_of(work, [visible(work.session, work.actor, trainee_id)], today)[0]


def cards_of(work: Work, rows: Sequence[Trainee], today: date) -> list[NewcomerCard]:
    """Several of them, whom the caller sees, in their order."""
    lines = {one.id: one for one in lines_of(work.session, rows, today)}
    return [_card(work, it, lines[it.row.id], today) for it in gather(work.session, rows, today)]


def _card(work: Work, it: Gathered, line: BoardLine, today: date) -> NewcomerCard:
    row, programme = it.row, it.programme
    number = rules.number_on(programme, today)
    parts, decides = usecases.part_of(work, row), usecases.decides(work, row)
    its = record(it)
    signed: list[Any] = [*it.forms, *it.notes, *it.talks, *it.decisions, *it.ticks]
    who = names(work.session, {row.person_id, row.mentor_id, it.its.teacher_id, it.its.inspector_id, *(one.by_id for one in signed),
                               *(one.undone_by_id for one in it.decisions)})
    late = it.late_talks(today)
    held = {one.talk for one in it.talks}
    exams = [day for one in programme.exams if (day := rules.day_of(programme, programme.moved(one))) >= today]
    last = next((one.id for one in reversed(it.decisions) if one.undone_at is None), None)
    undone = last if decides and (row.ended_on is None or row.ended_on == today) else None
    may = {} if not decides or row.ended_on is not None else {
        verb: next(iter(hindrances(verb, row.state, its, "-")), "") for verb in VERBS if verb != "begin"}
    return NewcomerCard(
        row, it.its, line, who.get(it.its.teacher_id, ""), who.get(it.its.inspector_id or 0, ""), who,
        rules.phases_on(programme, number), number, programme.last, rules.day_of(programme, programme.last),
        tuple(_forms(it, today, parts)), tuple(points_of(it)),
        tuple(sorted(it.notes, key=lambda one: (one.on, one.id), reverse=True)),
        tuple(_signed(it, who, it.talks, "talk_id")),
        tuple((talk.value, day, talk in late) for talk, day in rules.talks(programme) if talk not in held),
        tuple(_signed(it, who, list(reversed(it.decisions)), "decision_id")),
        tuple(timetable(work.session, row.class_id, number)) if rules.number_on(programme, today) and _is_day(it, today) else (),
        min(exams, default=None), advice(its), tuple(one.value for one in lacking(its)), its.own_open, its.quality,
        "newcomer" in parts, parts, decides, usecases.plans(work, it.its), may, undone, week_to_decide(it, today))


def _is_day(it: Gathered, today: date) -> bool:
    return rules.day_of(it.programme, max(1, rules.number_on(it.programme, today))) == today


def _signed(it: Gathered, who: Mapping[int, str], rows: Sequence[Any], key: str) -> list[Signed]:
    found = {getattr(one, key): one for one in it.signatures if getattr(one, key)}
    return [Signed(one, who.get(one.by_id, ""), found[one.id].at if one.id in found else None,
                   (found[one.id].word or "") if one.id in found else "") for one in rows]


def _forms(it: Gathered, today: date, mine: frozenset[str]) -> list[FormLine]:
    handed: dict[tuple[str, int], dict[str, OnboardingForm]] = {}
    for one in it.forms:
        handed.setdefault((one.form, one.day), {})[one.part] = one
    over = it.row.ended_on is not None
    return [_form(due, handed.get((due.form, due.number), {}), today, mine, over) for due in rules.forms(it.programme)]


def _form(due: FormDue, parts: Mapping[str, OnboardingForm], today: date, mine: frozenset[str], over: bool) -> FormLine:
    missing = [one for one in FILLED_BY[due.form] if one not in parts]
    state = ("whole" if not missing else "later" if due.due_on > today else "late" if due.due_on < today
             else "part" if parts else "today")
    own = () if over or due.due_on > today else tuple(one for one in missing if one in mine)
    return FormLine(due.form, due.number, due.due_on, state, parts, own)


def form_line(card: NewcomerCard, form: str, number: int) -> FormLine:
    """One form of one day; NotFound where none is due."""
    found = next((one for one in card.forms if (one.form, one.number) == (form, number)), None)
    if found is None:
        raise NotFound()
    return found


def secret_of(session: Session, actor: Actor, trainee_id: int, version_id: int | None = None) -> SecretText | None:
    """The record of a newcomer as a text whose every look is noted; None for the newcomer and for who may not see it (R-A8)."""
    try:
        row = visible(session, actor, trainee_id)
    except NotFound:
        return None
    if row.person_id == actor.person_id:
        return None
    its = session.get_one(OnboardingClass, row.class_id)
    return SecretText(KIND, row.id, its.number, row.version, names(session, [row.person_id]).get(row.person_id, ""), True, (),
                      lambda _: "")


def look_at_many(session: Session, actor: Actor, people: Iterable[int], what: str, class_id: int | None = None) -> SecretText | None:
    """What is noted when somebody looks at marks or results of many newcomers at once; None where nobody but the caller is among
    `people`. class_id: of one class, None for all this caller sees (R-A8)."""
    if not any(one != actor.person_id for one in people):
        return None
    its = session.get(OnboardingClass, class_id) if class_id else None
    return SecretText(CLASS, class_id or 0, its.number if its is not None else "*", 0, what[:64], True, (), lambda _: "")


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    found = {}
    for one in ids:
        try:
            row = visible(session, actor, one)
        except NotFound:
            continue
        its = session.get_one(OnboardingClass, row.class_id)
        found[one] = ThingCard(KIND, one, its.number, names(session, [row.person_id]).get(row.person_id, ""),
                               f"/training/onboarding/trainees/{one}", row.state)
    return found


__all__ = ["FormLine", "NewcomerCard", "OnboardingDecision", "OnboardingTalk", "card_of", "cards_of"]
cards.register(Kind(KIND, N_("Onboarding of a newcomer"), cards=_cards, secret=secret_of))
