"""Exams for tests of sittings: a bank with one question of every kind, a paper, an exam with its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from kmsvc.core.work import Work
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.papers.models import PaperQuestion, PaperRow
from kmsvc.training.questions.kinds import (
    Blank,
    Case,
    Choice,
    Criterion,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion
from kmsvc.training.questions.storing import content_hash, to_json
from kmsvc.training.sittings.frozen import drawn_for
from kmsvc.training.sittings.usecases import begin_sitting
from tests.support.centre import Centre

SECRET = "quelle-marker"
"""stands in every key, explanation, model answer and line of a rubric; no candidate is ever sent it"""
_made = count(1)
_FRUIT = options_of(["七天", "十天", "三十天", "不能退"])
_STEPS = options_of(["核对订单", "看签收日期", "登记退款"])
_LEFT, _RIGHT = options_of(["投诉", "咨询"]), options_of(["二十四小时", "当场", "七天内"])

SINGLE = Question("普通商品的退款期限是？", Choice(_FRUIT, (_FRUIT[0].id,)), f"{SECRET} 单选")
MULTIPLE = Question("哪些可以退？", Choice(_FRUIT, (_FRUIT[0].id, _FRUIT[1].id), several=True), f"{SECRET} 多选")
TRUE_FALSE = Question("退款可以口头确认。", TrueFalse(False), f"{SECRET} 判断")
FILL_IN = Question("先核对 [[1]]，再看 [[2]]。", FillIn((Blank("1", (f"{SECRET}订单号",)), Blank("2", (f"{SECRET}日期",), 2))),
                   f"{SECRET} 填空")
NUMERIC = Question("全额退款限几天？", Numeric(Decimal("7.0625"), unit="天"), f"{SECRET} 数字")
ORDERING = Question("按顺序排列。", Ordering(_STEPS), f"{SECRET} 排序")
MATCHING = Question("时限对应。", Matching(
    _LEFT, _RIGHT, ((_LEFT[0].id, _RIGHT[0].id), (_LEFT[1].id, _RIGHT[1].id))), f"{SECRET} 连线")
SHORT = Question("怎样安抚客户？", ShortAnswer(
    (Criterion("a", f"{SECRET} 道歉", Decimal(3)),), f"{SECRET} 参考答案", 500), f"{SECRET} 简答")
FILE = Question("上传你的记录。", FileAnswer(
    (Criterion("a", f"{SECRET} 完整", Decimal(3)),), f"{SECRET} 样例", ("txt",)), f"{SECRET} 文件")
CASE = Question("客户说商品破损。", Case((Part("a", SINGLE), Part("b", SHORT))), f"{SECRET} 案例")
EVERY_KIND = (SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN, NUMERIC, ORDERING, MATCHING, SHORT, CASE, FILE)
RIGHT = {1: _FRUIT[0].id, 2: [_FRUIT[0].id, _FRUIT[1].id], 3: False, 4: {"1": "订单号", "2": "日期"}, 5: "7",
         6: [one.id for one in _STEPS], 7: {_LEFT[0].id: _RIGHT[0].id}, 8: "先道歉，再说明。", 9: {"a": _FRUIT[0].id, "b": "换货"}}


def add_questions(work: Work, questions: Sequence[Question]) -> list[QuestionVersion]:
    """Questions in a bank of their own, each at its first version."""
    work.permit(MANAGE_UNITS)
    number = next(_made)
    bank = Bank(number=f"QB-T{number}", name=f"题库{number}", made_at=work.now)
    work.session.add(bank)
    work.session.flush()
    versions = []
    for place, one in enumerate(questions, 1):
        row = QuestionRow(number=f"Q-T{number}-{place}", bank_id=bank.id, kind=one.kind.value, band="middle", state="active",
                          language="zh", head=one.stem[:300], made_at=work.now, changed_at=work.now)
        work.session.add(row)
        work.session.flush()
        versions.append(new_version(work, row, one, 1))
    return versions


def new_version(work: Work, row: QuestionRow, question: Question, no: int) -> QuestionVersion:
    """Another version of a question, the current one from now on."""
    work.permit(MANAGE_UNITS)
    version = QuestionVersion(question_id=row.id, no=no, content=to_json(question), content_hash=content_hash(question),
                              made_at=work.now)
    work.session.add(version)
    work.session.flush()
    row.current_version_id = version.id
    return version


def make_exam(world: Centre, *, people: Sequence[str] = ("agent",), questions: Sequence[Question] = EVERY_KIND, minutes: int = 30,
              opens_in: timedelta = timedelta(0), window: timedelta = timedelta(hours=4), points: Decimal = Decimal(2),
              **more: Any) -> int:
    """An announced exam that is open now; returns its id. more: columns of the exam."""
    now, number = world.clock.now, next(_made)
    opens_at = now + opens_in
    closes_at = opens_at + window
    columns: dict[str, Any] = {
        "grace_s": 60, "attempts": 1, "pass_percent": 60, "release_at": closes_at + timedelta(hours=1), "shows": "score",
        "review_opens_at": closes_at + timedelta(hours=1), "review_closes_at": closes_at + timedelta(days=9), "appeal_days": 3,
        "border": Decimal(0), "second_percent": 0, "limit": Decimal(5), "settling": "mean", "seed": f"seed{number}",
        "published_at": now, "state": "published", **more}
    with world.begin("operator") as work:
        versions = add_questions(work, questions)
        paper = PaperRow(number=f"PP-T{number}", title="卷", way="picked", state="ready", banks=[], seed=f"s{number}", pass_percent=60,
                         total=points * len(versions), made_at=now, changed_at=now)
        work.session.add(paper)
        work.session.flush()
        for place, one in enumerate(versions, 1):
            work.session.add(PaperQuestion(paper_id=paper.id, place=place, question_id=one.question_id, version_id=one.id,
                                           points=points))
        exam = Exam(number=f"EX-T{number}", title="退款考试", paper_id=paper.id, opens_at=opens_at, closes_at=closes_at,
                    duration_min=minutes, made_at=now, **columns)
        work.session.add(exam)
        work.session.flush()
        for login in people:
            work.session.add(ExamCandidate(exam_id=exam.id, person_id=world.people[login]))
    return exam.id


def begin(world: Centre, exam_id: int, login: str = "agent") -> int:
    """Somebody begins; returns the id of the sitting."""
    with world.look(login) as work:
        drawn = drawn_for(work.session, work.get(Exam, exam_id), world.people[login])
    with world.begin(login) as work:
        return begin_sitting(work, exam_id, drawn).id
