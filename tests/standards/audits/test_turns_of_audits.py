"""Whose turn it is stands on their day and is reminded of: an audit by its last day, each turn of a finding. E9, E11."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import NotPermitted
from kmsvc.notices.models import Notice
from kmsvc.standards.audits import auditing, findings
from kmsvc.standards.audits.models import CheckPoint, Engagement
from kmsvc.standards.audits.queries import engagement_card
from kmsvc.standards.duties.clauses import facts_of
from kmsvc.standards.duties.models import Obligation
from tests.standards.audits.test_life_of_a_finding import audit_of, programme, published, staffed
from tests.standards.duties.houses import begin_use, run
from tests.support.centre import Centre

__all__ = ["programme", "published"]


def turns(world: Centre, kind: str = "audit_finding") -> list[tuple[str, str]]:
    """(rule, login) of the open duties of audits."""
    logins = {one: login for login, one in world.people.items()}
    with world.look() as work:
        return [(row.rule.removeprefix("standards."), logins[row.owner_id]) for row in work.session.scalars(select(Obligation).where(
            Obligation.subject_kind == kind, Obligation.state == "open").order_by(Obligation.id)) if row.owner_id]


def test_each_turn_of_a_finding_is_on_the_day_of_who_has_it(world: Centre, published: int, client: Callable[..., Any]) -> None:
    today, one = world.clock.today, published

    def day_of(login: str) -> str:
        return client(login).get("/").get_data(as_text=True)
    assert turns(world) == [("finding.respond", "supervisor")]
    assert "Respond to the finding" in day_of("supervisor") and f"/standards/audits/findings/{one}" in day_of("supervisor")
    with world.begin("supervisor") as work:
        findings.respond(work, one, whys=["w"], containment="c", today=today)
    world.drain()
    assert turns(world) == [("finding.propose", "supervisor")]
    with world.begin("supervisor") as work:
        findings.propose(work, one, correction="c", prevention=None, owner=world.people["team_leader"], due_on=today, today=today)
    world.drain()
    assert turns(world) == [("finding.agree", "auditor")] and "Accept the action about" in day_of("auditor")
    with world.begin("auditor") as work:
        findings.propose(work, one, correction="c2", prevention=None, owner=world.people["team_leader"], due_on=today, today=today)
    world.drain()
    assert turns(world) == [("finding.agree", "supervisor")], "other words: now the other side is asked"
    with world.begin("supervisor") as work:
        findings.agree(work, one, today=today)
    world.drain()
    assert turns(world) == [("finding.act", "team_leader")]
    with world.begin("team_leader") as work:
        findings.act(work, one, proof="p", done_on=today, today=today)
    world.drain()
    assert turns(world) == [("finding.verify", "auditor")]
    with world.begin("auditor") as work:
        findings.verify(work, one, note="n", effect_on=today, today=today)
    world.drain()
    assert turns(world) == [("finding.effect", "auditor")]
    with world.begin("auditor") as work:
        findings.effect(work, one, holds=True, note="n", today=today)
    world.drain()
    assert turns(world) == [("finding.close", "auditor")]
    with world.begin("auditor") as work:
        findings.close(work, one, justification="j", today=today)
    world.drain()
    assert turns(world) == []
    with world.look() as work:
        ended = {row.rule.rpartition(".")[2]: row.state for row in work.session.scalars(select(Obligation).where(
            Obligation.subject_kind == "audit_finding").order_by(Obligation.id))}
    assert set(ended.values()) == {"done"}, ended


def test_whoever_has_a_turn_is_reminded_of_it(world: Centre, published: int) -> None:
    """The ladder of reminders reached findings, but nobody was told: what it told was looked for among yearly reviews."""
    world.clock.move(days=12)
    run(world, world.clock.today)
    world.drain()
    with world.look() as work:
        told = {row.person_id: row.url for row in work.session.scalars(select(Notice).where(
            Notice.kind == "standards.duty.turn").order_by(Notice.id))}
        [audit] = work.session.scalars(select(Engagement.id).where(Engagement.lead_id.is_not(None)).order_by(Engagement.id)).all()
    assert told == {world.people["supervisor"]: f"/standards/audits/findings/{published}",
                    world.people["auditor"]: f"/standards/audits/{audit}"}


def test_an_audit_is_a_duty_of_its_lead_until_it_is_finished(world: Centre, programme: int, client: Callable[..., Any]) -> None:
    one = staffed(world, ends_on=world.clock.today + timedelta(days=20))
    world.drain()
    assert turns(world, "audit_engagement") == [("audit.do", "auditor")]
    assert "Hold the audit" in client("auditor").get("/").get_data(as_text=True)
    with world.begin("auditor") as work:
        points = work.session.scalars(select(CheckPoint.id).where(CheckPoint.engagement_id == one).order_by(CheckPoint.id)).all()
        for point in points:
            auditing.check(work, point, result="conforms")
        auditing.to_review(work, one)
        auditing.finish(work, one, conclusion="c", today=world.clock.today)
    world.drain()
    assert turns(world, "audit_engagement") == []
    with world.begin("auditor") as work:
        auditing.back_to_work(work, one, reason="r")
    run(world, world.clock.today)
    assert turns(world, "audit_engagement") == [("audit.do", "auditor")], "taken up again, it is to be finished again"


def test_who_answers_for_what_is_audited_sees_days_people_and_report_but_not_the_checklist(
        world: Centre, programme: int, client: Callable[..., Any]) -> None:
    one = staffed(world)
    with world.begin("auditor") as work:
        point = work.session.scalars(select(CheckPoint.id).where(CheckPoint.engagement_id == one).order_by(CheckPoint.id)).first()
        auditing.check(work, point, result="fails", note="a secret of the auditors")
    answering, stranger = client("supervisor"), client("agent")
    place = f"/standards/audits/{one}"
    page = answering.get(place)
    assert page.status_code == 200 and "a secret of the auditors" not in page.get_data(as_text=True)
    assert answering.get(f"{place}/report").status_code == 200
    status, body = answering.call("GET", f"/api/v1{place}")
    assert status == 200 and body["checklist"] == [] and body["allowed"] == []
    assert answering.call("GET", f"/api/v1/standards/audits/points/{point}")[0] == 403
    assert stranger.get(place).status_code == 403 and stranger.call("GET", f"/api/v1{place}")[0] == 403
    other = audit_of(world, "knowledge")
    with world.look("supervisor") as work, pytest.raises(NotPermitted):
        engagement_card(work.session, work.actor, other)
    assert answering.get("/standards/audits").status_code == 403


def test_a_duty_says_which_audit_does_it_by_itself(world: Centre, programme: int, client: Callable[..., Any]) -> None:
    with world.look() as work:
        facts = tuple(facts_of(work.session))
    begin_use(world, world.clock.today, facts)
    run(world, world.clock.today)
    with world.look() as work:
        duties = {row.clause: row.id for row in work.session.scalars(select(Obligation).where(
            Obligation.clause.in_(["8", "42"]), Obligation.state == "open", Obligation.rule_id.is_not(None)).order_by(Obligation.id))}
    page = client("compliance").get(f"/standards/duties/{duties['8']}").get_data(as_text=True)
    assert "Finishing the audit of this clause" in page and 'href="/standards/audits?clause=8"' in page
    page = client("compliance").get(f"/standards/duties/{duties['42']}").get_data(as_text=True)
    assert "Closing the process audit" in page and 'href="/process/audits"' in page
    world.clock.move(days=(date(world.clock.today.year, 12, 10) - world.clock.today).days)
    day = client("process_manager").get("/").get_data(as_text=True)
    assert "Closing the process audit of the year notes this duty" in day and 'href="/process/audits"' in day


def test_duties_of_other_parts_are_told_without_their_keys(world: Centre, published: int, client: Callable[..., Any]) -> None:
    with world.begin("supervisor") as work:
        findings.respond(work, published, whys=["w"], containment="c", today=world.clock.today)
    world.drain()
    with world.look() as work:
        [duty] = work.session.scalars(select(Obligation).where(Obligation.rule == "standards.finding.propose").order_by(Obligation.id))
    caller = client("compliance")
    for address in ("/standards/duties/wheel", "/standards/duties", f"/standards/duties/{duty.id}", "/standards/duties?format=csv"):
        page = caller.get(address).get_data(as_text=True)
        assert duty.period not in page and ">None" not in page and "None " not in page, address
    assert "Proposing what is done about a finding" in caller.get(f"/standards/duties/{duty.id}").get_data(as_text=True)
