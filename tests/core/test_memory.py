"""What a process remembers between requests is never older than the rows a session sees."""

import threading

import pytest
from sqlalchemy import select

from kmsvc.core import memory, options
from kmsvc.core.db import Base
from kmsvc.operations.usecases import set_option
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.people.family import PEOPLE
from kmsvc.process.changes.options import SAMPLE_SIZE
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.queries import process_lines
from kmsvc.process.definitions.usecases import add_process
from tests.support.centre import Centre


def test_it_is_worked_out_once_until_a_row_of_its_family_changes(world: Centre) -> None:
    with world.look() as work:
        first = directory(work.session)
    with world.look() as work:
        assert directory(work.session) is first
    with world.begin("admin") as work:
        suspend_person(work, world.people["agent"], reason="left")
    with world.look() as work:
        assert not directory(work.session).people[world.people["agent"]].is_active


def test_a_unit_sees_what_it_changed_itself_and_nobody_else_does_before_its_end(world: Centre) -> None:
    agent = world.people["agent"]
    with world.look() as work:
        directory(work.session)
    with pytest.raises(ZeroDivisionError), world.begin("admin") as work:  # noqa: PT012 (the unit is what must break)
        assert directory(work.session).people[agent].is_active
        suspend_person(work, agent, reason="left")
        assert not directory(work.session).people[agent].is_active
        raise ZeroDivisionError
    with world.look() as work:
        assert directory(work.session).people[agent].is_active


def test_a_page_that_began_before_a_change_keeps_its_state(world: Centre) -> None:
    """A session is given what fits its own rows: on SQLite the state it began with; it never spoils the next one's."""
    agent = world.people["agent"]
    with world.look() as work:
        memory.epoch(work.session, PEOPLE)

        def suspend() -> None:
            with world.begin("admin") as other:
                suspend_person(other, agent, reason="left")

        thread = threading.Thread(target=suspend)
        thread.start()
        thread.join()
        seen = directory(work.session).people[agent].is_active
        stored = work.session.scalar(select(Person.state).where(Person.id == agent)) == "active"
        assert seen == stored
    with world.look() as work:
        assert not directory(work.session).people[agent].is_active


def test_a_setting_counts_at_once(world: Centre) -> None:
    with world.look() as work:
        before = options.value(work.session, SAMPLE_SIZE)
    with world.begin("admin") as work:
        set_option(work, SAMPLE_SIZE.name, before + 1)
        assert options.value(work.session, SAMPLE_SIZE) == before + 1
    with world.look() as work:
        assert options.value(work.session, SAMPLE_SIZE) == before + 1


def test_families_name_tables_whose_changes_are_seen() -> None:
    known = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    for family in memory.FAMILIES.values():
        for table in family.tables:
            assert known[table].audited, f"{table} changes unseen"


def test_a_row_that_was_waited_for_comes_with_what_is_remembered_of_its_time(world: Centre) -> None:
    """A unit that waits for a lock goes on in the state the other one left, not in the one remembered before."""
    agent = world.people["agent"]
    with world.look() as work:
        before = options.value(work.session, SAMPLE_SIZE)
    if world.db.engine.dialect.name == "sqlite":
        pytest.skip("there a unit that writes is alone from its beginning")
    with world.begin("admin") as work:
        assert options.value(work.session, SAMPLE_SIZE) == before
        assert directory(work.session).people[agent].is_active

        def meanwhile() -> None:
            with world.begin("admin") as other:
                set_option(other, SAMPLE_SIZE.name, before + 1)
                suspend_person(other, agent, reason="left")

        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join()
        assert work.get(Person, agent, lock=True).state != "active"
        assert not directory(work.session).people[agent].is_active
        assert options.value(work.session, SAMPLE_SIZE) == before + 1


def test_a_page_reads_one_state_of_the_centre(world: Centre) -> None:
    """Rows, epochs and what is remembered fit each other to the end of a page, on both databases."""
    with world.look("process_manager") as work:
        known = heads(work.session)

        def meanwhile() -> None:
            with world.begin("process_manager") as other:
                add_process(other, name="Refunds", group="external", klass="business")

        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join()
        assert {line.id for line in process_lines(work.session, work.actor)} <= set(known)
