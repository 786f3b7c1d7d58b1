"""How urgent a bulletin is, when it runs, whom it concerns, and what may be done with it: tables and pure functions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled


class BulletinUrgency(Labelled):
    """How loud a bulletin is, the loudest first."""

    URGENT = "urgent", N_("Urgent")
    IMPORTANT = "important", N_("Important")
    NORMAL = "normal", N_("For your information")


class BulletinState(Labelled):
    """Where a bulletin stands; told by its times."""

    PLANNED = "planned", N_("Not begun yet")
    RUNNING = "running", N_("Running now")
    OVER = "over", N_("Over")
    ENDED = "ended", N_("Ended early")


S = BulletinState
# verb -> the states in which it makes sense
VERBS: dict[str, frozenset[BulletinState]] = {
    "read": frozenset({S.RUNNING}),
    "correct": frozenset({S.PLANNED, S.RUNNING}),
    "remind": frozenset({S.RUNNING}),
    "end": frozenset({S.PLANNED, S.RUNNING}),
}
LOUDNESS = {one.value: place for place, one in enumerate(BulletinUrgency)}
LONGEST = {"title": 80, "body": 1500, "note": 300}
LONGEST_SPAN = timedelta(days=31)
REMIND_EVERY = timedelta(minutes=10)


def state_of(begins_at: datetime, ends_at: datetime, ended_at: datetime | None, now: datetime) -> BulletinState:
    """Where it stands at this instant."""
    if ended_at is not None:
        return S.ENDED
    if now >= ends_at:
        return S.OVER
    return S.RUNNING if now >= begins_at else S.PLANNED


def check_span(begins_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse an end before its beginning or before now, and a bulletin that runs longer than a month."""
    if ends_at <= max(begins_at, now):
        raise InvalidInput({"ends_at": [N_("It must end after it begins, and after now.")]})
    if ends_at - max(begins_at, now) > LONGEST_SPAN:
        raise InvalidInput({"ends_at": [N_("A bulletin runs for 31 days at most; what holds longer belongs into an article.")]})


def concerns(unit_ids: Collection[int], units: Collection[int]) -> bool:
    """Whether it is for somebody of these units (their own and those above). unit_ids: its audience; none is everybody."""
    return not unit_ids or not set(unit_ids).isdisjoint(units)


def may_remind(last: datetime | None, now: datetime) -> bool:
    """Whether enough time has gone by since this person reminded last."""
    return last is None or now - last >= REMIND_EVERY
