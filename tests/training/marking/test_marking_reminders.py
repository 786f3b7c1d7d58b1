"""R-J2, R-J3: what waits for markers and for who decides appeals is told once, late or not, however long nothing ran."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from kmsvc.notices.models import Notice
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.marking.appealing import file_appeal
from kmsvc.training.marking.appeals import last_day
from kmsvc.training.marking.releasing import release
from kmsvc.training.sittings.rules import Terms, deadline
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.marking.marked import RIGHT, mark_all, question_at, sat, sitting_of

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")


def told(world: Centre, login: str) -> list[tuple[str, Any]]:
    world.drain()
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(
            Notice.person_id == world.people[login], Notice.kind.startswith("training.marking")).order_by(Notice.id)))


def duties(world: Centre, days: int) -> None:
    world.clock.move(days=days)
    with world.begin("system") as work:
        run_duties(work, world.clock.today)


@pytest.mark.parametrize("idle", [0, 3, 366, 400])
def test_r_j2_markers_hear_once_of_what_waits(world: Centre, idle: int) -> None:
    """R-J2: off for three days, a year and more: one word each, and none again at the next run of the same day."""
    sat(world, {"agent": [RIGHT, "先道歉"]})
    told(world, "marker")
    duties(world, idle)
    first = told(world, "marker")
    duties(world, 0)
    duties(world, 0)
    assert told(world, "marker") == first
    assert len(first) == len(set(first)) == 1


@pytest.mark.parametrize("idle", [0, 3, 366, 400])
def test_r_j2_who_decides_an_appeal_hears_once_and_no_more_once_it_is_decided(world: Centre, idle: int) -> None:
    """R-J2: the same for appeals."""
    exam = sat(world, {"agent": [RIGHT, "先道歉"]}, appeal_days=5)
    mark_all(world, "marker", exam, question_at(world, exam, 2), 2)
    with world.begin("manager") as work:
        release(work, exam, zone=ZONE)
    world.drain()
    with world.begin("agent") as work:
        row = file_appeal(work, sitting_of(world, exam, "agent").id, 2, reason="请再看", zone=ZONE)
        decider = row.decider_id
    login = next(name for name, one in world.people.items() if one == decider)
    before = told(world, login)
    duties(world, idle)
    after = told(world, login)
    duties(world, 0)
    assert told(world, login) == after
    assert 1 <= len(after) - len(before) + 1 <= 2, "that it came, and once that it waits"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", range(2024, 2033))
def test_r_j3_the_last_day_of_appeals_in_every_zone(zone: str, year: int) -> None:
    """R-J3: released on every day around the ends of February and of the year and the nights in which clocks are set: the last day
    is so many working days of the centre after it, counted on its own calendar."""
    for month, day in ((2, 27), (2, 28), (3, 31), (10, 31), (12, 30), (12, 31)):
        at = datetime(year, month, day, 12, tzinfo=UTC)
        last = last_day(at, 3, zone)
        local = at.astimezone(ZoneInfo(zone)).date()
        assert local < last <= local + timedelta(days=14)
        assert isinstance(last, date)
        assert last_day(at + timedelta(minutes=1), 3, zone) == last
        assert last_day(at + timedelta(days=1), 3, zone) >= last


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", range(2024, 2033))
def test_r_j3_an_hour_is_an_hour_in_the_nights_in_which_clocks_are_set(zone: str, year: int) -> None:
    """R-J3: a sitting over the hour that is there twice or not at all has sixty minutes."""
    held = ZoneInfo(zone)
    for month in range(1, 13):
        for day in (1, 7, 13, 25, 28):
            begun = datetime(year, month, day, 23, 30, tzinfo=held)
            until = deadline(Terms(begun, 3 * 3600, begun + timedelta(hours=9), 60))
            assert until.ends_at - begun.astimezone(UTC) == timedelta(hours=3)
