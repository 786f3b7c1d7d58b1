"""The trainer file by three sources, an observation by points, renewing by a new proof, the own file, who is reminded (C18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.notices.models import Notice
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.plans.models import Plan, SessionPerson, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.ratings import rated
from kmsvc.training.plans.rules import FACTORS
from kmsvc.training.trainers import usecases
from kmsvc.training.trainers.models import Authorisation, Observation
from kmsvc.training.trainers.queries import trainer_card, trainer_lines, with_sources
from kmsvc.training.trainers.rules import CRITERIA, points_of
from tests.support.centre import Centre

MARKS = dict(zip(CRITERIA, (5, 4, 4, 3, 5, 3), strict=True))


def opened(world: Centre, *, days: int = 30, login: str = "trainer") -> int:
    today = world.clock.today
    with world.begin("manager") as work:
        one = usecases.open_file(work, login=login, qualification="q").id
        usecases.authorise(work, one, from_on=today, until_on=today + timedelta(days=days), proof="试讲 90 分", today=today)
        return one


def test_points_come_from_the_criteria_or_as_a_whole(world: Centre) -> None:
    one, today = opened(world), world.clock.today
    assert points_of(MARKS) == 80 and points_of(dict.fromkeys(CRITERIA, 5)) == 100
    with world.begin("class_teacher") as work:
        usecases.observe(work, one, seen_on=today, note="节奏好", marks=MARKS, course="退费")
    for wrong in ({"marks": {**MARKS, "timing": 6}}, {"marks": {"timing": 3}}, {}, {"score": 101}):
        with pytest.raises(InvalidInput), world.begin("class_teacher") as work:
            usecases.observe(work, one, seen_on=today, note="n", **wrong)  # type: ignore[arg-type]
    with world.look("trainer") as work:
        card = trainer_card(work.session, work.actor, one, today)
        assert [(line.score, line.marks, line.course) for line in card.observations] == [(80, MARKS, "退费")]
        assert [(figure.code, figure.value, figure.n) for figure in card.figures] == [("observed", 80.0, 1)]
        assert work.session.scalars(select(Observation.score)).one() == 80


def test_what_learners_said_after_sessions_stands_in_the_list(world: Centre) -> None:
    one = opened(world)
    with world.begin("trainer") as work:
        work.permit(MAKE_PLANS)
        plan = Plan(number="TP-1", title="t", year=2026, purpose="other", state="running", minutes=60, cost=0, target="t",
                    evaluation="e", made_at=work.now)
        work.session.add(plan)
        work.session.flush()
        held = TrainingSession(number="TS-1", plan_id=plan.id, state="held", starts_at=work.now, ends_at=work.now + timedelta(hours=1),
                               room="r", seats=9, trainer_id=one, made_at=work.now)
        work.session.add(held)
        work.session.flush()
        for login, mark in (("agent", 5), ("agent_b", 4), ("team_leader", None)):
            work.session.add(SessionPerson(
                session_id=held.id, person_id=world.people[login], place="seat", since=work.now, present_at=work.now, how="hand",
                marks=dict.fromkeys(FACTORS, 3) | {"trainer": mark} if mark else None, rated_at=work.now if mark else None))
    with world.look("manager") as work:
        figure = rated(work.session, world.people["trainer"])[0]
        assert (figure.value, figure.n, figure.url) == (4.5, 2, f"/training/plans/sessions?trainer={one}")
        assert rated(work.session, world.people["agent"]) == ()
        line = with_sources(work.session, trainer_lines(work.session, work.actor, world.clock.today))[0]
        assert line.rating is not None and Decimal(str(line.rating.value)) == Decimal("4.5") and line.passed is None


def test_renewing_goes_on_from_the_last_day_by_a_new_proof_and_ends_the_duty(world: Centre) -> None:
    one, today = opened(world), world.clock.today
    with world.begin("system") as work:
        run_duties(work, today)
    world.drain(index=False)
    with world.look() as work:
        kinds = dict(work.session.execute(select(Notice.person_id, Notice.kind).where(
            Notice.kind.startswith("training.trainer")).order_by(Notice.id)).all())
        held = work.session.scalars(select(Authorisation.id)).one()
    assert kinds[world.people["trainer"]] == "training.trainer.renew" and kinds[world.people["manager"]] == "training.trainer.renew_of"
    for until in (today, today + timedelta(days=30)):
        with pytest.raises(InvalidInput), world.begin("manager") as work:
            usecases.renew(work, one, authorisation=held, until_on=until, proof="p", today=today)
    with world.begin("manager") as work:
        usecases.renew(work, one, authorisation=held, until_on=today + timedelta(days=395), proof="复训考试 95 分", today=today)
        run_duties_as = usecases.is_authorised(work.session, world.people["trainer"], None, today + timedelta(days=31))
    assert run_duties_as
    with world.begin("system") as work:
        run_duties(work, today)
    with world.look() as work:
        done = work.session.scalars(select(Obligation).where(Obligation.period == f"authorisation {held}")).one()
        assert (done.state, done.done_on) == ("done", today), "the day of the centre"


def test_a_trainer_without_the_right_reads_the_own_file_alone(world: Centre, client: Callable[..., Any]) -> None:
    mine, other = opened(world, login="team_leader"), opened(world)
    with world.look("team_leader") as work:
        assert trainer_card(work.session, work.actor, mine, world.clock.today).line.name == "Team Leader"
        with pytest.raises(NotFound):
            trainer_card(work.session, work.actor, other, world.clock.today)
    page = client("team_leader").get(f"/training/trainers/{mine}")
    assert page.status_code == 200 and "do-authorise" not in page.text
    assert client("team_leader").get("/training/trainers").status_code == 403


def test_the_list_is_filtered_paged_and_exported(world: Centre, client: Callable[..., Any]) -> None:
    opened(world)
    with world.begin("manager") as work:
        usecases.open_file(work, login="agent", qualification="q")
    api = "/api/v1/training/trainers"
    browser = client("manager")
    first = browser.get(f"{api}?limit=1").get_json()
    assert len(first["items"]) == 1 and browser.get(f"{api}?limit=1&cursor={first['next']}").get_json()["next"] is None
    assert [[one["name"] for one in browser.get(f"{api}?stand={stand}").get_json()["items"]] for stand in (
        "authorised", "ending", "none")] == [["Trainer"], ["Trainer"], ["Agent"]]
    assert browser.get("/training/trainers?format=csv&stand=none").get_data().decode("utf-8-sig").count("\n") == 2
    made = browser.post(f"/training/trainers/{browser.get(api).get_json()['items'][0]['id']}/observe", data={
        "seen_on": str(world.clock.today), "note": "仔细", "content": "3"})
    assert made.status_code == 422 and "仔细" in made.text
