"""`kmsvc standards evidence add|list-files`: files and links as proof."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, settle, with_database
from kmsvc.core.clock import local_date
from kmsvc.core.texts import N_

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("add")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--url", help="The address of a link, in place of a file.")
@click.option("--title", required=True, help="What people call it.")
@click.option("--clause", "clauses", multiple=True, required=True, metavar="N", help="A clause it proves; may be given several times.")
@click.option("--on", type=DAY, required=True, help="The day it speaks of, apart from the stamp of the upload.")
@click.option("--valid-to", type=DAY, help="Its last day; without one it does not expire.")
@click.option("--owner", metavar="LOGIN", help="Who answers for it; the caller unless given.")
@as_option
@json_option
@with_database
def add_command(db: Any, settings: Any, file: Path | None, url: str | None, title: str, clauses: tuple[str, ...], on: datetime,
                valid_to: datetime | None, owner: str | None, as_login: str | None, as_json: bool) -> None:
    """Add FILE, or an address, as proof of clauses."""
    from kmsvc.core.schemas import clean_text
    from kmsvc.files.store import keep
    from kmsvc.people.accounts.naming import one_called
    from kmsvc.standards.evidence.permissions import KEEP_PROOF
    from kmsvc.standards.evidence.proof_queries import proof_card
    from kmsvc.standards.evidence.proof_schemas import proof_json
    from kmsvc.standards.evidence.proofs import ProofText, add_proof
    from kmsvc.standards.evidence.rules import clause_names

    with db.look(acting(db, as_login)) as work:
        work.permit(KEEP_PROOF)
    try:
        title = clean_text(title, lines=False)[:200]
    except ValueError as error:
        raise Sentence(str(error)) from error
    if not title:
        raise Sentence(N_("A title is needed."))
    stored = None
    if file is not None:
        with file.open("rb") as source:
            stored = keep(settings.files_dir, source, file.name)
    text = ProofText(title, clause_names(" ".join(clauses)), on.date(), None, valid_to.date() if valid_to else None, url)
    with db.begin(acting(db, as_login)) as work:
        if owner is None and work.actor.person_id is None:
            raise Sentence(N_("Say with --owner who answers for it, or with --as who adds it."))
        person = one_called(work.session, owner, field="owner").id if owner is not None else None
        today = local_date(work.now, settings.timezone)
        proof_id = add_proof(work, text, today=today, owner=person, stored=stored).id
    settle(db, settings)
    with db.look(acting(db, as_login)) as work:
        card = proof_card(work.session, work.actor, proof_id, today)
    put(proof_json(card), as_json=as_json, text=f"{card.number} {card.title} for {', '.join(card.clauses)}")


@click.command("list-files")
@click.option("--clause", metavar="N", help="Only what proves this clause.")
@click.option("--fresh", type=click.Choice(["fresh", "expiring", "expired", "withdrawn"]), help="Only what stands so.")
@as_option
@json_option
@with_database
def list_command(db: Any, settings: Any, clause: str | None, fresh: str | None, as_login: str | None, as_json: bool) -> None:
    """Files and links as proof; what expires first stands first."""
    from kmsvc.standards.evidence.proof_queries import ProofFilters, proof_cards
    from kmsvc.standards.evidence.proof_schemas import proof_json

    with db.look(acting(db, as_login)) as work:
        cards = proof_cards(work.session, work.actor, ProofFilters(clause=clause, fresh=fresh), local_date(work.now, settings.timezone))
    put({"items": [proof_json(one) for one in cards]}, as_json=as_json, text="\n".join(
        f"{one.number:8} {one.fresh.value:10} {one.valid_to or '-'!s:10} {','.join(one.clauses):12} {one.title}" for one in cards)
        or "No files or links.")
