"""Bulletins of the demo: hung up, read by most and never by all, corrected, ended; through the real use cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from kmsvc.core.work import Work
from kmsvc.demo.content.bulletins import BulletinText, bulletins
from kmsvc.demo.reading import SLOW
from kmsvc.knowledge.bulletins.models import Bulletin
from kmsvc.knowledge.bulletins.readers import asked_people
from kmsvc.knowledge.bulletins.usecases import (
    Message,
    confirm_bulletin,
    correct_bulletin,
    end_bulletin,
    keep_time,
    send_bulletin,
    standing,
)
from kmsvc.people.system import SYSTEM
from kmsvc.people.units.queries import unit_by_code

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
AFTER = (timedelta(minutes=6), timedelta(minutes=35), timedelta(minutes=90))
"""When those who read it do so: at once, at the next break, before they leave."""


def hang_up(stage: Stage, text: BulletinText, now: datetime) -> Iterator[tuple[datetime, Told]]:
    """The life of one bulletin, with its instants in order."""
    sent = now - timedelta(hours=text.hours_ago)
    if text.days_ago is not None:
        sent = stage.at(text.days_ago, text.hour, text.minute)
    ends = sent + timedelta(hours=text.hours) if text.days_ago is not None else now + timedelta(hours=text.hours_left)
    made: list[int] = []

    def message(work: Work, title: str, body: str) -> Message:
        units = [unit_by_code(work.session, code) for code in text.units]
        return Message(title=title, ends_at=ends, body=body, urgency=text.urgency, must_read=text.must_read,
                       begins_at=now + timedelta(hours=text.begins_in) if text.begins_in else None,
                       unit_ids=tuple(unit.id for unit in units if unit is not None))

    def send(at: datetime) -> None:
        with stage.db.begin(stage.actor(text.sender), at) as work:
            made.append(send_bulletin(work, message(work, text.title, text.body)).id)
    yield sent, send

    for part, after in enumerate(AFTER):
        if text.readers and sent + after < min(now, ends):
            yield sent + after, partial(_read, stage, made, text, part)
            if part == 0 and text.corrected:
                yield sent + after + timedelta(minutes=9), partial(_correct, stage, made, text, message)
    if text.ended_after:
        yield sent + timedelta(hours=text.ended_after), partial(_end, stage, made, text)
    elif ends < now:
        yield ends, partial(_over, stage, made)


def _read(stage: Stage, made: list[int], text: BulletinText, part: int, at: datetime) -> None:
    [bulletin_id] = made
    logins = stage.logins
    with stage.quiet.begin(SYSTEM, at) as work:
        row = work.get(Bulletin, bulletin_id)
        people = asked_people(work.session, standing(work.session, row))
        for person in people:
            place = (person.id * 37 + bulletin_id * 11) % 100
            slow = text.days_ago is None and logins[person.id] in SLOW
            if place < text.readers and not slow and (
                    place % len(AFTER) == part or (text.corrected and part and place % len(AFTER) == 0)):
                work.actor = stage.actor(logins[person.id])
                confirm_bulletin(work, bulletin_id)


def _correct(stage: Stage, made: list[int], text: BulletinText, message: Callable[[Work, str, str], Message], at: datetime) -> None:
    with stage.db.begin(stage.actor(text.sender), at) as work:
        correct_bulletin(work, made[0], message(work, text.corrected, text.corrected_body), again=True, note=text.note)


def _end(stage: Stage, made: list[int], text: BulletinText, at: datetime) -> None:
    with stage.db.begin(stage.actor(text.sender), at) as work:
        end_bulletin(work, made[0], reason=text.reason)


def _over(stage: Stage, made: list[int], at: datetime) -> None:
    with stage.db.begin(SYSTEM, at) as work:
        keep_time(work, made[0])


def hung_up(stage: Stage, now: datetime) -> list[Iterator[tuple[datetime, Told]]]:
    """All bulletins, each a thread of its own."""
    return [hang_up(stage, text, now) for text in bulletins()]
