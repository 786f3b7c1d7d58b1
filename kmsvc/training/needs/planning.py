"""The annual plan: lines out of what hurts or by hand, changed, dropped, delivered step by step; entries of what hurts; suggestions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_, compared
from kmsvc.core.work import Work, centre_day
from kmsvc.people.accounts.directory import directory
from kmsvc.training.needs import rules
from kmsvc.training.needs.events import AnnualLineGiven, NeedEntered, SuggestionAnswered, SuggestionSent
from kmsvc.training.needs.models import AnnualLine, Campaign, DeliveryStep, NeedEntry, Suggestion
from kmsvc.training.needs.permissions import PLAN_YEAR, SUGGEST
from kmsvc.training.needs.rules import (
    CampaignState,
    Delivery,
    EvaluationMethod,
    LineState,
    SourceKind,
    SuggestionState,
)
from kmsvc.training.needs.sources import what_hurts


@dataclass(frozen=True)
class LineText:
    """What a line of the annual plan says. minutes: a head; fen: all of it, hundredths of a yuan; owner: a login."""

    subject: str
    heads: int
    minutes: int
    fen: int
    quarter: int
    evaluation: str = EvaluationMethod.LEARNING
    audience: str | None = None
    unit_id: int | None = None
    target: str | None = None
    owner: str | None = None


def _put(work: Work, row: AnnualLine, said: LineText) -> None:
    owner = None
    if said.owner:
        owner = next((one for one in directory(work.session).active() if said.owner in one.logins), None)
        if owner is None:
            raise InvalidInput({"owner": [N_("Nobody here has this account.")]})
    row.subject, row.heads, row.minutes, row.fen, row.quarter = said.subject, said.heads, said.minutes, said.fen, said.quarter
    row.evaluation, row.audience, row.unit_id, row.target = said.evaluation, said.audience, said.unit_id, said.target
    row.owner_id = owner.id if owner else None


def _new(work: Work, year: int, said: LineText, reasons: list[dict[str, object]] | None = None) -> AnnualLine:
    campaign = work.session.scalar(select(Campaign.id).where(Campaign.year == year - 1, Campaign.state != CampaignState.CANCELLED))
    row = AnnualLine(number=number_of_year(work.session, "TL", "annual-line", year), year=year, state=LineState.PLANNED,
                     campaign_id=campaign, reasons=reasons or [], made_by_id=work.actor.person_id, made_at=work.now)
    _put(work, row, said)
    work.session.add(row)
    work.session.flush()
    _tell(work, row)
    return row


def _tell(work: Work, row: AnnualLine) -> None:
    if row.owner_id is not None and row.owner_id != work.actor.person_id:
        work.record(AnnualLineGiven(row.id, row.version))


def add_line(work: Work, year: int, said: LineText) -> AnnualLine:
    """A line by hand."""
    work.permit(PLAN_YEAR)
    return _new(work, year, said)


def take_up(work: Work, of_year: int, keys: Collection[str], *, year: int, today: date) -> list[AnnualLine]:
    """Make a line of the plan of `year` of each ticked subject of what hurts in `of_year`, for everybody, without hours and money
    yet; a subject that has a line in that plan already gets no second one."""
    work.permit(PLAN_YEAR)
    if not keys:
        raise InvalidInput({"keys": [N_("Tick at least one subject.")]})
    ranking = {one.key: one for one in what_hurts(work.session, work.actor, of_year, today)}
    if any(key not in ranking for key in keys):
        raise InvalidInput({"keys": [N_("One of these no longer stands in the list.")]})
    held = {compared(one) for one in work.session.scalars(select(AnnualLine.subject).where(
        AnnualLine.year == year, AnnualLine.state != LineState.DROPPED))}
    heads = len(directory(work.session).active())
    made = []
    for key in dict.fromkeys(keys):
        one = ranking[key]
        if key in held:
            continue
        reasons: list[dict[str, object]] = [{"source": str(part.source), "count": part.count, "points": points, "note": part.note,
                                             "url": part.url} for part, points in one.parts]
        made.append(_new(work, year, LineText(one.subject[:200], heads, 0, 0, 1), reasons))
    if not made:
        raise RuleBroken("training.needs.taken", N_("These subjects have a line in the plan of that year already."))
    return made


def _line(work: Work, line_id: int, states: Collection[LineState], version: int | None) -> AnnualLine:
    row = work.get(AnnualLine, line_id, lock=True, version=version)
    work.permit(PLAN_YEAR, row)
    if row.state not in states:
        raise RuleBroken("training.needs.line_state", N_("This line does not stand where that can be done."))
    return row


def change_line(work: Work, line_id: int, said: LineText, *, version: int | None = None) -> AnnualLine:
    """Put a line as given."""
    row = _line(work, line_id, {LineState.PLANNED, LineState.RUNNING}, version)
    before = row.owner_id
    _put(work, row, said)
    work.session.flush()
    if row.owner_id != before:
        _tell(work, row)
    return row


def drop_line(work: Work, line_id: int, *, reason: str, version: int | None = None) -> AnnualLine:
    """Take a line out of the plan; it stays to be read and can be put back."""
    row = _line(work, line_id, {LineState.PLANNED}, version)
    work.because(reason)
    row.state, row.reason = LineState.DROPPED, reason
    return row


def restore_line(work: Work, line_id: int, *, version: int | None = None) -> AnnualLine:
    """Put a dropped line back."""
    row = _line(work, line_id, {LineState.DROPPED}, version)
    row.state, row.reason = LineState.PLANNED, None
    return row


def link_plan(work: Work, line_id: int, plan_id: int, *, version: int | None = None) -> AnnualLine:
    """Note the training plan that was made of a line."""
    row = _line(work, line_id, {LineState.PLANNED, LineState.RUNNING}, version)
    row.plan_id, row.state = plan_id, LineState.RUNNING
    return row


def deliver_step(work: Work, line_id: int, *, today: date, done_on: date | None = None, note: str | None = None,
                 version: int | None = None) -> AnnualLine:
    """Note the next of the five steps of delivery; with the last one the line is delivered."""
    row = _line(work, line_id, {LineState.PLANNED, LineState.RUNNING}, version)
    if done_on is not None and done_on > today:
        raise InvalidInput({"done_on": [N_("This day is still to come.")]})
    done = set(work.session.scalars(select(DeliveryStep.step).where(DeliveryStep.line_id == row.id)))
    step = rules.next_delivery(done)
    assert step is not None  # a line with all five is delivered
    if step == Delivery.WATCH and not note:
        raise InvalidInput({"note": [N_("Say what was seen of the effect.")]})
    work.session.add(DeliveryStep(line_id=row.id, step=step, done_on=done_on or today, note=note, person_id=work.actor.person_id,
                                  at=work.now))
    row.state = LineState.DONE if len(done) + 1 == len(Delivery) else LineState.RUNNING
    work.session.flush()
    return row


def add_entry(work: Work, *, year: int, source: str, subject: str, count: int, note: str | None = None) -> NeedEntry:
    """Enter what hurts. The same subject of the same source and year is put as said, never counted twice."""
    work.permit(PLAN_YEAR)
    if source not in set(SourceKind):
        raise InvalidInput({"source": [N_("This source is unknown.")]})
    if count < 1:
        raise InvalidInput({"count": [N_("A whole number from 1 on is needed here.")]})
    row = work.session.scalars(select(NeedEntry).where(
        NeedEntry.year == year, NeedEntry.source == source, NeedEntry.subject_key == compared(subject),
        NeedEntry.removed_at.is_(None)).order_by(NeedEntry.id)).first()
    if row is None:
        row = NeedEntry(year=year, source=source, subject=subject, subject_key=compared(subject), count=count, note=note,
                        entered_by_id=work.actor.person_id, entered_at=work.now)
        work.session.add(row)
        work.session.flush()
        work.record(NeedEntered(row.id))
    else:
        row.count, row.note = count, note if note is not None else row.note
    work.session.flush()
    return row


def remove_entry(work: Work, entry_id: int, *, version: int | None = None) -> NeedEntry:
    """Take an entry away; it can be put back."""
    row = work.get(NeedEntry, entry_id, lock=True, version=version)
    work.permit(PLAN_YEAR)
    row.removed_at = row.removed_at or work.now
    return row


def restore_entry(work: Work, entry_id: int, *, version: int | None = None) -> NeedEntry:
    """Put an entry back, unless the same was entered again meanwhile."""
    row = work.get(NeedEntry, entry_id, lock=True, version=version)
    work.permit(PLAN_YEAR)
    if row.removed_at is not None and work.session.scalar(select(NeedEntry.id).where(
            NeedEntry.year == row.year, NeedEntry.source == row.source, NeedEntry.subject_key == row.subject_key,
            NeedEntry.removed_at.is_(None))):
        raise RuleBroken("training.needs.entry", N_("The same was entered again meanwhile."))
    row.removed_at = None
    return row


def suggest(work: Work, *, subject: str, text: str | None = None, place: str | None = None) -> Suggestion:
    """Suggest a training; whoever answers suggestions hears of it."""
    work.permit(SUGGEST)
    assert work.actor.person_id is not None
    row = Suggestion(number=number_of_year(work.session, "SG", "training-suggestion", centre_day(work.session, work.now).year),
                     person_id=work.actor.person_id, subject=subject, text=text, place=place, sent_at=work.now,
                     state=SuggestionState.OPEN)
    work.session.add(row)
    work.session.flush()
    work.record(SuggestionSent(row.id))
    return row


def answer_suggestion(work: Work, suggestion_id: int, *, taken: bool, answer: str, version: int | None = None) -> Suggestion:
    """Answer a suggestion: taken up, or declined with the reason; it can be answered anew. The sender hears of it."""
    row = work.get(Suggestion, suggestion_id, lock=True, version=version)
    work.permit(PLAN_YEAR)
    row.state = SuggestionState.TAKEN if taken else SuggestionState.DECLINED
    row.answer, row.answered_by_id, row.answered_at = answer, work.actor.person_id, work.now
    work.session.flush()
    work.record(SuggestionAnswered(row.id, row.version))
    return row


def lines_of(work: Work, year: int) -> Sequence[AnnualLine]:
    """The lines of a year, by quarter."""
    return list(work.session.scalars(select(AnnualLine).where(AnnualLine.year == year).order_by(AnnualLine.quarter, AnnualLine.id)))
