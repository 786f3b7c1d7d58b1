"""The verbs of gaps: report, assign, write an answer, name one, link a request, join, dismiss, open again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core import cards, leases
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.models import Article, Category
from kmsvc.knowledge.articles.usecases import Content, write_article
from kmsvc.knowledge.gaps import rules
from kmsvc.knowledge.gaps.asking import Asked
from kmsvc.knowledge.gaps.events import GapAssigned
from kmsvc.knowledge.gaps.gathering import Seen, Tally, take_in
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapQuery, GapStanding
from kmsvc.knowledge.gaps.permissions import FOLLOW_GAPS, HANDLE_GAP, REPORT_GAP
from kmsvc.knowledge.gaps.rules import GapSign, GapState
from kmsvc.knowledge.gaps.standing import moved, refresh
from kmsvc.people.accounts.directory import directory
from kmsvc.search.analysis import literal
from kmsvc.search.noting import without_numbers

MOST_ALIASES = 20


@dataclass(frozen=True)
class Reported:
    """What became of a report: the gap, how many others searched for it, whether this person reported it before."""

    gap: Gap
    others: int
    before: bool


def kept_form(query: str) -> str:
    """A query as it is kept."""
    return without_numbers(literal(query))[:rules.LONGEST_QUERY]


def report_gap(work: Work, query: str, asked: Asked, *, today: date, filters: Mapping[str, str] | None = None) -> Reported:
    """Say that a search finds no answer. The same again by the same person on a day counts once. asked: what the index finds."""
    work.permit(REPORT_GAP)
    kept, person = kept_form(query), work.actor.person_id
    if not kept:
        raise InvalidInput({"q": [N_("There are no words in it to look for.")]})
    assert person is not None
    leases.wait_turn(work.session, "gaps")
    row = work.session.scalars(select(GapQuery).where(GapQuery.query == kept)).one_or_none()
    asker = work.session.get(GapAsker, (row.id, person)) if row is not None else None
    before = asker is not None and asker.reported_at is not None and (work.now - asker.reported_at).days < 1
    if row is not None and before:
        gap = work.get(Gap, row.gap_id)
    else:
        tally = Tally(kept, found_other=asked.found > 0)
        seen = Seen(work.now, unit_id=work.actor.unit_id, roles=",".join(sorted(work.actor.roles))[:200],
                    filters=dict(filters) if filters else None, reported_at=work.now)
        tally.count(today, GapSign.REPORTED, person, seen)
        gap = take_in(work, [tally], {kept: asked}, today)[kept]
    work.session.flush()
    others = set(work.session.scalars(select(GapAsker.person_id).join(GapQuery, GapQuery.id == GapAsker.query_id).where(
        GapQuery.gap_id == gap.id))) - {person}
    return Reported(gap, len(others), before)


def _held(work: Work, gap_id: int, verb: str, version: int | None) -> Gap:
    gap = work.get(Gap, gap_id, lock=True, version=version)
    work.permit(HANDLE_GAP, gap)
    if not rules.makes_sense(verb, gap.state):
        raise RuleBroken("knowledge.gap.over", N_("This cannot be done with the gap as it stands now."))
    return gap


def assign_gap(work: Work, gap_id: int, *, owner_id: int, due_on: date, today: date, version: int | None = None) -> Gap:
    """Somebody is to close it by a day."""
    gap = _held(work, gap_id, "assign", version)
    person = directory(work.session).people.get(owner_id)
    if person is None or not person.is_active or HANDLE_GAP.name not in person.permissions:
        raise InvalidInput({"owner": [N_("This person cannot close gaps.")]})
    if due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    gap.owner_id, gap.due_on = owner_id, due_on
    work.session.flush()
    work.record(GapAssigned(gap.id, gap.version, work.actor.person_id))
    return gap


def draft_answer(work: Work, gap_id: int, *, title: str, body: str, version: int | None = None) -> Gap:
    """Begin an article: its title, and the searches as what customers call it. The gap waits until they find it."""
    gap = _held(work, gap_id, "draft", version)
    asked = list(work.session.scalars(select(GapQuery.query).where(GapQuery.gap_id == gap.id).order_by(GapQuery.id)))
    stands = work.session.get(GapStanding, gap.id)
    shelf = stands.category if stands is not None else None
    known = shelf is not None and work.session.scalar(select(Category.id).where(Category.name == shelf)) is not None
    article = write_article(
        work, Content(title=title, body=body, aliases=tuple(one for one in asked if one != literal(title))[:MOST_ALIASES],
                      language="en" if title.isascii() else "zh_Hans_CN"), category=shelf if known else None)
    gap.article_id, gap.state, gap.owner_id = article.id, GapState.WRITING, gap.owner_id or work.actor.person_id
    moved(work, gap)
    return gap


def name_answer(work: Work, gap_id: int, *, article: str, version: int | None = None) -> Gap:
    """An article answers it: its searches must find that one."""
    gap = _held(work, gap_id, "answer", version)
    found = article_numbered(work.session, work.actor, article)
    if found is None or work.get(Article, found).retired_at is not None:
        raise InvalidInput({"article": [N_("There is no article with this number.")]})
    gap.article_id, gap.state = found, GapState.WRITING
    moved(work, gap)
    return gap


def link_request(work: Work, gap_id: int, *, change: str, version: int | None = None) -> Gap:
    """A change request is under way that will answer it."""
    gap = _held(work, gap_id, "change", version)
    kind = cards.KINDS.get("change")
    named = kind.named(work.session, work.actor, change, 5) if kind is not None and kind.named is not None else ()
    for card in named:
        if card.number == change.strip().upper():
            gap.change_id, gap.state = card.id, GapState.CHANGING
            moved(work, gap)
            return gap
    raise InvalidInput({"change": [N_("There is no change request with this number.")]})


def merge_gap(work: Work, gap_id: int, *, into: str, today: date, version: int | None = None) -> Gap:
    """Its searches mean the same as those of another gap: they go there. Opened again, it has them back."""
    gap = _held(work, gap_id, "merge", version)
    other = work.session.scalars(select(Gap).where(Gap.number == into.strip().upper()).with_for_update()).one_or_none()
    if other is None or other.id == gap.id or other.state not in rules.LIVE:
        raise InvalidInput({"into": [N_("There is no other open gap with this number.")]})
    for row in work.session.scalars(select(GapQuery).where(GapQuery.gap_id == gap.id).with_for_update()):
        row.gap_id = other.id
    gap.state, gap.merged_into_id, gap.closed_at, gap.closed_by_id = GapState.MERGED, other.id, work.now, work.actor.person_id
    work.session.flush()
    refresh(work.session, [gap.id, other.id], today)
    moved(work, gap)
    return gap


def dismiss_gap(work: Work, gap_id: int, *, reason: str, version: int | None = None) -> Gap:
    """It is not ours to answer; who reported it reads why."""
    gap = _held(work, gap_id, "dismiss", version)
    work.because(reason)
    gap.reason, gap.state, gap.closed_at, gap.closed_by_id = reason, GapState.DISMISSED, work.now, work.actor.person_id
    moved(work, gap)
    return gap


def reopen_gap(work: Work, gap_id: int, *, reason: str | None = None, today: date, version: int | None = None) -> Gap:
    """Open again what was settled or begun; one that was joined to another has its searches back."""
    gap = _held(work, gap_id, "reopen", version)
    work.because(reason)
    touched = {gap.id}
    if gap.state == GapState.MERGED:
        for row in work.session.scalars(select(GapQuery).where(GapQuery.home_id == gap.id).with_for_update()):
            touched.add(row.gap_id)
            row.gap_id = gap.id
    gap.state, gap.reason, gap.closed_at, gap.closed_by_id = GapState.OPEN, None, None, None
    gap.article_id = gap.change_id = gap.merged_into_id = None
    work.session.flush()
    refresh(work.session, touched, today)
    moved(work, gap)
    return gap


def follow_request(work: Work, gap_id: int, *, change_id: int, asker_id: int | None) -> None:
    """A change was asked for from the page of this gap by somebody whose it is to close gaps."""
    work.permit(FOLLOW_GAPS)
    gap = work.session.get(Gap, gap_id, with_for_update=True)
    asker = directory(work.session).people.get(asker_id or 0)
    if gap is None or gap.state != GapState.OPEN or asker is None or HANDLE_GAP.name not in asker.permissions:
        return
    gap.change_id, gap.state, gap.owner_id = change_id, GapState.CHANGING, gap.owner_id or asker.id
    moved(work, gap)


def settle_request(work: Work, change_id: int, *, process_id: int | None, released: bool) -> None:
    """The request came to its end: released, the article of its process must be found; otherwise the gap is open again."""
    work.permit(FOLLOW_GAPS)
    for gap in work.session.scalars(select(Gap).where(Gap.change_id == change_id, Gap.state == GapState.CHANGING)
                                    .order_by(Gap.id).with_for_update()):
        gap.state = GapState.OPEN
        if released and process_id is not None:
            gap.article_id = work.session.scalar(select(Article.id).where(Article.process_id == process_id))
            gap.state = GapState.WRITING if gap.article_id else GapState.OPEN
        moved(work, gap)
