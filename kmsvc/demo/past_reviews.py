"""Yearly reviews of the years before, each held in its own December: planned, drawn, judged and signed when it was time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from kmsvc.demo.asking import Told
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.reviews import usecases
from kmsvc.knowledge.reviews.checklist import keep_checklist
from kmsvc.knowledge.reviews.rules import ANSWERS
from kmsvc.knowledge.reviews.usecases import Conclusion, Judgement, Plan

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

KEEPER, PLANNER, SIGNER = "hemiao", "liqiang", "gumingchuan"
KEEP = Judgement(dict.fromkeys(ANSWERS, True), "keep")
POINTS = (("先说结论，后讲步骤", "The answer first, the steps below"),
          ("一句话只讲一件事，能照着念", "One thing a sentence, fit to be read aloud"),
          ("数字、时限、例外都写全", "Figures, time limits and exceptions are complete"),
          ("写明依据哪个流程", "The process it rests on is named"),
          ("客户的说法写进别名", "What customers call it stands among the other names"))
SAID = Conclusion("partly", "yes", "抽到的知识逐篇对照现行流程，全部保留不变，通话中可以直接说。本期知识刚建库，还没有检索和缺口记录，"
                  "全不全无从统计，只按抽查所见判为部分齐全。",
                  "一、下一年度起每月看检索和缺口数字；二、下次复核按使用多少加抽，由知识编辑负责。")
"""No word of what its own table does not show: nobody had searched then, and all that was drawn is kept."""


def years_before(stage: Stage, first: date) -> Iterator[tuple[datetime, Told]]:
    """One review for each year since `first` that had articles by December; the checklist is written with the first."""
    for year in range(first.year, stage.today.year):
        held: list[int] = []
        for day, act in ((10, _draw), (15, _judge), (18, _sign)):
            def run(now: datetime, year: int = year, act: object = act, held: list[int] = held) -> None:
                act(stage, now, year, held)  # type: ignore[operator]
            yield stage.at((stage.today - date(year, 12, day)).days, 14), run


def _draw(stage: Stage, now: datetime, year: int, held: list[int]) -> None:
    with stage.quiet.look(stage.actor(PLANNER), now) as work:
        if not work.session.scalar(select(func.count()).where(Article.published_version_id.is_not(None))):
            return
    with stage.quiet.begin(stage.actor(KEEPER), now) as work:
        keep_checklist(work, *zip(*POINTS, strict=True))
    with stage.quiet.begin(stage.actor(PLANNER), now) as work:
        held.append(usecases.plan_review(work, Plan(
            year, date(year, 1, 1), date(year, 12, 31), date(year, 12, 31), 1, [KEEPER, PLANNER], (), seed=f"kr{year}",
            purpose="重点看是否与现行流程一致，电话里能不能直接说。")).id)
    with stage.quiet.begin(stage.actor(PLANNER), now) as work:
        usecases.draw_sample(work, held[0], today=date(year, 12, 10), zone=stage.zone)


def _judge(stage: Stage, now: datetime, year: int, held: list[int]) -> None:
    for review_id in held:
        with stage.quiet.look(stage.actor(PLANNER), now) as work:
            items = usecases.items_of(work, review_id)
        for place, item in enumerate(items):
            with stage.quiet.begin(stage.actor((KEEPER, PLANNER)[place % 2]), now) as work:
                usecases.judge_item(work, review_id, item.id, KEEP, today=date(year, 12, 15))


def _sign(stage: Stage, now: datetime, year: int, held: list[int]) -> None:
    for review_id in held:
        with stage.quiet.begin(stage.actor(SIGNER), now) as work:
            usecases.sign_review(work, review_id, SAID, zone=stage.zone)
