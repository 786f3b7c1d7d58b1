"""From the programme of a year to a closed finding, by whom, and what nobody can do. E9, E10, E11, E18."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.standards.audits import auditing, findings, planning
from kmsvc.standards.audits.models import (
    AuditProgramme,
    CheckPoint,
    Engagement,
    Finding,
    FindingRevision,
    FindingStep,
)
from kmsvc.standards.audits.planning import Staffing
from kmsvc.standards.audits.queries import FindingFilters, finding_lines
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.evidence.queries import EvidenceFilters, gathered, narrowed, year_span
from kmsvc.standards.evidence.sampling import drawn, population_hash, rank
from tests.builders import make_process
from tests.standards.duties.houses import begin_use, run
from tests.support.centre import Centre
from tests.support.clock import ZONE


@pytest.fixture
def programme(world: Centre) -> int:
    """The approved programme of this year, under way."""
    install_standards(world.db)
    begin_use(world, world.clock.today)
    run(world, world.clock.today)
    with world.begin("compliance") as work:
        row = planning.begin_programme(work, year=world.clock.today.year, title="年度内审")
    with world.begin("manager") as work:
        planning.approve_programme(work, row.id)
    with world.begin("compliance") as work:
        planning.activate_programme(work, row.id)
    return row.id


def audit_of(world: Centre, subject: str) -> int:
    with world.look() as work:
        return work.session.scalars(select(Engagement.id).where(Engagement.subject == subject)).one()


def staffed(world: Centre, subject: str = "system", **more: Any) -> int:
    one = audit_of(world, subject)
    with world.begin("compliance") as work:
        planning.staff(work, one, Staffing(**{
            "lead": world.people["auditor"], "auditors": [world.people["compliance"]], "answerable": world.people["supervisor"],
            "starts_on": world.clock.today, "ends_on": world.clock.today, **more}))
    with world.begin("auditor") as work:
        auditing.start(work, one)
    return one


@pytest.fixture
def published(world: Centre, programme: int) -> int:
    """A published finding that the supervisor answers."""
    one = staffed(world)
    with world.begin("compliance") as work:
        row = findings.draft_finding(work, one, clause="8", grade="minor", title="措施无期限", text="三项纠正措施没有期限。")
    with world.begin("auditor") as work:
        findings.publish(work, row.id, today=world.clock.today)
    world.drain()
    return row.id


def state(world: Centre, finding_id: int) -> str:
    with world.look() as work:
        return work.get(Finding, finding_id).state


def test_a_programme_brings_the_audits_the_clauses_ask_for_with_their_minimum_contents(world: Centre, programme: int) -> None:
    with world.look() as work:
        audits = {row.subject: row.clauses for row in work.session.scalars(select(Engagement))}
        points = [row.text["en"] for row in work.session.scalars(select(CheckPoint).join(Engagement).where(
            Engagement.subject == "system").order_by(CheckPoint.place))]
    assert audits == {"system": ["8"], "information": ["17", "19"], "security": ["27", "35"], "knowledge": ["61"], "process": ["42"],
                      "performance": ["108", "114"]}
    assert len(points) == 5 and points[1:] == ["finding", "owner", "corrective action", "time limit"]
    with world.begin("compliance") as work, pytest.raises(InvalidInput):
        planning.begin_programme(work, year=world.clock.today.year, title="once more")
    with world.begin("compliance") as work, pytest.raises(InvalidInput):
        planning.add_engagement(work, programme, title="x", clauses=["999"], starts_on=world.clock.today, ends_on=world.clock.today)


def test_who_wrote_the_programme_does_not_approve_it_and_other_words_are_approved_anew(world: Centre) -> None:
    install_standards(world.db)
    with world.begin("manager") as work:
        one = planning.begin_programme(work, year=2027, title="t").id
        with pytest.raises(RuleBroken, match="wrote"):
            planning.approve_programme(work, one)
    with world.begin("compliance") as work, pytest.raises(NotPermitted):
        planning.approve_programme(work, one)
    with world.begin("everything") as work:
        planning.approve_programme(work, one)
        assert planning.write_programme(work, one, title="t", goals=None).state == "approved"
        assert planning.write_programme(work, one, title="other", goals=None).state == "draft"
        with pytest.raises(RuleBroken):
            planning.activate_programme(work, one)
    with world.begin("everything") as work, pytest.raises(RuleBroken, match="wrote"):
        planning.approve_programme(work, one)  # somebody else began it; these words are one's own


def test_nobody_audits_what_they_answer_for_own_or_work_in(world: Centre, programme: int) -> None:
    one, today, me = audit_of(world, "system"), world.clock.today, world.people["auditor"]
    with world.look() as work:
        inside = work.session.execute(text("SELECT id FROM people_person WHERE unit_id = :unit ORDER BY id LIMIT 1"), {
            "unit": world.units["TEAM-A"]}).scalar_one()
    for wrong in ({"answerable": me}, {"lead": inside, "unit": world.units["TEAM-A"]}):
        with world.begin("compliance") as work, pytest.raises(RuleBroken, match="cannot audit it"):
            planning.staff(work, one, Staffing(**{
                "lead": me, "auditors": [], "answerable": world.people["supervisor"], "starts_on": today, "ends_on": today, **wrong}))
    with world.begin("auditor") as work, pytest.raises(NotPermitted):
        auditing.start(work, one)


def test_a_finding_goes_its_way_between_both_sides_and_only_the_lead_closes_it(world: Centre, published: int) -> None:
    today, one = world.clock.today, published

    def duties() -> dict[str, str]:
        with world.look() as work:
            return {row.rule: row.state for row in work.session.scalars(select(Obligation).where(
                Obligation.subject_kind == "audit_finding").order_by(Obligation.id))}
    assert duties() == {"standards.finding.respond": "open"}
    with world.begin("agent") as work, pytest.raises(NotPermitted):
        findings.respond(work, one, whys=["because"], containment="c", today=today)
    with world.begin("supervisor") as work, pytest.raises(InvalidInput):
        findings.respond(work, one, whys=[" "], containment="c", today=today)
    with world.begin("supervisor") as work:
        row = findings.respond(work, one, whys=["模板没有期限栏", None, "没人复核"], containment="补齐三项", today=today)
        assert row.root_cause == "1. 模板没有期限栏\n2. 没人复核"
    with world.begin("supervisor") as work:
        findings.propose(work, one, correction="改模板", prevention="季度抽查", owner=world.people["team_leader"], due_on=today,
                         today=today)
        with pytest.raises(RuleBroken, match="accepted"):
            findings.agree(work, one, today=today)
    with world.begin("auditor") as work:
        findings.agree(work, one, today=today)
    assert state(world, one) == "agreed"
    world.drain()
    assert duties() == {"standards.finding.respond": "done", "standards.finding.act": "open"}
    with world.begin("auditor") as work:
        findings.propose(work, one, correction="改模板并培训", prevention=None, owner=world.people["team_leader"],
                         due_on=date(today.year, 12, 1), today=today)
    assert state(world, one) == "proposed", "another text or day asks both sides again"
    with world.begin("supervisor") as work:
        findings.agree(work, one, today=today)
    with world.begin("team_leader") as work:
        findings.act(work, one, proof="AR-2026-0001", done_on=today, today=today)
    with world.begin("compliance") as work:
        findings.send_back(work, one, reason="没有新模板", today=today)
    with world.begin("team_leader") as work:
        findings.act(work, one, proof="P-004 V2", done_on=today, today=today)
    with world.begin("compliance") as work:
        findings.verify(work, one, note="看过模板", today=today)
    with world.begin("compliance") as work:
        findings.effect(work, one, holds=False, note="又有一项", today=today)
    assert state(world, one) == "answered", "it has come again: another action is needed"
    with world.begin("auditor") as work:
        findings.propose(work, one, correction="必填", prevention=None, owner=world.people["team_leader"], due_on=today, today=today)
    with world.begin("supervisor") as work:
        findings.agree(work, one, today=today)
    with world.begin("team_leader") as work:
        findings.act(work, one, proof="x", done_on=today, today=today)
    with world.begin("compliance") as work:
        findings.verify(work, one, note="n", today=today)
        findings.effect(work, one, holds=True, note="三个月无", today=today)
    for login in ("compliance", "supervisor", "admin"):
        with world.begin(login) as work, pytest.raises(NotPermitted):
            findings.close(work, one, justification="j", today=today)
    with world.begin("auditor") as work:
        findings.close(work, one, justification="有效", today=today)
    world.drain()
    assert set(duties().values()) <= {"done", "moot"}
    with world.begin("auditor") as work:
        findings.reopen(work, one, reason="again", today=today)
    assert state(world, one) == "answered"
    with world.look() as work:
        told = set(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people["supervisor"])))
        assert {"standards.finding.publish", "standards.finding.close", "standards.finding.effect_fails"} <= told


def test_nobody_administrator_included_changes_a_published_finding_unnoticed(world: Centre, published: int) -> None:
    """E10: a correction is a revision beside the first; the database refuses everything else, whoever asks it."""
    with world.begin("auditor") as work:
        with pytest.raises(InvalidInput):
            findings.correct(work, published, grade="minor", title="措施无期限", text="三项纠正措施没有期限。", reason="r",
                             today=world.clock.today)
        findings.correct(work, published, grade="major", title="措施无期限", text="四项。", reason="漏数", today=world.clock.today)
    with world.look() as work:
        rows = [(row.no, row.grade, row.text) for row in work.session.scalars(select(FindingRevision).order_by(FindingRevision.no))]
    assert rows == [(1, "minor", "三项纠正措施没有期限。"), (2, "major", "四项。")]
    for statement in ("UPDATE standards_finding_revision SET text = 'nothing'", "DELETE FROM standards_finding_revision",
                      "UPDATE standards_finding_step SET note = 'x'", "DELETE FROM standards_finding_step"):
        with world.begin("admin") as work, pytest.raises(DBAPIError, match="not changed"):
            work.session.execute(text(statement))
    for login in ("admin", "compliance", "supervisor"):
        with world.begin(login) as work, pytest.raises(NotPermitted):
            findings.withdraw(work, published, reason="r", today=world.clock.today)
    with world.look() as work:
        assert work.session.scalars(select(FindingStep.verb).order_by(FindingStep.id)).all() == ["publish", "correct"]


def test_drafts_are_seen_by_their_auditors_alone_and_findings_by_who_answers(world: Centre, programme: int) -> None:
    one = staffed(world)
    with world.begin("auditor") as work:
        findings.draft_finding(work, one, clause="8", grade="hint", title="d", text="t")
    seen = {}
    for login in ("auditor", "compliance", "process_manager", "supervisor"):
        with world.look(login) as work:
            seen[login] = len(finding_lines(work.session, work.actor, FindingFilters())[0])
    assert seen == {"auditor": 1, "compliance": 1, "process_manager": 0, "supervisor": 0}


def test_a_sample_is_drawn_again_by_anybody_and_stays_as_it_was(world: Centre, programme: int) -> None:
    """W10: seed, size and population say how; the rows are frozen."""
    processes = [make_process(world, name=f"流程{n}", drain=True) for n in range(6)]
    for process in processes:
        with world.begin("business_owner") as work:
            confirm_review(work, process.id, reason="right", today=world.clock.today)
    one = staffed(world, "process")
    year = world.clock.today.year
    with world.begin("auditor") as work:
        made = auditing.draw_sample(work, one, clause="42", size=4, first=date(year, 1, 1), last=date(year, 12, 31),
                                    today=world.clock.today, zone=ZONE, seed="4711")
        again = auditing.draw_sample(work, one, clause="42", size=4, first=date(year, 1, 1), last=date(year, 12, 31),
                                     today=world.clock.today, zone=ZONE, seed="4711")
        records = narrowed(gathered(work.session, work.actor, year_span(year, world.clock.today, ZONE)), EvidenceFilters(clause="42"))
    keys = {f"{row.kind}:{row.id}" for row in records}
    assert [row["key"] for row in made.rows] == [row["key"] for row in again.rows] == drawn(keys, "4711", 4)
    assert (made.population, made.population_hash) == (len(keys), population_hash(keys)) and len(made.rows) == 4
    assert rank("4711", "process:12") == hashlib.sha256(b"4711|process:12").hexdigest()
    with world.begin("admin") as work, pytest.raises(DBAPIError, match="not changed"):
        work.session.execute(text("UPDATE standards_audit_sample SET seed = '1'"))
    with world.begin("auditor") as work, pytest.raises(InvalidInput):
        auditing.draw_sample(work, one, clause="42", size=4, first=date(1999, 1, 1), last=date(1999, 2, 1),
                             today=world.clock.today, zone=ZONE)


def test_a_finished_audit_is_archived_proves_its_clause_and_does_its_duty(world: Centre, programme: int) -> None:
    one, today = staffed(world), world.clock.today
    with world.begin("auditor") as work, pytest.raises(RuleBroken, match="5 points"):
        auditing.to_review(work, one)
    with world.begin("auditor") as work:
        for point in work.session.scalars(select(CheckPoint.id).where(CheckPoint.engagement_id == one)).all():
            auditing.check(work, point, result="conforms", note_kind="document", note="read")
        with pytest.raises(InvalidInput):
            auditing.check(work, point, result="fails")
        auditing.to_review(work, one)
        auditing.check(work, point, result=None)
        with pytest.raises(RuleBroken, match="1 points"):
            auditing.finish(work, one, conclusion="c", today=today)
        auditing.check(work, point, result="conforms")
        auditing.finish(work, one, conclusion="体系运行有效", today=today)
    world.drain()
    with world.look("auditor") as work:
        records = narrowed(gathered(work.session, work.actor, year_span(today.year, today, ZONE)), EvidenceFilters(kind="audit"))
        duty = work.session.scalars(select(Obligation).where(Obligation.clause == "8", Obligation.state == "done")).one()
    assert [(row.clauses, row.happened_on, row.more["findings"]) for row in records] == [(("8",), today, 0)]
    assert duty.done_on == today
    with world.begin("compliance") as work, pytest.raises(RuleBroken, match="neither finished nor dropped"):
        planning.complete_programme(work, programme, conclusion="c")
    with world.begin("auditor") as work:
        auditing.back_to_work(work, one, reason="missed something")
    with world.look("auditor") as work:
        assert len(narrowed(gathered(work.session, work.actor, year_span(today.year, today, ZONE)), EvidenceFilters(kind="audit"))) == 1
        assert work.get(AuditProgramme, programme).state == "active"


def test_doors_offer_what_may_be_done_and_carry_a_finding_to_its_end(world: Centre, client: Callable[..., Any], programme: int) -> None:
    """A client that reads only `allowed`: from a planned audit to an accepted action; pages show the same."""
    api = "/api/v1/standards/audits"
    people = {name: world.people[name] for name in ("auditor", "supervisor")}
    compliance, auditor, supervisor = client("compliance"), client("auditor"), client("supervisor")

    def do(caller: Any, address: str, verb: str, **body: Any) -> Any:
        found = caller.call("GET", address)[1]
        offer = next(one for one in found["allowed"] if one["verb"] == verb)
        status, told = caller.call("POST", offer["href"], body)
        assert status == 200, told
        return told
    one = next(row for row in compliance.call("GET", f"{api}?clause=8")[1]["items"] if row["clauses"] == ["8"])
    place = f"{api}/{one['id']}"
    do(compliance, place, "staff", lead=people["auditor"], answerable=people["supervisor"], starts_on="2026-03-02", ends_on="2026-03-20")
    do(auditor, place, "start")
    point = auditor.call("GET", place)[1]["checklist"][0]
    assert auditor.call("POST", f"{api}/points/{point['id']}/check", {"result": "fails"})[0] == 422
    assert auditor.call("POST", f"{api}/points/{point['id']}/check", {"result": "fails", "note": "n"})[1]["result"] == "fails"
    do(auditor, place, "draft", clause="8", grade="major", title="t", text="x")
    finding = f"{api}/findings/{auditor.call('GET', f'{api}/findings')[1]['items'][0]['id']}"
    assert supervisor.call("GET", finding)[0] == 404
    do(auditor, finding, "publish")
    do(supervisor, finding, "respond", containment="c", why1="w")
    do(supervisor, finding, "propose", correction="c", owner=people["supervisor"], due_on="2026-05-01")
    assert "agree" not in {row["verb"] for row in supervisor.call("GET", finding)[1]["allowed"]}
    assert do(auditor, finding, "agree")["state"] == "agreed"
    for caller, address in ((compliance, ""), (compliance, f"/programmes/{programme}"), (auditor, f"/{one['id']}"),
                            (auditor, f"/{one['id']}/report"), (supervisor, "/findings"),
                            (supervisor, finding.removeprefix(api)), (compliance, "?format=xlsx"), (auditor, "/findings?format=csv")):
        assert caller.get(f"/standards/audits{address}").status_code == 200, address
    page = supervisor.get(f"/standards/audits{finding.removeprefix(api)}").get_data(as_text=True)
    assert "It is done" in page and "Close the finding" not in page
    refused = supervisor.post(f"/standards/audits{finding.removeprefix(api)}/act", data={"proof": ""})
    assert refused.status_code == 422
