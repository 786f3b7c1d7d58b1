"""What training proves, as it stood: sessions held and opened again, certificates that count no more, and what is worth no proof."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from kmsvc.standards.evidence.queries import gathered, year_span
from kmsvc.standards.evidence.rules import EvidenceRecord
from kmsvc.training.certificates.models import CertificateKind, Passing
from kmsvc.training.certificates.rules import PRESETS, Purpose
from kmsvc.training.certificates.usecases import KindDraft, award, make_kind, take_back
from kmsvc.training.plans import attending, holding
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.plans.test_plans import a_plan, a_session


def facts(world: Centre, kind: str, as_of: date | None = None) -> list[EvidenceRecord]:
    with world.look("auditor") as work:
        return [one for one in gathered(work.session, work.actor, year_span(2026, as_of or world.clock.today, ZONE)) if one.kind == kind]


def test_a_session_is_proof_from_the_day_it_was_noted_as_held_to_the_day_that_was_taken_back(world: Centre) -> None:
    plan, trainer = a_plan(world)
    session = a_session(world, plan, trainer)
    assert facts(world, "training_session") == []
    world.clock.move(days=1, hours=3)  # an hour into it
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, session, person=world.people["agent"], reason="paper list")
    world.clock.move(days=2)
    with world.begin("trainer") as work:
        holding.hold(work, session, minutes="all came")
    held_on = world.clock.today
    [found] = facts(world, "training_session")
    assert (found.clauses, found.result, found.more["present"]) == (("63", "80"), "held", 1)
    assert found.happened_on < held_on and facts(world, "training_session", found.happened_on) == [], "held, and not yet on record"
    world.clock.move(days=4)
    with world.begin("trainer") as work:
        holding.unhold(work, session, reason="the wrong one")
    assert facts(world, "training_session") == [] and facts(world, "training_session", held_on) == [found]


def test_a_certificate_that_counts_no_more_stays_in_sight_and_is_no_proof(world: Centre) -> None:
    clause, it = PRESETS[Purpose.SKILLS]
    with world.begin("manager") as work:
        kind = make_kind(work, KindDraft("岗位技能", Purpose.SKILLS.value, None, clause, it.months, it.counting.value,
                                         it.roll_from.value, it.early_days, it.grace_days)).id
    with world.begin("trainer") as work:
        award(work, kind, world.people["agent"], world.clock.today, today=world.clock.today, proof="exam paper 7")
    first = world.clock.today
    [found] = facts(world, "certificate")
    assert (found.clauses, found.result, found.more["proof"]) == (("73", "80"), "passed", "exam paper 7")
    assert world.people["agent"] in found.people
    world.clock.move(days=3)
    with world.begin("trainer") as work:
        take_back(work, work.session.scalars(select(Passing.id)).one(), reason="a mistake", today=world.clock.today)
        work.session.get_one(CertificateKind, kind).name = "岗位技能（新）"
    [later] = facts(world, "certificate")
    assert (later.result, later.title) == ("withdrawn", "岗位技能（新）")
    assert facts(world, "certificate", first) == [found], "name and worth as they were"
