"""Change requests are found by number and title as somebody types, and what they are called now."""

from __future__ import annotations

import pytest

from kmsvc.process.changes.naming import names_like
from tests.builders import do, submit
from tests.support.centre import Centre


def found(world: Centre, typed: str, most: int = 10) -> list[int]:
    with world.db.look(world.actor("process_manager")) as work:
        return names_like(work.session, typed, most)


def test_by_the_beginning_or_the_end_of_the_number_and_by_the_title_newest_first(world: Centre) -> None:
    first, second = submit(world, title="Refund in ten days"), submit(world, title="refund form")
    year = world.clock().year
    assert found(world, f"cr-{year}") == found(world, f"CR{year}") == [second, first]
    assert found(world, "0001") == [first] and found(world, "01") == []
    assert found(world, "REFUND") == [second, first] and found(world, "refund", most=1) == [second]
    assert found(world, "ten days") == [first] and found(world, "ten weeks") == [] and found(world, "r") == []


@pytest.mark.parametrize("typed", ["%", "%%", "__", "ten%days", "refund\nform"])
def test_signs_of_a_pattern_mean_nothing(world: Centre, typed: str) -> None:
    submit(world, title="refund")
    submit(world, title="form")
    assert found(world, typed) == []


@pytest.mark.parametrize("title", ["refund 50% of it", "field order_no is missing"])
def test_a_title_is_found_with_all_its_signs(world: Centre, title: str) -> None:
    change_id = submit(world, title=title)
    assert found(world, title) == [change_id] and found(world, title.split()[1]) == [change_id]


def test_a_new_request_and_a_new_title_are_found_at_once(world: Centre) -> None:
    assert found(world, "parcel") == []
    change_id = submit(world, asker="agent", title="lost parcel")
    assert found(world, "parcel") == [change_id]
    do(world, "process_manager", "ask_back", change_id, question="which?")
    do(world, "agent", "resubmit", change_id, reason="late ones", title="late letter")
    assert found(world, "parcel") == [] and found(world, "letter") == [change_id]
