"""Sources of what hurts: one register. Slices above fill it from where they are put together (quality and indicators, marking);
what stands here reads what is below: the survey, suggestions, entries by hand, process changes, knowledge gaps.

A source is told the year and asks with the rights of whoever looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.texts import compared
from kmsvc.knowledge.gaps.queries import gap_lines
from kmsvc.people.accounts.directory import directory
from kmsvc.process.changes.holding import visible
from kmsvc.process.changes.models import AffectedUnit, Change
from kmsvc.process.changes.rules import is_open
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.permissions import READ_PROCESS
from kmsvc.training.exams.models import Exam
from kmsvc.training.needs import rules
from kmsvc.training.needs.counting import answers_of
from kmsvc.training.needs.models import Campaign, NeedEntry, NeedsForm, Suggestion
from kmsvc.training.needs.rules import CampaignState, Hurt, Ranked, SourceKind, SuggestionState
from kmsvc.training.questions.models import QuestionRow, Topic
from kmsvc.training.sittings.models import Sitting, SittingItem

Source = Callable[[Session, Actor, int, date], Iterable[Hurt]]
"""(session, who looks, year, today) -> what hurts"""
SOURCES: dict[SourceKind, list[Source]] = {}
MOST = 100


def register(kind: SourceKind, source: Source) -> None:
    """Add a source of a kind; several of one kind count together."""
    if source not in SOURCES.setdefault(kind, []):
        SOURCES[kind].append(source)


def what_hurts(session: Session, actor: Actor, year: int, today: date, kinds: Iterable[str] = ()) -> list[Ranked]:
    """What hurts in a year from every source, or from some, the worst first."""
    wanted = set(kinds)
    return rules.ranked(hurt for kind in SourceKind if not wanted or kind in wanted
                        for hurt in (*_entered(session, year, kind),
                                     *(one for source in SOURCES.get(kind, ()) for one in source(session, actor, year, today))))


def silent(session: Session, actor: Actor, year: int, today: date) -> list[SourceKind]:
    """Sources that have nothing to say for this year."""
    heard = {part.source for row in what_hurts(session, actor, year, today) for part, _ in row.parts}
    return [kind for kind in SourceKind if kind not in heard]


def _entered(session: Session, year: int, kind: SourceKind) -> Iterator[Hurt]:
    for row in session.scalars(select(NeedEntry).where(
            NeedEntry.year == year, NeedEntry.source == kind, NeedEntry.removed_at.is_(None)).order_by(NeedEntry.id)):
        yield Hurt(kind, f"entry:{row.id}", row.subject, row.count, row.note or "", f"/training/needs/entries?year={year}&source={kind}")


def changes(session: Session, actor: Actor, year: int, today: date) -> Iterator[Hurt]:
    """Open requests: how many people work in the units they touch; one, where nobody has said yet."""
    if year not in (today.year, today.year - 1):
        return
    rows = [row for row in session.scalars(select(Change).where(Change.closed_at.is_(None)).order_by(Change.id)) if is_open(row.state)]
    units: dict[int, set[int]] = {}
    for change_id, unit_id in session.execute(select(AffectedUnit.change_id, AffectedUnit.unit_id).where(
            AffectedUnit.change_id.in_([row.id for row in rows])).order_by(AffectedUnit.id)):
        units.setdefault(change_id, set()).add(unit_id)
    known, people = heads(session), directory(session)
    for row in visible(session, actor, rows)[:MOST]:
        process: Any = known.get(row.process_id or 0)
        count = len(people.active(units[row.id])) if row.id in units else 0
        yield Hurt(SourceKind.CHANGES, f"change:{row.id}", process.name if process else row.title, max(1, count),
                   f"{row.number} {row.title}", f"/process/changes/{row.id}")


def gaps(session: Session, actor: Actor, year: int, today: date) -> Iterator[Hurt]:
    """Knowledge gaps that are open: searches in vain and found but not opened, of the last ninety days."""
    if year not in (today.year, today.year - 1):
        return
    for line in gap_lines(session, actor, today, state="live", limit=MOST)[0]:
        yield Hurt(SourceKind.GAPS, f"gap:{line.id}", line.title, line.searches + line.reported, line.number, line.url)


def survey(session: Session, actor: Actor, year: int, today: date) -> Iterator[Hurt]:
    """Wishes of the survey of the year: how many people named a subject; anonymous ones only from five answers on."""
    wished: Counter[str] = Counter()
    first: dict[str, Campaign] = {}
    for campaign in session.scalars(select(Campaign).where(Campaign.year == year, Campaign.closed_at.is_not(None),
                                                           Campaign.state != CampaignState.CANCELLED).order_by(Campaign.id)):
        for form in session.scalars(select(NeedsForm).where(NeedsForm.campaign_id == campaign.id).order_by(NeedsForm.place)):
            for row in answers_of(session, form) or ():
                for one in rules.wishes_in(form.questions, row.answers):
                    wished[one] += 1
                    first.setdefault(one, campaign)
    for subject, n in sorted(wished.items()):
        yield Hurt(SourceKind.SURVEY, f"wish:{subject}", subject, n, first[subject].number,
                   f"/training/needs/{first[subject].id}/statistics")


def suggestions(session: Session, actor: Actor, year: int, today: date) -> Iterator[Hurt]:
    """Suggestions sent in the year that were not declined."""
    held: dict[str, list[Suggestion]] = {}
    for row in session.scalars(select(Suggestion).where(Suggestion.state != SuggestionState.DECLINED).order_by(Suggestion.id)):
        if row.sent_at.year == year:
            held.setdefault(compared(row.subject), []).append(row)
    for its in held.values():
        yield Hurt(SourceKind.SUGGESTIONS, f"suggestion:{its[0].id}", its[0].subject, len(its), " ".join(one.number for one in its[:3]),
                   f"/training/needs/suggestions/{its[0].id}")


def failed(session: Session, actor: Actor, year: int, today: date) -> Iterator[Hurt]:
    """Questions of exams released in the year that got less than half of their points, by the step of a process or the topic they
    are about; how often, never by whom."""
    found: Counter[tuple[str, int | None]] = Counter()
    begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    rows = session.execute(select(
        QuestionRow.process_id, QuestionRow.process_step, Topic.name, func.count()).select_from(SittingItem).join(
        Sitting, Sitting.id == SittingItem.sitting_id).join(Exam, Exam.id == Sitting.exam_id).join(
        QuestionRow, QuestionRow.id == SittingItem.question_id).outerjoin(Topic, Topic.id == QuestionRow.topic_id).where(
        Exam.released_at >= begins, Exam.released_at < ends, Exam.cancelled_at.is_(None), SittingItem.mark.is_not(None),
        SittingItem.mark + SittingItem.mark < SittingItem.points).group_by(QuestionRow.process_id, QuestionRow.process_step, Topic.name))
    known = heads(session)
    for process_id, step, topic, n in rows:
        process: Any = known.get(process_id or 0)
        if process is not None and not can(actor, READ_PROCESS, process):
            process = None
        name = " ".join(filter(None, (process.name, step))) if process is not None else topic or ""
        if name:
            found[name[:200], process.id if process is not None else None] += n
    for (name, process_id), n in sorted(found.items(), key=lambda it: (-it[1], it[0][0]))[:MOST]:
        yield Hurt(SourceKind.FAILED, f"failed:{name}", name, n, "", f"/process/definitions/{process_id}" if process_id else
                   "/training/questions")


for _kind, _source in ((SourceKind.CHANGES, changes), (SourceKind.GAPS, gaps), (SourceKind.SURVEY, survey),
                       (SourceKind.SUGGESTIONS, suggestions), (SourceKind.FAILED, failed)):
    register(_kind, _source)
