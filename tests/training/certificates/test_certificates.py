"""Certificates: awarded, expiring, revoked, asked for anew; reminders by the one engine; the passport; who may do what."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.settings import Settings
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.certificates import batches, queries, usecases
from kmsvc.training.certificates.models import Certificate, Passing
from kmsvc.training.certificates.rules import CertificateState
from kmsvc.training.certificates.usecases import KindDraft
from tests.support.centre import Centre

BASE = "/training/certificates"
C = CertificateState


def make(world: Centre, **more: Any) -> int:
    """A yearly kind that every agent is asked for, and the queue of refunds too."""
    with world.begin("trainer") as work:
        kind = usecases.make_kind(work, KindDraft(**{"name": "信息安全", "purpose": "security", "months": 12, "clause": "28"} | more)).id
        usecases.add_need(work, kind, since=world.clock.today - timedelta(days=900), role="agent")
        usecases.add_need(work, kind, since=world.clock.today - timedelta(days=900), queue="退费")
    return kind


def passed(world: Centre, kind: int, days_ago: int, who: str = "agent") -> int:
    with world.begin("trainer") as work:
        return usecases.award(work, kind, world.people[who], world.clock.today - timedelta(days=days_ago), today=world.clock.today,
                              proof="考卷").id


def card(world: Centre, who: str = "agent", *, on: date | None = None, as_: str = "trainer") -> queries.Passport:
    with world.look(as_) as work:
        return queries.passport(work, world.people[who], on or world.clock.today)


def run(world: Centre, day: date) -> None:
    with world.begin("system") as work:
        run_duties(work, day)
    world.drain(index=False)


def notices(world: Centre, who: str) -> list[str]:
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people[who], Notice.kind.startswith(
            "training.certificate")).order_by(Notice.id)))


def test_a_passport_says_what_is_missing_what_expires_and_which_queue_is_open_on_any_day(world: Centre) -> None:
    kind = make(world)
    assert [(one.state, one.needed, one.lack) for one in card(world).lines] == [(C.AHEAD, True, "never")]
    assert (card(world).missing, card(world).queues[0].may) == (1, False)
    passed(world, kind, 300)
    held = card(world)
    assert (held.missing, held.expiring, held.queues[0].may, held.lines[0].state) == (0, 1, True, C.EXPIRING)
    assert not card(world, on=world.clock.today - timedelta(days=301)).queues[0].may, "as of the day before it was passed"
    assert not card(world, on=world.clock.today + timedelta(days=90)).queues[0].may, "expired by then"
    with world.look("team_leader") as work:
        _, found = queries.team(work, world.units["TEAM-A"], world.clock.today)
    assert [one.person for one in found] == ["Agent", "Team Leader"] and "Suspended" not in [one.person for one in found]


def test_every_passing_stays_and_none_is_changed(world: Centre) -> None:
    kind = make(world)
    one = passed(world, kind, 300)
    assert passed(world, kind, 0) == one
    assert [it.passed_on for it in card(world).lines[0].passings] == [world.clock.today, world.clock.today - timedelta(days=300)]
    for sql in ("UPDATE training_certificate_passing SET passed_on = '2026-01-01'", "DELETE FROM training_certificate_passing"):
        with pytest.raises(DBAPIError), world.begin("operator") as work:
            work.session.execute(text(sql))
    with world.look() as work:
        assert len(list(work.session.scalars(select(Passing.id)))) == 2


def test_the_same_sitting_awards_once(world: Centre) -> None:
    kind = make(world)
    for _ in range(2):
        with world.begin("system") as work:
            usecases.award(work, kind, world.people["agent"], world.clock.today, today=world.clock.today, source="exam", source_id=7)
    assert len(card(world).lines[0].passings) == 1


@pytest.mark.parametrize(("who", "more", "wrong"), [
    ("trainer", {"proof": " "}, InvalidInput), ("trainer", {"days": -1}, InvalidInput), ("agent", {}, NotPermitted),
    ("manager", {}, NotPermitted)])
def test_by_hand_it_needs_a_proof_a_day_and_the_right(world: Centre, who: str, more: dict[str, Any], wrong: type[Exception]) -> None:
    kind = make(world)
    with pytest.raises(wrong), world.begin(who) as work:
        usecases.award(work, kind, world.people["agent_b"], world.clock.today - timedelta(days=more.get("days", 0)),
                       today=world.clock.today, proof=more.get("proof", "考卷"))


def test_nobody_awards_or_revokes_the_own(world: Centre) -> None:
    kind = make(world)
    with pytest.raises(NotPermitted), world.begin("trainer") as work:
        usecases.award(work, kind, world.people["trainer"], world.clock.today, today=world.clock.today, proof="自己")


def test_revoked_it_counts_no_more_and_that_is_taken_back(world: Centre) -> None:
    one = passed(world, make(world), 10)
    with world.begin("manager") as work:
        usecases.revoke(work, one, reason="考试作弊", today=world.clock.today)
    world.drain(index=False)
    assert (card(world).lines[0].state, card(world).queues[0].may, card(world).lines[0].reason) == (C.REVOKED, False, "考试作弊")
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.revoke(work, one, reason="再一次", today=world.clock.today)
    with world.begin("manager") as work:
        usecases.reinstate(work, one, reason="查清了")
    world.drain(index=False)
    assert card(world).queues[0].may
    assert notices(world, "agent") == ["training.certificate.revoked", "training.certificate.reinstated"]


def test_what_was_passed_anew_after_a_revocation_can_be_revoked_anew(world: Centre) -> None:
    """The first revocation is over by then; one by one and many at once."""
    kind = make(world)
    one = passed(world, kind, 10)
    with world.begin("manager") as work:
        usecases.revoke(work, one, reason="考试作弊", today=world.clock.today)
    for again in ("revoke", "many"):
        world.clock.move(days=2)
        passed(world, kind, 0)
        assert card(world).lines[0].state == C.VALID
        with world.begin("manager") as work:
            if again == "revoke":
                usecases.revoke(work, one, reason="又作弊", today=world.clock.today)
            else:
                batches.do_many(work, "revoke", [one], reason="又作弊", today=world.clock.today)
        assert card(world).lines[0].state == C.REVOKED
        with pytest.raises(RuleBroken), world.begin("manager") as work:
            usecases.revoke(work, one, reason="再一次", today=world.clock.today)


def test_reminders_stand_at_90_60_30_and_7_days_and_the_leader_hears_from_30_on(world: Centre) -> None:
    passed(world, make(world), 200)
    due = card(world).lines[0].until
    assert due is not None
    for before in (95, 90, 89, 60, 31, 30, 7, 6):
        run(world, due - timedelta(days=before))
    assert notices(world, "agent") == ["training.certificate.expires"] * 4
    assert notices(world, "team_leader") == ["training.certificate.expires_of"] * 2
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.rule == "training.certificate.renew")).one()
    assert (duty.due_on, duty.reminded, duty.clause) == (due, "7d", "28")


def test_r_j2_three_idle_days_send_one_reminder_and_a_year_away_sends_no_flood(world: Centre) -> None:
    passed(world, make(world), 200)
    due = card(world).lines[0].until
    assert due is not None
    run(world, due - timedelta(days=92))
    run(world, due - timedelta(days=59))  # over the rungs of 90 and 60
    assert notices(world, "agent") == ["training.certificate.expires"]
    run(world, due + timedelta(days=365))
    run(world, due + timedelta(days=365))
    assert notices(world, "agent") == ["training.certificate.expires"] * 2


def test_r_j3_a_leap_day_comes_back_and_the_reminder_names_its_day(world: Centre) -> None:
    kind = make(world, months=12)
    with world.begin("system") as work:
        usecases.award(work, kind, world.people["agent"], date(2024, 2, 29), today=world.clock.today, source="exam", source_id=1)
    run(world, date(2025, 1, 29))
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.rule == "training.certificate.renew")).one()
    assert (duty.due_on, duty.reminded) == (date(2025, 2, 28), "30d")


def test_passed_anew_the_duty_is_done_and_the_next_one_opens(world: Centre) -> None:
    kind = make(world)
    passed(world, kind, 300)
    run(world, world.clock.today)
    passed(world, kind, 0)
    run(world, world.clock.today)
    with world.look() as work:
        found = list(work.session.execute(select(Obligation.state, Obligation.done_on).where(
            Obligation.rule == "training.certificate.renew").order_by(Obligation.id)))
    assert [tuple(one) for one in found] == [("done", world.clock.today), ("open", None)]


def test_a_retired_kind_sends_nothing(world: Centre) -> None:
    kind = make(world)
    passed(world, kind, 360)
    with world.begin("manager") as work:
        usecases.retire_kind(work, kind, reason="不用了")
    run(world, world.clock.today)
    assert notices(world, "agent") == []
    with pytest.raises(RuleBroken):
        passed(world, kind, 0)


def test_a_changed_requirement_asks_everybody_in_the_post_to_pass_again(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    passed(world, kind, 5)
    with world.look("trainer") as work:
        need = next(one for one in queries.need_lines(work.session, kind) if one.whom == "role")
    with world.begin("trainer") as work:
        usecases.change_need(work, need.id, reason="流程变了", due_on=today + timedelta(days=20), today=today)
    run(world, today)
    assert card(world).lines[0].lack == "changed" and card(world, "agent_b").lines[0].lack == "never"
    assert notices(world, "agent") == ["training.certificate.anew"] * 2 and notices(world, "agent_b")[0] == "training.certificate.anew"
    world.clock.move(days=1)
    passed(world, kind, 0)
    run(world, world.clock.today)
    with world.look() as work:
        duty = work.session.execute(select(Obligation.state, Obligation.clause).join(
            Certificate, Certificate.id == Obligation.subject_id).where(
            Obligation.rule == "training.certificate.retrain", Certificate.person_id == world.people["agent"])).one()
    assert tuple(duty) == ("done", "81") and card(world).lines[0].lack is None


def test_who_may_not_know_finds_nothing(world: Centre) -> None:
    make(world)
    for who, whom in (("agent", "agent_b"), ("team_leader", "agent_b")):
        with pytest.raises(NotFound):
            card(world, whom, as_=who)
    with pytest.raises(NotFound), world.look("team_leader") as work:
        queries.team(work, world.units["TEAM-B"], world.clock.today)
    assert card(world, as_="agent").person == card(world, as_="team_leader").person == "Agent"


@pytest.mark.parametrize(("more", "field"), [
    ({"months": 0}, "months"), ({"counting": "fixed"}, "anchor"), ({"early_days": 350}, "early_days")])
def test_a_kind_that_cannot_count_is_refused_by_name(world: Centre, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught, world.begin("trainer") as work:
        usecases.make_kind(work, KindDraft(**{"name": "x", "purpose": "other", "months": 12} | more))
    assert field in caught.value.fields


def test_pages_and_json_do_the_same(world: Centre, client: Callable[..., Any]) -> None:
    trainer = client("trainer")
    made = trainer.post(f"/api/v1{BASE}/kinds", json={"name": "技能", "purpose": "skills", "months": 12}).get_json()
    asked = trainer.post(f"{BASE}/kinds/{made['id']}/ask", data={"role": "agent"})
    assert asked.status_code in (302, 303), asked.text[:500]
    twice = trainer.post(f"{BASE}/kinds/{made['id']}/ask", data={"role": "agent"})
    assert twice.status_code == 409 and "This is asked for already." in twice.text
    lost = trainer.post(f"{BASE}/kinds/{made['id']}/award", data={
        "person": "nobody", "passed_on": str(world.clock.today), "proof": "见卷"})
    assert lost.status_code == 422 and "见卷" in lost.text and "There is no such account." in lost.text
    given = trainer.post(f"/api/v1{BASE}/kinds/{made['id']}/award",
                         json={
        "person": "agent", "passed_on": str(world.clock.today), "proof": "见卷", "score": "86.5"})
    assert given.status_code == 200, given.text
    mine = client("agent").get(f"/api/v1{BASE}").get_json()
    assert (mine["missing"], mine["certificates"][0]["passings"][0]["score"]) == (0, "86.50")
    for path in ("", "/kinds", f"/kinds/{made['id']}", "/kinds/new",
                 f"/people/{world.people['agent']}", f"/teams/{world.units['TEAM-A']}"):
        page = trainer.get(f"{BASE}{path}")
        assert page.status_code == 200, (path, page.text[:400])
    assert "技能" in client("agent").get(f"{BASE}?format=csv").get_data().decode("utf-8-sig")


def test_the_command_line_tells_a_passport(world: Centre, settings: Settings) -> None:
    from kmsvc.cli.training import training

    passed(world, make(world), 3)
    done = CliRunner().invoke(training, ["certificates", "passport", "--person", "agent", "--as", "trainer", "--json"],
                              catch_exceptions=False, env={
        "KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url})
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["items"][0]["queues"][0]["may"] is True
