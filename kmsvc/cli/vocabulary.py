"""`kmsvc knowledge vocabulary …`: our terms and what customers say."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import (
    Sentence,
    acting,
    as_option,
    checked,
    json_option,
    put,
    say,
    with_database,
)
from kmsvc.cli.lists import add_import_and_export
from kmsvc.core.texts import N_
from kmsvc.knowledge.vocabulary.rules import Direction


@click.group()
def vocabulary() -> None:
    """Our terms and what customers say for them."""


@vocabulary.command("list")
@click.option("--q", help="Part of a term or of what is said for it.")
@click.option("--direction", type=click.Choice([one.value for one in Direction]), help="Only terms that lead this way.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, direction: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Terms, newest first."""
    from kmsvc.knowledge.vocabulary.permissions import KEEP_WORDS
    from kmsvc.knowledge.vocabulary.queries import term_page
    from kmsvc.knowledge.vocabulary.schemas import term_json

    with db.look(acting(db, as_login)) as work:
        work.permit(KEEP_WORDS)
        cards, _ = term_page(work.session, q=q, direction=direction, limit=limit)
    put({"items": [term_json(card) for card in cards]}, as_json=as_json,
        text="\n".join(f"{card.term:20} {card.direction:7} {', '.join(card.sayings)}" for card in cards))


@vocabulary.command("add")
@click.argument("term")
@click.argument("sayings", nargs=-1, required=True)
@click.option("--direction", type=click.Choice([one.value for one in Direction]), default="both", show_default=True)
@click.option("--note", default="", help="Why, or where from.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, term: str, sayings: tuple[str, ...], direction: str, note: str, as_login: str | None,
        as_json: bool) -> None:
    """Add a term with what customers say for it."""
    from kmsvc.knowledge.vocabulary.queries import term_card
    from kmsvc.knowledge.vocabulary.schemas import TermInput, term_json
    from kmsvc.knowledge.vocabulary.usecases import add_term

    data = checked(TermInput(), {"term": term, "sayings": list(sayings), "direction": direction, "note": note})
    with db.begin(acting(db, as_login)) as work:
        row = add_term(work, **{**data, "note": data["note"] or ""})
        card = term_card(work.session, row.id)
    put(term_json(card), as_json=as_json, text=f"{card.term}: {', '.join(card.sayings)}")


@vocabulary.command("remove")
@click.argument("term")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@with_database
def remove(db: Any, settings: Any, term: str, reason: str, as_login: str | None) -> None:
    """Take a term away with all that leads to it."""
    from sqlalchemy import select

    from kmsvc.knowledge.vocabulary.models import Term
    from kmsvc.knowledge.vocabulary.usecases import key_text, remove_term

    with db.begin(acting(db, as_login)) as work:
        found = work.session.scalar(select(Term.id).where(Term.key == key_text(term)))
        if found is None:
            raise Sentence(N_("There is no term %(term)s."), term=term)
        remove_term(work, found, reason=reason)
    say("Done.")


add_import_and_export(
    vocabulary, "kmsvc.knowledge.vocabulary.rows:WORDS",
    brings="Bring words in from csv or xlsx. A row adds; nothing is taken away.",
    writes="Write all words to a new csv or xlsx file, with the columns an import takes.")
