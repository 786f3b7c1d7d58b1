"""The bench of papers, exams and practice: papers picked, fixed and ready; an exam being planned, one announced;
rounds of practice of the agent, one a mock exam."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.training.exams import usecases as exams
from kmsvc.training.exams.models import ExamRoom
from kmsvc.training.exams.queries import rooms_of
from kmsvc.training.exams.rules import Room
from kmsvc.training.papers import usecases as papers
from kmsvc.training.papers.blueprint import Blueprint, Cell
from kmsvc.training.papers.usecases import Draft
from kmsvc.training.practice.models import MistakeCard
from kmsvc.training.practice.usecases import answer, begin_run, put_aside
from kmsvc.training.questions.kinds import Question, ShortAnswer
from tests.support.clock import ZONE
from tests.training.banks import make_bank, make_topic, put, write_anew

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
PAPERS, EXAMS, PRACTICE = "/training/papers", "/training/exams", "/training/practice"
ANY = {"kind": "single", "count": 1, "points": 2}
PICKED = {"title": "another", "way": "picked"}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}{PAPERS}{place}" for door in DOORS for place in ("", "/{paper_id}/edit")), PICKED),
    f"POST /api/v1{PAPERS}/check": {"cells": [ANY]}, f"POST {PAPERS}/check": {"c-any-single": "1", "p-single": "2"},
    **{f"POST {door}{PAPERS}/{{paper_id}}/withdraw": {"reason": "r"} for door in DOORS},
    **dict.fromkeys((f"POST {door}{PAPERS}/{{paper_id}}/compose" for door in DOORS), {"seed": "2"}),
    f"POST {EXAMS}/{{exam_id}}/plan/{{plan_step}}": {"duration_min": "20"},
    f"POST /api/v1{EXAMS}/{{exam_id}}/edit": {"duration_min": 20},
    **dict.fromkeys((f"POST {door}{EXAMS}/{{exam_id}}/copy" for door in DOORS), {"opens_at": "2026-05-11T09:00"}),
    **dict.fromkeys((f"POST {door}{EXAMS}/{{exam_id}}/cancel" for door in DOORS), {"reason": "r"}),
    f"POST {EXAMS}/{{exam_id}}/people/rule": {"rule": "unit", "value": "TEAM-B"},
    f"POST /api/v1{EXAMS}/{{exam_id}}/find": {"rule": "unit", "value": "TEAM-B"},
    f"POST {EXAMS}/{{exam_id}}/people/list": {"people": "agent_b"}, f"POST /api/v1{EXAMS}/{{exam_id}}/candidates": {"people": "agent_b"},
    **{f"POST {door}{EXAMS}/{{exam_id}}/{verb}": {"people": "agent"} for door, verb in (
        ("", "people/remove"), ("", "people/make_up"), ("/api/v1", "remove"), ("/api/v1", "make_up"))},
    f"POST {EXAMS}/{{exam_id}}/rooms": {"rooms": "202 9"},
    f"POST /api/v1{EXAMS}/{{exam_id}}/rooms": {"rooms": [{"name": "202", "seats": 9}]},
    **dict.fromkeys((f"POST {door}{EXAMS}/{{exam_id}}/markers" for door in DOORS), {"markers": "marker"}),
    **dict.fromkeys((f"POST {door}{PRACTICE}" for door in DOORS), {"mode": "daily"}),
    f"POST {PRACTICE}/{{run_id}}/answer": {"place": "1", "give_up": "1"}, f"POST /api/v1{PRACTICE}/{{run_id}}/answer": {"place": "1"},
    **dict.fromkeys((f"POST {door}{PRACTICE}/{{run_id}}/judge" for door in DOORS), {"place": "3", "verdict": "partly"}),
}


def add_rows(rows: Rows) -> None:
    """The rows."""
    world = rows.world
    opens_at = world.clock.now + timedelta(days=70)
    with world.begin("trainer") as work:
        bank, topic = make_bank(work, "bench"), make_topic(work, "bench")
        written = make_topic(work, "bench words")
        with_picture = put(work, bank, written, "short_answer", 5)
        for one in with_picture:
            write_anew(work, one, Question(f"![p](attachment:{_stored(rows)})", ShortAnswer()))
        asked, apart = put(work, bank, topic, "single", 12), put(work, bank, topic, "true_false", 3)
        it = Blueprint((Cell(None, "single", 2, Decimal(2)),), 60)
        draft = papers.make_paper(work, Draft("draft", "picked"))
        papers.pick(work, draft.id, [(asked[0], None)])
        fixed = papers.make_paper(work, Draft("fixed", "fixed", blueprint=it, seed="1"))
        used, free = papers.make_paper(work, Draft("used", "each", blueprint=it)), papers.make_paper(work, Draft("free", "picked"))
        papers.pick(work, free.id, [(one, None) for one in apart])
        for one in (used, free):
            papers.ready(work, one.id)
        planned, announced = (exams.plan_exam(work, exams.Wish("t", used.id, opens_at, "weekly"), zone=ZONE) for _ in range(2))
        for one in (planned, announced):
            exams.add_candidates(work, one.id, [world.people["agent"], world.people["team_leader"]])
        exams.set_rooms(work, planned.id, [Room("201", 1)])
        work.get(ExamRoom, rooms_of(work.session, planned.id)[0].id).seats = 5
        exams.publish(work, announced.id, zone=ZONE)
        unplaced = exams.copy_exam(work, planned.id, opens_at, zone=ZONE)
        exams.place_people(work, planned.id)
    with world.begin("agent") as work:
        daily = begin_run(work, "daily", today=world.clock.today - timedelta(days=1))
        mock = begin_run(work, "mock", today=world.clock.today, paper_id=free.id)
        words = begin_run(work, "topic", today=world.clock.today, topic_id=written.id)
        for place in (1, 2, 3, 4):
            answer(work, words.id, place, "x" if place > 2 else None, today=world.clock.today)
        cards = list(work.session.scalars(select(MistakeCard.id).order_by(MistakeCard.id)))
        put_aside(work, cards[1], today=world.clock.today)
    rows.values |= {"paper_id": draft.id, "exam_id": planned.id, "plan_step": 3, "run_id": daily.id, "card_id": cards[0],
                    "picture": _stored(rows)}
    rows.instead |= {("paper_id", "compose"): fixed.id, ("paper_id", "reopen"): free.id, ("exam_id", "take_back"): announced.id,
                     ("exam_id", "redraw"): announced.id, ("exam_id", "place"): unplaced.id, ("run_id", "hand_in"): mock.id,
                     ("run_id", "judge"): words.id, ("card_id", "again"): cards[1],
                     ("run_id", "<picture>"): words.id}


def _stored(rows: Rows) -> str:
    """A picture that is kept already, by its SHA-256."""
    return str(rows.values["sha256"])


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Bodies with numbers of the moment."""
    if route.name in (f"POST {PAPERS}/{{paper_id}}/pick", f"POST /api/v1{PAPERS}/{{paper_id}}/pick"):
        asked = rows.values["bench_question"] = rows.values.get("bench_question") or _question(rows)
        return {"questions": [{"question_id": asked, "points": 3}]} if route.is_api else {"question": asked, f"points-{asked}": "3"}
    if route.name in (f"POST {EXAMS}", f"POST /api/v1{EXAMS}"):
        return {"title": "t", "paper": rows.instead["paper_id", "reopen"], "opens_at": "2026-05-11T09:00"}
    if route.name in (f"POST {EXAMS}/{{exam_id}}/people/extra", f"POST /api/v1{EXAMS}/{{exam_id}}/extra"):
        return {"person": rows.world.people["agent"], "minutes": 5, "reason": "r"}
    return None


def _question(rows: Rows) -> int:
    from kmsvc.training.papers.giving import rows_of
    with rows.world.look() as work:
        return rows_of(work.session, rows.values["paper_id"])[0][1]
