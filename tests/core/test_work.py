"""A unit of work: all or nothing, never without a permission, facts and trail in the same commit; W9: a clock that goes back."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, update

from kmsvc.core import audit
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import NotFound, NotPermitted, Stale
from kmsvc.core.events import Delivery, Fact
from kmsvc.core.work import NeverPermitted
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.usecases import add_post, add_unit
from tests.builders import submit
from tests.support.centre import Centre


def count(world: Centre, kind: type) -> int:
    with world.look() as work:
        return work.session.scalar(select(func.count()).select_from(kind)) or 0


def test_an_exception_leaves_nothing_behind(world: Centre) -> None:
    before = [count(world, kind) for kind in (Post, AuditEntry, Fact)]
    with pytest.raises(ZeroDivisionError), world.begin("admin") as work:  # noqa: PT012 (the unit ends with it)
        add_post(work, code="P1", name="Post")
        raise ZeroDivisionError
    assert [count(world, kind) for kind in (Post, AuditEntry, Fact)] == before


def test_who_never_asked_for_a_permission_cannot_commit(world: Centre) -> None:
    with pytest.raises(NeverPermitted), world.begin("admin") as work:
        work.session.add(Post(code="P1", name="Post"))
    assert count(world, Post) == 0


def test_who_may_not_is_refused_and_nothing_is_kept(world: Centre) -> None:
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        add_unit(work, code="X", name="X", parent_code="CENTRE")
    assert count(world, Unit) == 3


def test_audited_rows_are_not_changed_behind_the_trail(world: Centre) -> None:
    for statement in (update(Person).values(name="x"), delete(Person)):
        with pytest.raises(NeverPermitted), world.begin("admin") as work:  # noqa: PT012 (the unit ends with it)
            work.permit(MANAGE_ACCOUNTS)
            work.session.execute(statement)


def test_a_reading_unit_cannot_write(world: Centre) -> None:
    with pytest.raises(RuntimeError), world.look() as work:  # noqa: PT012 (the unit ends with it)
        work.session.add(Post(code="P1", name="Post"))
        work.session.flush()


def test_what_was_read_stays_readable(world: Centre) -> None:
    with world.look() as work:
        person = work.get(Person, world.people["agent"])
    assert person.role_names == {"agent"}


def test_a_page_reads_one_state_and_anew_after_it_wrote(world: Centre) -> None:
    """The looks of one request share a session; what it wrote itself is seen by the next look, what others wrote is not."""
    with world.db.one_look():
        with world.look() as first:
            before = first.session.scalar(select(func.count()).select_from(Post))
        with world.look() as second:
            assert second.session is first.session
        with world.begin("admin") as work:
            add_post(work, code="P1", name="Post")
        with world.look() as third:
            assert third.session is not first.session
            assert third.session.scalar(select(func.count()).select_from(Post)) == before + 1


def test_a_look_around_a_writing_unit_stays_whole(world: Centre) -> None:
    with world.db.one_look(), world.look() as around:
        person = around.get(Person, world.people["agent"])
        with world.begin("admin") as work:
            add_post(work, code="P1", name="Post")
        assert around.get(Person, world.people["agent"]) is person
    with world.look() as after:
        assert after.session is not around.session


def test_a_missing_row_is_not_found_and_another_version_is_stale(world: Centre) -> None:
    with world.look() as work:
        with pytest.raises(NotFound):
            work.get(Person, 4711)
        with pytest.raises(Stale):
            work.get(Person, world.people["agent"], version=99)


def test_a_fact_and_its_deliveries_are_written_with_the_change(world: Centre) -> None:
    submit(world)
    with world.look() as work:
        fact = work.session.scalars(select(Fact).where(Fact.kind == "process.change.submitted")).one()
        waiting = set(work.session.scalars(select(Delivery.reaction).where(Delivery.fact_id == fact.id)))
    assert waiting == {"tell_next_actors", "mark_change", "link_change_to_feedback", "link_change_to_gap", "queue_hooks"}
    assert fact.person_id == world.people["team_leader"]


def test_r_w9_a_clock_that_goes_back_is_flagged_and_the_order_stays(world: Centre) -> None:
    """R-W9: a step back of more than 5 s is an entry of its own; order comes from the sequence, not from time."""
    def post(code: str) -> None:
        with world.begin("admin") as work:
            add_post(work, code=code, name=code)

    world.clock.move(hours=1)
    post("P1")
    world.clock.move(seconds=-4)
    post("P2")
    world.clock.move(minutes=-10)
    post("P3")
    world.clock.move(seconds=1)
    post("P4")
    with world.look() as work:
        rows = list(work.session.scalars(select(AuditEntry).order_by(AuditEntry.seq)))
        verdict = audit.verify(work.session)
    flags = [row for row in rows if row.act == "clock_back"]
    assert len(flags) == 1
    assert flags[0].before is not None
    assert flags[0].after is not None
    assert flags[0].before["at"] > flags[0].after["at"]
    assert [row.after["code"] for row in rows if row.subject == "people_post" and row.after] == ["P1", "P2", "P3", "P4"]
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert verdict.ok


def test_r_w9_deliveries_made_before_the_clock_went_back_are_delivered(world: Centre) -> None:
    """R-W9: a clock set back for an hour does not hold up what was caused before it."""
    world.clock.move(hours=1)
    submit(world)
    world.clock.move(hours=-1)
    submit(world)
    world.drain(index=False)
    world.clock.move(hours=1)
    world.drain(index=False)
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "pending")) == 0


def test_a_row_without_a_key_is_not_found(world: Centre) -> None:
    with world.look() as work, pytest.raises(NotFound):
        work.get(Person, None)
