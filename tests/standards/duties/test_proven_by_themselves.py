"""Duties that complete themselves when their subject is proven: the yearly checks of clauses 64 and 80, the update of clause 67."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

from sqlalchemy import select

from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.standards.duties.clauses import ClauseFact
from kmsvc.standards.duties.models import DutyProof, Obligation
from kmsvc.training.certificates.exam_rules import THIS_YEAR
from kmsvc.training.certificates.following import follow_asked
from kmsvc.training.certificates.usecases import KindDraft, add_need, award, make_kind
from kmsvc.training.exams.finding import found_by
from kmsvc.training.plans import attending
from tests.builders import make_change, play
from tests.standards.duties.houses import FACTS, MODEL, begin_use, duties, run
from tests.support.centre import Centre
from tests.training.plans.test_arising import taught

YEARLY = (ClauseFact(MODEL, 64, None, "流程认知年查", "Yearly re-check of process awareness", "annual", 12, None, "PROC"),)


def a_kind(world: Centre) -> int:
    """Process awareness, asked of the agents of two teams, proven anew each year."""
    with world.begin("trainer") as work:
        row = make_kind(work, KindDraft(name="流程认知", purpose="awareness", clause="64", months=12))
        add_need(work, row.id, since=date(world.clock.today.year, 1, 1), role="agent")
        return row.id


def follow(world: Centre) -> None:
    """Everybody who is asked has a row that says so."""
    with world.begin("system") as work:
        follow_asked(work, world.clock.today)


def passes(world: Centre, kind: int, person: int) -> None:
    with world.begin("trainer") as work:
        award(work, kind, person, world.clock.today, today=world.clock.today, proof="笔试")
    world.drain()


def test_the_yearly_check_is_done_when_nobody_is_missing(world: Centre) -> None:
    begin_use(world, date(world.clock.today.year, 1, 1), YEARLY)
    run(world, world.clock.today)
    kind = a_kind(world)
    with world.look("trainer") as work:
        missing = found_by(work.session, THIS_YEAR, "CT-0001", world.clock.today)[0]
    assert len(missing) > 1 and world.people["agent"] in missing
    follow(world)
    for person in missing[:-1]:
        passes(world, kind, person)
    assert [one.state for one in duties(world, "64")] == ["open"]
    with world.look("trainer") as work:
        assert found_by(work.session, THIS_YEAR, "CT-0001", world.clock.today)[0] == missing[-1:]
    passes(world, kind, missing[-1])
    duty = duties(world, "64")[0]
    assert (duty.state, duty.done_on, duty.done_by_id) == ("done", world.clock.today, None)
    with world.look() as work:
        proof = work.session.scalars(select(DutyProof).where(DutyProof.obligation_id == duty.id)).one()
    assert proof.number == f"CT-0001 {world.clock.today.year}" and proof.url.startswith("/training/certificates/years")
    passes(world, kind, missing[0])
    assert len([one for one in duties(world, "64") if one.state == "done"]) == 1, "twice changes nothing"


def test_who_was_missing_and_left_holds_nothing_up(world: Centre) -> None:
    begin_use(world, date(world.clock.today.year, 1, 1), YEARLY)
    run(world, world.clock.today)
    kind = a_kind(world)
    follow(world)
    with world.look("trainer") as work:
        *others, last = found_by(work.session, THIS_YEAR, "CT-0001", world.clock.today)[0]
    for person in others:
        passes(world, kind, person)
    assert [one.state for one in duties(world, "64")] == ["open"]
    with world.begin("operator") as work:
        suspend_person(work, last, reason="has left")
    world.drain()
    assert [one.state for one in duties(world, "64")] == ["done"]


def test_the_year_page_leads_to_an_exam_for_everybody_who_is_missing(world: Centre, client: Callable[..., Any]) -> None:
    a_kind(world)
    follow(world)
    with world.look("trainer") as work:
        missing = found_by(work.session, THIS_YEAR, "CT-0001", world.clock.today)[0]
    page = client("trainer").get("/training/certificates/years?kind=CT-0001").text
    assert f"Plan the exam for {len(missing)} people" in page
    address = unescape(page).split('href="/training/exams/new?')[1].split('"')[0]
    wizard = client("trainer").get(f"/training/exams/new?{address}")
    assert wizard.status_code == 200 and 'value="certificate_year"' in wizard.text and 'value="CT-0001"' in wizard.text
    assert "/training/exams/new" not in client("trainer").get("/training/certificates/years?kind=CT-0001&year=2025").text


def of_update(world: Centre) -> list[Any]:
    with world.look() as work:
        return list(work.session.scalars(select(Obligation).where(
            Obligation.clause == "67", Obligation.subject_kind == "process").order_by(Obligation.id)))


def test_an_update_is_mastered_when_everybody_it_concerns_is_trained(world: Centre) -> None:
    change = make_change(world, step=8)
    world.drain()
    begin_use(world, world.clock.today, FACTS)
    play(world, change, to=9)
    world.drain()
    assert [one.state for one in of_update(world)] == ["open"]
    _, session = taught(world, change)
    world.clock.move(days=1)
    for person, state in (("agent", "open"), ("team_leader", "done")):
        with world.begin("trainer") as work:
            attending.sign_in_by_hand(work, session, person=world.people[person], reason="war da")
        world.drain()
        assert [one.state for one in of_update(world)] == [state]
