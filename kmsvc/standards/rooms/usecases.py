"""The verbs of the house: open a room, invite, revoke, extend, close. And how a guest comes in by the link."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.notices.usecases import post_letter
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.queries import account_by_login
from kmsvc.people.accounts.rules import PersonState, is_email
from kmsvc.people.accounts.usecases import end_sessions
from kmsvc.people.sessions.usecases import digest
from kmsvc.people.units.queries import root_unit
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.rooms.models import Room, RoomGuest
from kmsvc.standards.rooms.permissions import ANSWER_ROOM, KEEP_ROOMS
from kmsvc.standards.rooms.rules import ENTER, MOST_DAYS, RoomState, link_until


def open_room(work: Work, *, title: str, model: str, year: int, clauses: Sequence[str], as_of: date | None, from_on: date,
              until_on: date, keeper_id: int | None, today: date) -> Room:
    """A room for one audit. clauses: names, none for all of the model. keeper_id: who answers for requests; else who opens it."""
    work.permit(KEEP_ROOMS)
    wrong: dict[str, list[str]] = {}
    held = model_by_code(work.session, model)
    if held is None:
        wrong["model"] = [N_("There is no such standard.")]
    names = {one.name for one in clauses_of(work.session, held.id)} if held is not None else set()
    if unknown := [one for one in clauses if one not in names]:
        wrong["clauses"] = [N_("This standard has no such clause.") if len(unknown) == 1
                            else N_("This standard has not all these clauses.")]
    wrong |= _days(from_on, until_on, today)
    if as_of is not None and as_of.year < year:
        wrong["as_of"] = [N_("On this day the year had not begun.")]
    if wrong:
        raise InvalidInput(wrong)
    row = Room(title=title, model=model, year=year, clauses=list(dict.fromkeys(clauses)), as_of=as_of, from_on=from_on,
               until_on=until_on, state=RoomState.OPEN.value, keeper_id=_keeper(work, keeper_id),
               made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def _days(from_on: date, until_on: date, today: date) -> dict[str, list[str]]:
    if until_on < from_on:
        return {"until_on": [N_("The last day is before the first.")]}
    if until_on < today:
        return {"until_on": [N_("This day is over.")]}
    if until_on - from_on > timedelta(days=MOST_DAYS):
        return {"until_on": [N_("A room stays open for a year at most.")]}
    return {}


def _keeper(work: Work, keeper_id: int | None) -> int:
    found = directory(work.session).people.get(keeper_id or work.actor.person_id or 0)
    if found is None or not found.is_active or ANSWER_ROOM.name not in found.permissions:
        raise InvalidInput({"keeper": [N_("This person may not answer for a room.")]})
    return found.id


def change_room(work: Work, room_id: int, *, until_on: date, as_of: date | None, keeper_id: int | None, reason: str, today: date,
                version: int | None = None) -> Room:
    """Another last day, another day whose state is shown, somebody else who answers; with a reason."""
    row = work.get(Room, room_id, lock=True, version=version)
    work.permit(KEEP_ROOMS, row)
    _open(row)
    if wrong := _days(row.from_on, until_on, today):
        raise InvalidInput(wrong)
    work.because(reason)
    row.until_on, row.as_of = until_on, as_of
    row.keeper_id = _keeper(work, keeper_id or row.keeper_id)
    return row


def close_room(work: Work, room_id: int, *, reason: str, version: int | None = None) -> Room:
    """Nobody from outside is let in any more; everything stays to be read by the house."""
    row = work.get(Room, room_id, lock=True, version=version)
    work.permit(KEEP_ROOMS, row)
    _open(row)
    work.because(reason)
    row.state = RoomState.CLOSED.value
    for guest in work.session.scalars(select(RoomGuest).where(RoomGuest.room_id == row.id)):
        end_sessions(work, guest.person_id)
    return row


def reopen_room(work: Work, room_id: int, *, reason: str, version: int | None = None) -> Room:
    """Whoever was invited is let in again, within the days of the room."""
    row = work.get(Room, room_id, lock=True, version=version)
    work.permit(KEEP_ROOMS, row)
    if row.state == RoomState.OPEN:
        raise RuleBroken("standards.room.open", N_("This room is open."))
    work.because(reason)
    row.state = RoomState.OPEN.value
    return row


def _open(row: Room) -> None:
    if row.state != RoomState.OPEN:
        raise RuleBroken("standards.room.closed", N_("This room is closed."))


def invite(work: Work, room_id: int, *, name: str, email: str, language: str | None, zone: str, today: date) -> tuple[RoomGuest, str]:
    """A letter with a link that counts once and for some days; returns the guest with the link's secret, which is kept nowhere.

    The same address again gets a fresh link, and the one before counts no more. Raises InvalidInput, RuleBroken."""
    room = work.get(Room, room_id, lock=True)
    work.permit(KEEP_ROOMS, room)
    _open(room)
    email = email.strip()
    if not is_email(email):
        raise InvalidInput({"email": [N_("This is not an e-mail address.")]})
    if room.until_on < today:
        raise RuleBroken("standards.room.over", N_("The days of this room are over. Extend it first."))
    known = work.session.scalars(select(Person).where(Person.email.icontains(email, autoescape=True)).order_by(Person.id))
    people = [one for one in known if (one.email or "").casefold() == email.casefold()]
    if any(not one.is_guest for one in people):
        raise InvalidInput({"email": [N_("This is an address of the house; who works here needs no invitation.")]})
    person = people[0] if people else _new_guest(work, name, email, language)
    if person.state != PersonState.ACTIVE:
        raise RuleBroken("standards.room.suspended", N_("This guest is suspended. An administrator lets them in again."))
    row = work.session.scalars(select(RoomGuest).where(RoomGuest.room_id == room.id, RoomGuest.person_id == person.id)).one_or_none()
    if row is None:
        row = RoomGuest(room_id=room.id, person_id=person.id, invited_by_id=work.actor.person_id, invited_at=work.now)
        work.session.add(row)
    secret = secrets.token_urlsafe(32)
    row.token_hash, row.revoked_at = digest(secret), None
    row.token_until = link_until(work.now, start_of_day(room.until_on + timedelta(days=1), zone))
    row.invited_at, row.invited_by_id = work.now, work.actor.person_id
    work.session.flush()
    post_letter(work, person.id, "standards.room.invited", url=f"{ENTER}{secret}", dedup=f"room:{row.id}:{row.token_hash[:16]}",
                params={"number": room.number, "title": room.title, "login": person.login, "from_on": room.from_on.isoformat(),
                        "until_on": room.until_on.isoformat()})
    return row, secret


def _new_guest(work: Work, name: str, email: str, language: str | None) -> Person:
    unit = root_unit(work.session)
    if unit is None:
        raise NotFound()
    person = Person(name=name, email=email, unit_id=unit.id, language=language or "zh_Hans_CN", state=PersonState.ACTIVE,
                    created_at=work.now, is_guest=True)
    work.session.add(person)
    work.session.flush()
    part = re.sub(r"[^a-z0-9]+", "-", email.partition("@")[0].lower()).strip("-")[:40] or "guest"
    login, more = f"guest-{part}", 2
    while account_by_login(work.session, login) is not None:
        login, more = f"guest-{part}-{more}", more + 1
    work.session.add(Account(person_id=person.id, login=login, password_hash=None, created_at=work.now, must_change=False))
    work.session.flush()
    work.session.refresh(person)
    return person


def revoke(work: Work, room_id: int, guest_id: int, *, reason: str) -> RoomGuest:
    """This guest is let in no more, at once; the link counts no more. Inviting again lets them in anew."""
    room = work.get(Room, room_id)
    work.permit(KEEP_ROOMS, room)
    row = work.get(RoomGuest, guest_id, lock=True)
    if row.room_id != room.id:
        raise NotFound()
    if row.revoked_at is not None:
        raise RuleBroken("standards.room.revoked", N_("This invitation is revoked already."))
    work.because(reason)
    row.revoked_at, row.token_hash = work.now, None
    end_sessions(work, row.person_id)
    return row
