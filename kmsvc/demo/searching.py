"""What the demo's floor searched for, noted as the service would have; a log, and inserted together."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from kmsvc.core.clock import start_of_day
from kmsvc.demo.content.gaps import answered
from kmsvc.demo.content.searches import SearchEvent as SearchText
from kmsvc.demo.content.searches import events_of_today, found_of
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.people.system import OPERATOR
from kmsvc.search.analysis import literal
from kmsvc.search.models import SearchEvent

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

NOT_IT = 0.05
"""of the answers read, after which the demo's people search on"""
AT_REST = 20
"""minutes: what was searched later is still to be counted, and the worker of a demo that is served does that"""


def note_searches(stage: Stage, seed: int, events: Sequence[SearchText]) -> None:
    """The searches of the last weeks, and those of today until a moment ago."""
    pace = random.Random(f"pace:{seed}")
    minute = (stage.now - start_of_day(stage.today, stage.zone)) // timedelta(minutes=1) - AT_REST
    rows: list[dict[str, Any]] = []
    with stage.quiet.begin(OPERATOR, stage.now) as work:
        ids = {row.external_id: row.id for row in work.session.execute(select(Article.external_id, Article.id))}
        titles = {one.title for one in answered().values()}
        ids |= {row.title: row.id for row in work.session.execute(select(ArticleVersion.title, Article.id).join(
            Article, Article.published_version_id == ArticleVersion.id).where(ArticleVersion.title.in_(titles)))}
        read: list[dict[str, Any]] = []
        for one in (*events, *events_of_today(seed, minute, len(events))):
            rows.append(_row(stage, one, ids, pace))
            if one.article and pace.random() < NOT_IT and read:  # it was not what was meant: at once something else
                rows.append({**pace.choice(read), "at": rows[-1]["at"] + timedelta(seconds=pace.randrange(20, 55)),
                             "person_id": rows[-1]["person_id"], "unit_id": rows[-1]["unit_id"]})
            if one.article:
                read.append(rows[-1])
        for start in range(0, len(rows), 5000):
            work.session.connection().execute(insert(SearchEvent), rows[start:start + 5000])


def _row(stage: Stage, one: SearchText, ids: dict[str | None, int], pace: random.Random) -> dict[str, Any]:
    person, article_id = stage.cast.get(one.login), None if one.in_vain else ids.get(one.article or one.stood or one.answer)
    return {"at": stage.at(one.days_ago, one.minute // 60, one.minute % 60),
            "person_id": person.id if person else None, "unit_id": person.unit_id if person else None,
            "query": literal(one.query), "filters": None, "found": found_of(one),
            "opened_kind": "article" if article_id else None, "opened_id": article_id, "rank": 1 if article_id else None,
            "acted": not one.stood if article_id else None,
            "took_ms": round(1000 * pace.lognormvariate(1.0, 0.6)) if article_id else None}
