"""What was on record on a day is told of that day for ever, whatever became of the same rows later. Source: W3, contract section 5."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from kmsvc.files.models import Attachment
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach, remove_attachment
from kmsvc.standards.duties import life
from kmsvc.standards.evidence.queries import gathered, year_span
from kmsvc.standards.evidence.rules import EvidenceRecord
from kmsvc.training.certificates.rules import PRESETS, Purpose
from kmsvc.training.certificates.usecases import KindDraft, change_kind, make_kind
from kmsvc.training.marking.changing import correct_mark
from kmsvc.training.marking.releasing import finish, release
from kmsvc.training.plans import attending, holding
from tests.standards.duties.houses import begin_use, duties, run
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import CLOSED, RIGHT, TRUE, sat, sitting_of
from tests.training.plans.test_plans import a_plan, a_session

FIRST = date(2026, 3, 2)


def facts(world: Centre, kind: str, as_of: date | None = None) -> list[EvidenceRecord]:
    with world.look("auditor") as work:
        return [one for one in gathered(work.session, work.actor, year_span(2026, as_of or world.clock.today, ZONE)) if one.kind == kind]


def used(world: Centre) -> int:
    """A duty of clause 8 that is open; its id."""
    begin_use(world, FIRST)
    run(world, FIRST)
    return next(one.id for one in duties(world, "8") if one.period == "2026")


def test_a_duty_that_is_opened_again_and_moved_keeps_the_day_it_was_due_on(world: Centre) -> None:
    duty = used(world)
    with world.begin("compliance") as work:
        life.do(work, duty, on=FIRST, today=FIRST, record="https://x.test/report")
    [then] = facts(world, "duty")
    assert then.more["due_on"] == "2026-12-31"
    world.clock.move(days=20)
    with world.begin("compliance") as work:
        life.reopen(work, duty, reason="the report is missing")
        life.move(work, duty, due_on=date(2027, 1, 31), reason="later")
    world.clock.move(days=1)
    with world.begin("compliance") as work:
        life.do(work, duty, on=world.clock.today, today=world.clock.today)
    assert facts(world, "duty", FIRST) == [then]
    [now] = facts(world, "duty")
    assert now.more["due_on"] == "2027-01-31"


def test_a_file_that_proves_a_duty_is_named_with_its_digest_as_long_as_it_was_there(world: Centre) -> None:
    duty = used(world)
    stored = keep(world.settings.files_dir, io.BytesIO(b"%PDF-1.4 report"), "report.pdf")
    late = keep(world.settings.files_dir, io.BytesIO(b"%PDF-1.4 more"), "more.pdf")
    with world.begin("compliance") as work:
        attach(work, "duty", duty, stored)
        life.do(work, duty, on=FIRST, today=FIRST)
    [then] = facts(world, "duty")
    assert then.more["records"] == f"report.pdf (SHA-256 {stored.sha256})"
    world.clock.move(days=5)
    with world.begin("compliance") as work:
        attach(work, "duty", duty, late)
    [now] = facts(world, "duty")
    assert "report.pdf" in now.more["records"] and "more.pdf" in now.more["records"]
    assert facts(world, "duty", FIRST) == [then]
    with world.begin("compliance") as work:
        life.reopen(work, duty, reason="the wrong file")
        first = work.session.scalars(select(Attachment.id).where(Attachment.sha256 == stored.sha256)).one()
        remove_attachment(work, first)
    assert facts(world, "duty", FIRST) == [then]


def test_a_session_that_is_opened_again_and_moved_was_held_when_and_where_it_was(world: Centre) -> None:
    plan, trainer = a_plan(world, days=90)
    session = a_session(world, plan, trainer)
    world.clock.move(days=1, hours=3)
    with world.begin("trainer") as work:
        attending.sign_in_by_hand(work, session, person=world.people["agent"], reason="paper list")
    world.clock.move(days=2)
    with world.begin("trainer") as work:
        holding.hold(work, session, minutes="all came")
    noted = world.clock.today
    [then] = facts(world, "training_session")
    world.clock.move(days=4)
    with world.begin("trainer") as work:
        holding.unhold(work, session, reason="the wrong one")
    with world.begin("trainer") as work:
        holding.move(work, session, day=world.clock.today + timedelta(days=3), starts="14:00", ends="15:00", room="B", reason="again",
                     zone=ZONE)
    assert facts(world, "training_session", noted) == [then]


def test_an_exam_keeps_its_clause_and_who_passed_when_both_are_changed_later(world: Centre) -> None:
    clause, it = PRESETS[Purpose.SKILLS]

    def draft(said: str | None) -> KindDraft:
        return KindDraft("岗位技能", Purpose.SKILLS.value, None, said, it.months, it.counting.value, it.roll_from.value, it.early_days,
                         it.grace_days)
    with world.begin("manager") as work:
        kind = make_kind(work, draft("28")).id
    exam = sat(world, {"agent": [RIGHT, True]}, questions=(CLOSED, TRUE), proves_id=kind, appeal_days=2)
    with world.begin("trainer") as work:
        release(work, exam, zone=ZONE)
    world.clock.move(days=10)
    with world.begin("trainer") as work:
        finish(work, exam, zone=ZONE)
    final = world.clock.today
    [then] = facts(world, "exam")
    assert "28" in then.clauses and then.more["passed"] == 1
    world.clock.move(days=3)
    with world.begin("manager") as work:
        change_kind(work, kind, draft(clause))
    with world.begin("manager") as work:
        correct_mark(work, sitting_of(world, exam, "agent").id, 1, new=Decimal(0), why="the wrong answer sheet")
    [now] = facts(world, "exam")
    assert "28" not in now.clauses and now.more["passed"] == 0
    assert facts(world, "exam", final) == [then]

