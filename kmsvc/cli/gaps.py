"""`kmsvc knowledge gaps …`: what is searched and not found; one command a verb, from the table that makes pages and API too."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, command, id_of, loaded, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.gaps import queries
from kmsvc.knowledge.gaps.gathering import gather_all
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.permissions import SEE_GAPS
from kmsvc.knowledge.gaps.queries import PERIODS, VIEWS
from kmsvc.knowledge.gaps.replaying import ask_gap, replay_all
from kmsvc.knowledge.gaps.reporting import report as report_gap
from kmsvc.knowledge.gaps.schemas import KINDS, STATES, ReportGap, card_json, line_json, reported_json
from kmsvc.knowledge.gaps.verbs import VERBS, Around, act, offers_for
from kmsvc.people.system import SYSTEM
from kmsvc.search.engine import SearchEngine


@click.group("gaps")
def gaps() -> None:
    """What is searched and not found, and what came of it."""


@gaps.command("list")
@click.option("--q", help="Words in number, title or any search.")
@click.option("--state", type=click.Choice(STATES), help="A state; live: all that are open; late: beyond their day.")
@click.option("--kind", type=click.Choice(KINDS), help="How it showed: nothing found, nothing opened, reported.")
@click.option("--days", type=click.Choice([str(one) for one in PERIODS]), help="Searched within so many days.")
@click.option("--view", type=click.Choice(VIEWS), help="mine: to be closed by this person.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_gaps(db: Any, settings: Any, q: str | None, state: str | None, kind: str | None, days: str | None, view: str | None,
              limit: int, as_login: str | None, as_json: bool) -> None:
    """Gaps, heaviest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_GAPS)
        lines, _ = queries.gap_lines(work.session, work.actor, local_date(work.now, settings.timezone), q=q, state=state, kind=kind,
                                     days=int(days) if days else None, view=view, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:14} {line.state:9} {line.weight:7} {line.searches:5} {line.people:4} {line.hits}/{line.queries} {line.title}"
        for line in lines))


@gaps.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One gap with its searches, and what the last replay found."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_GAPS)
        _put(work, id_of(work, Gap, which), settings, as_json)


@gaps.command("report")
@click.argument("query", metavar="SEARCH")
@click.option("--kind", help="The filter by kind that was on.")
@click.option("--category", help="The filter by category that was on.")
@as_option
@json_option
@with_database
def report(db: Any, settings: Any, query: str, kind: str | None, category: str | None, as_login: str | None, as_json: bool) -> None:
    """Report, as a person (--as), that a search finds no answer."""
    data = loaded(ReportGap(), {"q": query, "kind": kind, "category": category})
    filters = {name: data[name] for name in ("kind", "category") if data[name]}
    done = report_gap(db, SearchEngine(settings.index_dir), acting(db, as_login), data["q"], settings.timezone, filters)
    put(reported_json(done.number, done.others, before=done.before, unfiltered=done.unfiltered), as_json=as_json,
        text=done.number or f"{done.unfiltered} found without the filter; nothing reported")


@gaps.command("gather")
@json_option
@with_database
def gather(db: Any, settings: Any, as_json: bool) -> None:
    """Go through the searches that came to rest and replay what is open, as the worker does by itself."""
    settle(db, settings)
    engine = SearchEngine(settings.index_dir)
    count = gather_all(db, engine, SYSTEM, settings.timezone)
    replayed = replay_all(db, engine, SYSTEM, settings.timezone)
    settle(db, settings)
    put({"searches": count, "replayed": replayed}, as_json=as_json, text=f"{count} searches, {replayed} gaps replayed")


def _put(work: Work, gap_id: int, settings: Any, as_json: bool) -> None:
    today = local_date(work.now, settings.timezone)
    card = queries.gap_card(work.session, work.actor, gap_id, today)
    offers = offers_for(work.session, work.actor, work.get(Gap, gap_id), today)
    put(card_json(card, offers), as_json=as_json, text="\n".join((
        f"{card.line.number} {card.line.state} {card.line.title} weight {card.line.weight}",
        *(f"{'hit ' if one.hit else 'miss'} {one.zero + one.unopened:4} {one.query}" for one in card.queries))))


def _do(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    actor, data = acting(db, as_login), loaded(VERBS[name].schema()(), given)
    with db.look(actor) as work:
        gap_id = id_of(work, Gap, which)
    asked = ask_gap(db, SearchEngine(settings.index_dir), actor, gap_id, settings.timezone) if name == "replay" else None
    with db.begin(actor) as work:
        act(work, gap_id, name, data, Around(local_date(work.now, settings.timezone), asked=asked))
    show_settled(db, settings, actor, lambda work: _put(work, gap_id, settings, as_json))


for _verb in VERBS.values():
    gaps.add_command(command(_verb.name, _verb.label, _verb.inputs, _do))
