"""`kmsvc knowledge reviews …`: the yearly review of knowledge; one command a verb, from the table that makes pages and API too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded, options_of, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews import queries, usecases, verbs
from kmsvc.knowledge.reviews.checklist import checklist, keep_checklist
from kmsvc.knowledge.reviews.models import Review
from kmsvc.knowledge.reviews.permissions import SEE_REVIEWS
from kmsvc.knowledge.reviews.schemas import (
    STATES,
    PlanInput,
    card_json,
    checklist_json,
    item_json,
    line_json,
    plan_of,
)


@click.group("reviews")
def reviews() -> None:
    """The yearly review of knowledge: is it complete, is it fit."""


@reviews.command("list")
@click.option("--q", help="Number or words.")
@click.option("--year", type=click.IntRange(2000, 2200))
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, year: int | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Reviews, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_REVIEWS)
        lines, _ = queries.review_lines(work.session, work.actor, q=q, year=year, state=state, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:13} {line.year} {line.state:9} {line.judged:4}/{line.drawn:<4} {line.signed_by}" for line in lines))


@reviews.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One review."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Review, which), settings, as_json)


def _put(work: Work, review_id: int, settings: Any, as_json: bool) -> None:
    card = queries.review_card(work.session, work.actor, review_id)
    offers = verbs.offers_for(work.actor, work.get(Review, review_id), card, local_date(work.now, settings.timezone))
    put(card_json(card, offers), as_json=as_json, text="\n".join((
        f"{card.line.number} {card.line.year} {card.line.state} {card.line.judged}/{card.line.drawn} seed {card.seed}",
        f"the record {'is whole' if card.is_whole else 'DOES NOT FIT ITS SIGNATURE'}" if card.is_whole is not None else "",
        f"drawn again: {'the same articles' if card.repeats else 'OTHER ARTICLES'}" if card.repeats is not None else "")).strip())


@reviews.command("items")
@WHICH
@as_option
@json_option
@with_database
def items(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """The articles of its sample."""
    with db.look(acting(db, as_login)) as work:
        card = queries.review_card(work.session, work.actor, id_of(work, Review, which))
    put({"items": [item_json(one) for one in card.items]}, as_json=as_json, text="\n".join(
        f"{one.facts['number']:12} {one.result or '-':7} {one.follow_up:5} {one.reviewer:20} {one.facts['title']}"
        for one in card.items))


@reviews.command("plan")
@click.option("--year", required=True, type=click.IntRange(2000, 2200))
@click.option("--begins-on", help="As 2026-01-01; left out: the first of January.")
@click.option("--ends-on", help="As 2026-12-31; left out: the last of December.")
@click.option("--due-on", help="As 2026-12-31; left out: the last of December.")
@click.option("--size", type=int, default=3, show_default=True, help="Articles of each category.")
@click.option("--reviewer", "reviewers", multiple=True, required=True, help="Login of who judges; several times for several.")
@click.option("--category", "categories", multiple=True, help="Name of a category; several times for several. None: all.")
@click.option("--seed", help="Left out: drawn by the service.")
@click.option("--purpose", help="What to look at most.")
@as_option
@json_option
@with_database
def plan(db: Any, settings: Any, as_login: str | None, as_json: bool, reviewers: tuple[str, ...], categories: tuple[str, ...],
         **given: Any) -> None:
    """Plan the review of a year."""
    data = loaded(PlanInput(), given | {"reviewers": list(reviewers), "categories": list(categories)})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = usecases.plan_review(work, plan_of(data))
    show_settled(db, settings, actor, lambda work: _put(work, row.id, settings, as_json))


@reviews.command("judge")
@WHICH
@click.argument("article", metavar="ARTICLE")
@as_option
@json_option
@with_database
def judge(db: Any, settings: Any, which: str, article: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Judge one article of the sample, named by its number."""
    actor = acting(db, as_login)
    data = loaded(verbs.JUDGE_SCHEMA(), given)
    with db.begin(actor) as work:
        review_id = id_of(work, Review, which)
        card = queries.review_card(work.session, work.actor, review_id)
        found = next((one for one in card.items if one.facts["number"] == article.upper()), None)
        if found is None:
            raise NotFound()
        verbs.judge(work, review_id, found.id, data, verbs.Around(local_date(work.now, settings.timezone), settings.timezone))
    settle(db, settings)
    with db.look(actor) as work:
        put(item_json(queries.item_of(work.session, work.actor, review_id, found.id)[1]), as_json=as_json, text=article.upper())


judge.params.extend(options_of(verbs.JUDGE))


def _act(work: Work, review_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, review_id, name, data, verbs.Around(local_date(work.now, settings.timezone), settings.timezone))


add_verbs(reviews, Review, verbs.VERBS, _act, _put)


@reviews.command("checklist")
@click.option("--zh", "zh", multiple=True, help="A point in Chinese; several times for several. Without any, the list is shown.")
@click.option("--en", "en", multiple=True, help="A point in English, in the same order.")
@as_option
@json_option
@with_database
def checklist_command(db: Any, settings: Any, zh: tuple[str, ...], en: tuple[str, ...], as_login: str | None, as_json: bool) -> None:
    """The checklist of good content: show it, or write it down anew."""
    actor = acting(db, as_login)
    if zh or en:
        with db.begin(actor) as work:
            kept = keep_checklist(work, zh, en)
    else:
        with db.look(actor) as work:
            work.permit(SEE_REVIEWS)
            kept = checklist(work.session)
    put(checklist_json(kept), as_json=as_json, text="\n".join((*kept.zh, *kept.en)))


@reviews.command("export")
@WHICH
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@with_database
def export(db: Any, settings: Any, which: str, path: Path, as_login: str | None) -> None:
    """Write the sample with its judgements to a .csv or .xlsx file."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        card = queries.review_card(work.session, work.actor, id_of(work, Review, which))
    rows = [item_json(one) | {"facts": None, "url": None} | {f"fact_{name}": _cell(value) for name, value in one.facts.items()}
            for one in card.items]
    head = [name for name in (rows[0] if rows else {}) if name not in ("facts", "url")]
    give_out(path, card.line.number, head, ([row[name] for name in head] for row in rows))


def _cell(value: Any) -> Any:
    """A list or mapping as one cell."""
    if isinstance(value, dict):
        return " | ".join(f"{name} {one}" for name, one in value.items())
    if isinstance(value, list):
        return " | ".join(" ".join(str(part) for part in one if part) if isinstance(one, list) else str(one) for one in value)
    return value
