"""Surveys as tests need them, through the real use cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kmsvc.training.needs import answering, designing, usecases
from kmsvc.training.needs.designing import FormText
from tests.support.centre import Centre

QUESTIONS: list[dict[str, Any]] = [
    {"key": "q1", "kind": "multiple", "text": "最想参加哪些培训？", "options": ["退费规则", "情绪安抚", "系统操作"],
     "required": True, "wish": True},
    {"key": "q2", "kind": "scale", "text": "对宽带报障有多熟？", "required": True, "wish": True},
    {"key": "q3", "kind": "single", "text": "什么时候上课好？", "options": ["上午", "下午"], "required": False, "wish": False},
    {"key": "q4", "kind": "text", "text": "还想说什么？", "required": False, "wish": False},
]
ANSWERS = {"q1": ["退费规则", "系统操作"], "q2": 2, "q3": "上午"}


def begin_survey(world: Centre, *, year: int = 2026, who: str = "trainer", days: int = 14) -> int:
    """A survey of a year, without questionnaires."""
    with world.begin(who) as work:
        return usecases.plan_campaign(work, year=year, due_on=world.clock.today + timedelta(days=days), today=world.clock.today).id


def add_form(world: Centre, campaign_id: int, *, title: str = "问卷", who: str = "trainer", **more: Any) -> int:
    """A questionnaire of it."""
    with world.begin(who) as work:
        return designing.add_form(work, campaign_id, FormText(title, more.pop("questions", QUESTIONS), **more)).id


def send(world: Centre, campaign_id: int, *, who: str = "trainer", days: int = 14) -> None:
    """Everybody is asked."""
    with world.begin(who) as work:
        usecases.send_campaign(work, campaign_id, due_on=world.clock.today + timedelta(days=days), today=world.clock.today)


def answer(world: Centre, campaign_id: int, who: str, answers: dict[str, Any] | None = None) -> None:
    """One person answers."""
    with world.begin(who) as work:
        answering.answer_needs(work, campaign_id, ANSWERS if answers is None else answers, today=world.clock.today)


def close(world: Centre, campaign_id: int) -> None:
    """Answering ends."""
    with world.begin("trainer") as work:
        usecases.close_campaign(work, campaign_id)


def interview(world: Centre, campaign_id: int, *, share: int = 10, seed: str = "s") -> None:
    """Drawn, all held, finished."""
    with world.begin("trainer") as work:
        usecases.draw_interviews(work, campaign_id, share=share, seed=seed)
    with world.look() as work:
        ids = [one.id for one in usecases.interviews_of(work, campaign_id)]
    for one in ids:
        with world.begin("trainer") as work:
            answering.note_interview(work, campaign_id, one, today=world.clock.today, held_on=world.clock.today, confirms="yes",
                                     note="说法一致")
    with world.begin("trainer") as work:
        usecases.finish_interviews(work, campaign_id)


def meet(world: Centre, campaign_id: int) -> None:
    """Management meets."""
    with world.begin("trainer") as work:
        usecases.hold_meeting(work, campaign_id, met_on=world.clock.today, people=["manager", "trainer"], minutes="讨论结果",
                              decisions="先做退费规则", today=world.clock.today)


def sign(world: Centre, campaign_id: int, *, who: str = "manager") -> None:
    """The report is signed."""
    with world.begin(who) as work:
        usecases.sign_campaign(work, campaign_id, conclusion="退费规则最疼", today=world.clock.today)


def signed(world: Centre, *, people: tuple[str, ...] = ("agent", "agent_b", "marker", "auditor", "manager")) -> int:
    """A whole survey."""
    one = begin_survey(world)
    add_form(world, one)
    send(world, one)
    for who in people:
        answer(world, one, who)
    close(world, one)
    interview(world, one)
    meet(world, one)
    sign(world, one)
    return one
