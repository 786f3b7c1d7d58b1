"""The verbs of bulletins: send, correct, end, remind, read; and what the clock does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.bulletins import rules
from kmsvc.knowledge.bulletins.board import Standing, standing_of, units_of
from kmsvc.knowledge.bulletins.events import BulletinBegan, BulletinEnded, BulletinReminded
from kmsvc.knowledge.bulletins.models import (
    Bulletin,
    BulletinReading,
    BulletinReminder,
    BulletinText,
    BulletinUnit,
)
from kmsvc.knowledge.bulletins.permissions import CONFIRM_BULLETIN, KEEP_TIME, SEE_TEAM, SEND_BULLETIN
from kmsvc.knowledge.bulletins.readers import asked_people, reach, readings
from kmsvc.markup import fences

_PROCESS = table("process_definition", column("id"), column("number"))  # the noun above owns the class
Link = tuple[str, int, str]


@dataclass(frozen=True)
class Message:
    """What a sender says. begins_at: None is now. unit_ids: none is the whole centre. link: number of an article or process."""

    title: str
    ends_at: datetime
    body: str = ""
    urgency: str = rules.BulletinUrgency.URGENT
    must_read: bool = False
    begins_at: datetime | None = None
    unit_ids: Sequence[int] = ()
    link: str | None = None


def link_named(session: Session, actor: Actor, number: str | None) -> Link | None:
    """(kind, id, number) of the article or process in force with this number. InvalidInput where the caller finds none."""
    if not number:
        return None
    wanted = number.strip().upper()
    for kind, rows in (("article", Article.__table__), ("process", _PROCESS)):
        found = session.scalar(select(rows.c.id).where(func.upper(rows.c.number) == wanted))
        card = cards.card(session, actor, kind, found) if found is not None else None
        if card is not None:
            return kind, card.id, card.number
    raise InvalidInput({"link": [N_("There is no article or process in force with this number.")]})


def standing(session: Session, row: Bulletin) -> Standing:
    """A bulletin as it stands now, whether it runs or not."""
    text = session.get(BulletinText, row.text_id)
    assert text is not None
    return standing_of(row, text, units_of(session, [row.id])[row.id])


def send_bulletin(work: Work, message: Message) -> Bulletin:
    """Hang up a new bulletin, now or at its time."""
    work.permit(SEND_BULLETIN)
    begins = message.begins_at if message.begins_at is not None and message.begins_at > work.now else work.now
    rules.check_span(begins, message.ends_at, work.now)
    row = Bulletin(number=number_of_year(work.session, "BU", "bulletin", centre_day(work.session, work.now).year),
                   urgency=message.urgency, must_read=message.must_read, begins_at=begins, ends_at=message.ends_at, round=1,
                   told_round=0, sender_id=work.actor.person_id, sent_at=work.now)
    work.session.add(row)
    work.session.flush()
    _write_text(work, row, message, ordinal=1, note=None)
    _put_units(work, row, message.unit_ids)
    _begin(work, row)
    return row


def _write_text(work: Work, row: Bulletin, message: Message, *, ordinal: int, note: str | None) -> None:
    if fences.level_of(message.body) > 2:
        raise InvalidInput({"body": [N_("A bulletin goes to everybody concerned; what is secret belongs into an article.")]})
    kind, thing, number = link_named(work.session, work.actor, message.link) or (None, None, None)
    text = BulletinText(bulletin_id=row.id, ordinal=ordinal, round=row.round, title=message.title, body=message.body,
                        link_kind=kind, link_id=thing, link_number=number, note=note, author_id=work.actor.person_id,
                        recorded_at=work.now)
    work.session.add(text)
    work.session.flush()
    row.text_id = text.id


def _put_units(work: Work, row: Bulletin, unit_ids: Sequence[int]) -> None:
    held = {one.unit_id: one for one in work.session.scalars(select(BulletinUnit).where(BulletinUnit.bulletin_id == row.id))}
    for unit_id, one in held.items():
        if unit_id not in unit_ids:
            work.session.delete(one)
    work.session.add_all(BulletinUnit(bulletin_id=row.id, unit_id=one) for one in sorted(set(unit_ids) - set(held)))
    work.session.flush()


def _begin(work: Work, row: Bulletin) -> None:
    if row.begins_at <= work.now and row.told_round < row.round:
        row.told_round = row.round
        work.session.flush()
        work.record(BulletinBegan(row.id, row.round))


def _open(work: Work, bulletin_id: int, verb: str, version: int | None) -> Bulletin:
    row = work.get(Bulletin, bulletin_id, lock=True, version=version)
    if rules.state_of(row.begins_at, row.ends_at, row.ended_at, work.now) not in rules.VERBS[verb]:
        raise RuleBroken("knowledge.bulletin.over", N_("This bulletin does not run any more, or not yet."))
    return row


def correct_bulletin(work: Work, bulletin_id: int, message: Message, *, again: bool, note: str | None = None,
                     version: int | None = None) -> Bulletin:
    """Put a new text in place of the one that stands, with the rest as given. again: who has read it is asked once more.

    One that runs keeps the instant it began."""
    work.permit(SEND_BULLETIN)
    row = _open(work, bulletin_id, "correct", version)
    work.because(note)
    if row.begins_at > work.now:
        row.begins_at = message.begins_at if message.begins_at is not None and message.begins_at > work.now else work.now
    rules.check_span(row.begins_at, message.ends_at, work.now)
    row.ends_at, row.urgency, row.must_read = message.ends_at, message.urgency, message.must_read
    if again and row.told_round:
        row.round += 1
    last = work.session.scalar(select(func.max(BulletinText.ordinal)).where(BulletinText.bulletin_id == row.id)) or 0
    _write_text(work, row, message, ordinal=last + 1, note=note)
    _put_units(work, row, message.unit_ids)
    _begin(work, row)
    return row


def end_bulletin(work: Work, bulletin_id: int, *, reason: str, version: int | None = None) -> Bulletin:
    """Take it down before its time."""
    work.permit(SEND_BULLETIN)
    row = _open(work, bulletin_id, "end", version)
    work.because(reason)
    _close(work, row, early=True)
    return row


def _close(work: Work, row: Bulletin, *, early: bool) -> None:
    now = standing(work.session, row)
    people, done = asked_people(work.session, now), readings(work.session, now)
    row.asked, row.read = len(people), sum(person.id in done for person in people)
    if early:
        row.ended_at, row.ended_by_id = work.now, work.actor.person_id
    else:
        row.expired_at = row.ends_at
    work.session.flush()
    work.record(BulletinEnded(row.id, early, row.asked, row.read))


def remind_unread(work: Work, bulletin_id: int) -> BulletinReminder:
    """Ask those who have not read it once more: everybody, or the people of a leader's own team."""
    if not can(work.actor, SEND_BULLETIN):
        work.permit(SEE_TEAM)
    else:
        work.permit(SEND_BULLETIN)
    row = _open(work, bulletin_id, "remind", None)
    last = work.session.scalar(select(func.max(BulletinReminder.at)).where(
        BulletinReminder.bulletin_id == row.id, BulletinReminder.person_id == work.actor.person_id))
    if not rules.may_remind(last, work.now):
        raise RuleBroken("knowledge.bulletin.reminded", N_("You have just reminded them; wait ten minutes."))
    now = standing(work.session, row)
    done = readings(work.session, now)
    left = [person.id for person in asked_people(work.session, now, reach(work.session, work.actor)) if person.id not in done]
    if not left:
        raise RuleBroken("knowledge.bulletin.all_read", N_("Everybody has read it; nobody is to be reminded."))
    made = BulletinReminder(bulletin_id=row.id, person_id=work.actor.person_id, at=work.now, told=len(left))
    work.session.add(made)
    work.session.flush()
    work.record(BulletinReminded(row.id, made.id, left))
    return made


def confirm_bulletin(work: Work, bulletin_id: int, *, text_id: int | None = None) -> BulletinReading:
    """«I have read it.» text_id: the text that was shown; one that has to be read again since makes it Stale."""
    row = work.get(Bulletin, bulletin_id, lock=True)  # a double click waits for the first one, and finds its row
    now = standing(work.session, row)
    try:
        work.permit(CONFIRM_BULLETIN, now)
    except NotPermitted as error:
        raise NotFound() from error
    _open(work, bulletin_id, "read", None)
    text = work.session.get(BulletinText, text_id or now.text_id)
    if text is None or text.bulletin_id != row.id:
        raise InvalidInput({"text_id": [N_("This is no text of this bulletin.")]})
    if text.round != row.round:
        raise Stale(mine=text.id, theirs=now.text_id, version=row.version)
    assert work.actor.person_id is not None
    made = work.session.scalars(select(BulletinReading).where(
        BulletinReading.bulletin_id == row.id, BulletinReading.round == row.round,
        BulletinReading.person_id == work.actor.person_id)).one_or_none()
    if made is None:
        made = BulletinReading(bulletin_id=row.id, person_id=work.actor.person_id, round=row.round, text_id=text.id,
                               read_at=work.now)
        work.session.add(made)
        work.session.flush()
    return made


def keep_time(work: Work, bulletin_id: int) -> None:
    """Let it begin or end, if its time has come."""
    work.permit(KEEP_TIME)
    row = work.get(Bulletin, bulletin_id, lock=True)
    if row.ended_at is not None or row.expired_at is not None:
        return
    if row.ends_at <= work.now:
        _close(work, row, early=False)
    else:
        _begin(work, row)
