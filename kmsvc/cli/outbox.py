"""`kmsvc operations deliveries|mail|settings list`: what the operations pages show, for a terminal or a script."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.operations.queries import DELIVERY_STATES, MAIL_STATES

LIMIT = click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)


@click.group()
def deliveries() -> None:
    """The outbox: what happened, and who must still hear of it."""


@click.group()
def mail() -> None:
    """Mail that waits, was sent, refused or dropped."""


@click.group()
def settings_group() -> None:
    """Settings of the centre."""


@deliveries.command("list")
@click.option("--state", type=click.Choice(DELIVERY_STATES), help="Only these.")
@click.option("--q", metavar="TEXT", help="A number, or words of the fact, the reaction or the reason.")
@LIMIT
@as_option
@json_option
@with_database
def list_deliveries(db: Any, settings: Any, state: str | None, q: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Deliveries, newest first."""
    from kmsvc.operations.permissions import SEE_OPERATIONS
    from kmsvc.operations.queries import deliveries as found
    from kmsvc.operations.schemas import delivery_json

    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_OPERATIONS)
        cards = found(work.session, state=state, q=q, limit=limit, said=str)
    put({"items": [delivery_json(card) for card in cards]}, as_json=as_json, text="\n".join(
        f"{card.id:8} {card.state:8} {card.tries:3} {card.kind} -> {card.reaction}"
        + (f": {card.error}" if card.error else "") for card in cards) or "None.")


@mail.command("list")
@click.option("--state", type=click.Choice(MAIL_STATES), help="Only these.")
@click.option("--q", metavar="TEXT", help="A number, or a part of a name, an address, the reason or the number it is about.")
@LIMIT
@as_option
@json_option
@with_database
def list_mail(db: Any, settings: Any, state: str | None, q: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Mail, newest first, without its words."""
    from kmsvc.operations.permissions import SEE_OPERATIONS
    from kmsvc.operations.queries import mails
    from kmsvc.operations.schemas import mail_json

    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_OPERATIONS)
        cards = mails(work.session, base_url=settings.base_url, state=state, q=q, limit=limit)
    put({"items": [mail_json(card) for card in cards]}, as_json=as_json, text="\n".join(
        f"{card.id:8} {card.state:8} {card.tries:3} {card.email:28} {card.subject}" + (f": {card.error}" if card.error else "")
        for card in cards) or "None.")


@settings_group.command("list")
@as_option
@json_option
@with_database
def list_settings(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Every setting of the centre with its value."""
    from kmsvc.operations.permissions import SEE_OPERATIONS
    from kmsvc.operations.queries import option_cards
    from kmsvc.operations.schemas import option_json

    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_OPERATIONS)
        cards = option_cards(work.session)
    put({"items": [option_json(card) for card in cards]}, as_json=as_json, text="\n".join(
        f"{card.name} = {card.value}{'' if card.value == card.default else f' (default {card.default})'}  {card.label}"
        for card in cards))


def add_to(group: click.Group) -> None:
    """Give a group the commands of this page."""
    group.add_command(deliveries, "deliveries")
    group.add_command(mail, "mail")
    group.add_command(settings_group, "settings")
