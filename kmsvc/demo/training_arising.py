"""What training plans arise from in the demo: three rules of the trainer, and the real plan of a change that waits for its second
release because not enough people were at its session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.demo.asking import Told
from kmsvc.people.units.queries import unit_by_code
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.training.plans import arising, attending, holding, usecases
from kmsvc.training.plans.arising import RuleText
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.rules import Place
from kmsvc.training.trainers.models import Trainer

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

MAKER, HEAD = "fangyuan", "gumingchuan"
REAL = 15
"""the story, by its open step, whose training stands on a real plan"""
WRITTEN = 34
"""days ago the rules were written"""
ANYWAY = "时段已和各组长商量过，在班的同事由后台支援顶班。"


def arisen(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """The rules, and the plan of the change."""
    return [_rules(stage), _taught(stage)]


def _rules(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    def write(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(MAKER), now) as work:
            unit = unit_by_code(work.session, "OPS-CARE")
            for said, on in ((RuleText("投诉流程更新宣贯", "published", 1, 14, klass="business", words="投诉"), True),
                             (RuleText("入职公共课", "joined", 8, 30), True),
                             (RuleText("质检缺口补训", "gap", 2, 21, unit=unit.id if unit else None), False)):
                row = arising.write_rule(work, said)
                if on:
                    arising.switch(work, row.id, True)
    yield stage.at(WRITTEN, 16, 10), write


def _taught(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    yield stage.at(22, 8, 40), lambda now: _plan(stage, now)
    yield stage.at(21, 8, 40), lambda now: _came(stage, now)


def _plan(stage: Stage, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(HEAD), now) as work:
        plans = list(work.session.scalars(select(Plan.id).where(Plan.because.startswith("change_line:"), Plan.state == "draft").order_by(
            Plan.id)))
        for plan in plans:
            usecases.approve(work, plan)
    for plan in plans:
        with stage.quiet.begin(stage.actor(MAKER), now) as work:
            line = work.session.scalars(select(PlanLine).where(PlanLine.plan_id == plan)).one()
            trainer = work.session.scalars(select(Trainer.id).where(Trainer.person_id == stage.cast[MAKER].id)).one()
            given = {"day": stage.today - timedelta(days=22), "starts": "15:00", "ends": "16:00", "room": "培训室A",
                     "seats": max(1, len(line.people)), "trainer": trainer, "zone": stage.zone}
            try:
                holding.plan_session(work, plan, **given)  # type: ignore[arg-type]
            except InvalidInput:
                holding.plan_session(work, plan, **given, anyway=ANYWAY)  # type: ignore[arg-type]


def _came(stage: Stage, now: datetime) -> None:
    with stage.quiet.look(stage.actor(MAKER), now) as work:
        sessions = list(work.session.scalars(select(TrainingSession.id).join(Plan, Plan.id == TrainingSession.plan_id).where(
            Plan.because.startswith("change_line:"), TrainingSession.state == "planned").order_by(TrainingSession.id)))
    for session in sessions:
        with stage.quiet.begin(stage.actor(MAKER), now) as work:
            people = list(work.session.scalars(select(SessionPerson.person_id).where(
                SessionPerson.session_id == session, SessionPerson.place == Place.SEAT).order_by(SessionPerson.person_id)))
            for place, person in enumerate(people):
                if place % 6 != 4:
                    attending.sign_in_by_hand(work, session, person=person, reason="纸质签到表补录")
            holding.hold(work, session, minutes="讲了押金退到话费余额的三步操作和两类例外；现场每人操作一遍。")
