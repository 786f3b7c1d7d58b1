"""A round of self-assessment from its draft to its frozen result, and what nobody can do. E2, E3, E5, W14, W18."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.frozen import digest_of
from kmsvc.notices.models import Notice
from kmsvc.operations.setup import install_standards
from kmsvc.standards.assessments import answering, queries, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.models import AssessmentResult, ClauseAnswer, SelfAssessment
from kmsvc.standards.assessments.permissions import RUN_ASSESSMENTS
from kmsvc.standards.assessments.rounds import RoundPlan
from kmsvc.standards.assessments.standing import answers_of, standing_of
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.evidence.queries import EvidenceFilters, gathered, narrowed, year_span
from tests.standards.assessments.houses import CODE, FULL, answered, answers, closed, drafted, opened
from tests.support.centre import Centre
from tests.support.clock import ZONE


@pytest.fixture(autouse=True)
def standards(world: Centre) -> None:
    install_standards(world.db)


def duties(world: Centre, rule: str) -> list[tuple[str, int | None]]:
    with world.look() as work:
        return [(row.state, row.owner_id) for row in work.session.scalars(select(Obligation).where(
            Obligation.rule == rule).order_by(Obligation.id))]


def test_from_draft_to_frozen_result(world: Centre) -> None:
    one = opened(world)
    assert duties(world, "standards.assessment.answer") == [("open", world.people["supervisor"])]
    answered(world, one, n2=Said(10, 5, "一半部门做到", gaps="外包组没有", target_f=10, effort_days=4), submitted=False)
    with world.begin("supervisor") as work:
        assert answering.submit(work, one) == 5
    world.drain(index=False)
    assert duties(world, "standards.assessment.answer") == [("done", world.people["supervisor"])]
    closed(world, one)
    with world.look() as work:
        result = work.session.scalars(select(AssessmentResult)).one()
        row = work.get(SelfAssessment, one)
        standing = standing_of(work.session, row, answers_of(work.session, one))
        told = set(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people["supervisor"])))
        proof = narrowed(gathered(work.session, work.actor, year_span(world.clock.today.year, world.clock.today, ZONE)),
                         EvidenceFilters(kind="self_assessment"))
    assert (standing.progress.assessed, standing.progress.met, standing.progress.of) == (5, 4, 5)
    assert (result.body["total"], result.body["max_total"], result.body["whole"], result.level) == (95, 100, False, None)
    assert result.digest == digest_of(result.conclusion, result.body)
    assert {"standards.assessment.given", "standards.assessment.closed"} <= told
    assert [(held.number, held.more["met"]) for held in proof] == [(f"{row.number}-1", "4/5")]


def test_what_is_half_written_is_kept_and_does_not_count(world: Centre) -> None:
    one = opened(world)
    ids = answers(world, one)
    with world.begin("supervisor") as work:
        answering.save(work, ids["1"], Said(5, None, "还没想好"))
        answering.save(work, ids["2"], Said(5, 10, "有制度"))  # below 10 asks what is missing
        answering.save(work, ids["3"], FULL)
    with world.look("compliance") as work:
        held = {row.name: (row.state, row.c, row.reason) for row in answers_of(work.session, one)}
        line = queries.round_card(work.session, work.actor, one).line
    assert held["1"] == ("open", 5, "还没想好")
    assert [held[name][0] for name in ("2", "3", "4")] == ["open", "answered", "open"]
    assert (line.assessed, line.met, line.items) == (1, 1, 5)
    with pytest.raises(RuleBroken, match="#1, #2, #4, #5"), world.begin("supervisor") as work:
        answering.submit(work, one)


def test_a_respondent_sees_and_answers_the_own_clauses_alone(world: Centre) -> None:
    one = drafted(world, "1.1", "1.2")
    with world.begin("compliance") as work:
        rounds.assign(work, one, person=world.people["trainer"], names=["6"])
    ids = answers(world, one)
    with pytest.raises(NotFound), world.look("supervisor") as work:
        queries.round_card(work.session, work.actor, one)  # a draft is nobody's business
    with world.begin("compliance") as work:
        rounds.open_round(work, one)
    with world.look("trainer") as work:
        lines, _ = queries.answer_lines(work.session, work.actor, one, queries.AnswerFilters())
        assert [line.name for line in lines] == ["6"]
        with pytest.raises(NotFound):
            queries.answer_of(work.session, work.actor, ids["1"])
    with pytest.raises(NotPermitted), world.begin("trainer") as work:
        answering.save(work, ids["1"], FULL)
    with pytest.raises(NotPermitted), world.begin("compliance") as work:
        answering.save(work, ids["1"], FULL)  # who runs the round does not answer for others
    with pytest.raises(NotPermitted), world.begin("trainer") as work:
        answering.accept(work, ids["6"])
    with pytest.raises(NotFound), world.look("agent") as work:
        queries.round_card(work.session, work.actor, one)


def test_returned_with_a_remark_and_submitted_again(world: Centre) -> None:
    one = opened(world)
    answered(world, one)
    ids = answers(world, one)
    with world.begin("compliance") as work:
        answering.return_answer(work, ids["2"], remark="缺少证据")
    world.drain(index=False)
    assert duties(world, "standards.assessment.answer") == [("open", world.people["supervisor"])]
    with world.look() as work:
        assert "standards.assessment.returned" in set(work.session.scalars(select(Notice.kind)))
    with pytest.raises(RuleBroken, match="#2"), world.begin("supervisor") as work:
        answering.submit(work, one)
    with world.begin("supervisor") as work:
        answering.save(work, ids["2"], Said(5, 5, "改为部分做到", gaps="没有记录"))
        assert answering.submit(work, one) == 1
    with world.begin("compliance") as work:
        rounds.to_review(work, one)
    with pytest.raises(RuleBroken, match="not accepted"), world.begin("compliance") as work:
        rounds.close(work, one, conclusion="x", today=world.clock.today)
    with world.begin("compliance") as work:
        rounds.give_back(work, one, reason="还要改")
    with world.begin("supervisor") as work:
        answering.take_back(work, ids["1"])
    with pytest.raises(RuleBroken, match="not submitted"), world.begin("compliance") as work:
        rounds.to_review(work, one)


def test_a_closed_round_is_frozen_even_for_an_administrator_and_reopening_keeps_the_result(world: Centre) -> None:
    one = opened(world)
    answered(world, one)
    closed(world, one)
    ids = answers(world, one)
    with pytest.raises(RuleBroken), world.begin("supervisor") as work:
        answering.save(work, ids["1"], Said(0, 0, "x", gaps="y"))
    for statement in ("UPDATE standards_clause_answer SET c = 0", "DELETE FROM standards_clause_answer",
                      "UPDATE standards_assessment_result SET level = 'L5'", "DELETE FROM standards_assessment_result"):
        with pytest.raises(DBAPIError, match=r"not changed"), world.begin("admin") as work:
            work.session.execute(text(statement))
    with world.begin("compliance") as work:
        rounds.reopen(work, one, reason="漏了外包组")
        answering.return_answer(work, ids["1"], remark="补外包组")
    with world.begin("supervisor") as work:
        answering.save(work, ids["1"], Said(5, 5, "外包组未做到", gaps="外包组"))
        answering.submit(work, one)
    closed(world, one, "第二次")
    with world.look() as work:
        totals = [(row.no, row.body["total"]) for row in work.session.scalars(select(AssessmentResult).order_by(AssessmentResult.no))]
    assert totals == [(1, 100), (2, 90)]


def test_levels_one_at_a_time_over_rounds_of_the_whole_standard(world: Centre) -> None:
    found = []
    for turn in (1, 2):
        one = opened(world, sections=(), title=f"第{turn}轮")
        with world.begin("compliance") as work:
            work.permit(RUN_ASSESSMENTS)
            for row in answers_of(work.session, one):
                row.c, row.f, row.reason, row.state = 10, 10, "x", "submitted"
        closed(world, one)
        with world.look() as work:
            result = work.session.scalars(select(AssessmentResult).where(AssessmentResult.assessment_id == one)).one()
        found.append((result.body["of"], result.body["total"], result.body["level"], result.level))
    assert found == [(177, 3540, "L5", "L1"), (177, 3540, "L5", "L2")]


def test_the_level_of_a_closed_round_stays_whatever_is_opened_again(world: Centre) -> None:
    ids = []
    for turn in (1, 2):
        one = opened(world, sections=(), title=f"第{turn}轮")
        with world.begin("compliance") as work:
            work.permit(RUN_ASSESSMENTS)
            for row in answers_of(work.session, one):
                row.c, row.f, row.reason, row.state = 10, 10, "x", "submitted"
        ids.append(closed(world, one))
    with world.begin("compliance") as work:
        rounds.reopen(work, ids[0], reason="更正")
    with world.look() as work:
        held = standing_of(work.session, work.get(SelfAssessment, ids[1]), answers_of(work.session, ids[1]))
    assert (held.earlier, held.attained) == ("L1", "L2")


def test_nobody_is_left_out_when_it_opens(world: Centre) -> None:
    with world.begin("compliance") as work:
        row = rounds.begin_round(work, RoundPlan("t", world.people["compliance"], world.clock.today, CODE, sections=["3.2"]),
                                 today=world.clock.today)
        assert len(answers_of(work.session, row.id)) == 16  # sub-items are answered singly
    with pytest.raises(RuleBroken, match="16 clauses have nobody"), world.begin("compliance") as work:
        rounds.open_round(work, row.id)


@pytest.mark.parametrize(("more", "field"), [
    ({"code": "nobody"}, "model"), ({"code": "ccso-2022"}, "model"), ({"basis": "none"}, "basis"), ({"sections": ["9.9"]}, "sections"),
    ({"target": "L9"}, "target"), ({"lead": 10**6}, "lead"), ({"unit": 10**6}, "unit"), ({"earlier": 10**6}, "earlier"),
    ({"carry": True}, "earlier")])
def test_what_does_not_fit_is_said(world: Centre, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as told:
        drafted(world, **more)
    assert list(told.value.fields) == [field]
    with world.look() as work:
        assert work.session.scalars(select(ClauseAnswer)).first() is None
