"""Papers through their use cases: three ways, feasibility named exactly, the same seed gives the same paper."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.training.exams.usecases import Wish, add_candidates, plan_exam, publish
from kmsvc.training.papers.blueprint import Blueprint, Cell
from kmsvc.training.papers.giving import BankTooSmall, draw, loads, paper_for, rows_of, stale_in
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.usecases import (
    Draft,
    change_paper,
    compose_fixed,
    copy_paper,
    make_paper,
    pick,
    ready,
    refresh,
    reopen,
)
from kmsvc.training.questions.models import QuestionRow
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.banks import question, small_bank, write_anew


def blueprint(topics: dict[str, int], *, short: int = 0) -> Blueprint:
    """Six single choices of each topic, and short answers of the second."""
    cells = [Cell(str(one), "single", 6, Decimal(2)) for one in topics.values()]
    if short:
        cells.append(Cell(str(topics["身份核验"]), "short_answer", short, Decimal(10)))
    return Blueprint(tuple(cells), 60, shares=None if short else (30, 40, 30))


def test_only_who_writes_papers_makes_one(world: Centre) -> None:
    for login in ("agent", "marker", "auditor"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            make_paper(work, Draft("退费", "picked"))


def test_a_picked_paper_keeps_its_order_and_the_versions_it_was_given(world: Centre) -> None:
    small_bank(world)
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("手工卷", "picked"))
        pick(work, paper.id, [(5, Decimal("1.5")), (2, None), (27, None)])
        assert [(place, question, points) for place, question, _, points in rows_of(work.session, paper.id)] == [
            (1, 5, Decimal("1.5")), (2, 2, Decimal(2)), (3, 27, Decimal(2))]
        assert paper.total == Decimal("5.5")
        before = rows_of(work.session, paper.id)
        write_anew(work, 2, question("single", "另一题"))
    with world.begin("trainer") as work:
        assert rows_of(work.session, paper.id) == before
        with pytest.raises(RuleBroken) as refused:
            ready(work, paper.id)
        assert refused.value.code == "training.paper.stale"
    with world.begin("trainer") as work:
        assert refresh(work, paper.id) == 1
        assert ready(work, paper.id).state == "ready"
        assert rows_of(work.session, paper.id)[1][2] != before[1][2]


@pytest.mark.parametrize("chosen", [
    [(1, None), (1, None)], [(999, None)], [(1, Decimal(0))], [(1, Decimal("0.005"))], [(1, Decimal(2000))]])
def test_what_cannot_be_picked_is_refused_and_changes_nothing(world: Centre, chosen: list[tuple[int, Decimal | None]]) -> None:
    small_bank(world)
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("手工卷", "picked"))
        pick(work, paper.id, [(3, None)])
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        pick(work, paper.id, chosen)
    with world.look() as work:
        assert [one[1] for one in rows_of(work.session, paper.id)] == [3]


def test_a_fixed_paper_is_the_same_by_the_same_seed_and_another_by_another(world: Centre) -> None:
    _, topics = small_bank(world)
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("固定卷", "fixed", blueprint=blueprint(topics), seed="4711"))
        first = rows_of(work.session, compose_fixed(work, paper.id).id)
        again = rows_of(work.session, compose_fixed(work, paper.id).id)
        other = rows_of(work.session, compose_fixed(work, paper.id, seed="4712").id)
        assert first == again and {one[1] for one in first} != {one[1] for one in other}
        assert len(first) == 12 and paper.total == 24
        assert ready(work, paper.id).state == "ready"


def test_what_the_bank_lacks_is_named_when_it_is_to_be_ready(world: Centre) -> None:
    _, topics = small_bank(world)
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("每人一卷", "each", blueprint=blueprint(topics, short=2)))
    with pytest.raises(BankTooSmall) as refused, world.begin("trainer") as work:
        ready(work, paper.id)
    assert refused.value.found.missing == 1 and [one.cell for one in refused.value.found.orders] == [2]


def test_a_blueprint_that_contradicts_itself_is_never_kept(world: Centre) -> None:
    small_bank(world)
    with pytest.raises(InvalidInput) as refused, world.begin("trainer") as work:
        make_paper(work, Draft("卷", "each", blueprint=Blueprint((Cell(None, "single", 0, Decimal(2)),), 60)))
    assert list(refused.value.fields) == ["cells"]


def test_everybody_gets_another_paper_equally_difficult_and_by_the_seed_the_same_again(world: Centre) -> None:
    _, topics = small_bank(world)
    people = [world.people[one] for one in ("agent", "agent_b", "team_leader")]
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("每人一卷", "each", blueprint=blueprint(topics), tolerance=10))
        ready(work, paper.id)
        exam = plan_exam(work, Wish("周测", paper.id, world.clock.now.replace(hour=3)), zone=ZONE)
        add_candidates(work, exam.id, people)
    with world.look() as work:
        unkept = paper_for(work.session, exam, people)
    with world.begin("trainer") as work:
        publish(work, exam.id, zone=ZONE)
    with world.begin("trainer") as work:
        kept = paper_for(work.session, exam, people)
        assert kept == unkept
        assert len({frozenset(question for _, question, _, _ in its) for its in kept.values()}) == 3
        held = loads(work.session, exam.id)
        assert len(held) == 3 and max(held.values()) - min(held.values()) <= 2 * 10 * 2400
        assert draw(work, exam, people) == 0  # kept once, never overwritten


def test_a_question_that_counts_no_more_is_found_in_the_papers_of_an_exam(world: Centre) -> None:
    _, topics = small_bank(world)
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("每人一卷", "each", blueprint=blueprint(topics)))
        ready(work, paper.id)
        exam = plan_exam(work, Wish("周测", paper.id, world.clock.now.replace(hour=3)), zone=ZONE)
        add_candidates(work, exam.id, [world.people["agent"]])
        publish(work, exam.id, zone=ZONE)
        asked = paper_for(work.session, exam, [world.people["agent"]])[world.people["agent"]]
        assert stale_in(work.session, exam) == frozenset()
        row = work.get(QuestionRow, asked[0][1])
        row.state, row.flagged_why = "flagged", "statistics"
        work.session.flush()
        assert stale_in(work.session, exam) == {asked[0][1]}


def test_a_paper_an_announced_exam_uses_does_not_change_but_can_be_copied(world: Centre) -> None:
    small_bank(world)
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("手工卷", "picked"))
        pick(work, paper.id, [(1, None), (2, None)])
        ready(work, paper.id)
        exam = plan_exam(work, Wish("周测", paper.id, world.clock.now.replace(hour=3)), zone=ZONE)
        add_candidates(work, exam.id, [world.people["agent"]])
        publish(work, exam.id, zone=ZONE)
    for act in (lambda work: reopen(work, paper.id), lambda work: pick(work, paper.id, [(3, None)]),
                lambda work: change_paper(work, paper.id, Draft("x", "picked"))):
        with pytest.raises(RuleBroken), world.begin("trainer") as work:
            act(work)
    with world.begin("trainer") as work:
        made = copy_paper(work, paper.id)
        assert [one[1:] for one in rows_of(work.session, made.id)] == [one[1:] for one in rows_of(work.session, paper.id)]
        assert made.state == "draft" and work.get(PaperRow, paper.id).state == "ready"
