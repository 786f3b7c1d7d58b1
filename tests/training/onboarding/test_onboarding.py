"""A class of newcomers: forms, notes, talks, decisions with undo, the board; who may do what; what never changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.training.onboarding import queries, rules, usecases
from kmsvc.training.onboarding.deciding import GoLive
from kmsvc.training.onboarding.models import Trainee
from kmsvc.training.onboarding.rules import Programme
from kmsvc.training.onboarding.weeks import Light, WeekSign
from tests.support.centre import Centre

START = date(2026, 3, 2)


def newcomer(world: Centre) -> tuple[int, int]:
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], starts_on=START).id
        return one, usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"]).id


def on(number: int) -> date:
    return rules.day_of(Programme(START), number)


def fill(world: Centre, who: int, days: range) -> None:
    for login, part in (("agent", "newcomer"), ("class_teacher", "class_teacher")):
        with world.begin(login) as work:
            for day in days:
                usecases.hand_in(work, who, form="training", day=day, part=part, answers={"text": "学了"}, today=on(day))


def lights(world: Centre, one: int, day: date) -> list[str]:
    with world.look("class_teacher") as work:
        return [it.light.value for it in queries.board(work.session, work.actor, one, day)[0].weeks]


def test_the_board_shows_weeks_as_lights_and_says_why(world: Centre) -> None:
    one, who = newcomer(world)
    assert lights(world, one, on(3))[:2] == [Light.AMBER, Light.GREY], "two forms are missing"
    fill(world, who, range(1, 6))
    with world.begin("class_teacher") as work:
        usecases.decide(work, who, "go_on", reason="顺利", today=on(5))
    assert lights(world, one, on(6))[:3] == [Light.GREEN, Light.GREEN, Light.GREY]
    assert lights(world, one, on(9))[1] == Light.RED
    with world.begin("agent_b") as work:
        usecases.note_day(work, who, kind="absent", on=on(6), today=on(6), text="病假")
    with world.look("class_teacher") as work:
        week = queries.board(work.session, work.actor, one, on(7))[0].weeks[1]
    assert week.signs == (WeekSign.FORM, WeekSign.ABSENT)


def test_each_part_of_a_form_is_for_whom_it_is_asked_of(world: Centre) -> None:
    _, who = newcomer(world)
    for login, part, wrong in (("agent", "class_teacher", NotPermitted), ("agent_b", "newcomer", NotPermitted)):
        with pytest.raises(wrong), world.begin(login) as work:
            usecases.hand_in(work, who, form="training", day=1, part=part, answers={}, today=on(1))
    for day, today in ((2, on(1)), (41, on(40))):
        with pytest.raises(InvalidInput), world.begin("agent") as work:
            usecases.hand_in(work, who, form="training", day=day, part="newcomer", answers={}, today=today)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.hand_in(work, who, form="exam", day=10, part="trainer", answers={}, today=on(10))


def test_a_decision_is_taken_back_unless_it_is_final(world: Centre) -> None:
    _, who = newcomer(world)
    with world.begin("class_teacher") as work:
        made = usecases.decide(work, who, "extend", days=5, reason="病了一周", today=on(12)).id
    with world.look() as work:
        assert queries.programme_of(work.session, work.get(Trainee, who)).last == 45
    with world.begin("class_teacher") as work:
        usecases.undo_decision(work, made, reason="不必")
    with world.look() as work:
        assert queries.programme_of(work.session, work.get(Trainee, who)).last == 40
    with world.begin("class_teacher") as work:
        left = usecases.decide(work, who, "leave", reason="本人辞职", today=on(13)).id
    for day in (None, on(14)):
        with pytest.raises(RuleBroken), world.begin("class_teacher") as work:
            usecases.undo_decision(work, left, reason="后悔", today=day)
    with world.begin("class_teacher") as work:
        usecases.undo_decision(work, left, reason="按错了", today=on(13))
    with world.look() as work:
        assert (work.get(Trainee, who).state, work.get(Trainee, who).ended_on) == ("running", None)


@pytest.mark.parametrize(("verb", "days", "reason", "wrong"), [
    ("extend", 21, "r", InvalidInput), ("extend", None, "r", InvalidInput), ("go_on", None, " ", InvalidInput),
    ("enter_team", None, "r", RuleBroken)])
def test_a_decision_that_cannot_be_is_refused(world: Centre, verb: str, days: int | None, reason: str, wrong: type[Exception]) -> None:
    _, who = newcomer(world)
    with pytest.raises(wrong), world.begin("class_teacher") as work:
        usecases.decide(work, who, verb, days=days, reason=reason, today=on(20))


def test_nobody_enters_the_team_with_something_lacking_and_everybody_with_all(world: Centre) -> None:
    _, who = newcomer(world)
    with world.begin("class_teacher") as work:
        for item in GoLive:
            if item != GoLive.QUALITY:
                usecases.tick(work, who, item.value, proof="见档案", reason="纸质记录")
    with pytest.raises(RuleBroken), world.begin("class_teacher") as work:
        usecases.decide(work, who, "enter_team", reason="都有了", today=on(40))
    with world.begin("agent_b") as work:
        for day in (31, 35):
            usecases.note_day(work, who, kind="quality", on=on(day), today=on(40), score=Decimal("85.5"))
    with world.begin("class_teacher") as work:
        usecases.decide(work, who, "enter_team", reason="都有了", today=on(40))
    with world.look() as work:
        row = work.get(Trainee, who)
        assert (row.state, row.ended_on) == ("in_team", on(40))


def test_what_was_said_in_a_talk_never_changes(world: Centre) -> None:
    _, who = newcomer(world)
    with world.begin("class_teacher") as work:
        usecases.hold_talk(work, who, talk="first", held_on=on(20), shortcomings="语速快", advice="慢一点", today=on(20))
    for sql in ("UPDATE training_onboarding_talk SET advice = 'x'", "DELETE FROM training_onboarding_talk"):
        with pytest.raises(DBAPIError), world.begin("operator") as work:
            work.session.execute(text(sql))


def test_others_see_nothing_and_nobody_ticks_or_decides_the_own(world: Centre) -> None:
    one, who = newcomer(world)
    for login in ("marker", "qa_inspector"):
        with pytest.raises(NotFound), world.look(login) as work:
            queries.class_of(work.session, work.actor, one)
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.tick(work, who, "nda", proof="自己签的")
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.decide(work, who, "go_on", reason="我很好", today=on(5))


@pytest.mark.parametrize("starts_on", [date(2026, 3, 1), date(2026, 2, 17)])
def test_a_class_begins_on_a_working_day(world: Centre, starts_on: date) -> None:
    with pytest.raises(InvalidInput), world.begin("class_teacher") as work:
        usecases.plan_class(work, name="班", teacher_id=world.people["class_teacher"], starts_on=starts_on)


def test_make_up_days_count_and_holidays_do_not(world: Centre) -> None:
    assert on(40) > START + timedelta(days=54), "Qingming and Labour Day lie between"


def test_pages_and_json_do_the_same(world: Centre, client: Callable[..., Any]) -> None:
    teacher, base = client("class_teacher"), "/training/onboarding"
    day = str(on(1))
    lost = teacher.post(f"{base}/classes", data={"name": "三月班", "teacher": "nobody", "starts_on": day})
    assert lost.status_code == 422 and "三月班" in lost.text and "There is no such account." in lost.text
    made = teacher.post(f"/api/v1{base}/classes", json={"name": "三月班", "teacher": "class_teacher", "starts_on": day}).get_json()
    assert teacher.post(f"{base}/classes/{made['id']}/join", data={"person": "agent", "mentor": "agent_b"}).status_code in (302, 303)
    one = teacher.get(f"/api/v1{base}/classes/{made['id']}").get_json()["trainees"][0]
    world.clock.move(days=max(0, (on(3) - world.clock.today).days))
    noted = teacher.post(f"{base}/trainees/{one['id']}/note", data={"kind": "attention", "text": "跟不上"})
    assert noted.status_code in (302, 303), noted.text[:300]
    assert "attention" not in teacher.post(f"{base}/trainees/{one['id']}/note", data={"kind": "quality"}).headers
    for who, path in (("class_teacher", ""), ("agent", "/today"), ("class_teacher", f"/classes/{made['id']}"),
                      ("agent", f"/trainees/{one['id']}"), ("agent_b", f"/trainees/{one['id']}")):
        page = client(who).get(f"{base}{path}")
        assert page.status_code == 200, (who, path, page.text[:300])
    assert client("marker").get(f"{base}/trainees/{one['id']}").status_code == 404
