"""`kmsvc knowledge flows …`: guided flows, as texts and as files, and how they are walked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, act_on, id_of, loaded, show_settled, together
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.flows import counting, queries, usecases, verbs
from kmsvc.knowledge.flows.models import Flow
from kmsvc.knowledge.flows.schemas import (
    ENDS,
    LANGUAGES,
    LEVELS,
    STATES,
    FlowInput,
    card_json,
    counts_json,
    draft_of,
    file_json,
    line_json,
    unit_code,
    walk_line_json,
)

_words = together(
    click.option("--summary", help="What it is for."),
    click.option("--body", required=True, help="Questions and outcomes; @FILE reads a file."),
    click.option("--alias", "aliases", multiple=True, help="Another name it is found by; several times for several."),
    click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True),
    click.option("--confidentiality", type=click.Choice(LEVELS), default="internal", show_default=True),
    click.option("--unit", help="Code of the unit it is for; left out: everybody."),
    click.option("--note", help="What changed."),
    click.option("--publish", is_flag=True, help="Publish it at once."),
)


@click.group("flows")
def flows() -> None:
    """Complex cases, one question after the other."""


@flows.command("list")
@click.option("--q", help="Number or words.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Flows this person may see, newest first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.flow_lines(work.session, work.actor, q=q, state=state, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json,
        text="\n".join(f"{line.number:9} {line.state:10} {line.questions:3} {line.title}" for line in lines))


@flows.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One flow as it is written."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Flow, which), as_json)


def _put(work: Work, flow_id: int, as_json: bool) -> None:
    card = queries.flow_card(work.session, work.actor, flow_id, newest=True)
    seen = set(queries.linked(work.session, work.actor, card.nodes))
    lacks = [f"{one.where or card.number}: {one.sentence}" for one in card.problems]
    put(card_json(card, seen, verbs.allowed(work.session, work.actor, card)), as_json=as_json,
        text="\n".join([f"{card.number} V{card.ordinal} {card.state} {card.title}", "", card.body, *lacks]))


@flows.command("add")
@click.argument("title")
@_words
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, as_login: str | None, as_json: bool, aliases: tuple[str, ...], **given: Any) -> None:
    """Write a flow; without --publish it is kept as a draft."""
    data, actor = loaded(FlowInput(), given | {"aliases": list(aliases)}), acting(db, as_login)
    with db.begin(actor) as work:
        flow = usecases.new_flow(work, draft_of(work.session, data), publish=data["publish"])
    show_settled(db, settings, actor, lambda work: _put(work, flow.id, as_json))


@flows.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--publish", is_flag=True, help="Publish it at once.")
@as_option
@json_option
@with_database
def take_in(db: Any, settings: Any, file: Path, publish: bool, as_login: str | None, as_json: bool) -> None:
    """Take in a file that `export` wrote, here or elsewhere, as a new flow."""
    try:
        found = json.loads(file.read_text("utf-8-sig"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput({"file": [N_("This is no file of a guided flow.")]})
    data, actor = loaded(FlowInput(), found | {"publish": publish}), acting(db, as_login)
    with db.begin(actor) as work:
        flow = usecases.new_flow(work, draft_of(work.session, data), publish=publish)
    show_settled(db, settings, actor, lambda work: _put(work, flow.id, as_json))


@flows.command("export")
@WHICH
@as_option
@with_database
def export(db: Any, settings: Any, which: str, as_login: str | None) -> None:
    """The newest version as a file, on stdout."""
    with db.look(acting(db, as_login)) as work:
        work.permit(usecases.WRITE_FLOW)
        card = queries.flow_card(work.session, work.actor, id_of(work, Flow, which), newest=True)
        body = file_json(card, unit_code(work.session, card.audience_unit_id))
    put(body, as_json=True)


def _act(db: Any, settings: Any, which: str, name: str, data: dict[str, Any], as_login: str | None, as_json: bool) -> None:
    given = loaded(verbs.BY_NAME[name].schema(), data)
    act_on(db, settings, as_login, Flow, which, lambda work, one: verbs.act(work, one, name, given),
           lambda work, one: _put(work, one, as_json))


@flows.command("edit")
@WHICH
@click.option("--title", required=True)
@_words
@as_option
@json_option
@with_database
def edit(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, aliases: tuple[str, ...], **given: Any) -> None:
    """Keep another version; what is left out is emptied."""
    _act(db, settings, which, "edit", given | {"aliases": list(aliases)}, as_login, as_json)


@flows.command("publish")
@WHICH
@as_option
@json_option
@with_database
def publish(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Let readers walk the newest version."""
    _act(db, settings, which, "publish", {}, as_login, as_json)


@flows.command("revert")
@WHICH
@click.option("--ordinal", type=int, required=True, help="Number of the version to go back to.")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def revert(db: Any, settings: Any, which: str, ordinal: int, reason: str, as_login: str | None, as_json: bool) -> None:
    """Publish an earlier version again."""
    _act(db, settings, which, "revert", {"ordinal": ordinal, "reason": reason}, as_login, as_json)


@flows.command("retire")
@WHICH
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def retire(db: Any, settings: Any, which: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Nobody finds or walks it any more."""
    _act(db, settings, which, "retire", {"reason": reason}, as_login, as_json)


@flows.command("counts")
@WHICH
@click.option("--ordinal", type=int, help="Version; left out: the published one.")
@as_option
@json_option
@with_database
def counts(db: Any, settings: Any, which: str, ordinal: int | None, as_login: str | None, as_json: bool) -> None:
    """How a version was walked, by question and choice."""
    with db.look(acting(db, as_login)) as work:
        found = counting.counts(work.session, work.actor, id_of(work, Flow, which), work.now, ordinal=ordinal)
    put(counts_json(found), as_json=as_json, text="\n".join(
        [f"V{found.ordinal}: {found.walks} walks, {found.outcome} to an outcome, {found.none} none of these, {found.left} left",
         *(f"{one.came:6} {one.left:4} left  {one.node.key:16} {one.node.title}" for one in found.nodes)]))


@flows.command("walks")
@WHICH
@click.option("--end", type=click.Choice(ENDS))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def walks(db: Any, settings: Any, which: str, end: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """The single walks, newest first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = counting.walk_lines(work.session, work.actor, id_of(work, Flow, which), work.now, end=end, limit=limit)
    put({"items": [walk_line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.began_at:%Y-%m-%d %H:%M} {line.end:8} {line.seconds:7} {line.last}" for line in lines))
