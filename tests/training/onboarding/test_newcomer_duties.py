"""Reminders of newcomers' forms, talks and decisions: rules of the one engine, on working days of the centre's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.notices.models import Mail, Notice
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.onboarding import duties, queries, rules, usecases
from kmsvc.training.onboarding.finding import people_of
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.rules import Programme
from tests.support.centre import Centre

START = date(2026, 3, 2)


def newcomer(world: Centre, *, starts_on: date = START, confirmation_on: date | None = None) -> tuple[int, int]:
    """(class, newcomer): the agent, with a mentor of the other team."""
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], starts_on=starts_on).id
        return one, usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"],
                                         confirmation_on=confirmation_on).id


def on(number: int, starts_on: date = START) -> date:
    return rules.day_of(Programme(starts_on), number)


def run(world: Centre, day: date) -> None:
    with world.begin("system") as work:
        assert run_duties(work, day).failed == {}
    world.drain(index=False)


def fill(world: Centre, who: int, days: range, login: str = "agent", part: str = "newcomer") -> None:
    with world.begin(login) as work:
        for day in days:
            usecases.hand_in(work, who, form="training", day=day, part=part, answers={"text": "学了"}, today=on(40))


def told(world: Centre, login: str) -> list[str]:
    with world.look() as work:
        return [one.kind.removeprefix("training.onboarding.") for one in work.session.scalars(select(Notice).where(
            Notice.person_id == world.people[login], Notice.kind.startswith("training.onboarding")).order_by(Notice.id))]


def open_duties(world: Centre, rule: str = duties.FORM) -> dict[str, date]:
    with world.look() as work:
        return {one.period: one.due_on for one in work.session.scalars(select(Obligation).where(
            Obligation.rule == rule, Obligation.state == "open").order_by(Obligation.id))}


def test_r_j2_three_idle_days_remind_once_and_the_superior_hears_of_it(world: Centre) -> None:
    _, who = newcomer(world)
    fill(world, who, range(1, 3))
    fill(world, who, range(1, 3), "class_teacher", "class_teacher")
    world.drain(index=False)
    run(world, on(3))
    assert told(world, "agent") == [], "the day itself is still time"
    assert open_duties(world, duties.OWN)["training newcomer"] == on(3)
    run(world, on(3) + timedelta(days=4))
    assert told(world, "agent") == ["form_due"] and sorted(told(world, "class_teacher")) == ["daily_due", "form_due_late_of"]
    run(world, on(3) + timedelta(days=4))
    assert told(world, "agent") == ["form_due"], "running twice tells nothing twice"
    fill(world, who, range(3, 6))
    world.drain(index=False)
    assert open_duties(world, duties.OWN)["training newcomer"] == on(6), "what was handed in is no duty at once"
    with world.look() as work:
        assert work.session.scalar(select(Mail.id).where(Mail.kind == "training.onboarding.form_due").limit(1)) is not None


def test_r_j2_a_year_off_sends_each_reminder_once(world: Centre) -> None:
    _, who = newcomer(world)
    run(world, START)
    run(world, START + timedelta(days=400))
    mine = told(world, "agent")
    assert sorted(mine) == ["form_due"] * 2, "the daily form and the evaluation, once each"
    run(world, START + timedelta(days=400))
    assert told(world, "agent") == mine
    assert open_duties(world, duties.TALK) and open_duties(world, duties.DECIDE)
    with world.begin("class_teacher") as work:
        usecases.decide(work, who, "leave", reason="本人辞职", today=START + timedelta(days=401))
    world.drain(index=False)
    assert all(open_duties(world, rule) == {} for rule in duties.RULES), "who has left owes nothing"
    before = {login: told(world, login) for login in ("agent", "agent_b", "class_teacher")}
    run(world, START + timedelta(days=800))
    assert {login: told(world, login) for login in before} == before


def test_days_are_working_days_with_make_up_days_and_an_extension_moves_them(world: Centre) -> None:
    starts = date(2026, 2, 9)
    _, who = newcomer(world, starts_on=starts)
    run(world, starts)
    held = open_duties(world)
    assert on(6, starts) == date(2026, 2, 14), "a Saturday that is worked instead of a holiday"
    assert held["exam 1 trainer"] == on(10, starts) == date(2026, 2, 27), "the Spring Festival lies between"
    assert held["mentoring_exam 1 mentor"] == held["mentoring_exam 1 qa_inspector"] == on(40, starts)
    with world.begin("class_teacher") as work:
        usecases.decide(work, who, "extend", days=5, reason="病了一周", today=on(6, starts))
    world.drain(index=False)
    moved = open_duties(world)
    assert moved["exam 1 trainer"] == on(15, starts) and set(moved) == set(held), "moved, none made anew"
    assert open_duties(world, duties.DECIDE) == {"decide mentoring 0": on(45, starts)}


@pytest.mark.parametrize(("starts", "zone"), [
    (date(2028, 2, 28), "Asia/Shanghai"), (date(2026, 3, 27), "Europe/Berlin"), (date(2026, 10, 23), "America/New_York"),
    (date(2027, 12, 30), "Pacific/Auckland")])
def test_r_j3_a_reminder_comes_on_its_day_in_every_zone(world: Centre, starts: date, zone: str) -> None:
    """A leap day, two changes of the clock, a year's end; asked at one o'clock at night of the zone."""
    newcomer(world, starts_on=starts)
    due = on(10, starts)

    def night(day: date) -> date:
        at = datetime(day.year, day.month, day.day, 1, 0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return local_date(at, zone)
    run(world, night(starts))
    seen = []
    for days in range(12, -1, -1):
        run(world, night(due - timedelta(days=days)))
        seen.append((days, sum(kind == "form_due" for kind in told(world, "class_teacher"))))
    with world.look() as work:
        exam = work.session.scalars(select(Obligation).where(Obligation.period == "exam 1 trainer")).one()
        assert (exam.due_on, exam.reminded) == (due, "1d")
    assert [days for (days, count), (_, before) in zip(seen[1:], seen, strict=False) if count > before] == [3, 1]


def test_talks_decisions_and_an_observation_period_have_their_day(world: Centre) -> None:
    _, who = newcomer(world, confirmation_on=date(2026, 6, 1))
    run(world, START)
    assert open_duties(world, duties.TALK) == {"talk first": date(2026, 5, 1), "talk confirmation": date(2026, 5, 29)}
    with world.begin("class_teacher") as work:
        usecases.hold_talk(work, who, talk="first", held_on=on(20), shortcomings="语速快", advice="慢一点", today=on(20))
    world.drain(index=False)
    assert list(open_duties(world, duties.TALK)) == ["talk confirmation"] and told(world, "agent") == ["sign"]
    with world.begin("class_teacher") as work:
        usecases.note_day(work, who, kind="quality", on=on(32), today=on(40), score=Decimal(60))
        usecases.decide(work, who, "observe", days=5, reason="质量未达标", today=on(40))
    world.drain(index=False)
    assert open_duties(world, duties.DECIDE) == {"decide observation 0": on(45)}
    assert open_duties(world)["mentoring_exam 2 mentor"] == on(45)
    run(world, on(44))
    assert "decision_due" in told(world, "class_teacher")


def test_a_decision_is_told_to_everybody_concerned_and_so_is_taking_it_back(world: Centre) -> None:
    one, who = newcomer(world)
    with world.begin("manager") as work:
        made = usecases.decide(work, who, "transfer", reason="更适合在线客服", today=on(12)).id
    world.drain(index=False)
    assert told(world, "agent") == ["decided"]
    assert told(world, "agent_b") == told(world, "class_teacher") == told(world, "team_leader") == ["decided_of"]
    assert told(world, "manager") == []
    with world.begin("manager") as work:
        usecases.undo_decision(work, made, reason="再给一周", today=on(12))
    world.drain(index=False)
    assert [told(world, login)[-1] for login in ("agent", "agent_b", "class_teacher", "team_leader")] == ["undone"] * 4
    with world.look() as work:
        number = work.get(OnboardingClass, one).number
        assert people_of(work.session, number, on(12)) == [world.people["agent"]]


@pytest.mark.parametrize("named", [True, False], ids=["all are named", "nobody is named"])
def test_whoever_is_reminded_of_a_part_can_hand_it_in(world: Centre, named: bool) -> None:
    """Each part of each form: the duty's owner hands it in, and then it is done; the class teacher is whoever is missing."""
    logins = {number: login for login, number in world.people.items()}
    with world.begin("class_teacher") as work:
        inspector = world.people["qa_inspector"] if named else None
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], inspector_id=inspector,
                                  starts_on=START).id
        who = usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"] if named else None).id
    run(world, on(40))
    with world.look() as work:
        asked = [(row.period, row.owner_id) for row in work.session.scalars(select(Obligation).where(
            Obligation.rule == duties.FORM, Obligation.state == "open").order_by(Obligation.id))]
        programme = queries.programme_of(work.session, work.get(Trainee, who))
    assert {period.split()[-1] for period, _ in asked} == {"trainer", "newcomer", "mentor", "qa_inspector"}
    days: dict[str, list[int]] = {}
    for due in rules.forms(programme):
        days.setdefault(due.form.value, []).append(due.number)
    for period, owner in asked:
        form, count, part = period.split()
        scored = {"score": Decimal(90), "mark": Decimal(80)} if form in {one.value for one in rules.SCORED} else {}
        answers = {"text": "学了", **(dict.fromkeys(rules.FACTORS, 5) if form == "evaluation" else {})}
        with world.begin(logins[owner or 0]) as work:
            usecases.hand_in(work, who, form=form, day=days[form][int(count) - 1], part=part, answers=answers, today=on(40), **scored)
    run(world, on(40))
    assert open_duties(world) == {}
