"""Change requests are found by number and title, by those who may see them and nobody else."""

from __future__ import annotations

from datetime import date

from kmsvc.process.changes.usecases import submit_change
from kmsvc.search.queries import ask, names_for
from tests.builders import make_process
from tests.support.centre import Centre


def asked_for(world: Centre) -> str:
    with world.begin("business_owner") as work:
        return submit_change(
            work,
            title="退费时限缩短",
            reason="客户投诉",
            today=world.clock.today,
            new_process={"name": "密级流程", "group": "external", "class": "business"},
        ).number


def test_its_number_leads_to_a_change_request_and_its_title_is_suggested(world: Centre) -> None:
    number = asked_for(world)
    world.drain()
    with world.look("process_manager") as work:
        answer = ask(work.session, world.engine, work.actor, text=number.lower(), on=date(2026, 3, 2), lag_s=0)
        suggested = names_for(work.session, world.engine, work.actor, "时限缩短", date(2026, 3, 2))
    assert [one.card.number for one in answer.items] == [number]
    assert [card.number for _, card in suggested] == [number]


def test_the_last_digits_of_its_number_suggest_a_change_request(world: Centre) -> None:
    number = asked_for(world)
    world.drain()
    with world.look("process_manager") as work:
        suggested = names_for(work.session, world.engine, work.actor, number[-4:], date(2026, 3, 2))
    assert [card.number for _, card in suggested] == [number]


def test_r_s1_a_request_that_is_not_for_the_reader_is_not_found_by_number_or_title(world: Centre) -> None:
    process = make_process(world, unit="TEAM-B")
    with world.begin("business_owner") as work:
        number = submit_change(work, title="退费时限缩短", reason="客户投诉", today=world.clock.today,
                               process_id=process.id).number
    world.drain()
    with world.look("agent") as work:
        answer = ask(work.session, world.engine, work.actor, text=number, on=date(2026, 3, 2), lag_s=0)
        begun = ask(work.session, world.engine, work.actor, text="cr2026", on=date(2026, 3, 2), lag_s=0)
        suggested = names_for(work.session, world.engine, work.actor, "时限缩短", date(2026, 3, 2))
    assert begun.items == [] and begun.kinds == {}
    assert answer.items == [] and answer.total == 0 and suggested == []
