"""`kmsvc knowledge scopes …`: products, regions, channels and customer types."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, say, with_database
from kmsvc.cli.lists import add_import_and_export
from kmsvc.cli.things import loaded
from kmsvc.core.texts import N_
from kmsvc.knowledge.scopes.rules import Dimension, ScopeState

DIMENSIONS = click.Choice([one.value for one in Dimension])


@click.group()
def scopes() -> None:
    """Where articles apply: products, regions, channels, customer types."""


@scopes.command("list")
@click.option("--q", help="Part of a name.")
@click.option("--dimension", type=DIMENSIONS, help="Only values of this dimension.")
@click.option("--state", type=click.Choice([one.value for one in ScopeState]), help="Only values in this state.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, dimension: str | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Values by dimension and order."""
    from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
    from kmsvc.knowledge.scopes.queries import value_page
    from kmsvc.knowledge.scopes.schemas import value_json

    with db.look(acting(db, as_login)) as work:
        work.permit(KEEP_SCOPES)
        cards, _ = value_page(work.session, q=q, dimension=dimension, state=state, limit=limit)
    put({"items": [value_json(card) for card in cards]}, as_json=as_json,
        text="\n".join(f"{card.dimension:9} {card.place:5} {card.state:7} {card.articles:6} {card.name} {card.name_en}".rstrip()
                       for card in cards))


@scopes.command("add")
@click.argument("dimension", type=DIMENSIONS)
@click.argument("name")
@click.option("--english", default="", help="The name in English.")
@click.option("--order", "place", type=click.IntRange(0, 1_000_000), help="Smaller numbers stand first.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, dimension: str, name: str, english: str, place: int | None, as_login: str | None,
        as_json: bool) -> None:
    """Add a value."""
    from kmsvc.knowledge.scopes.queries import value_card
    from kmsvc.knowledge.scopes.schemas import ValueInput, value_json
    from kmsvc.knowledge.scopes.usecases import add_value

    data = loaded(ValueInput(), {"dimension": dimension, "name": name, "name_en": english, "place": place})
    with db.begin(acting(db, as_login)) as work:
        card = value_card(work.session, add_value(work, **{**data, "name_en": data["name_en"] or ""}).id)
    put(value_json(card), as_json=as_json, text=f"{card.dimension}: {card.name}")


@scopes.command("merge")
@click.argument("dimension", type=DIMENSIONS)
@click.argument("name")
@click.argument("into")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@with_database
def merge(db: Any, settings: Any, dimension: str, name: str, into: str, reason: str, as_login: str | None) -> None:
    """Merge a value into another of its dimension; all articles follow."""
    from kmsvc.knowledge.scopes.usecases import merge_value

    with db.begin(acting(db, as_login)) as work:
        merge_value(work, _id(work, dimension, name), into_id=_id(work, dimension, into), reason=reason)
    say("Done.")


@scopes.command("retire")
@click.argument("dimension", type=DIMENSIONS)
@click.argument("name")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@click.option("--back", is_flag=True, help="Bring it back into use instead.")
@as_option
@with_database
def retire(db: Any, settings: Any, dimension: str, name: str, reason: str, back: bool, as_login: str | None) -> None:
    """Take a value out of use; articles that have it keep it."""
    from kmsvc.knowledge.scopes.usecases import set_use

    with db.begin(acting(db, as_login)) as work:
        set_use(work, _id(work, dimension, name), used=back, reason=reason)
    say("Done.")


def _id(work: Any, dimension: str, name: str) -> int:
    from sqlalchemy import select

    from kmsvc.knowledge.scopes.models import ScopeValue
    from kmsvc.knowledge.scopes.rules import key_of

    found: int | None = work.session.scalar(select(ScopeValue.id).where(ScopeValue.dimension == dimension,
                                                                        ScopeValue.key == key_of(name)))
    if found is None:
        raise Sentence(N_("There is no %(name)s among the values of this dimension."), name=name)
    return found


add_import_and_export(
    scopes, "kmsvc.knowledge.scopes.rows:VALUES",
    brings="Bring values in from csv or xlsx. A row adds or changes; nothing is taken away.",
    writes="Write all values to a new csv or xlsx file, with the columns an import takes.")
