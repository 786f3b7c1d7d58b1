"""Certificates of the demo: the yearly ones of everybody, those of four queues, what people proved; some end soon, one has ended, one
was taken back, one requirement changed, a team with gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.demo.asking import Told
from kmsvc.notices.wording import catalogue
from kmsvc.training.certificates import batches, usecases
from kmsvc.training.certificates.defaults import default_kinds
from kmsvc.training.certificates.following import follow_asked
from kmsvc.training.certificates.models import Certificate, CertificateKind, CertificateNeed, Passing
from kmsvc.training.certificates.usecases import KindDraft
from kmsvc.training.courses.models import Course

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

LEAD = "fangyuan"
ASKED = 400
"""days ago from which on everything is asked for"""
KINDS = (
    ("宽带报障处理资格", "能独立完成报障定位、派单与回访，熟悉光猫指示灯与常见故障码。", ("宽带报障热线",)),
    ("退费与赔付处理资格", "能按退费办理流程核验身份、判断时限、计算金额，知道何时升级。", ("退费专线", "宽带报障热线")),
    ("投诉升级处理资格", "能安抚情绪、识别监管与媒体风险，按时限升级并闭环。", ("投诉升级",)),
    ("在线与邮件服务资格", "能同时处理三路会话，邮件一次说清。", ("在线客服",)))
"""name, what it proves, queues that ask for it besides information security"""
QUEUES = ("宽带报障热线", "退费专线", "投诉升级", "在线客服")
TEAMS = {0: ("wangxiaoyu", "mengxiao", "luoxi", "chenxiaoman", "gaoyuanfan", "lvruonan"),
         1: ("wangxiaoyu", "mengxiao", "luoxi", "gaoyuanfan", "lvruonan", "emmareed", "shaobing", "tangyue"),
         2: ("liangsiqi", "weiran", "qinxiao", "wangxiaoyu"), 3: ("fanzhou", "tanmuzi", "gracelin", "zhongyi", "fuqing")}
"""who passed which of KINDS"""
NEWCOMERS = frozenset({"dinghe", "bailu", "hetian"})
SHEET = "2025–2026年认证台账.xlsx"
PASSED_AGAIN = ("wangxiaoyu", "mengxiao", "gaoyuanfan", "shaobing", "tangyue")


def certified(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """Four weeks ago the kinds and a sheet of what people had proved, since then what happened to them."""
    return [_played(stage)]


def _played(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    yield stage.at(27, 10, 20), lambda now: _kinds(stage, now)
    yield stage.at(26, 15, 5), lambda now: _sheet(stage, now)
    yield stage.at(20, 9, 30), lambda now: _changed(stage, now)
    yield stage.at(12, 11, 10), lambda now: _taken_back(stage, now)
    yield stage.at(9, 16, 40), lambda now: _again(stage, now)
    yield stage.at(8, 10, 15), lambda now: _extended(stage, now)


def _kinds(stage: Stage, now: datetime) -> None:
    since = stage.today - timedelta(days=ASKED)
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        default_kinds(work, since, catalogue("zh_Hans_CN").gettext)
        security = _kind(work, "security")
        course = work.session.scalar(select(Course.id).order_by(Course.id).limit(1))
        if course is not None:
            security.course_id = course
        for name, proves, queues in KINDS:
            row = usecases.make_kind(work, KindDraft(name, "skills", proves, "73", 12, grace_days=15))
            for queue in queues:
                usecases.add_need(work, row.id, since=since, queue=queue)
        for queue in QUEUES:
            usecases.add_need(work, security.id, since=since, queue=queue)


def _kind(work: Work, preset: str) -> CertificateKind:
    return work.session.scalars(select(CertificateKind).where(CertificateKind.preset == preset)).one()


def _sheet(stage: Stage, now: datetime) -> None:
    """What was kept in a sheet until then: most in order, some old, newcomers without any."""
    today = stage.today - timedelta(days=26)
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        batch = batches.begin_batch(work, "award", SHEET)
        people = [(login, person) for login, person in sorted(stage.cast.items()) if login not in NEWCOMERS | {LEAD}]
        kinds = {one.name: one.id for one in work.session.scalars(select(CertificateKind))}
        asked = {preset: _kind(work, preset).id for preset in ("security", "awareness", "skills")}
        for place, (login, person) in enumerate(people):
            days = 40 + place * 23 % 270
            days = {"luoxi": 420, "mengxiao": 330, "shaobing": 345, "tanmuzi": 352}.get(login, days)
            _award(work, batch.id, asked["security"], person.id, stage, days, f"信息安全考试 {84 + place % 15} 分")
            if place % 6:
                _award(work, batch.id, asked["awareness"], person.id, stage, 35 + place * 17 % 310, "流程认知年度考试")
            if {"agent", "team_leader"} & set(person.role_names) and login != "qinxiao":
                _award(work, batch.id, asked["skills"], person.id, stage, 50 + place * 31 % 320, "上岗技能考核表")
        for number, logins in TEAMS.items():
            for place, login in enumerate(logins):
                _award(work, batch.id, kinds[KINDS[number][0]], stage.cast[login].id, stage, 70 + (place * 41 + number * 19) % 300,
                       f"{KINDS[number][0][:-2]}考核 {82 + (place * 7 + number) % 17} 分")
        batch.people = len(people)
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        for kind in list(work.session.scalars(select(CertificateKind.id).order_by(CertificateKind.id))):
            follow_asked(work, today, kind)


def _award(work: Work, batch: int, kind: int, person: int, stage: Stage, days: int, proof: str) -> None:
    usecases.award(work, kind, person, stage.today - timedelta(days=max(days, 27)), today=stage.today - timedelta(days=26), proof=proof,
                   batch_id=batch)


def _changed(stage: Stage, now: datetime) -> None:
    """The process of refunds changed: who handles its queue passes anew."""
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        need = work.session.scalars(select(CertificateNeed).where(CertificateNeed.queue == "退费专线").order_by(
            CertificateNeed.id)).first()
        if need is not None:
            usecases.change_need(work, need.id, reason="退费办理流程更新：时限改为七天，新增预授权核验",
                                 due_on=stage.today - timedelta(days=2), today=stage.today - timedelta(days=20))


def _taken_back(stage: Stage, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        passing = work.session.scalars(select(Passing).join(Certificate, Certificate.id == Passing.certificate_id).join(
            CertificateKind, CertificateKind.id == Certificate.kind_id).where(
            Certificate.person_id == stage.cast["lvruonan"].id, CertificateKind.name == KINDS[0][0]).order_by(Passing.id)).first()
        if passing is not None:
            usecases.take_back(work, passing.id, reason="台账登记错人，本人尚未参加实操考核", today=stage.today - timedelta(days=12))


def _again(stage: Stage, now: datetime) -> None:
    """Most of those who handle refunds passed anew."""
    today = stage.today - timedelta(days=9)
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        kind = work.session.scalars(select(CertificateKind.id).where(CertificateKind.name == KINDS[1][0])).one()
        for place, login in enumerate(PASSED_AGAIN):
            usecases.award(work, kind, stage.cast[login].id, today, today=today, proof=f"退费新流程复训考核 {86 + place * 3} 分")


def _extended(stage: Stage, now: datetime) -> None:
    """Somebody on long leave keeps what ends meanwhile."""
    today = stage.today - timedelta(days=8)
    with stage.quiet.begin(stage.actor(LEAD), now) as work:
        ids = list(work.session.scalars(select(Certificate.id).join(CertificateKind, CertificateKind.id == Certificate.kind_id).where(
            Certificate.person_id == stage.cast["tanmuzi"].id, CertificateKind.preset == "security").order_by(Certificate.id)))
        batches.do_many(work, "extend", ids, reason="产假期间顺延，返岗后一个月内复审", days=60, today=today)
