"""`kmsvc knowledge scopes …`: products, regions, channels and customer types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, checked, json_option, put, with_database
from kmsvc.cli.lists import add_import_and_export
from kmsvc.cli.things import show_settled
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.scopes.rules import Dimension, ScopeState

DIMENSIONS = click.Choice([one.value for one in Dimension])
DIMENSION = click.argument("dimension", type=DIMENSIONS)
ORDER = click.option("--order", "place", type=click.IntRange(0, 1_000_000), help="Smaller numbers stand first.")
REASON = click.option("--reason", required=True, help="Stands in the audit trail.")


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
@DIMENSION
@click.argument("name")
@click.option("--english", default="", help="The name in English.")
@ORDER
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, dimension: str, name: str, english: str, place: int | None, as_login: str | None,
        as_json: bool) -> None:
    """Add a value."""
    from kmsvc.knowledge.scopes.schemas import ValueInput
    from kmsvc.knowledge.scopes.usecases import add_value

    data = checked(ValueInput(), {"dimension": dimension, "name": name, "name_en": english, "place": place})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = add_value(work, **{**data, "name_en": data["name_en"] or ""})
    with db.look(actor) as work:
        _put(work, row.id, as_json)


@scopes.command("edit")
@DIMENSION
@click.argument("name")
@click.option("--name", "new_name", help="What it is called from now on.")
@click.option("--english", help="The name in English; an empty one takes it away.")
@ORDER
@as_option
@json_option
@with_database
def edit(db: Any, settings: Any, dimension: str, name: str, new_name: str | None, english: str | None, place: int | None,
         as_login: str | None, as_json: bool) -> None:
    """Rename a value or give it another order; what is left out stays, and all articles follow."""
    from kmsvc.knowledge.scopes.queries import value_card
    from kmsvc.knowledge.scopes.schemas import ValueEdit
    from kmsvc.knowledge.scopes.usecases import change_value

    def run(work: Work, value_id: int) -> None:
        card = value_card(work.session, value_id)
        data = checked(ValueEdit(), {"name": card.name if new_name is None else new_name, "place": place,
                                    "name_en": card.name_en if english is None else english})
        change_value(work, value_id, **{**data, "name_en": data["name_en"] or ""})
    _do(db, settings, dimension, name, run, as_login, as_json)


@scopes.command("merge")
@DIMENSION
@click.argument("name")
@click.argument("into")
@REASON
@as_option
@json_option
@with_database
def merge(db: Any, settings: Any, dimension: str, name: str, into: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Merge a value into another of its dimension; all articles follow."""
    from kmsvc.knowledge.scopes.schemas import ValueMerge
    from kmsvc.knowledge.scopes.usecases import merge_value

    def run(work: Work, value_id: int) -> None:
        data = checked(ValueMerge(), {"into": _id(work, dimension, into), "reason": reason})
        merge_value(work, value_id, into_id=data["into"], reason=data["reason"])
    _do(db, settings, dimension, name, run, as_login, as_json)


@scopes.command("part")
@DIMENSION
@click.argument("name")
@REASON
@as_option
@json_option
@with_database
def part(db: Any, settings: Any, dimension: str, name: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Take a merge back: the articles that named the value name it again."""
    from kmsvc.knowledge.scopes.schemas import ValueReason
    from kmsvc.knowledge.scopes.usecases import part_value

    def run(work: Work, value_id: int) -> None:
        part_value(work, value_id, **checked(ValueReason(), {"reason": reason}))
    _do(db, settings, dimension, name, run, as_login, as_json)


@scopes.command("retire")
@DIMENSION
@click.argument("name")
@REASON
@click.option("--back", is_flag=True, help="Bring it back into use instead.")
@as_option
@json_option
@with_database
def retire(db: Any, settings: Any, dimension: str, name: str, reason: str, back: bool, as_login: str | None, as_json: bool) -> None:
    """Take a value out of use; articles that have it keep it."""
    from kmsvc.knowledge.scopes.schemas import ValueReason
    from kmsvc.knowledge.scopes.usecases import set_use

    def run(work: Work, value_id: int) -> None:
        set_use(work, value_id, used=back, **checked(ValueReason(), {"reason": reason}))
    _do(db, settings, dimension, name, run, as_login, as_json)


def _do(db: Any, settings: Any, dimension: str, name: str, run: Callable[[Work, int], None], as_login: str | None,
        as_json: bool) -> None:
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        value_id = _id(work, dimension, name)
        run(work, value_id)
    show_settled(db, settings, actor, lambda work: _put(work, value_id, as_json))


def _put(work: Work, value_id: int, as_json: bool) -> None:
    from kmsvc.knowledge.scopes.queries import value_card
    from kmsvc.knowledge.scopes.schemas import value_json

    card = value_card(work.session, value_id)
    put(value_json(card), as_json=as_json, text=f"{card.dimension} {card.state}: {card.name} {card.name_en}".rstrip())


def _id(work: Work, dimension: str, name: str) -> int:
    from sqlalchemy import select

    from kmsvc.knowledge.scopes.models import ScopeValue
    from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
    from kmsvc.knowledge.scopes.rules import key_of

    work.permit(KEEP_SCOPES)
    found: int | None = work.session.scalar(select(ScopeValue.id).where(ScopeValue.dimension == dimension,
                                                                        ScopeValue.key == key_of(name)))
    if found is None:
        raise Sentence(N_("There is no %(name)s among the values of this dimension."), name=name)
    return found


add_import_and_export(
    scopes, "kmsvc.knowledge.scopes.rows:VALUES",
    brings="Bring values in from csv or xlsx. A row adds or changes; nothing is taken away.",
    writes="Write all values to a new csv or xlsx file, with the columns an import takes.")
