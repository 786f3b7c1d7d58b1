"""Who is asked and reminded, who is not; the run over a year; what proves itself by reading; defaults of a fresh centre; looks noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.confirmations.usecases import confirm_read
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.usecases import change_person, suspend_person
from kmsvc.people.units.usecases import add_unit
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.certificates import queries, usecases
from kmsvc.training.certificates.defaults import default_kinds
from kmsvc.training.certificates.following import follow_asked
from kmsvc.training.certificates.models import Certificate, CertificateKind
from kmsvc.training.certificates.permissions import KEEP_CERTIFICATES
from kmsvc.training.certificates.reading import needs
from kmsvc.training.certificates.yearly import YearState, year_of
from kmsvc.training.courses.models import Course
from kmsvc.training.courses.usecases import CourseDraft, make_course
from tests.builders import make_article
from tests.support.centre import Centre
from tests.training.certificates.test_certificates import BASE, card, make, passed


def days(world: Centre, *when: date) -> None:
    """What the worker does on these days."""
    for day in when:
        with world.begin("system") as work:
            follow_asked(work, day)
            run_duties(work, day)
        world.drain(index=False)


def told(world: Centre, who: str) -> list[str]:
    with world.look() as work:
        return [one.removeprefix("training.certificate.") for one in work.session.scalars(select(Notice.kind).where(
            Notice.person_id == world.people[who], Notice.kind.startswith("training.certificate")).order_by(Notice.id))]


def with_course(world: Centre, kind: int) -> int:
    with world.begin("trainer") as work:
        course = make_course(work, CourseDraft("信息安全", "", None, 10, elective=True, keeper="trainer"))
        work.get(CertificateKind, kind).course_id = course.id
        return course.id


def test_whoever_is_new_is_asked_once_a_course_leads_there_and_the_leader_hears_a_week_before(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    days(world, today)
    assert told(world, "agent") == [], "nothing leads there yet"
    with_course(world, kind)
    days(world, today + timedelta(days=1), today + timedelta(days=1))
    assert told(world, "agent") == ["first"] and told(world, "team_leader") == []
    days(world, today + timedelta(days=23))
    assert told(world, "agent") == ["first"] * 2 and told(world, "team_leader") == ["expires_of"]
    passed(world, kind, 0)
    days(world, today + timedelta(days=24))
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).join(Certificate, Certificate.id == Obligation.subject_id).where(
            Obligation.rule == "training.certificate.first", Certificate.person_id == world.people["agent"])).one()
    assert (duty.state, duty.done_on, duty.due_on) == ("done", today, today + timedelta(days=30))


def test_follow_asked_twice_changes_nothing_and_lets_go_who_is_asked_no_more(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    with world.begin("system") as work:
        assert follow_asked(work, today) > 0
    with world.begin("system") as work:
        assert follow_asked(work, today) == 0
    with world.begin("operator") as work:
        change_person(work, world.people["agent_b"], roles=["marker"])
    with world.begin("system") as work:
        assert follow_asked(work, today + timedelta(days=1)) == 1
    with world.look() as work:
        asked = dict(work.session.execute(select(Certificate.person_id, Certificate.asked_on).where(Certificate.kind_id == kind)).all())
    assert asked[world.people["agent"]] == today and asked[world.people["agent_b"]] is None


def test_a_retired_course_a_retired_kind_and_who_left_send_nothing(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    course = with_course(world, kind)
    passed(world, kind, 330)
    passed(world, kind, 330, "agent_b")
    with world.begin("operator") as work:
        work.permit(KEEP_CERTIFICATES)
        row = work.get(Course, course)
        row.state, row.retired_at = "retired", work.now
    days(world, today, today + timedelta(days=40))
    assert told(world, "agent") == told(world, "agent_b") == [], "the course is retired"
    with world.begin("operator") as work:
        work.permit(KEEP_CERTIFICATES)
        row = work.get(Course, course)
        row.state, row.retired_at = "draft", None
        suspend_person(work, world.people["agent_b"], reason="离职")
    days(world, today + timedelta(days=41))
    assert told(world, "agent") == ["expires"] and told(world, "agent_b") == []
    with world.begin("manager") as work:
        usecases.retire_kind(work, kind, reason="不再需要")
    days(world, today + timedelta(days=60))
    assert told(world, "agent") == ["expires"]


def test_without_a_leader_the_supervisors_hear_and_without_any_nobody_is_missing(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    passed(world, kind, 345, "agent_b")  # team B has no leader
    with world.begin("operator") as work:
        change_person(work, world.people["everything"], roles=["agent"])  # who leads the centre above it
    days(world, today)
    assert told(world, "agent_b") == ["expires"] and told(world, "supervisor") == ["expires_of"]
    with world.begin("operator") as work:
        change_person(work, world.people["supervisor"], roles=["manager"])
    days(world, today + timedelta(days=14))
    assert told(world, "agent_b") == ["expires"] * 2 and told(world, "supervisor") == ["expires_of"]


@pytest.mark.parametrize("away", [3, 365])
def test_r_j2_away_for_days_or_a_year_each_of_many_is_told_once(world: Centre, away: int) -> None:
    kind, today = make(world), world.clock.today
    for who in ("agent", "agent_b"):
        passed(world, kind, 274, who)  # ninety-one days left
    days(world, today, today + timedelta(days=away), today + timedelta(days=away))
    assert told(world, "agent") == told(world, "agent_b") == ["expires"]
    with world.look() as work:
        rungs = list(work.session.scalars(select(Obligation.reminded).where(
            Obligation.rule == "training.certificate.renew").order_by(Obligation.id)))
    assert rungs == ["90d" if away == 3 else "late273"] * 2


def test_r_j3_valid_until_a_29_february_is_reminded_on_the_days_before_it(world: Centre) -> None:
    kind = make(world)
    with world.begin("system") as work:
        for number, day in enumerate((date(2024, 2, 29), date(2025, 2, 20), date(2026, 2, 20)), 1):
            usecases.award(work, kind, world.people["agent"], day, today=world.clock.today, source="exam", source_id=number)
    with world.look("trainer") as work:
        assert queries.passport(work, world.people["agent"], date(2026, 3, 1)).lines[0].until == date(2027, 2, 28)
    world.clock.move(days=340)
    with world.begin("system") as work:
        usecases.award(work, kind, world.people["agent"], world.clock.today, today=world.clock.today, source="exam", source_id=9)
    assert card(world).lines[0].until == date(2028, 2, 29)
    before = len(told(world, "agent"))
    days(world, *(date(2028, 2, 29) - timedelta(days=one) for one in (91, 90, 60, 30, 8, 7, 0)))
    assert told(world, "agent")[before:] == ["expires"] * 4


def test_the_year_says_who_must_who_has_who_is_late(world: Centre) -> None:
    kind, today = make(world), world.clock.today  # 2 March
    with world.begin("system") as work:
        follow_asked(work, today)
    passed(world, kind, 30)  # this year
    passed(world, kind, 400, "agent_b")  # ended in January
    with world.look("trainer") as work:
        row = work.get(CertificateKind, kind)
        run = year_of(work.session, row, today.year, today)
        states = {one.person_id: one for one in run.lines}
        mine, theirs = states[world.people["agent"]], states[world.people["agent_b"]]
        assert (mine.state, mine.passed_on, mine.source) == (YearState.DONE, today - timedelta(days=30), "manual")
        assert (theirs.state, theirs.due_on) == (YearState.LATE, today - timedelta(days=400) + timedelta(days=365))
        assert states[world.people["everything"]].state == YearState.OPEN and world.people["suspended"] not in states
        assert (run.must, run.counts["done"], run.counts["late"], run.counts["open"], run.percent) == (3, 1, 1, 1, 33)
        later = year_of(work.session, row, today.year, today + timedelta(days=40))
        assert (later.counts["late"], later.counts["open"]) == (2, 0)
        past = year_of(work.session, row, today.year - 1, today)
        assert {one.person_id: one.state for one in past.lines}[world.people["agent_b"]] == YearState.DONE
        assert [one.state for one in past.lines if one.person_id == world.people["agent"]] == [YearState.LATER], "asked later"
        assert sum(one[2] for one in run.teams) == run.must


def test_reading_every_process_in_force_proves_awareness_and_no_other_reading_does(world: Centre) -> None:
    with world.begin("operator") as work:
        default_kinds(work, world.clock.today)
    made = {number: make_article(world, title=f"流程{number}") for number in (1, 2, 3)}
    with world.begin("operator") as work:
        work.permit(KEEP_CERTIFICATES)
        for number, process in ((1, 901), (2, 902)):
            work.get(Article, made[number].id).process_id = process
        for one in made.values():
            work.session.add(Confirmation(article_id=one.id, version_id=work.get(Article, one.id).published_version_id,
                                          person_id=world.people["agent"], asked_at=work.now, due_on=world.clock.today))

    def aware() -> list[str]:
        return [one.state for one in card(world).lines if one.purpose == "awareness"]
    for number, expected in ((3, "ahead"), (1, "ahead"), (2, "valid")):
        with world.begin("agent") as work:
            confirm_read(work, made[number].id, version_id=work.get(Article, made[number].id).published_version_id or 0)
        world.drain(index=False)
        assert aware() == [expected], number
    line = next(one for one in card(world).lines if one.purpose == "awareness")
    assert [one.source for one in line.passings] == ["reading"] and line.until is not None


def test_a_fresh_centre_has_the_yearly_kinds_once_and_keeps_what_was_made_of_them(world: Centre) -> None:
    today = world.clock.today
    with world.begin("operator") as work:
        made = default_kinds(work, today)
        assert [(one.preset, one.clause, one.months) for one in made] == [("security", "28", 12), ("awareness", "64", 12),
                                                                          ("skills", "80", 12)]
        work.get(CertificateKind, made[0].id).name = "数据安全"
    with world.begin("operator") as work:
        assert default_kinds(work, today) == []
        asked = {one.kind_id: one.whom for one in queries.needs(work.session)}
    assert len(asked) == 3
    lines = card(world).lines
    assert [one.name for one in lines] == ["数据安全", "Process awareness", "Minimum skills of the post"]
    assert all(one.needed for one in lines)
    days(world, today, today + timedelta(days=400))
    assert told(world, "agent") == [], "nobody is reminded before something leads there"


def test_each_look_at_somebody_elses_certificates_is_noted_and_none_at_the_own(world: Centre, client: Callable[..., Any]) -> None:
    passed(world, make(world), 3)
    agent, team = world.people["agent"], world.units["TEAM-A"]
    client("agent").get(BASE)
    client("agent").get(f"/api/v1{BASE}")
    leader = client("team_leader")
    assert leader.get(f"{BASE}/people/{agent}").status_code == 200
    assert leader.get(f"/api/v1{BASE}/people/{agent}").status_code == 200
    assert leader.get(f"{BASE}/people/{agent}?format=csv").status_code == 200
    for path in (f"/teams/{team}", "/queues", "/expiring", "/years"):
        assert leader.get(f"{BASE}{path}").status_code == 200, path
    assert leader.get(f"{BASE}/people/{world.people['agent_b']}").status_code == 404
    with world.look() as work:
        noted = [(one.login, one.kind, one.ref_id) for one in work.session.scalars(select(AccessEntry).order_by(AccessEntry.id))]
    assert noted == [("team_leader", "passport", agent)] * 3 + [
        ("team_leader", "passports", team)] + [("team_leader", "passports", 0)] * 3


def test_a_changed_requirement_of_a_queue_is_told_and_asked_of_whoever_handles_it(world: Centre) -> None:
    today = world.clock.today
    with world.begin("trainer") as work:
        kind = usecases.make_kind(work, usecases.KindDraft(name="退费", purpose="skill", months=12)).id
        need = usecases.add_need(work, kind, since=today - timedelta(days=900), queue="退费").id
    passed(world, kind, 10)
    passed(world, kind, 500, "agent_b")  # lapsed: handles it no more
    with world.begin("trainer") as work:
        usecases.change_need(work, need, reason="新流程", due_on=today + timedelta(days=14), today=today)
    world.drain(index=False)
    assert (told(world, "agent"), told(world, "agent_b"), told(world, "everything")) == (["anew"], [], [])
    days(world, today)
    duties = select(Obligation.state, Obligation.due_on, Certificate.person_id).join(
        Certificate, Certificate.id == Obligation.subject_id).where(Obligation.rule == "training.certificate.retrain")
    with world.look() as work:
        assert work.session.execute(duties).all() == [("open", today + timedelta(days=14), world.people["agent"])]
    passed(world, kind, 0)
    days(world, today)
    with world.look() as work:
        assert [one.state for one in work.session.execute(duties)] == ["done"]


def test_as_of_a_day_before_a_requirement_changed_nothing_is_lacking(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    passed(world, kind, 30)
    with world.begin("trainer") as work:
        need = next(one.id for one in needs(work.session) if one.kind_id == kind and one.whom == "role")
        usecases.change_need(work, need, reason="新流程", due_on=today + timedelta(days=14), today=today)
    assert card(world).lines[0].lack == "changed" and card(world, on=today - timedelta(days=1)).lines[0].lack is None


def test_two_teams_of_one_name_are_two_in_the_year(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    with world.begin("operator") as work:
        units = [add_unit(work, code=f"T{number}", name="一组", parent_code="CENTRE").id for number in (1, 2)]
        for who, unit in zip(("agent", "agent_b"), ("T1", "T2"), strict=True):
            change_person(work, world.people[who], unit_code=unit)
    with world.look("trainer") as work:
        teams = year_of(work.session, work.get(CertificateKind, kind), today.year, today).teams
    assert [one for one in teams if one[1] == "一组"] == [(unit, "一组", 1, 0, 1) for unit in units], "late: asked for long"
