"""Trainers of the demo: two who teach everything, people of the field for their own subject, one whose authorisation has ended, one
whose authorisation ends soon; what observers saw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.demo.asking import Told
from kmsvc.training.courses.models import Course
from kmsvc.training.trainers import usecases
from kmsvc.training.trainers.models import Authorisation, Trainer

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

HEAD = "gumingchuan"
OPENED, SUBJECTS_OPENED = 210, 28
"""days ago: those who teach everything, and, once the courses stand, those who teach one"""
EVERYTHING = (
    ("fangyuan", "企业培训师（二级），从事客服培训九年，主持过三期新人班。", "集团内训师证书 TTT-2023-118，试讲 94 分", 190),
    ("yezhou", "三年一线坐席、两年班组长，带过五期新人班，擅长情景演练。", "集团内训师证书 TTT-2024-032，试讲 91 分", 24),
    ("hejia", "质检员、阅卷复核，主讲评分标准与案例复盘。", "质检评分校准全部通过，试讲 88 分", -9))
"""(account, qualification, proof, days from today until it ends)"""
SUBJECTS = (
    ("qinlangyue", "合规经理，注册信息安全员，每年主讲信息安全必修。", 0, "信息安全", "注册信息安全员 CISP-4471", 300),
    ("wangxiaoyu", "宽带售后组班长，报障定位一次解决率连续四个季度第一。", 1, "宽带报障", "业务考试 98 分，试讲 90 分", 150),
    ("liangsiqi", "投诉与回访主管，处理升级投诉六年。", 2, "情绪安抚", "试讲 92 分，中心评审通过", 260),
    ("zhoulan", "计费与退费业务负责人。", 1, "退费", "业务考试 96 分", 120))
"""(account, qualification, which course of the demo, topic, proof, days until it ends)"""
SEEN = (
    ("fangyuan", 96, 40, "gumingchuan", "节奏稳，每讲完一个例外都让学员复述一遍；板书可以再大一些。"),
    ("yezhou", 93, 33, "fangyuan", "演练分组清楚，点评具体到话术；最后十分钟有点赶。"),
    ("yezhou", 86, 12, "gumingchuan", "案例贴近真实录音，互动好；有两处口径还是旧版本，已当场更正。"),
    ("wangxiaoyu", 88, 9, "fangyuan", "业务极熟，讲得快；建议给没有基础的新人多留提问时间。"))
"""(whom, points, days ago, by whom, what was seen)"""
WITHDRAWN = ("zhoulan", 5, "转岗负责新计费系统，年内不再授课。")


def authorised(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """Files opened and authorised by the head of the centre, observations, one authorisation withdrawn."""
    return [_played(stage)]


def _played(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    acts = [(OPENED, 10, lambda now: _everything(stage, now)), (SUBJECTS_OPENED, 12, lambda now: _subjects(stage, now)),
            (WITHDRAWN[1], 9, lambda now: _withdraw(stage, now)),
            *((one[2], 17, lambda now, one=one: _seen(stage, one, now)) for one in SEEN)]
    for days_ago, hour, act in sorted(acts, key=lambda one: -one[0]):
        yield stage.at(days_ago, hour, 10), act


def _everything(stage: Stage, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(HEAD), now) as work:
        for login, qualification, proof, days in EVERYTHING:
            row = usecases.open_file(work, login=login, qualification=qualification)
            usecases.authorise(work, row.id, from_on=stage.today - timedelta(days=OPENED), until_on=stage.today + timedelta(days=days),
                               proof=proof)


def _subjects(stage: Stage, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(HEAD), now) as work:
        courses = work.session.scalars(select(Course.number).order_by(Course.id)).all()
        for login, qualification, place, topic, proof, days in SUBJECTS:
            row = usecases.open_file(work, login=login, qualification=qualification)
            usecases.authorise(work, row.id, course=courses[place], topic=topic, from_on=stage.today - timedelta(days=SUBJECTS_OPENED),
                               until_on=stage.today + timedelta(days=days), proof=proof)


def _seen(stage: Stage, it: tuple[str, int, int, str, str], now: datetime) -> None:
    login, score, days_ago, by, note = it
    with stage.quiet.begin(stage.actor(by), now) as work:
        trainer = work.session.scalars(select(Trainer.id).where(Trainer.person_id == stage.cast[login].id)).one()
        usecases.observe(work, trainer, seen_on=stage.today - timedelta(days=days_ago), score=score, note=note)


def _withdraw(stage: Stage, now: datetime) -> None:
    login, days_ago, reason = WITHDRAWN
    with stage.quiet.begin(stage.actor(HEAD), now) as work:
        held = work.session.scalars(select(Authorisation).join(Trainer, Trainer.id == Authorisation.trainer_id).where(
            Trainer.person_id == stage.cast[login].id)).one()
        usecases.withdraw(work, held.trainer_id, authorisation=held.id, reason=reason, today=stage.today - timedelta(days=days_ago))
