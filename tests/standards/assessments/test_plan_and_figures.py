"""What a round says: figures that open, simulations, comparisons, carrying over, files of marks, the plan in four steps. W14, W18."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.operations.setup import install_standards
from kmsvc.standards.assessments import answering, planning, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.campaign_rules import ImprovementState
from kmsvc.standards.assessments.figures import Figure, explain, shown
from kmsvc.standards.assessments.models import ClauseAnswer, Improvement, ImprovementStep, SelfAssessment
from kmsvc.standards.assessments.permissions import RUN_ASSESSMENTS
from kmsvc.standards.assessments.planning import Aim
from kmsvc.standards.assessments.rounds import RoundPlan
from kmsvc.standards.assessments.rules import Marked
from kmsvc.standards.assessments.simulating import changes, simulate
from kmsvc.standards.assessments.standing import Standing, answers_of, standing_of
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.evidence.queries import EvidenceFilters, gathered, narrowed, year_span
from kmsvc.standards.models.models import Clause, ClauseMapping, Section, StandardModel
from kmsvc.standards.models.queries import clauses_of, model_by_code
from tests.standards.assessments.houses import CODE, FULL, answered, answers, closed, drafted, opened
from tests.standards.duties.houses import begin_use, run
from tests.support.centre import Centre
from tests.support.clock import ZONE

HALF = Said(5, 0, "才开始", gaps="没有记录", effort_days=6)


@pytest.fixture(autouse=True)
def standards(world: Centre) -> None:
    install_standards(world.db)


def standing(world: Centre, one: int) -> Standing:
    with world.look() as work:
        return standing_of(work.session, work.get(SelfAssessment, one), answers_of(work.session, one))


def test_each_figure_opens_to_what_it_counts_and_what_it_leaves_out(world: Centre) -> None:
    one = opened(world, "1.1", "5.1")
    answered(world, one, submitted=False, n1=HALF, n149=Said(10, 5, "x", gaps="y"))
    with world.begin("supervisor") as work:
        answering.save(work, answers(world, one)["5"], Said(10, 10, None))
    held = standing(world, one)
    opened_up = {figure: explain(held, figure) for figure in Figure}
    assert (opened_up[Figure.C_RATE].value, opened_up[Figure.F_RATE].value) == ("60 %", "60 %")
    assert [(it.label, it.names) for it in opened_up[Figure.C_RATE].counted] == [
        ("Mark 10", ("2", "3", "4")), ("Mark 5", ("1",)), ("Mark 0", ())]
    assert opened_up[Figure.C_RATE].excluded.names == ("5",)
    assert opened_up[Figure.F_RATE_5].counted[1].names == ("149",)
    for figure in (Figure.TOTAL, Figure.MET, Figure.ASSESSED):
        assert sum(it.adds for it in opened_up[figure].counted) == {
            Figure.TOTAL: held.scored.total, Figure.MET: 7, Figure.ASSESSED: 9}[figure]
    assert opened_up[Figure.TOTAL].value == str(5 + 3 * 20 + 15 + 4 * 20)


def test_a_share_is_cut_so_that_nearly_all_is_not_all() -> None:
    assert [shown(one) for one in (Fraction(2499, 2500), Fraction(1), Fraction(0), None)] == ["99.9 %", "100 %", "0 %", "–"]


def test_ten_chosen_actions_forecast_a_level(world: Centre) -> None:
    """W14's own proof, on the whole standard: what is chosen is added to what is there, and nothing is written."""
    one = opened(world, sections=())
    with world.begin("supervisor") as work:
        for row in answers_of(work.session, one):
            said = FULL if row.place >= 10 else HALF
            answering.save(work, row.id, said)
    held = standing(world, one)
    whole = simulate(held, "L3", None, {"1": 6})
    assert whole.way is not None
    assert {it.check for it in whole.missing if it.lacks} == {"c_rate"}
    assert {name for name, side in whole.chosen if side == "c"} == {str(no) for no in range(1, 11)}
    assert whole.forecast.scored.level in ("L3", "L4", "L5")
    assert whole.forecast.level == "L1"  # one at a time: no earlier round
    few = simulate(held, "L3", [("1", "c")], {"1": 6})
    assert (few.forecast.scored.level, few.forecast.scored.total - held.scored.total, few.effort, few.estimated) == ("L2", 5, 3, 1)
    assert standing(world, one).scored.total == held.scored.total


def test_two_rounds_are_compared_item_by_item(world: Centre) -> None:
    first = closed(world, _answered(world, n1=HALF, n2=HALF))
    second = _answered(world, n1=FULL, n2=HALF, n3=Said(10, 5, "x", gaps="退步"), earlier=first)
    found = changes(standing(world, first), standing(world, second))
    assert [(it.name, it.points, it.before, it.after) for it in found] == [
        ("1", 15, Marked(5, 0), Marked(10, 10)), ("3", -5, Marked(10, 10), Marked(10, 5))]


def _answered(world: Centre, earlier: int | None = None, **said: Said) -> int:
    one = opened(world, earlier=earlier)
    answered(world, one, **said)
    return one


def test_answers_are_carried_over_and_wait_to_be_confirmed(world: Centre) -> None:
    first = closed(world, _answered(world, n1=HALF))
    second = drafted(world, "1.1", "1.2", earlier=first, carry=True)
    with world.look() as work:
        held = {row.name: row for row in answers_of(work.session, second)}
        assert (held["1"].c, held["1"].f, held["1"].reason, held["1"].gaps, held["1"].effort_days) == (5, 0, "才开始", "没有记录", 6)
        assert {row.state for row in held.values()} == {"open"}
        assert held["1"].carried == {"relation": "kept", "from": ["1"], "round": "SA-2026-0001", "look_again": False}
        assert (held["6"].c, held["6"].carried) == (None, None)
    assert standing(world, second).progress.assessed == 0


def test_answers_are_carried_over_to_another_edition_by_how_clauses_correspond(world: Centre) -> None:
    first = closed(world, _answered(world, n1=HALF, n2=FULL))
    with world.begin("compliance") as work:
        work.permit(RUN_ASSESSMENTS)
        old = model_by_code(work.session, CODE)
        assert old is not None
        new = StandardModel(
            code="next", edition="2030", title_zh="新版", title_en="Next", frame=old.frame, digest="d", is_packaged=False, newest=True,
            made_at=work.now, changed_at=work.now)
        work.session.add(new)
        work.session.flush()
        work.session.add(Section(model_id=new.id, number="1.1", place=0, title_zh="一", title_en="One"))
        mine = [Clause(model_id=new.id, no=no, sub=None, place=no, section="1.1", title_zh="z", title_en="e", module="m", at_least=False,
                       firm=True, triggers=[], min_contents=[]) for no in (1, 2, 3)]
        work.session.add_all(mine)
        work.session.flush()
        old_ids = {one.no: one.id for one in clauses_of(work.session, old.id, subs=False)}
        work.session.add_all(ClauseMapping(
            from_model_id=old.id, to_model_id=new.id, from_clause_id=old_ids.get(start) if start else None, to_clause_id=mine[to - 1].id,
            relation=how) for start, to, how in ((1, 1, "merged"), (2, 1, "merged"), (3, 2, "kept"), (None, 3, "new")))
    two = drafted(world, code="next", earlier=first, carry=True)
    with world.look() as work:
        held = {row.name: (row.c, row.f, row.carried and row.carried["relation"], row.carried and row.carried["look_again"])
                for row in answers_of(work.session, two)}
    assert held == {"1": (5, 0, "merged", True), "2": (10, 10, "kept", False), "3": (None, None, "new", True)}


def test_marks_out_of_a_file(world: Centre) -> None:
    one = opened(world)
    dry = "no,sub,c,f,reason,gaps\n1,,10,10,有证据,\n2,,5,10,部分,缺记录\n3,,10,10,,\n"
    for times, changed in ((True, ["1", "2", "3"]), (False, ["1", "2", "3"]), (False, [])):
        with world.begin("compliance") as work:
            done = answering.import_marks(work, one, dry, dry=times)
        assert (done.changed, done.missing) == (changed, 2)
    with world.look() as work:
        assert {row.name: row.state for row in answers_of(work.session, one)} == {
            "1": "answered", "2": "answered", "3": "open", "4": "open", "5": "open"}
    with pytest.raises(InvalidInput) as told, world.begin("compliance") as work:
        answering.import_marks(work, one, "no,sub,c,f\n1,,7,10\n99,,10,10\n")
    assert len(told.value.fields["file"]) == 2  # 99 is a clause, but not of this round


def test_proof_is_named_out_of_what_the_service_knows(world: Centre) -> None:
    one = opened(world, "2.1.1")
    answer = answers(world, one)["39"]
    with pytest.raises(InvalidInput), world.begin("supervisor") as work:
        answering.add_proof(work, answer, key="process_review:99", today=world.clock.today)


def test_the_plan_goes_through_four_steps_and_proves_its_clause(world: Centre) -> None:
    one = _answered(world, n1=HALF, n2=Said(10, 5, "x", gaps="y"))
    day = world.clock.today + timedelta(days=30)
    with world.begin("compliance") as work:
        answers_now = answers_of(work.session, one)
        made = planning.plan(work, one, planning.aims_of([("1", "c"), ("2", "f")], answers_now, None, day), today=world.clock.today)
        ids = [row.id for row in made]
        assert [(row.name, row.aim_c, row.aim_f, row.owner_id, row.effort_days) for row in made] == [
            ("1", 10, 0, world.people["supervisor"], 6), ("2", 10, 10, world.people["supervisor"], None)]
    with world.begin("compliance") as work:  # again: the higher of both aims, no second item
        planning.plan(work, one, [Aim("1", 5, 10, None, day)], today=world.clock.today)
    for note in ("对照条款", "找到三处缺口", "现场辅导两次", "复测合格"):
        with world.begin("supervisor") as work:
            planning.advance(work, ids[0], note=note, today=world.clock.today)
    world.drain(index=False)
    with world.look() as work:
        row = work.get(Improvement, ids[0])
        assert (row.state, row.done_on, row.aim_c, row.aim_f) == ("done", world.clock.today, 10, 10)
        steps = work.session.scalars(select(ImprovementStep.step).order_by(ImprovementStep.id)).all()
        assert steps == ["compare", "find", "coach", "raise"]
        proof = narrowed(gathered(work.session, work.actor, year_span(world.clock.today.year, world.clock.today, ZONE)),
                         EvidenceFilters(clause="1"))
        assert [held.more["note"] for held in proof if held.kind == "improvement"] == ["复测合格"]
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        planning.advance(work, ids[1], note="x", today=world.clock.today)
    with world.begin("supervisor") as work:
        assert planning.step_back(work, ids[0], reason="反复", today=world.clock.today).state == ImprovementState.RAISE
    with world.look() as work:
        span = year_span(world.clock.today.year, world.clock.today, ZONE)
        assert narrowed(gathered(work.session, work.actor, span), EvidenceFilters(kind="improvement")) == []
    with world.begin("compliance") as work:
        planning.leave_out(work, ids[1], reason="合并", today=world.clock.today)
        assert planning.take_up(work, ids[1], reason="仍需", today=world.clock.today).state == ImprovementState.COMPARE
    with pytest.raises(DBAPIError, match="not changed"), world.begin("admin") as work:
        work.session.execute(text("UPDATE standards_improvement_step SET note = 'x'"))


def test_who_answers_for_a_duty_is_given_its_clause(world: Centre) -> None:
    begin_use(world, world.clock.today)
    run(world, world.clock.today)
    with world.begin("compliance") as work:
        row = rounds.begin_round(work, RoundPlan("t", world.people["compliance"], world.clock.today, CODE), today=world.clock.today)
        owners = {duty.clause: duty.owner_id for duty in work.session.scalars(select(Obligation).where(
            Obligation.owner_id.is_not(None), Obligation.clause.is_not(None)).order_by(Obligation.id))}
        given = rounds.assign_owners(work, row.id)
        held = {one.name: one.respondent_id for one in answers_of(work.session, row.id) if one.respondent_id is not None}
    assert given == len(held) > 0
    assert all(person == owners.get(name, owners.get(name.partition(".")[0])) for name, person in held.items())


@pytest.mark.parametrize(("aim", "field"), [
    (Aim("9", 10, 10, None, timedelta(5)), "names"), (Aim("2", 10, 10, None, timedelta(5)), "names"),
    (Aim("1", 0, 0, None, timedelta(5)), "names"), (Aim("1", 10, 10, None, timedelta(-1)), "due_on"),
    (Aim("1", 10, 10, 10**6, timedelta(5)), "owner")])
def test_a_plan_takes_only_what_can_be_raised(world: Centre, aim: Aim, field: str) -> None:
    one = _answered(world, n1=HALF)
    with pytest.raises(InvalidInput) as told, world.begin("compliance") as work:
        planning.plan(work, one, [replace(aim, due_on=world.clock.today + aim.due_on)], today=world.clock.today)
    assert list(told.value.fields) == [field]


def test_a_draft_has_no_plan(world: Centre) -> None:
    one = drafted(world)
    with pytest.raises(RuleBroken), world.begin("compliance") as work:
        planning.plan(work, one, [Aim("1", 10, 10, None, world.clock.today)], today=world.clock.today)
    with world.begin("compliance") as work:
        rounds.discard(work, one)
    with world.look() as work:
        assert work.session.scalars(select(ClauseAnswer)).first() is None
