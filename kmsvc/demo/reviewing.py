"""Yearly reviews of the demo: those of the years before signed and archived, this year's under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Engine, func, select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Database
from kmsvc.demo.gaps import actor_with, deliver_all
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.articles.models import Article, Category
from kmsvc.knowledge.reviews import usecases
from kmsvc.knowledge.reviews.checklist import keep_checklist
from kmsvc.knowledge.reviews.rules import ANSWERS
from kmsvc.knowledge.reviews.usecases import Conclusion, Judgement, Plan
from kmsvc.people.roles import Role
from kmsvc.people.system import SYSTEM
from kmsvc.standards.duties.usecases import run_duties

REVIEWERS = (Role.KNOWLEDGE_EDITOR, Role.PROCESS_MANAGER)
SHELVES = 4
GOOD = dict.fromkeys(ANSWERS, True)
FOUND = {2: Judgement(GOOD | {"correct": False}, "update", "正文与现行做法不一致，要按现行流程改。"),
         5: Judgement(GOOD | {"complete": False, "fit": False}, "update", "没有写异地怎么办；句子太长，电话里念不完。"),
         7: Judgement(GOOD | {"needed": False}, "retire", "与另一条重复，半年没有人打开过。")}
POINTS = (("先说结论，后讲步骤", "The answer first, the steps below"),
          ("一句话只讲一件事，能照着念", "One thing a sentence, fit to be read aloud"),
          ("数字、时限、例外都写全", "Figures, time limits and exceptions are complete"),
          ("写明依据哪个流程", "The process it rests on is named"),
          ("客户的说法写进别名", "What customers call it stands among the other names"))
SAID = Conclusion("partly", "yes", "抽查的知识基本准确，通话中可用。个别知识更新偏慢，异地办理的缺口较多。",
                  "一、业务调整当日同步更新知识，由知识编辑负责；二、下季度补齐异地办理类知识。")
PURPOSE = "重点看是否与现行流程一致，电话里能不能直接说。"


def hold_reviews(engine: Engine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime) -> None:
    """Hold the reviews of the years before to their signature, and half of this year's."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    today = local_date(now, zone)
    people = [sign_ins[role] for role in REVIEWERS]
    with db.begin(actor_with(db, people[0])) as work:
        keep_checklist(work, *zip(*POINTS, strict=True))
    with db.look(SYSTEM) as work:
        oldest = work.session.scalar(select(func.min(Article.created_at)))
    assert oldest is not None
    for year in range(oldest.year, today.year):
        before = _drawn(db, people, today, year, zone)
        _judge(db, people, before, today, every=True)
        with db.begin(actor_with(db, sign_ins[Role.MANAGER])) as work:
            usecases.sign_review(work, before, SAID, zone=zone)
    _judge(db, people, _drawn(db, people, today, today.year, zone), today, every=False)
    deliver_all(db, zone, base_url)
    with db.begin(SYSTEM) as work:
        run_duties(work, today)
    deliver_all(db, zone, base_url)


def _drawn(db: Database, people: list[str], today: date, year: int, zone: str) -> int:
    planner = actor_with(db, people[-1])
    with db.begin(planner) as work:
        shelves = work.session.scalars(select(Category.name).join(Article, Article.category_id == Category.id).where(
            Article.published_version_id.is_not(None), Article.process_id.is_(None)).distinct().order_by(Category.name).limit(SHELVES))
        wanted = () if year < today.year else tuple(shelves)
        row = usecases.plan_review(work, Plan(
            year, date(year, 1, 1), date(year, 12, 31), date(year, 12, 31), 1 if year < today.year else 3, people, wanted,
            seed=f"kr{year}", purpose=PURPOSE))
    with db.begin(planner) as work:
        usecases.draw_sample(work, row.id, today=today, zone=zone)
    return row.id


def _judge(db: Database, people: list[str], review_id: int, today: date, *, every: bool) -> None:
    with db.look(SYSTEM) as work:
        items = usecases.items_of(work, review_id)
    for place, item in enumerate(items[:None if every else len(items) // 2]):
        with db.begin(actor_with(db, people[place % len(people)])) as work:
            usecases.judge_item(work, review_id, item.id, FOUND.get(place, Judgement(GOOD, "keep")), today=today)
