"""The file of a trainer: authorised by somebody else, with proof, for days and courses; withdrawn; observed; reminded (C18, #79)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.trainers import usecases
from kmsvc.training.trainers.duties import RENEW
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.queries import trainer_card
from kmsvc.training.trainers.rules import Covered, may_teach
from tests.support.centre import Centre

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(("held", "course", "day", "may"), [
    (Covered(None, DAY, DAY), 7, DAY, True), (Covered(7, DAY, DAY), 7, DAY, True), (Covered(8, DAY, DAY), 7, DAY, False),
    (Covered(7, DAY, DAY), None, DAY, False), (Covered(7, DAY, DAY), 7, DAY + timedelta(days=1), False),
    (Covered(7, DAY, DAY), 7, DAY - timedelta(days=1), False), (Covered(7, DAY, DAY, withdrawn_on=DAY), 7, DAY, False)])
def test_an_authorisation_covers_its_course_and_its_days(held: Covered, course: int | None, day: date, may: bool) -> None:
    assert may_teach([held], course, day) is may and may_teach([], course, day) is False


def opened(world: Centre) -> int:
    with world.begin("manager") as work:
        return usecases.open_file(work, login="trainer", qualification="企业培训师二级").id


def test_only_somebody_else_authorises_and_only_with_the_right(world: Centre) -> None:
    one, today = opened(world), world.clock.today
    with pytest.raises(NotPermitted), world.begin("trainer") as work:
        usecases.authorise(work, one, from_on=today, until_on=today, proof="p")
    with pytest.raises(InvalidInput), world.begin("manager") as work:
        usecases.open_file(work, login="trainer", qualification="again")
    with pytest.raises(InvalidInput), world.begin("manager") as work:
        usecases.open_file(work, login="nobody", qualification="q")
    with pytest.raises(InvalidInput), world.begin("manager") as work:
        usecases.authorise(work, one, from_on=today, until_on=today - timedelta(days=1), proof="p")
    with pytest.raises(InvalidInput), world.begin("manager") as work:
        usecases.authorise(work, one, from_on=today, until_on=today, proof="p", course="C-9999")
    with world.begin("manager") as work:
        mine = usecases.open_file(work, login="manager", qualification="q").id
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.authorise(work, mine, from_on=today, until_on=today, proof="p")


def test_what_is_withdrawn_counts_no_longer_and_stays_in_the_file(world: Centre) -> None:
    one, today = opened(world), world.clock.today
    with world.begin("manager") as work:
        usecases.authorise(work, one, from_on=today, until_on=today + timedelta(days=365), proof="证书号 12")
    with world.look("manager") as work:
        person = work.get(Trainer, one).person_id
        assert usecases.is_authorised(work.session, person, None, today)
        held = trainer_card(work.session, work.actor, one, today).authorisations[0]
        assert held.holds and held.proof == "证书号 12" and held.given_by == "Manager"
    with world.begin("manager") as work:
        usecases.withdraw(work, one, authorisation=held.id, reason="调岗", today=today)
    with world.look("manager") as work:
        assert not usecases.is_authorised(work.session, person, None, today)
        after = trainer_card(work.session, work.actor, one, today)
        assert [(line.withdrawn_on, line.reason) for line in after.authorisations] == [(today, "调岗")] and after.line.until_on is None
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.withdraw(work, one, authorisation=held.id, reason="r", today=today)


def test_an_observation_is_somebody_elses_and_a_stranger_sees_no_file(world: Centre) -> None:
    one, today = opened(world), world.clock.today
    with world.begin("class_teacher") as work:
        usecases.observe(work, one, seen_on=today, score=86, note="节奏好")
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.observe(work, one, seen_on=today, score=100, note="n")
    with pytest.raises(InvalidInput), world.begin("class_teacher") as work:
        usecases.observe(work, one, seen_on=today, score=101, note="n")
    with world.look("trainer") as work:
        assert [(line.score, line.by) for line in trainer_card(work.session, work.actor, one, today).observations] == [
            (86, "Class Teacher")]
    with world.look("agent") as work, pytest.raises(NotFound):
        trainer_card(work.session, work.actor, one, today)


def test_the_end_of_an_authorisation_is_a_duty_until_a_longer_one_is_given(world: Centre) -> None:
    one, today = opened(world), world.clock.today

    def duties() -> list[tuple[str, date, bool]]:
        with world.begin("system") as work:
            run_duties(work, today)
        with world.look("manager") as work:
            return [(duty.period, duty.due_on, duty.done_on is not None) for duty in work.session.scalars(
                select(Obligation).where(Obligation.rule == RENEW).order_by(Obligation.due_on))]
    with world.begin("manager") as work:
        usecases.authorise(work, one, from_on=today, until_on=today + timedelta(days=30), proof="p")
    assert [(due, done) for _, due, done in duties()] == [(today + timedelta(days=30), False)]
    with world.begin("manager") as work:
        usecases.authorise(work, one, from_on=today, until_on=today + timedelta(days=400), proof="p")
    assert [done for _, _, done in duties()][0] is True


def test_page_and_json_do_the_same(world: Centre, client: Callable[..., Any]) -> None:
    one, today = opened(world), world.clock.today
    browser = client("manager")
    for page in ("/training/trainers", "/training/trainers/new", f"/training/trainers/{one}"):
        assert browser.get(page).status_code == 200, page
    wrong = browser.post(f"/training/trainers/{one}/authorise", data={"from_on": str(today), "until_on": "", "proof": "证书 77"})
    assert wrong.status_code == 422 and "证书 77" in wrong.get_data(as_text=True)  # what was typed stays
    made = browser.post(f"/training/trainers/{one}/authorise", data={"from_on": str(today), "until_on": str(today), "proof": "证书 77"})
    assert made.status_code in (302, 303)
    assert browser.get(f"/api/v1/training/trainers/{one}").get_json()["authorisations"][0]["proof"] == "证书 77"
