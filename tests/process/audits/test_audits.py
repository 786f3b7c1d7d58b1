"""The process audit of a year: frozen population, independent auditors, results, signatures, changes, a frozen archive. N14, #42."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.process.audits import judging, queries, rules, themes, usecases
from kmsvc.process.audits.duties import HOLD, THEME
from kmsvc.process.audits.judging import Judged
from kmsvc.process.audits.models import ProcessAuditItem
from kmsvc.process.audits.rules import AuditStand
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.models import Process, ProcessReview
from kmsvc.standards.duties.clauses import switch_on_clauses
from kmsvc.standards.duties.models import DutyProof, Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.standards.evidence.register import KINDS, Span
from kmsvc.standards.models.usecases import install_packaged
from tests.builders import make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

YES = dict.fromkeys(rules.QUESTIONS, True)
KEEP = Judged(YES, "keep")
UPDATE = Judged(YES | {"correct": False}, "update", "第三步的时限写错了", action="改成 24 小时")
WITHDRAW = Judged(YES | {"needed": False}, "withdraw", "已并入新流程")


def running(world: Centre, many: int = 3) -> int:
    """An audit that has begun, of so many processes; the last one is the process manager's own."""
    for n in range(many):
        make_process(world, name=f"流程{n}", owner="process_manager" if n == many - 1 else "business_owner",
                     group="training" if n == many - 1 else "external")
    with world.begin("process_manager") as work:
        one = usecases.plan_audit(work, year=world.clock.today.year, due_on=date(world.clock.today.year, 12, 1)).id
        usecases.start_audit(work, one, today=world.clock.today)
    return one


def items(world: Centre, audit_id: int) -> list[ProcessAuditItem]:
    with world.look() as work:
        return usecases.items_of(work, audit_id)


def assign(world: Centre, audit_id: int, auditor: str, **more: Any) -> usecases.Shared:
    with world.begin("process_manager") as work:
        return usecases.assign(work, audit_id, auditor=auditor, **more)


def judge(world: Centre, item: ProcessAuditItem, said: Judged, who: str) -> None:
    with world.begin(who) as work:
        judging.judge(work, item.id, said, today=world.clock.today)


def shared(world: Centre) -> int:
    """The manager audits what is not theirs, somebody of quality the rest."""
    one = running(world)
    assign(world, one, "process_manager")
    assign(world, one, "qa_inspector")
    return one


def settled(world: Centre) -> int:
    """Everything has a result: one kept and signed, one updated, one withdrawn."""
    one = shared(world)
    mine, second, own = sorted(items(world, one), key=lambda it: it.place)
    judge(world, mine, KEEP, "process_manager")
    judge(world, second, UPDATE, "process_manager")
    judge(world, own, WITHDRAW, "qa_inspector")
    with world.begin("process_manager") as work:
        judging.sign_kept(work, one, content_hash=None, comment="逐条核对", today=world.clock.today)
    with world.begin("process_manager") as work:
        judging.open_changes(work, one, today=world.clock.today)
        judging.withdraw(work, own.id, today=world.clock.today)
    return one


def close(world: Centre, audit_id: int, **more: Any) -> None:
    with world.begin("process_manager") as work:
        usecases.close_audit(work, audit_id, conclusion="总体可用。", actions="十二月前改完。", today=world.clock.today, **more)


def test_what_answers_lead_to_and_what_a_result_needs() -> None:
    assert rules.proposed(YES) == "keep" and rules.proposed(YES | {"followed": False}) == "update"
    assert rules.proposed({"needed": False}) == "withdraw" and rules.proposed({"needed": True}) is None
    for answers, result, findings, at in (
            (YES | {"correct": False}, "keep", None, "result"), (YES, "update", None, "findings"),
            (YES | {"needed": False}, "update", "x", "result")):
        with pytest.raises(InvalidInput) as refused:
            rules.check_judged(answers, result, findings, in_force=True)
        assert at in refused.value.fields


def test_population_is_frozen_and_later_processes_are_offered(world: Centre) -> None:
    one = running(world)
    assert len(items(world, one)) == 3
    make_process(world, name="后来的")
    with world.look("process_manager") as work:
        assert [name for _, _, name in queries.audit_card(work.session, work.actor, one).later] == ["后来的"]
    with world.begin("process_manager") as work:
        assert usecases.add_new(work, one) == 1
    assert [it.added_at is not None for it in items(world, one)] == [False, False, False, True]
    with world.begin("process_manager") as work, pytest.raises(RuleBroken):
        usecases.add_new(work, one)


def test_one_audit_a_year_and_a_stranger_neither_sees_nor_leads(world: Centre) -> None:
    running(world)
    with world.begin("process_manager") as work, pytest.raises(RuleBroken):
        usecases.plan_audit(work, year=world.clock.today.year, due_on=world.clock.today)
    for who in ("agent", "auditor"):
        with world.begin(who) as work, pytest.raises(NotPermitted):
            usecases.plan_audit(work, year=2027, due_on=date(2027, 12, 1))
    with world.look("agent") as work, pytest.raises(NotPermitted):
        queries.audit_lines(work.session, work.actor)


def test_nobody_audits_a_process_of_their_own(world: Centre) -> None:
    one = running(world)
    done = assign(world, one, "process_manager")
    assert done.given == 2 and len(done.own) == 1
    own = items(world, one)[-1]
    assert own.auditor_id is None
    with pytest.raises(InvalidInput) as refused:
        assign(world, one, "process_manager", group="training")
    assert "own" in str(refused.value.fields["auditor"][0]) and done.own[0] in str(refused.value.fields["auditor"][0])
    assign(world, one, "qa_inspector", only={own.id})
    with world.begin("process_manager") as work:  # the owner changes after it was shared out
        work.permit(usecases.LEAD_AUDIT)
        work.get(Process, own.process_id, lock=True).owner_id = world.people["qa_inspector"]
    with pytest.raises(NotPermitted):
        judge(world, own, KEEP, "qa_inspector")
    with pytest.raises(NotPermitted):
        judge(world, items(world, one)[0], KEEP, "compliance")


def test_auditors_hear_what_waits_and_a_result_can_be_taken_back(world: Centre) -> None:
    one = shared(world)
    world.drain()
    with world.look() as work:
        told = list(work.session.scalars(select(Notice).where(Notice.kind == "process.audit.shared").order_by(Notice.id)))
    assert {it.person_id for it in told} == {world.people["qa_inspector"]}, "who shares out knows what they gave themselves"
    first = items(world, one)[0]
    judge(world, first, UPDATE, "process_manager")
    assert items(world, one)[0].due_on == world.clock.today + timedelta(days=rules.DAYS_TO_ACT)
    with world.begin("process_manager") as work:
        judging.undo(work, first.id)
    assert items(world, one)[0].result is None and items(world, one)[0].findings is None


def test_keep_is_signed_and_moves_the_next_review(world: Centre) -> None:
    one = shared(world)
    first = items(world, one)[0]
    world.clock.move(days=40)
    judge(world, first, KEEP, "process_manager")
    with pytest.raises(NotPermitted), world.begin("process_manager", fresh=False) as work:
        judging.sign_kept(work, one, content_hash=None, comment=None, today=world.clock.today)
    with pytest.raises(NotPermitted), world.begin("qa_inspector") as work:
        judging.sign_kept(work, one, content_hash=None, comment=None, today=world.clock.today)
    with world.look("process_manager") as work:
        shown = judging.shown_hash(work, one)
    with world.begin("process_manager") as work:
        assert judging.sign_kept(work, one, content_hash=shown, comment=None, today=world.clock.today) == 1
    with world.look() as work:
        process = work.get(Process, first.process_id)
        review = work.session.scalars(select(ProcessReview)).one()
        assert process.reviewed_on == world.clock.today and review.reason.startswith("PA-")
        assert items(world, one)[0].review_id == review.id
    with pytest.raises(RuleBroken), world.begin("process_manager") as work:
        judging.undo(work, first.id)


def test_an_update_opens_one_change_request_and_each_leads_to_the_other(world: Centre) -> None:
    one = shared(world)
    first = items(world, one)[0]
    judge(world, first, UPDATE, "process_manager")
    with world.begin("process_manager") as work:
        made = judging.open_change(work, first.id, today=world.clock.today).id
    with world.look() as work:
        change = work.get(Change, made)
        assert change.trigger == "audit" and change.place == f"/process/audits/items/{first.id}"
        assert change.process_id == first.process_id and "时限" in change.reason and "24" in change.reason
    for again in (lambda work: judging.open_change(work, first.id, today=world.clock.today), lambda work: judging.undo(work, first.id),
                  lambda work: judging.judge(work, first.id, KEEP, today=world.clock.today)):
        with pytest.raises(RuleBroken), world.begin("process_manager") as work:
            again(work)


def test_it_closes_only_when_everything_is_settled(world: Centre) -> None:
    one = shared(world)
    mine, second, own = items(world, one)
    for act, code in ((lambda: None, "not_judged"), (lambda: judge(world, mine, KEEP, "process_manager"), "not_judged"),
                      (lambda: (judge(world, second, UPDATE, "process_manager"), judge(world, own, KEEP, "qa_inspector")),
                       "not_signed")):
        act()
        with pytest.raises(RuleBroken) as refused:
            close(world, one)
        assert refused.value.code == f"process.audit.{code}"
    with world.begin("process_manager") as work:
        assert judging.sign_kept(work, one, content_hash=None, comment=None, today=world.clock.today) == 2
    with pytest.raises(RuleBroken) as refused:
        close(world, one)
    assert refused.value.code == "process.audit.not_followed"


def test_what_is_closed_is_changed_by_nobody(world: Centre) -> None:
    one = settled(world)
    close(world, one)
    with world.look("auditor") as work:
        card = queries.audit_card(work.session, work.actor, one)
        report = queries.report_shown(work.session, work.actor, one)
    assert card.is_whole and card.stands[AuditStand.DONE.value] == 3
    assert report["results"] == {"keep": 1, "update": 1, "withdraw": 1} and len(report["changes"]) == 1
    assert report["answers"]["correct"] == {"yes": 2, "no": 1}
    for query in ("UPDATE process_audit SET conclusion = 'x'", "DELETE FROM process_audit",
                  "UPDATE process_audit_item SET findings = 'x'",
                  "DELETE FROM process_audit_item",
                  "INSERT INTO process_audit_item (audit_id, place, process_id, version_id, process_group, version) "
                  "SELECT audit_id, 99, process_id, version_id, process_group, 1 FROM process_audit_item"):
        with pytest.raises(DBAPIError), world.begin("process_manager") as work:
            work.session.execute(text(query))
    with pytest.raises(RuleBroken), world.begin("process_manager") as work:
        usecases.cancel_audit(work, one, reason="x")


def test_the_year_before_stands_beside(world: Centre) -> None:
    close(world, settled(world))
    world.clock.move(days=365)
    make_process(world, name="新的")
    with world.begin("process_manager") as work:
        one = usecases.plan_audit(work, year=world.clock.today.year, due_on=world.clock.today).id
        usecases.start_audit(work, one, today=world.clock.today)
    assign(world, one, "qa_inspector")
    with world.look() as work:
        numbers = {it.process_id: work.get(Process, it.process_id).number for it in items(world, one)}
    for item, said in zip(items(world, one), (KEEP, UPDATE, KEEP), strict=True):
        judge(world, item, said, "qa_inspector")
    with world.look("auditor") as work:
        before = queries.report_shown(work.session, work.actor, one)["before"]
    again = items(world, one)[1].process_id
    assert before["results"] == {"keep": 1, "update": 1, "withdraw": 1} and len(before["gone"]) == 1 and len(before["new"]) == 1
    assert before["again"] == [numbers[again]]


def test_a_closed_audit_is_proof_as_it_stood_and_settles_its_clause(world: Centre) -> None:
    with world.begin("operator") as work:
        install_packaged(work)
    with world.begin("operator") as work:
        switch_on_clauses(work, date(world.clock.today.year, 1, 1))
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    one = settled(world)
    before = world.clock.today
    world.clock.move(days=2)
    close(world, one)
    world.drain()
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(
            Obligation.clause == "42", Obligation.rule_id.is_not(None)).order_by(Obligation.due_on)).first()
        assert duty is not None and duty.state == "done" and duty.done_on == world.clock.today
        assert work.session.scalars(select(DutyProof).where(DutyProof.kind == "process_audit")).one().number.startswith("PA-")
        year = world.clock.today.year
        spans = [Span(date(year, 1, 1), date(year, 12, 31), day, ZONE) for day in (before, world.clock.today)]
        assert [len(list(KINDS["process_audit"].gather(work.session, span))) for span in spans] == [0, 1]
        record = next(iter(KINDS["process_audit"].gather(work.session, spans[1])))
    assert record.clauses == ("42",) and record.more["update"] == 1


def test_a_closed_audit_is_taken_up_by_a_later_part_and_its_archive_stays(world: Centre) -> None:
    """What is closed never changes; what was wrong in it is looked at again beside it, with a reason."""
    one = settled(world)
    close(world, one)
    world.drain()
    with world.look("process_manager") as work:
        before = queries.report_shown(work.session, work.actor, one)
    today, number = world.clock.today, items(world, one)[0].process_id
    with world.look() as work:
        name = work.get(Process, number).number
    with world.begin("compliance") as work, pytest.raises(NotPermitted):
        usecases.take_up_audit(work, one, reason="r", due_on=today, today=today)
    with world.begin("process_manager") as work:
        with pytest.raises(InvalidInput) as raised:
            usecases.take_up_audit(work, one, reason="r", due_on=today, today=today, processes=f"{name} P-999")
        assert "P-999" in str(raised.value.fields) and name not in str(raised.value.fields)
        with pytest.raises(InvalidInput):
            usecases.take_up_audit(work, one, reason="r", due_on=today - timedelta(days=1), today=today)
        made = usecases.take_up_audit(work, one, reason="第一条的结论写错了", due_on=today, today=today, processes=name.lower()).id
    with world.begin("process_manager") as work, pytest.raises(RuleBroken, match="later part"):
        usecases.take_up_audit(work, one, reason="again", due_on=today, today=today)
    with world.look("process_manager") as work:
        card, old = queries.audit_card(work.session, work.actor, made), queries.audit_card(work.session, work.actor, one)
        assert (card.line.part, card.line.state, card.line.processes, card.purpose) == (2, "running", 1, "第一条的结论写错了")
        assert card.parts == ((one, old.line.number),) and old.parts == ((made, card.line.number),) and card.later == ()
        assert queries.report_shown(work.session, work.actor, one) == before and old.is_whole
    assign(world, made, "process_manager")
    judge(world, items(world, made)[0], UPDATE, "process_manager")
    with world.begin("process_manager") as work:
        judging.open_changes(work, made, today=today)
    close(world, made)
    world.drain()
    with world.look() as work:
        found = [row.number for row in KINDS["process_audit"].gather(work.session, Span(
            date(today.year, 1, 1), date(today.year, 12, 31), today, ZONE))]
    assert found == [old.line.number, card.line.number], "both archives are records of clause 42"
    with world.begin("process_manager") as work:
        again = usecases.take_up_audit(work, made, reason="r", due_on=today, today=today)
        assert again.part == 3
        usecases.cancel_audit(work, again.id, reason="r")
        assert usecases.take_up_audit(work, made, reason="r", due_on=today, today=today).part == 4


def test_the_audit_of_a_year_and_a_theme_stand_on_a_day_until_they_are_closed(world: Centre) -> None:
    """Whoever planned the audit closes it by its day; a theme is closed when its quarter is over; both are reminded of."""
    year = world.clock.today.year

    def open_duties() -> dict[str, tuple[int | None, date]]:
        with world.begin("system") as work:
            run_duties(work, world.clock.today)
        world.drain()
        with world.look() as work:
            return {row.rule: (row.owner_id, row.due_on) for row in work.session.scalars(select(Obligation).where(
                Obligation.rule.in_([HOLD, THEME]), Obligation.state == "open").order_by(Obligation.id))}
    one = settled(world)
    with world.begin("process_manager") as work:
        theme = themes.add_theme(work, themes.Theme(year, 4, "退费提速", "慢", "快", world.people["manager"])).id
        other = themes.add_theme(work, themes.Theme(year, 3, "三", "慢", "快", world.people["business_owner"])).id
        first = themes.add_theme(work, themes.Theme(year, 1, "一", "慢", "快", world.people["business_owner"])).id
        themes.drop_theme(work, first, reason="r")
    open_duties()
    with world.look() as work:
        assert work.session.scalars(select(Obligation.owner_id).where(
            Obligation.rule == THEME, Obligation.subject_id == other)).one() == world.people["process_manager"], "who may close it"
    with world.begin("process_manager") as work:
        themes.drop_theme(work, other, reason="r")
    assert open_duties() == {HOLD: (world.people["process_manager"], date(year, 12, 1)),
                             THEME: (world.people["manager"], date(year, 12, 31))}
    world.clock.move(days=(date(year, 12, 28) - world.clock.today).days)
    open_duties()
    with world.look() as work:
        told = {row.person_id: row.url for row in work.session.scalars(select(Notice).where(
            Notice.kind == "standards.duty.turn").order_by(Notice.id))}
    assert told == {world.people["process_manager"]: f"/process/audits/{one}",
                    world.people["manager"]: f"/process/audits/themes/{theme}"}
    close(world, one)
    with world.begin("manager") as work:
        themes.close_theme(work, theme, result="reached", measured="快了", conclusion="好", today=world.clock.today)
    assert open_duties() == {}
    with world.look() as work:
        assert {(row.rule, row.subject_id): row.state for row in work.session.scalars(select(Obligation).where(
            Obligation.rule.in_([HOLD, THEME])).order_by(Obligation.id))} == {
                (HOLD, one): "done", (THEME, theme): "done", (THEME, other): "moot"}
