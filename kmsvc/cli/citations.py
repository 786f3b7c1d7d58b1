"""`kmsvc knowledge citations …`: what lessons, questions and works of other systems cite, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.cli.glue import ROW_ID, acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, act_on, add_remove_and_restore, id_of, loaded, show_settled
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.core.work import Work
from kmsvc.knowledge.citations import queries, usecases, works
from kmsvc.knowledge.citations.citing import CITING
from kmsvc.knowledge.citations.models import OutsideWork
from kmsvc.knowledge.citations.naming import ref_named, refs_named
from kmsvc.knowledge.citations.outside import OUTSIDE
from kmsvc.knowledge.citations.permissions import SEE_CITATIONS
from kmsvc.knowledge.citations.rules import Verdict
from kmsvc.knowledge.citations.schemas import (
    STATES,
    WORK_KINDS,
    LookInput,
    NewWorkInput,
    card_json,
    line_json,
    work_json,
)
from kmsvc.knowledge.citations.showing import HEAD, export_rows, secret_shown


@click.group("citations")
def citations() -> None:
    """What cites our texts, and what became of it."""


@citations.command("list")
@click.option("--q", help="Number or title.")
@click.option("--state", type=click.Choice(STATES), help="Left out: those to be looked at.")
@click.option("--kind", help="Only of this kind of thing.")
@click.option("--of", "of_text", metavar="NUMBER", help="What cites this article or process now.")
@click.option("--view", type=click.Choice(queries.VIEWS), help="mine: of things that this person keeps.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, kind: str | None, of_text: str | None, view: str | None,
            limit: int, file: Path | None, as_login: str | None, as_json: bool) -> None:
    """Citations, those marked last first."""
    from kmsvc.cli.tables import give_out

    if kind is not None and kind not in CITING:
        raise NotFound()
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_CITATIONS)
        if of_text is not None:
            ref = ref_named(work.session, work.actor, of_text)
            if ref is None:
                raise NotFound()
            lines = queries.cited_by(work.session, work.actor, ref.text_kind, ref.text_id)
        else:
            lines = queries.citation_lines(work.session, work.actor, q=q, state=state, kind=kind, view=view)
    if file is not None:
        give_out(file, "Citations", HEAD, export_rows(
            lines, lambda at: local(at, settings.timezone), lambda code, kind: str(code), lambda card: card.kind))
        return
    put({"items": [line_json(line) for line in lines[:limit]]}, as_json=as_json, text="\n".join(
        f"{line.id:5} {line.state:7} {line.change or '-':8} {line.citing.number:10} {line.number:9} {line.excerpt or '*'}"
        for line in lines[:limit]))


@citations.command("show")
@click.argument("citation_id", type=ROW_ID)
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, citation_id: int, as_login: str | None, as_json: bool) -> None:
    """One, as it was true and as it stands now."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        card = queries.citation_card(work.session, work.actor, citation_id)
        for one in secret_shown(work.session, work.actor, card):
            note(work, Act.SEEN, one, place=Place.COMMAND)
    put(card_json(card), as_json=as_json, text="\n".join(
        [f"{card.line.citing.number} {card.line.citing.title}: {card.line.state} {card.line.change or ''}"]
        + [f"- {one.old_text}\n+ {one.new_text}" for one in card.changes if one.status != "same"]))


@citations.command("look")
@click.argument("citation_id", type=ROW_ID)
@click.option("--verdict", type=click.Choice([one.value for one in Verdict]), required=True)
@click.option("--note", "remark")
@click.option("--block-id", help="The paragraph it cites instead.")
@as_option
@json_option
@with_database
def look(db: Any, settings: Any, citation_id: int, verdict: str, remark: str | None, block_id: str | None, as_login: str | None,
         as_json: bool) -> None:
    """Say what became of one."""
    data = loaded(LookInput(), {"verdict": verdict, "note": remark, "block_id": block_id})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        usecases.look_at(work, citation_id, **data)
    settle(db, settings)
    with db.look(actor) as work:
        line = next(iter(queries.citation_lines(work.session, work.actor, citation_id=citation_id)))
    put(line_json(line), as_json=as_json, text=f"{line.state} {line.citing.number} {line.number}")


@citations.group("works")
def outside() -> None:
    """Courses, questions and templates of other systems that cite our texts."""


def _put(work: Work, outside_id: int, as_json: bool) -> None:
    line = works.work_line(work.session, work.actor, outside_id)
    lines = queries.cites_of(work.session, work.actor, OUTSIDE, outside_id)
    put(work_json(line, lines), as_json=as_json, text="\n".join(
        [f"{line.number} {line.name}"] + [f"  {one.state:7} {one.number:9} {one.excerpt or '*'}" for one in lines]))


@outside.command("list")
@click.option("--q", help="Number, name or address.")
@click.option("--kind", type=click.Choice(WORK_KINDS))
@as_option
@json_option
@with_database
def list_works(db: Any, settings: Any, q: str | None, kind: str | None, as_login: str | None, as_json: bool) -> None:
    """Works, newest first."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_CITATIONS)
        lines = works.work_lines(work.session, work.actor, q=q, kind=kind)
    put({"items": [work_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:9} {line.kind:9} {line.cites:4} {line.marked:4} {line.name}" for line in lines))


@outside.command("show")
@WHICH
@as_option
@json_option
@with_database
def show_work(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One with what it cites."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, OutsideWork, which), as_json)


@outside.command("register")
@click.argument("name")
@click.option("--kind", type=click.Choice(WORK_KINDS), default=WORK_KINDS[0], show_default=True)
@click.option("--address", help="Where it opens in the other system.")
@click.option("--keeper", metavar="LOGIN", help="Who is told; left out, whoever registers it.")
@click.option("--cites", multiple=True, metavar="NUMBER[#PARAGRAPH]", help="May be given several times.")
@as_option
@json_option
@with_database
def register(db: Any, settings: Any, name: str, kind: str, address: str | None, keeper: str | None, cites: tuple[str, ...],
             as_login: str | None, as_json: bool) -> None:
    """Register a work of another system."""
    data = loaded(NewWorkInput(), {"name": name, "kind": kind, "address": address, "keeper": keeper, "cites": "\n".join(cites) or None})
    named = data.pop("cites")
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        made = usecases.register_work(work, **data, refs=refs_named(work.session, work.actor, named))
    show_settled(db, settings, actor, lambda work: _put(work, made.id, as_json))


@outside.command("cite")
@WHICH
@click.argument("cites", nargs=-1, required=True, metavar="NUMBER[#PARAGRAPH]…")
@as_option
@json_option
@with_database
def cite(db: Any, settings: Any, which: str, cites: tuple[str, ...], as_login: str | None, as_json: bool) -> None:
    """Say what it cites besides."""
    act_on(db, settings, as_login, OutsideWork, which,
           lambda work, one: usecases.cite_more(work, one, refs_named(work.session, work.actor, "\n".join(cites))),
           lambda work, one: _put(work, one, as_json))


add_remove_and_restore(
    outside, OutsideWork, path="kmsvc knowledge citations works", about="It is used no longer.",
    remove=usecases.remove_work, restore=usecases.restore_work, show=_put)
