"""`kmsvc audit …`: verify the chain, list its entries."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from kmsvc.audit.wording import Act
from kmsvc.cli.glue import PartFailed, acting, as_option, json_option, put, with_database


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@as_option
@json_option
@with_database
def verify(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Walk the whole chain and compare it with the heads kept outside the database; exit 1 when it does not fit."""
    from kmsvc.audit.verification import verify_now

    found = verify_now(db, settings, acting(db, as_login))
    put(asdict(found), as_json=as_json, text=f"The trail is whole: {found.entries} entries, head {found.head}." if found.ok
        else f"The trail does not fit from entry {found.first_bad} on.")
    if not found.ok:
        raise PartFailed()


@audit.command("list")
@click.option("--q", help="Words in before, after or the reason.")
@click.option("--subject", help="Only this table, e.g. people_person.")
@click.option("--id", "subject_id", help="Only the row with this id.")
@click.option("--person", help="Only acts of this login.")
@click.option("--act", type=click.Choice([act.value for act in Act]), help="Only these acts.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Up to this day.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_entries(db: Any, settings: Any, as_login: str | None, as_json: bool, limit: int, since: Any, until: Any,
                 **wanted: str | None) -> None:
    """Entries that fit, newest first."""
    from kmsvc.audit.permissions import SEE_TRAIL
    from kmsvc.audit.queries import TrailFilter, all_entries

    asked = TrailFilter(**wanted, since=since.date() if since else None, until=until.date() if until else None)
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_TRAIL)
        cards = list(all_entries(work.session, work.actor, asked, settings.timezone, limit))
    put({"items": [card.as_json() for card in cards]}, as_json=as_json,
        text="\n".join(f"{card.seq:8} {card.at:%Y-%m-%d %H:%M:%S}Z {card.login:16} {card.act:10} {card.subject} {card.subject_id}"
                       for card in cards))
