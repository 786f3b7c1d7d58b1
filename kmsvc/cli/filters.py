"""`kmsvc search filters …`: what a person's next search is narrowed by, and what the searches of a unit start with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, checked, json_option, put, with_database
from kmsvc.cli.things import together
from kmsvc.core.work import Work

NARROWED = together(
    click.option("--kind", help="Only this kind: article, process, change."),
    click.option("--category", help="Only this category."),
    click.option("--product", multiple=True, help="Only what applies to this product, or to one of several; a name or an id."),
    click.option("--region", multiple=True, help="Only what applies to this region."),
    click.option("--channel", multiple=True, help="Only what applies to this channel."),
    click.option("--customer", multiple=True, help="Only what applies to this customer type."),
)
WHOSE = click.option("--as", "as_login", metavar="LOGIN", required=True, help="Whose search it is; with this person's rights.")


@click.group()
def filters() -> None:
    """What the next search is narrowed by."""


@filters.command("show")
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """What this person's next search begins with, and what their unit starts with."""
    from kmsvc.search.permissions import SEARCH

    with db.look(acting(db, as_login)) as work:
        work.permit(SEARCH)
        _put(work, as_json)


@filters.command("keep")
@NARROWED
@WHOSE
@json_option
@with_database
def keep(db: Any, settings: Any, as_login: str, as_json: bool, **given: Any) -> None:
    """Let this person's next search begin with these; none is a choice too."""
    from kmsvc.search import keeping

    _do(db, lambda work: keeping.keep(work, _chosen(work, given)), as_login, as_json)


@filters.command("forget")
@WHOSE
@json_option
@with_database
def forget(db: Any, settings: Any, as_login: str, as_json: bool) -> None:
    """Let this person's next search begin with what the unit starts with."""
    from kmsvc.search import keeping

    _do(db, keeping.forget, as_login, as_json)


@filters.command("unit")
@NARROWED
@WHOSE
@json_option
@with_database
def unit(db: Any, settings: Any, as_login: str, as_json: bool, **given: Any) -> None:
    """Let the searches of this person's unit start with these; none takes it away."""
    from kmsvc.search import keeping

    _do(db, lambda work: keeping.set_start(work, _chosen(work, given)), as_login, as_json)


def _do(db: Any, act: Callable[[Work], None], as_login: str, as_json: bool) -> None:
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        act(work)
    with db.look(actor) as work:
        _put(work, as_json)


def _chosen(work: Work, given: dict[str, Any]) -> Any:
    from kmsvc.search.filter_pages import FilterInput
    from kmsvc.search.keeping import Chosen
    from kmsvc.search.naming import named_marks

    data = checked(FilterInput(), {name: list(one) if isinstance(one, tuple) else one for name, one in given.items()})
    return Chosen(data["kind"], data["category"], named_marks(work.session, data))


def _put(work: Work, as_json: bool) -> None:
    from kmsvc.search.schemas import kept_json

    body = kept_json(work.session, work.actor)
    put(body, as_json=as_json, text="\n".join((
        f"{'own choice' if body['own'] else 'as the unit'}: {_line(body['chosen'])}",
        f"{body['unit'] or 'no unit'}: {_line(body['start'])}")))


def _line(chosen: dict[str, Any]) -> str:
    named = ((name, one if isinstance(one, list) else [one]) for name, one in chosen.items() if one)
    return "; ".join(f"{name} {', '.join(its)}" for name, its in named) or "everything"
