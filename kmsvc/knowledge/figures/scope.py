"""Whose figures a caller may see, and which rows count for a figure: one set of conditions for the number and for its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.contacts.models import ContactLink
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState
from kmsvc.knowledge.figures.permissions import SEE_ALL_FIGURES, SEE_FIGURES
from kmsvc.knowledge.figures.rules import (
    FINISHED,
    OPENED,
    UNIT_OF,
    Days,
    Measure,
    Outcome,
    Part,
    UnitOf,
)
from kmsvc.knowledge.gaps.models import Gap, GapQuery
from kmsvc.knowledge.gaps.rules import GapState
from kmsvc.people.accounts.directory import LEAST_PEOPLE, directory
from kmsvc.people.accounts.models import Person
from kmsvc.people.units.queries import downward, open_units, parents, unit_names
from kmsvc.search.models import SearchEvent

EVERYBODY = None
M = Measure
OF_SEARCHES = (M.SEARCHES, M.ZERO, M.UNOPENED, M.AGAIN, M.TOOK)
OF_FEEDBACK = (M.HELPFUL, M.IN_TIME)
OF_GAPS = (M.GAPS_OPENED, M.GAPS_CLOSED, M.GAP_DAYS)
_OUTCOMES: dict[tuple[Measure, Part], Sequence[Outcome]] = {
    (M.ZERO, Part.HITS): (Outcome.ZERO,), (M.UNOPENED, Part.HITS): (Outcome.UNOPENED,), (M.AGAIN, Part.HITS): (Outcome.AGAIN,),
    (M.AGAIN, Part.ALL): OPENED, (M.TOOK, Part.HITS): OPENED, (M.TOOK, Part.ALL): OPENED}


@dataclass(frozen=True)
class Scope:
    """Whose figures: units is EVERYBODY, or these, and `of` names the topmost of them; too_few: they have too few people for figures of
    their own, and nothing is told. What unit a row has says `rules.UNIT_OF`."""

    units: frozenset[int] | None
    zone: str
    today: date
    too_few: bool = False
    of: str | None = None

    @property
    def whole(self) -> bool:
        """Whether these are the figures of the whole centre, the same for whoever sees them."""
        return self.units is EVERYBODY


def reach(session: Session, actor: Actor) -> frozenset[int] | None:
    """Units of which a caller may see figures."""
    if can(actor, SEE_ALL_FIGURES):
        return EVERYBODY
    if can(actor, SEE_FIGURES) and actor.unit_id is not None:
        return downward(parents(session), actor.unit_id)
    return frozenset()


def scope_of(session: Session, actor: Actor, unit_id: int | None, zone: str, today: date) -> Scope:
    """What a caller sees of a unit with those below it, or of all within reach; NotFound for a unit beyond it. The unit above all
    others is the whole centre, with what belongs to no unit: two who see the whole centre see the same."""
    held, tree = reach(session, actor), parents(session)
    units, of = held, actor.unit_id
    if unit_id is not None:
        if unit_id not in tree or (held is not EVERYBODY and unit_id not in held):
            raise NotFound()
        units, of = downward(tree, unit_id), unit_id
    if units is EVERYBODY:
        return Scope(EVERYBODY, zone, today)
    too_few = not _enough(session, units)
    if units and units >= tree.keys():
        return Scope(EVERYBODY, zone, today, too_few=too_few)
    return Scope(units, zone, today, too_few=too_few, of=unit_names(session).get(of or 0))


def _enough(session: Session, units: frozenset[int]) -> bool:
    return len(directory(session).active(units)) >= LEAST_PEOPLE


def units_to_choose(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The units within reach that have people enough for figures of their own."""
    held, tree = reach(session, actor), parents(session)
    return [(unit.id, unit.name) for unit in open_units(session) if (held is EVERYBODY or unit.id in held)
            and _enough(session, downward(tree, unit.id))]


def source_of(measure: Measure) -> Any:
    """The table whose rows are counted."""
    if measure in OF_SEARCHES:
        return SearchEvent
    if measure in OF_FEEDBACK:
        return Feedback
    if measure in OF_GAPS:
        return Gap
    return ContactLink if measure is M.LINKS else Article


def counted(measure: Measure, part: Part, days: Days, scope: Scope) -> ColumnElement[bool]:
    """The rows that a figure counts: in its days, of its units."""
    return and_(_fits(measure, part, days, scope), within(measure, days, scope), _of_units(measure, scope.units))


def within(measure: Measure, days: Days, scope: Scope) -> ColumnElement[bool]:
    """The rows of these days."""
    if measure is M.OVERDUE:
        return true()
    if measure is M.IN_TIME:
        return Feedback.due_on.between(days.first, days.last)
    at: Any = {M.HELPFUL: Feedback.sent_at, M.LINKS: ContactLink.at, M.GAPS_OPENED: Gap.opened_at, M.GAPS_CLOSED: Gap.closed_at,
               M.GAP_DAYS: Gap.closed_at}.get(measure, SearchEvent.at)
    return and_(at >= start_of_day(days.first, scope.zone), at < start_of_day(days.last + timedelta(days=1), scope.zone))


def _fits(measure: Measure, part: Part, days: Days, scope: Scope) -> ColumnElement[bool]:
    hits = part is Part.HITS
    if measure in OF_SEARCHES:
        ended = SearchEvent.outcome.in_([one.value for one in _OUTCOMES.get((measure, part), FINISHED)])
        return and_(ended, SearchEvent.took_ms.is_not(None)) if measure is M.TOOK else ended
    if measure is M.HELPFUL:
        said = Feedback.state != FeedbackState.WITHDRAWN
        return and_(said, Feedback.kind == FeedbackKind.HELPFUL) if hits else said
    if measure is M.IN_TIME:
        due = and_(Feedback.kind != FeedbackKind.HELPFUL, Feedback.state != FeedbackState.WITHDRAWN, Feedback.due_on < scope.today)
        return and_(due, replied_at() < _ends(days, scope.zone)) if hits else due
    if measure is M.LINKS:
        return ContactLink.withdrawn_at.is_(None)
    if measure is M.GAPS_OPENED:
        return Gap.state != GapState.MERGED
    if measure in OF_GAPS:
        return Gap.state == GapState.CLOSED
    kept = and_(Article.published_version_id.is_not(None), Article.retired_at.is_(None), Article.review_on.is_not(None))
    return and_(kept, Article.review_on < scope.today) if hits else kept


def replied_at() -> ColumnElement[Any]:
    """When something came of a word of a reader: it was answered, or handed on to a request for a change."""
    return case((Feedback.change_id.is_not(None), Feedback.taken_at), else_=Feedback.answered_at)


def _ends(days: Days, zone: str) -> ColumnElement[Any]:
    """The end of the day on which a reply was due."""
    each = (days.first + timedelta(days=one) for one in range(days.count))
    return case({day: start_of_day(day + timedelta(days=1), zone) for day in each}, value=Feedback.due_on)


def _of_units(measure: Measure, units: frozenset[int] | None) -> ColumnElement[bool]:
    if units is EVERYBODY:
        return true()
    if not units:
        return false()
    whose = UNIT_OF[measure]
    if whose is UnitOf.LAST_SEARCHER:
        return Gap.id.in_(select(GapQuery.gap_id).where(GapQuery.unit_id.in_(units)))
    people = select(Person.id).where(Person.unit_id.in_(units))
    if whose is UnitOf.SENDER:
        return Feedback.sender_id.in_(people)
    if whose is UnitOf.OWNER:
        return Article.owner_id.in_(people)
    return (ContactLink if whose is UnitOf.LINKER else SearchEvent).unit_id.in_(units)


def searched(words: str | None, *columns: Any) -> ColumnElement[bool]:
    """That one of these columns has the words."""
    return or_(*(column.icontains(words, autoescape=True) for column in columns)) if words else true()
