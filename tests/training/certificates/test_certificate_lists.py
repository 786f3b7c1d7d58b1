"""Lists over many: what ends soon with one click to an exam, queues on a day and at an hour, acts on many with their way back, a sheet
of passings, a certificate on paper and whether it is genuine; as few queries for many people as for few."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.people.accounts.usecases import add_account
from kmsvc.settings import Settings
from kmsvc.training.certificates import batches, proving, queries, queue_board, usecases
from kmsvc.training.certificates.exam_rules import EXPIRING, LACKING
from kmsvc.training.certificates.list_pages import exam_address
from kmsvc.training.certificates.models import Certificate, CertificateBatch, CertificateKind, Passing
from kmsvc.training.certificates.rules import CertificateState
from kmsvc.training.certificates.usecases import KindDraft
from kmsvc.training.exams.finding import found_by
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.plans.models import Busy
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.questions.models import QuestionRow
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.banks import small_bank
from tests.training.certificates.test_certificates import BASE, card, make, passed

C = CertificateState


def test_who_is_short_of_what_first_what_ends_first(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    passed(world, kind, 300)
    passed(world, kind, 400, "agent_b")
    with world.look("trainer") as work:
        found = queries.short_of(work.session, today, kind_id=kind)
        near = queries.short_of(work.session, today, kind_id=kind, days=30)
        rule = {name: found_by(work.session, name, "CT-0001", today)[0] for name in (EXPIRING, LACKING)}
    people = world.people
    assert [(one.person_id, one.expires, one.state) for one in found] == [
        (people["agent_b"], True, C.EXPIRED), (people["agent"], True, C.EXPIRING), (people["everything"], False, C.AHEAD)]
    assert [one.person_id for one in near] == [people["agent_b"], people["everything"]]
    assert rule == {EXPIRING: sorted([people["agent"], people["agent_b"]]), LACKING: [people["everything"]]}
    with world.look("team_leader") as work:
        assert queries.units_seen(work, None) == {world.units["TEAM-A"]}
        with pytest.raises(NotFound):
            queries.units_seen(work, world.units["TEAM-B"])
    with pytest.raises(NotFound), world.look("agent") as work:
        queries.units_seen(work, None)


def ready_paper(world: Centre) -> int:
    """A paper of two questions."""
    small_bank(world)
    with world.begin("trainer") as work:
        row = make_paper(work, Draft("小测", "picked"))
        ids = list(work.session.scalars(select(QuestionRow.id).order_by(QuestionRow.id).limit(2)))
        pick(work, row.id, [(one, None) for one in ids])
        ready(work, row.id)
        return row.id


def test_one_click_from_the_list_opens_the_wizard_with_these_people(world: Centre, client: Callable[..., Any]) -> None:
    kind = make(world)
    passed(world, kind, 300)
    with world.look("trainer") as work:
        address = exam_address(work.get(CertificateKind, kind), EXPIRING)
    assert address.replace("&", "&amp;") in client("trainer").get(f"{BASE}/expiring").text
    page = client("trainer").get(address)
    assert page.status_code == 200 and 'name="rule" value="certificate_expiring"' in page.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    made = client("trainer").post("/training/exams", data=asked | {"paper": str(ready_paper(world)), "opens_at": "2026-03-09T09:00"})
    assert made.status_code == 303, made.text[:900]
    who = client("trainer").get(made.headers["Location"]).text
    assert "Agent" in who and "CT-0001" in who and "Agent B" not in who


def instant(world: Centre, hour: int) -> datetime:
    return datetime.combine(world.clock.today, datetime.min.time(), ZoneInfo(ZONE)) + timedelta(hours=hour)


def test_whom_one_may_put_on_a_queue_at_two_in_the_afternoon(world: Centre) -> None:
    kind = make(world)
    for who in ("agent", "agent_b", "everything"):
        passed(world, kind, 30, who) if who != "everything" else None
    with world.begin("operator") as work:
        usecases.award(work, kind, world.people["everything"], world.clock.today, today=world.clock.today, proof="p")
        work.permit(MAKE_PLANS)
        work.session.add(Busy(kind="leave", person_id=world.people["agent"], starts_at=instant(world, 13), ends_at=instant(world, 15)))
        work.session.add(Busy(kind="shift", person_id=world.people["agent_b"], starts_at=instant(world, 8), ends_at=instant(world, 16)))
    with world.look("supervisor") as work:
        day = queue_board.queue_board(work.session, "退费", world.clock.today, None)
        at = queue_board.queue_board(work.session, "退费", world.clock.today, None, instant(world, 14))
        later = queue_board.queue_board(work.session, "退费", world.clock.today, None, instant(world, 17))
        past = queue_board.queue_board(work.session, "退费", world.clock.today - timedelta(days=31), None)
        sums = queue_board.queue_sums(work.session, world.clock.today, None)
    assert day.fit == 3 and {one.person for one in day.lines if one.fit} == {"Agent", "Agent B", "Everything"}
    assert [(one.person, one.fit, one.on_shift) for one in at.lines[:3]] == [
        ("Agent B", True, True), ("Everything", True, False), ("Agent", False, False)]
    assert list(at.lines[2].against) == ["on leave"] and later.fit == 3 and past.fit == 0
    assert [(one.queue, one.may, one.soon) for one in sums] == [("退费", 3, 0)]


def test_many_are_extended_after_a_look_and_that_is_taken_back_as_a_whole(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    ids = [passed(world, kind, 300), passed(world, kind, 300, "agent_b")]
    revoked = passed(world, kind, 10, "everything")
    with world.begin("trainer") as work:
        usecases.revoke(work, revoked, reason="x", today=today)
    until = card(world).lines[0].until
    assert until is not None
    with world.look("trainer") as work:
        plan = batches.planned(work, "extend", [*ids, revoked], days=30, today=today)
    assert [(one.new, one.refused) for one in plan] == [(until + timedelta(days=30), None)] * 2 + [
        (None, "There is nothing that counts.")]
    with world.begin("trainer") as work:
        batch = batches.do_many(work, "extend", [*ids, revoked], days=30, reason="产假", today=today).id
    assert card(world).lines[0].until == until + timedelta(days=30)
    assert card(world, on=today - timedelta(days=1)).lines[0].until == until, "as it was known the day before"
    world.clock.move(days=1)
    with world.begin("trainer") as work:
        batches.undo_batch(work, batch, reason="批错了", today=world.clock.today)
    assert card(world).lines[0].until == until
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        batches.undo_batch(work, batch, reason="再来", today=world.clock.today)
    with pytest.raises(InvalidInput) as caught, world.begin("trainer") as work:
        batches.do_many(work, "extend", ids, days=0, reason="x", today=today)
    assert "days" in caught.value.fields
    with pytest.raises(NotPermitted), world.begin("team_leader") as work:
        batches.do_many(work, "revoke", ids, reason="x", today=today)


def test_many_are_revoked_and_come_back(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    ids = [passed(world, kind, 30), passed(world, kind, 30, "agent_b")]
    with world.begin("manager") as work:
        batch = batches.do_many(work, "revoke", ids, reason="试卷泄露", today=today).id
    assert card(world).lines[0].state == card(world, "agent_b").lines[0].state == C.REVOKED
    with world.begin("manager") as work:
        usecases.reinstate(work, ids[1], reason="本人未看到")
        batches.undo_batch(work, batch, reason="查清", today=today)
    assert card(world).lines[0].state == card(world, "agent_b").lines[0].state == C.VALID


def test_one_passing_is_taken_back_and_given_back_and_past_days_stay_as_they_were(world: Centre) -> None:
    kind, today = make(world), world.clock.today
    passed(world, kind, 30)
    with world.look() as work:
        passing = work.session.scalars(select(Passing.id)).one()
    with world.begin("manager") as work:
        usecases.take_back(work, passing, reason="登记错人", today=today)
    line = card(world).lines[0]
    assert (line.state, line.lack, line.passings[0].turned) == (C.AHEAD, "never", "登记错人") and not card(world).queues[0].may
    assert card(world, on=today - timedelta(days=1)).queues[0].may, "yesterday it counted"
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.take_back(work, passing, reason="再来", today=today)
    with world.begin("manager") as work:
        usecases.give_back(work, passing, reason="没有错", today=today)
    assert card(world).queues[0].may


SHEET = ("账号,证书,通过日期,证明,成绩\nagent,CT-0001,2026-02-01,名单第3页,91\nagent_b,信息安全,2026/2/2,名单第3页,\n"
         "没有这个人,CT-0001,2026-02-01,名单,\nagent,CT-0001,昨天,名单,\nagent,CT-0001,2026-02-01,,90\nagent,CT-9,2026-02-01,名单,\n"
         "trainer,CT-0001,2026-02-01,名单,\n")


def test_a_sheet_of_passings_names_every_refused_row_and_is_one_act_on_many(world: Centre, client: Callable[..., Any]) -> None:
    make(world)

    def send(**more: str) -> Any:
        return client("trainer").post(f"/api/v1{BASE}/batches/import", content_type="multipart/form-data",
                                      data={"file": (BytesIO(SHEET.encode()), "台账.csv"), **more}).get_json()
    dry = send(dry_run="true")
    assert "read" in dry, dry
    assert (dry["read"], dry["created"], len(dry["rejected"])) == (7, 2, 5)
    with world.look() as work:
        assert work.session.scalars(select(Passing.id)).all() == [] and work.session.scalars(select(CertificateBatch.id)).all() == []
    done = send()
    assert [one["row"] for one in done["rejected"]] == [4, 5, 6, 7, 8] and all(one["reason"] for one in done["rejected"])
    assert send()["unchanged"] == 2
    with world.look() as work:
        batch = work.session.scalars(select(CertificateBatch)).one()
        assert (batch.people, batch.reason) == (2, "台账.csv")
    undone = client("trainer").post(f"/api/v1{BASE}/batches/{batch.id}/undo", json={"reason": "传错了文件"})
    assert undone.status_code == 200 and undone.get_json()["undone_at"]
    assert card(world).lines[0].state == C.AHEAD and [one.counts for one in card(world).lines[0].passings] == [False]


def test_a_certificate_on_paper_is_verified_inside_the_house(world: Centre, client: Callable[..., Any]) -> None:
    one = passed(world, make(world), 30)
    paper = client("agent").get(f"/api/v1{BASE}/held/{one}/print").get_json()
    page = client("agent").get(f"{BASE}/held/{one}/print").text
    code = f"{paper['number']}-{paper['code']}"
    assert f"verify?code={code}" in page and "<svg" in page and 'src="http' not in page
    agent_b = client("agent_b")
    assert agent_b.get(f"{BASE}/held/{one}/print").status_code == 404
    said = agent_b.get(f"/api/v1{BASE}/verify?code={code.lower()}").get_json()
    assert (said["person"], said["counts"], said["newest"]) == ("Agent", True, True)
    assert "Genuine, and it counts today." in agent_b.get(f"{BASE}/verify?code={code}").text
    for wrong in (code[:-1] + ("0" if code[-1] != "0" else "1"), f"CT-0001-999999-{paper['code']}", "x", "--", "CT-0001-٣-ABCDEFABCDEF"):
        answer = agent_b.get(f"{BASE}/verify", query_string={"code": wrong})
        assert answer.status_code == 422 and "No certificate of this house has this code." in answer.text and "Agent<" not in answer.text
    with world.begin("manager") as work:
        usecases.revoke(work, one, reason="x", today=world.clock.today)
    assert agent_b.get(f"/api/v1{BASE}/verify?code={code}").get_json()["counts"] is False
    assert client("agent").get(f"{BASE}/held/{one}/print").status_code == 409


def test_as_few_queries_for_many_people_and_kinds_as_for_few(world: Centre) -> None:
    def asked(act: Callable[[Any], Any]) -> int:
        count = [0]

        def note(*_: Any) -> None:
            count[0] += 1
        event.listen(world.db.engine, "before_cursor_execute", note)
        try:
            with world.look("trainer") as work:
                act(work)
        finally:
            event.remove(world.db.engine, "before_cursor_execute", note)
        return count[0]
    today = world.clock.today
    acts: tuple[Callable[[Any], Any], ...] = (
        lambda work: queries.team(work, world.units["CENTRE"], today), lambda work: queries.short_of(work.session, today),
        lambda work: queue_board.queue_board(work.session, "退费", today, None, instant(world, 14)),
        lambda work: queue_board.queue_sums(work.session, today, None))
    make(world)

    def counted() -> list[int]:
        for one in acts:
            asked(one)  # what is remembered of people and units is read once
        return [asked(one) for one in acts]
    few = counted()
    with world.begin("operator") as work:
        people = [add_account(work, login=f"p{number}", name=f"P{number}", roles=["agent"], unit_code="TEAM-A",
                              email=f"p{number}@x.test", language="en", password_hash="x").id for number in range(20)]
        for number in range(6):
            kind = usecases.make_kind(work, KindDraft(f"K{number}", "skills", months=12)).id
            usecases.add_need(work, kind, since=today, queue=f"q{number}")
            for person in people:
                usecases.award(work, kind, person, today, today=today, proof="p")
    assert counted() == few


def test_pages_of_lists_keep_what_was_typed_and_are_taken_away(world: Centre, client: Callable[..., Any]) -> None:
    kind = make(world)
    one = passed(world, kind, 300)
    trainer, leader = client("trainer"), client("team_leader")
    for path in ("/expiring", "/expiring?kind=CT-0001&days=90&what=expires", "/years", "/years?year=2025&state=late", "/queues",
                 "/queues?queue=退费&at=14:00&who=all", "/teams",
                 f"/people/{world.people['agent']}/print", "/verify", "/kinds?state=used"):
        for caller in (trainer, leader):
            assert caller.get(f"{BASE}{path}").status_code in (200, 303), path
    for path in ("/expiring", "/years", "/queues", "/queues?queue=退费", "/kinds"):
        mark = "&" if "?" in path else "?"
        assert trainer.get(f"{BASE}{path}{mark}format=csv").headers["Content-Type"].startswith("text/csv"), path
    assert trainer.get(f"{BASE}/queues?at=25:00").status_code == 422
    shown = trainer.post(f"{BASE}/batches/many", data={"act": "extend", "ids": [one], "days": "30", "reason": "产假"})
    assert shown.status_code == 200 and "产假" in shown.text
    lost = trainer.post(f"{BASE}/batches/many", data={"act": "extend", "ids": [one], "days": "30", "reason": "", "sure": "1"})
    assert lost.status_code == 422 and "Say why." in lost.text, lost.text[lost.text.index("<main"):][:3000]
    done = trainer.post(f"{BASE}/batches/many", data={"act": "extend", "ids": [one], "days": "30", "reason": "产假", "sure": "1"})
    assert done.status_code == 303 and "产假" in trainer.get(f"{BASE}/batches").text


def test_a_kind_is_made_with_its_course_and_who_needs_it_in_one_form(world: Centre, client: Callable[..., Any]) -> None:
    trainer = client("trainer")
    filled = {"purpose": "skills", "name": "退费资格", "months": "12", "early_days": "90", "grace_days": "15",
              "whom": "Queue · 退费专线", "first_days": "14", "course": "", "exam": ""}
    lost = trainer.post(f"{BASE}/kinds", data=filled | {"course": "没有这门课"})
    assert lost.status_code == 422 and "没有这门课" in lost.text and "Choose one from the list." in lost.text and "退费资格" in lost.text
    made = trainer.post(f"{BASE}/kinds", data=filled)
    assert made.status_code == 303, made.text[:500]
    with world.look("trainer") as work:
        row = work.session.scalars(select(CertificateKind)).one()
        need = queries.need_lines(work.session, row.id)[0]
    assert (need.whom, need.name, need.first_days) == ("queue", "退费专线", 14)
    proof = trainer.post(f"{BASE}/kinds/{row.id}/award", content_type="multipart/form-data", data={
        "person": "agent Agent", "passed_on": str(world.clock.today), "proof": "考卷", "file": (BytesIO(b"%PDF-1.4 x"), "考卷.pdf")})
    assert proof.status_code == 303, proof.text[:500]
    page = client("agent").get(BASE).text
    place = page.split('/files/')[1].split('"')[0]
    assert "考卷.pdf" in page and client("agent").get(f"/files/{place}").status_code == 200
    assert client("agent_b").get(f"/files/{place}").status_code == 404


def test_the_command_line_lists_imports_and_verifies(world: Centre, settings: Settings, tmp_path: Path) -> None:
    from kmsvc.cli.training import training

    make(world)
    sheet = tmp_path / "s.csv"
    sheet.write_text(SHEET, "utf-8")
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}

    def run(*words: str, status: int = 0) -> Any:
        told = ["certificates", *words, "--as", "trainer", "--json"]
        done = CliRunner().invoke(training, told, catch_exceptions=bool(status), env=env)
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)
    assert run("import", str(sheet), status=1)["created"] == 2
    assert {one["person"] for one in run("expiring", "--days", "365")["items"]} >= {"Agent", "Agent B"}
    assert run("queue")["items"][0]["queue"] == "退费" and run("queue", "退费", "--at", "14:00")["fit"] >= 0
    assert run("year")["kind"] == "CT-0001"
    with world.look("trainer") as work:
        held = work.session.scalars(select(Certificate.id).where(Certificate.person_id == world.people["agent"])).one()
        paper = proving.paper_of(work, held, world.clock.today)
        batch = work.session.scalars(select(CertificateBatch.id)).one()
    assert run("verify", f"{paper.number}-{paper.code}")["person"] == "Agent"
    assert run("batches")["items"][0]["people"] == 2
    assert run("held", str(batch), "undo", "--reason", "传错")["done"] == "undo"
    assert run("import", str(sheet), status=1)["created"] == 2, "what was taken back comes in anew"
    assert run("import", str(sheet), status=1)["unchanged"] == 2
