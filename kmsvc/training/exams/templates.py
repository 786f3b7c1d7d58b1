"""What an exam plan begins with: four templates as data, and the plan one makes of a day on the calendar. Every figure is a default
of this house that the author may change. Source: ux 3.2, C7."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_, Labelled
from kmsvc.core.workdays import workdays_after
from kmsvc.training.exams.rules import Candidate, ExamPlan, Room, Window


class ExamTemplate(Labelled):
    """What an exam is for."""

    WEEKLY = "weekly", N_("Weekly test of newcomers")
    GO_LIVE = "go_live", N_("Exam before going on duty")
    RETRAINING = "retraining", N_("Retraining")
    RECERTIFICATION = "recertification", N_("Recertification")


@dataclass(frozen=True)
class Preset:
    """Days are working days: window_days 0 ends `window_min` after it opens, more end on a later day; make_up_days after the end the
    make-up begins, None for none; release_days after the last window; review_days after the release. border: points beside the pass
    mark within which a second person marks; second_percent: of the others, by lot."""

    duration_min: int
    window_min: int
    window_days: int
    pass_percent: int
    attempts: int
    make_up_days: int | None
    release_days: int
    review_days: int
    appeal_days: int
    border: int
    second_percent: int
    grace_s: int = 60
    shares: tuple[int, int, int] = (30, 50, 20)


PRESETS: dict[ExamTemplate, Preset] = {
    ExamTemplate.WEEKLY: Preset(30, 60, 0, 80, 1, 1, 1, 5, 2, 0, 0),
    ExamTemplate.GO_LIVE: Preset(90, 150, 0, 80, 1, 3, 2, 10, 3, 3, 10),
    ExamTemplate.RETRAINING: Preset(45, 0, 3, 80, 2, None, 1, 5, 3, 0, 0),
    ExamTemplate.RECERTIFICATION: Preset(60, 0, 10, 80, 2, None, 2, 10, 3, 3, 10),
}
DAY_ENDS = time(18)
"""windows over several days and releases end at this time of the centre"""


def plan_from(template: str, opens_at: datetime, zone: str, candidates: tuple[Candidate, ...], rooms: tuple[Room, ...] = ()) -> ExamPlan:
    """The plan a template makes of an instant on the calendar: consistent for everybody without extra time. ValueError for no
    template."""
    preset = PRESETS[ExamTemplate(template)]
    window = _window(opens_at, preset, zone)
    last, make_up = window, None
    if preset.make_up_days is not None:
        day = workdays_after(local_date(window.closes_at, zone), preset.make_up_days)
        begins = opens_at.astimezone(ZoneInfo(zone)).time()
        last = make_up = _window(datetime.combine(day, begins, ZoneInfo(zone)), preset, zone)
    release = _evening(workdays_after(local_date(last.closes_at, zone), preset.release_days), zone)
    review = Window(release, _evening(workdays_after(local_date(release, zone), preset.review_days), zone))
    return ExamPlan(window, preset.duration_min, preset.pass_percent, candidates, release, review, preset.grace_s, preset.attempts,
                    rooms, make_up, preset.appeal_days)


def _window(opens_at: datetime, preset: Preset, zone: str) -> Window:
    """Its minutes are minutes that pass, its days end by the clock on the wall."""
    if preset.window_days:
        return Window(opens_at, _evening(workdays_after(local_date(opens_at, zone), preset.window_days), zone))
    opened = Window(opens_at, opens_at).opens_at
    return Window(opened, opened + timedelta(minutes=preset.window_min))


def _evening(day: date, zone: str) -> datetime:
    return datetime.combine(day, DAY_ENDS, ZoneInfo(zone))
