"""`kmsvc standards rooms …`: auditor's rooms, who is invited, and revoking."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, settle, with_database
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_


@click.group()
def rooms() -> None:
    """Auditor's rooms: who from outside sees which proof, for how long."""


@rooms.command("list")
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only rooms that stand so.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, state: str | None, as_login: str | None, as_json: bool) -> None:
    """Rooms, the newest first, with their guests."""
    from kmsvc.standards.rooms.queries import guests_of, room_cards
    from kmsvc.standards.rooms.schemas import guest_json, room_json

    with db.look(acting(db, as_login)) as work:
        cards, _ = room_cards(work.session, work.actor, state=state, limit=100_000)
        found = [room_json(one) | {"people": [guest_json(guest) for guest in guests_of(work.session, one.id, work.now)]}
                 for one in cards]
    put({"items": found}, as_json=as_json, text="\n".join(
        f"{one['number']:6} {one['state']:6} {one['from_on']} - {one['until_on']}  {one['title']}"
        + "".join(f"\n       {guest['id']:4} {guest['stand']:8} {guest['email']} ({guest['name']})" for guest in one["people"])
        for one in found) or "No rooms.")


def _room(work: Any, number: str) -> Any:
    from kmsvc.standards.rooms.models import Room

    digits = number.strip().upper().removeprefix("AR-")
    row = work.session.get(Room, int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
    if row is None:
        raise Sentence(N_("There is no room %(number)s."), number=number)
    return row


@rooms.command("invite")
@click.argument("number")
@click.option("--name", required=True, help="The auditor's name.")
@click.option("--email", required=True, help="Where the letter with the link goes.")
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), help="Language of pages and mail.")
@as_option
@json_option
@with_database
def invite_command(db: Any, settings: Any, number: str, name: str, email: str, language: str | None, as_login: str | None,
                   as_json: bool) -> None:
    """Invite an auditor into room NUMBER; the link stands in the letter only."""
    from kmsvc.standards.rooms.usecases import invite

    with db.begin(acting(db, as_login)) as work:
        row = _room(work, number)
        guest, _ = invite(work, row.id, name=name, email=email, language=language or settings.language, zone=settings.timezone,
                          today=local_date(work.now, settings.timezone))
        body = {"room": row.number, "guest": guest.id, "email": email, "link_until": guest.token_until}
    settle(db, settings)
    put(body, as_json=as_json, text=f"{body['room']}: {email} is invited; the link counts until {body['link_until']}.")


@rooms.command("revoke")
@click.argument("number")
@click.argument("email")
@click.option("--reason", required=True, help="Why; it stands in the trail.")
@as_option
@json_option
@with_database
def revoke_command(db: Any, settings: Any, number: str, email: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Let the guest with this EMAIL into room NUMBER no more, at once."""
    from kmsvc.standards.rooms.queries import guests_of
    from kmsvc.standards.rooms.usecases import revoke

    with db.begin(acting(db, as_login)) as work:
        row = _room(work, number)
        found = next((one for one in guests_of(work.session, row.id, work.now)
                      if one.email.casefold() == email.strip().casefold()), None)
        if found is None:
            raise Sentence(N_("Nobody with the address %(email)s was invited to %(number)s."), email=email, number=row.number)
        revoke(work, row.id, found.id, reason=reason)
        body = {"room": row.number, "guest": found.id, "email": found.email}
    settle(db, settings)
    put(body, as_json=as_json, text=f"{body['room']}: {email} is let in no more.")
