"""Busy times of the demo: the two peaks of each working day around today, and somebody on leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kmsvc.core.workdays import is_workday
from kmsvc.training.plans import busy
from kmsvc.training.plans.busy_reading import intervals

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

MAKER, AWAY = "fangyuan", "yezhou"
PEAKS = ("10:00-11:30", "15:00-16:30")
AROUND = range(-7, 15)


def kept_free(stage: Stage) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    """Entered by hand half an hour before noon of yesterday, after the sessions were planned."""
    yield stage.at(1, 11, 30), lambda at: _enter(stage, at)


def _enter(stage: Stage, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(MAKER), now) as work:
        for day in (stage.today + timedelta(days=n) for n in AROUND):
            if not is_workday(day):
                continue
            for hours in PEAKS:
                said = {"kind": "peak", "on": day.isoformat(), "hours": hours, "note": "话务高峰"}
                busy.enter(work, None, intervals(said, stage.today, stage.zone))
        if AWAY in stage.cast:
            first, last = (stage.today + timedelta(days=n) for n in (9, 11))
            busy.enter(work, stage.cast[AWAY].id, intervals({"kind": "leave", "on": first.isoformat(), "until": last.isoformat(),
                                                             "note": "年假"}, stage.today, stage.zone))
