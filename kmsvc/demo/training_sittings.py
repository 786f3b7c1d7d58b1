"""Exams of the demo are sat: whoever is invited while one is open answers it, most well, some in haste; in one that is open now people
are in the middle of it. Exams come from the story that plans them; nothing here knows which there are."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.demo.content.sittings import ABOUT, PHRASES, TODAY, WRONG_WORDS
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.people import add_candidates, set_markers
from kmsvc.training.exams.states import ExamState
from kmsvc.training.exams.usecases import Wish, plan_exam, publish
from kmsvc.training.papers.rules import PaperWay
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    FileAnswer,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings import queries, usecases
from kmsvc.training.sittings.frozen import drawn_for
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.timing import window_of
from kmsvc.training.sittings.usecases import Came

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
PLANNER, MARKERS = "fangyuan", ("chengyuqing", "hejia")
QUICK = {Kind.SINGLE: 6, Kind.MULTIPLE: 3, Kind.TRUE_FALSE: 3}
PEOPLE = 11
MOST = 12
"""people of one exam, at most: the demo is built again and again"""


def sat(stage: Stage, now: datetime) -> list[Iterator[tuple[datetime, Told]]]:
    """Each afternoon of the last weeks; an exam of today, announced yesterday, that some are in the middle of."""
    return [_afternoons(stage, now), _today(stage, now)]


def _today(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Told]]:
    yield min(stage.at(1, 16, 20), now - timedelta(hours=2)), lambda at: _announce(stage, at, now - timedelta(minutes=20))


def _announce(stage: Stage, at: datetime, opens_at: datetime) -> None:
    """One question of every kind there is, a few more of the quick ones."""
    with stage.db.begin(stage.actor(PLANNER), at) as work:
        chosen: list[int] = []
        for kind in Kind:
            chosen += work.session.scalars(select(QuestionRow.id).where(
                QuestionRow.kind == kind.value, QuestionRow.state == "active").order_by(QuestionRow.id.desc()).limit(QUICK.get(kind, 1)))
        if len(chosen) < 4:
            return
        paper = make_paper(work, Draft(TODAY, PaperWay.PICKED.value, pass_percent=80))
        pick(work, paper.id, [(one, Decimal(5)) for one in chosen])
        ready(work, paper.id)
        exam = plan_exam(work, Wish(TODAY, paper.id, opens_at, changes={
            "about": ABOUT, "closes_at": opens_at + timedelta(hours=3), "duration_min": 60, "make_up_opens_at": None,
            "make_up_closes_at": None, "attempts": 1, "pass_percent": 80, "release_at": opens_at + timedelta(hours=24),
            "review_opens_at": opens_at + timedelta(hours=24), "review_closes_at": opens_at + timedelta(days=20), "appeal_days": 3}),
            zone=stage.zone)
        agents = [person.id for _, person in sorted(stage.cast.items()) if "agent" in person.role_names]
        add_candidates(work, exam.id, agents[:PEOPLE])
        set_markers(work, exam.id, [stage.cast[login].id for login in MARKERS])
        publish(work, exam.id, zone=stage.zone)


def _afternoons(stage: Stage, now: datetime) -> Iterator[tuple[datetime, Told]]:
    for days_ago in range(30, 0, -1):
        yield stage.at(days_ago, 15, 30), lambda at: _open_ones(stage, at, whole=True)
    yield now - timedelta(minutes=14), lambda at: _open_ones(stage, at, whole=False)


def _open_ones(stage: Stage, now: datetime, *, whole: bool) -> None:
    with stage.quiet.look(stage.actor(next(iter(sorted(stage.actors))))) as work:
        invited = [(exam.id, one.person_id) for exam, one in work.session.execute(select(Exam, ExamCandidate).join(
            ExamCandidate, ExamCandidate.exam_id == Exam.id).where(Exam.state == ExamState.PUBLISHED).order_by(
            Exam.id, ExamCandidate.person_id)) if window_of(exam, one)[0] <= now < window_of(exam, one)[1]]
        begun = {(row.exam_id, row.person_id) for row in work.session.execute(select(Sitting.exam_id, Sitting.person_id))}
    logins = stage.logins
    left: dict[int, int] = {}
    under_way: list[tuple[datetime, int, Told, Iterator[tuple[datetime, Told]]]] = []

    def queue(number: int, steps: Iterator[tuple[datetime, Told]]) -> None:
        following = next(steps, None)
        if following is not None:
            heappush(under_way, (following[0], number, following[1], steps))
    for number, (exam_id, person_id) in enumerate(invited):
        left[exam_id] = left.get(exam_id, 0) + 1
        if (exam_id, person_id) not in begun and person_id in logins and left[exam_id] <= MOST:
            queue(number, _steps(stage, exam_id, logins[person_id], now + timedelta(seconds=3 * number),
                                 skill=0.55 + (person_id * 7 % 9) / 20, whole=whole, place=left[exam_id]))
    while under_way:  # side by side, as the clock goes
        at, number, act, steps = heappop(under_way)
        act(at)
        queue(number, steps)


def sit(stage: Stage, exam_id: int, login: str, now: datetime, *, skill: float, place: int = 1) -> None:
    """One person sits an exam from `now` on to its end. skill: share of right answers."""
    for at, act in _steps(stage, exam_id, login, now, skill=skill, whole=True, place=place):
        act(at)


def _steps(stage: Stage, exam_id: int, login: str, now: datetime, *, skill: float, whole: bool,
           place: int) -> Iterator[tuple[datetime, Told]]:
    """What one person does, and when: several are played side by side. whole: to the end, else in the middle of it."""
    actor, lot = stage.actor(login), random.Random(f"{exam_id}/{login}")
    held: dict[str, Any] = {}

    def begin(at: datetime) -> None:
        with stage.db.look(actor, at) as work:
            drawn = drawn_for(work.session, work.session.get_one(Exam, exam_id), actor.person_id or 0)
        with stage.db.begin(actor, at) as work:
            held["id"] = usecases.begin_sitting(work, exam_id, drawn).id
        with stage.db.look(actor, at) as work:
            items = queries.items_of(work.session, queries.own_card(work.session, actor, held["id"], at))
        done = items if whole else items[:max(1, len(items) * (place % 5) // 5)]
        held["items"] = items
        held["came"] = [Came(one.place, number, answer_to(one.question, lot, skill), lot.random() < 0.1)
                        for number, one in enumerate(done, 1)]

    def save(at: datetime, start: int) -> None:
        with stage.db.begin(actor, at) as work:
            usecases.save_answers(work, held["id"], held["came"][start:start + 8], held["items"], f"demo-{login}")

    def leave(at: datetime) -> None:
        with stage.db.begin(actor, at) as work:
            usecases.note_focus(work, held["id"], "back", f"demo-{login}", away_s=20 + place)

    def hand_in(at: datetime) -> None:
        with stage.db.begin(actor, at) as work:
            usecases.submit(work, held["id"])
    yield now, begin
    if place % 4 == 0:
        yield now + timedelta(minutes=1), leave
    for start in range(0, len(held["came"]), 8):
        at = now + timedelta(seconds=70 + 20 * start)
        yield at if whole else min(at, now + timedelta(minutes=12)), partial(save, start=start)
    if whole or place % 6 == 5:
        yield now + timedelta(seconds=90 + 20 * len(held["came"])), hand_in


def answer_to(question: Question, lot: random.Random, skill: float) -> Any:
    """An answer, right as often as `skill` says; files are left out."""
    body, right = question.body, lot.random() < skill
    if isinstance(body, Choice):
        keys = list(body.keys) if right else [lot.choice(body.options).id]
        return keys if body.several else keys[0] if keys else None
    if isinstance(body, TrueFalse):
        return bool(body.key) == right
    if isinstance(body, FillIn):
        return {one.id: one.accepted[0] if right and one.accepted else lot.choice(WRONG_WORDS) for one in body.blanks}
    if isinstance(body, Numeric):
        return str(body.value if right and body.value is not None else lot.randrange(1, 30))
    if isinstance(body, Ordering):
        ids = [one.id for one in body.items]
        return ids if right else lot.sample(ids, len(ids))
    if isinstance(body, Matching):
        return dict(body.key) if right else {one.id: lot.choice(body.rights).id for one in body.lefts}
    if isinstance(body, ShortAnswer):
        said = body.model_answer if right and body.model_answer else lot.choice(PHRASES)
        return said[:body.longest] if body.longest else said
    if isinstance(body, Case):
        return {part.id: answer_to(part.question, lot, skill) for part in body.parts}
    assert isinstance(body, FileAnswer)
    return None
