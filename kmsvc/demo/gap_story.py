"""Gaps of the demo: gathered week by week from its searches, reported, assigned, joined, dismissed and answered on their days.

While the centre is played there is no index: what a search found is known from its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core import leases
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.core.workdays import workdays_after
from kmsvc.demo.content.gaps import DeedText, answered, deeds
from kmsvc.demo.content.searches import SearchEvent as SearchText
from kmsvc.demo.content.searches import found_in_vain, found_of
from kmsvc.knowledge.articles.usecases import Content, write_article
from kmsvc.knowledge.gaps import usecases
from kmsvc.knowledge.gaps.asking import Asked
from kmsvc.knowledge.gaps.gathering import Seen, Tally, take_in
from kmsvc.knowledge.gaps.models import Gap, GapQuery
from kmsvc.knowledge.gaps.permissions import FOLLOW_GAPS
from kmsvc.knowledge.gaps.replaying import keep_replay
from kmsvc.knowledge.gaps.rules import GapSign, GapState
from kmsvc.people.system import SYSTEM

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
WEEK, DUE_IN = 7, 6


def gathered(stage: Stage, events: Sequence[SearchText]) -> list[Iterator[tuple[datetime, Told]]]:
    """What was searched in vain, gone through each week, and what was done about it: threads of the centre's time."""
    vain = [one for one in events if one.in_vain]
    return [_weeks(stage, vain), *(_deed(stage, one) for one in deeds())]


def _weeks(stage: Stage, vain: Sequence[SearchText]) -> Iterator[tuple[datetime, Told]]:
    last = max((one.days_ago for one in vain), default=0)
    for days_ago in range(last - 1 - (last - 1) % WEEK, -1, -WEEK):
        batch = [one for one in vain if days_ago < one.days_ago <= days_ago + WEEK]
        yield stage.at(days_ago, 6, 50), partial(_take_in, stage, batch)


def _take_in(stage: Stage, batch: Sequence[SearchText], now: datetime) -> None:
    tallies: dict[str, Tally] = {}
    for one in batch:
        person, kept, found = stage.cast[one.login], usecases.kept_form(one.query), found_of(one)
        tally = tallies.setdefault(kept, Tally(kept, found_other=found > 0))
        at = stage.at(one.days_ago, one.minute // 60, one.minute % 60)
        tally.count(local_date(at, stage.zone), GapSign.UNOPENED if found else GapSign.ZERO, person.id,
                    Seen(at, unit_id=person.unit_id, roles=",".join(sorted(person.role_names))))
    answered_by = frozenset(usecases.kept_form(query) for query, deed in answered().items() if stage.at(deed.days_ago, 23) < now)
    with stage.db.begin(SYSTEM, now) as work:
        work.permit(FOLLOW_GAPS)
        leases.wait_turn(work.session, "gaps")
        take_in(work, list(tallies.values()), {one.query: _asked(one, answered_by) for one in tallies.values()},
                local_date(now, stage.zone))


def _asked(tally: Tally, answered_by: frozenset[str]) -> Asked:
    """What is found at the end of the week: what was answered in it is found by now."""
    return Asked(3 if tally.found_other else int(tally.query in answered_by), (), None)


def _deed(stage: Stage, text: DeedText) -> Iterator[tuple[datetime, Told]]:
    yield stage.at(text.days_ago, 9 if text.act == "report" else 15, 35), partial(_do, stage, text)
    if text.act == "answer":
        yield stage.at(text.days_ago, 16, 5), partial(_found, stage, text)


def _do(stage: Stage, text: DeedText, now: datetime) -> None:
    today = local_date(now, stage.zone)
    with stage.db.begin(stage.actor(text.by), now) as work:
        gap, into = _gap_of(work, text.query), _gap_of(work, text.into)
        if text.act == "report":
            usecases.report_gap(work, text.query, Asked(found_in_vain(text.query), (), None), today=today)
        elif gap is None or gap.state != GapState.OPEN:
            return  # in some centres nobody searched for it so early
        elif text.act == "assign":
            usecases.assign_gap(work, gap.id, owner_id=stage.cast[text.by].id, due_on=workdays_after(today, DUE_IN), today=today)
        elif text.act == "join":
            if into is not None and into.id != gap.id:
                usecases.merge_gap(work, gap.id, into=into.number, today=today)
        elif text.act == "dismiss":
            usecases.dismiss_gap(work, gap.id, reason=text.reason)
        else:
            _write(work, gap, text)


def _write(work: Work, gap: Gap, text: DeedText) -> None:
    """A draft, or an answer at once, with a number of its own: those of the other articles stay what pictures and tests call them."""
    content = Content(title=text.title, body=text.body, aliases=(text.query,))
    article = write_article(work, content, category=text.shelf, number=text.number, publish=text.act == "answer")
    article.review_on = work.now.date() + timedelta(days=365)
    work.session.flush()
    usecases.name_answer(work, gap.id, article=text.number)


def _found(stage: Stage, text: DeedText, now: datetime) -> None:
    """The replay after the publication: all that was searched finds the answer first."""
    with stage.db.begin(SYSTEM, now) as work:
        work.permit(FOLLOW_GAPS)
        gap = _gap_of(work, text.query)
        if gap is None or gap.article_id is None:
            return
        asked = work.session.scalars(select(GapQuery.query).where(GapQuery.gap_id == gap.id).order_by(GapQuery.id))
        keep_replay(work, gap, {one: Asked(1, (("article", gap.article_id),), text.shelf) for one in asked},
                    local_date(now, stage.zone))


def _gap_of(work: Work, query: str) -> Gap | None:
    return work.session.scalars(select(Gap).join(GapQuery, GapQuery.gap_id == Gap.id).where(
        GapQuery.query == usecases.kept_form(query))).one_or_none()
