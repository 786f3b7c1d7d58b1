"""This year's yearly review of the demo, under way; those of the years before stand in `past_reviews.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Engine, select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Database
from kmsvc.demo.gaps import actor_with, deliver_all
from kmsvc.demo.past_reviews import POINTS
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.articles.models import Article, Category
from kmsvc.knowledge.reviews import usecases
from kmsvc.knowledge.reviews.checklist import keep_checklist
from kmsvc.knowledge.reviews.rules import ANSWERS
from kmsvc.knowledge.reviews.usecases import Judgement, Plan
from kmsvc.people.roles import Role
from kmsvc.people.system import SYSTEM
from kmsvc.standards.duties.usecases import run_duties

REVIEWERS = (Role.KNOWLEDGE_EDITOR, Role.PROCESS_MANAGER)
SHELVES = 4
GOOD = dict.fromkeys(ANSWERS, True)
FOUND = {2: Judgement(GOOD | {"correct": False}, "update", "正文与现行做法不一致，要按现行流程改。"),
         5: Judgement(GOOD | {"complete": False, "fit": False}, "update", "没有写异地怎么办；句子太长，电话里念不完。"),
         7: Judgement(GOOD | {"needed": False}, "retire", "与另一条重复，半年没有人打开过。")}
PURPOSE = "重点看是否与现行流程一致，电话里能不能直接说。"


def hold_reviews(engine: Engine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime) -> None:
    """Plan and draw this year's, and judge half of it."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    today = local_date(now, zone)
    people = [sign_ins[role] for role in REVIEWERS]
    with db.begin(actor_with(db, people[0])) as work:
        keep_checklist(work, *zip(*POINTS, strict=True))  # where no year before wrote it
    _judge(db, people, _drawn(db, people, today, zone), today)
    deliver_all(db, zone, base_url)
    with db.begin(SYSTEM) as work:
        run_duties(work, today)
    deliver_all(db, zone, base_url)


def _drawn(db: Database, people: list[str], today: date, zone: str) -> int:
    planner = actor_with(db, people[-1])
    with db.begin(planner) as work:
        shelves = work.session.scalars(select(Category.name).join(Article, Article.category_id == Category.id).where(
            Article.published_version_id.is_not(None), Article.process_id.is_(None)).distinct().order_by(Category.name).limit(SHELVES))
        year = today.year
        row = usecases.plan_review(work, Plan(
            year, date(year, 1, 1), date(year, 12, 31), date(year, 12, 31), 3, people, tuple(shelves), seed=f"kr{year}",
            purpose=PURPOSE))
    with db.begin(planner) as work:
        usecases.draw_sample(work, row.id, today=today, zone=zone)
    return row.id


def _judge(db: Database, people: list[str], review_id: int, today: date) -> None:
    with db.look(SYSTEM) as work:
        items = usecases.items_of(work, review_id)
    for place, item in enumerate(items[:len(items) // 2]):
        with db.begin(actor_with(db, people[place % len(people)])) as work:
            usecases.judge_item(work, review_id, item.id, FOUND.get(place, Judgement(GOOD, "keep")), today=today)
