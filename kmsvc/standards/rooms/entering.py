"""Coming in by the link of an invitation: it counts once, within its days, and lets its owner choose a password."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.passwords import hash_password
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.accounts.rules import check_password
from kmsvc.people.accounts.usecases import end_sessions
from kmsvc.people.factors.queries import has_factor
from kmsvc.people.sessions.usecases import digest, open_session
from kmsvc.standards.rooms.models import Room, RoomGuest, RoomLook
from kmsvc.standards.rooms.permissions import VISIT_ROOM
from kmsvc.standards.rooms.rules import LookKind, RoomState


@dataclass(frozen=True)
class Invitation:
    """Whom a link is for."""

    guest_id: int
    room: Room
    person: Person
    login: str


def invitation(work: Work, secret: str, *, lock: bool = False) -> Invitation:
    """What a link leads to; NotFound for one that was used, replaced, revoked, or is too old, or whose room is closed."""
    query = select(RoomGuest).where(RoomGuest.token_hash == digest(secret))
    row = work.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None or row.revoked_at is not None or row.token_until is None or work.now >= row.token_until:
        raise NotFound()
    room, person = work.get(Room, row.room_id), work.get(Person, row.person_id)
    if room.state != RoomState.OPEN or person.state != "active" or not person.is_guest:
        raise NotFound()
    return Invitation(row.id, room, person, person.login)


def enter(db: Database, nobody: Actor, secret: str, *, password: str, address: str, browser: str | None) -> str | None:
    """Choose a password and come in: the secret of a new session, or None where the sign-in asks for the code of an app that is set up
    already. All earlier sessions end. Raises NotFound, InvalidInput."""
    with db.look(nobody) as work:
        found = invitation(work, secret)
    try:
        check_password(password, found.login, found.person.name)
    except InvalidInput as error:
        raise InvalidInput({"new": error.fields["password"]}) from error
    made = hash_password(password)
    with db.look(nobody) as work:
        actor = actor_of(work.session, work.get(Person, found.person.id), login=found.login, via="invitation")
    with db.begin(actor) as work:
        account = use_link(work, secret, made)
        return None if has_factor(work.session, account.person_id) else open_session(work, account, address=address, browser=browser)


def use_link(work: Work, secret: str, password_hash: str) -> Account:
    """Use a link up: from now on the password counts, and the guest is let in. Raises NotFound."""
    work.permit(VISIT_ROOM)
    held = invitation(work, secret, lock=True)
    row = work.get(RoomGuest, held.guest_id)
    account = work.session.scalars(select(Account).where(Account.person_id == held.person.id).order_by(Account.id).limit(1)).one()
    account.password_hash, account.must_change = password_hash, False
    row.token_hash, row.entered_at = None, row.entered_at or work.now
    end_sessions(work, held.person.id)
    work.session.add(RoomLook(room_id=row.room_id, person_id=row.person_id, at=work.now, what=LookKind.ENTERED.value))
    return account


NOT_SAME = N_("This is not the same.")
