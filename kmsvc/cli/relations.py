"""`kmsvc knowledge relations …`: how articles belong together, and which twins have drifted apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, id_of, loaded, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import READ_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.relations import listing, queries, usecases
from kmsvc.knowledge.relations.schemas import (
    STATES,
    WORDS,
    RelateInput,
    kin_json,
    line_json,
    near_json,
)
from kmsvc.knowledge.relations.showing import HEAD, export_rows
from kmsvc.knowledge.relations.similar import similar_to
from kmsvc.knowledge.relations.standing import family_of
from kmsvc.search.engine import SearchEngine

OTHER = click.argument("other")
MOST_EXPORTED = 100_000


@click.group("relations")
def relations() -> None:
    """How articles belong together."""


@relations.command("twins")
@click.option("--q", help="Number or title.")
@click.option("--state", type=click.Choice(STATES), help="Left out: all that somebody has to look at.")
@click.option("--view", type=click.Choice(queries.OWN), help="mine: those that this person has to look at.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def twins(db: Any, settings: Any, q: str | None, state: str | None, view: str | None, limit: int, file: Path | None,
          as_login: str | None, as_json: bool) -> None:
    """Twins and how they stand, what drifted longest ago first."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        require(work.actor, READ_ARTICLE)
        lines, _ = listing.twin_lines(work.session, work.actor, q=q, state=state, view=view,
                                      limit=limit if file is None else MOST_EXPORTED)
    if file is not None:
        give_out(file, "Twins", HEAD, export_rows(lines, lambda at: local(at, settings.timezone), lambda state: state.value))
        return
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.state:9} {line.first.number:10} {line.second.number:10} {line.since or '-'!s:.10} {line.owner:12} {line.first.title}"
        for line in lines))


@relations.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """The articles related to one."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Article, which), as_json)


def _put(work: Work, article_id: int, as_json: bool) -> None:
    readable_version(work.session, work.actor, article_id)
    kin = family_of(work.session, work.actor, article_id)[0]
    put({"items": [kin_json(one) for one in kin]}, as_json=as_json, text="\n".join(
        f"{one.word:12} {one.side.number:10} {one.side.title}" for one in kin))


@relations.command("similar")
@WHICH
@as_option
@json_option
@with_database
def similar(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Up to five articles near one."""
    with db.look(acting(db, as_login)) as work:
        found = similar_to(work.session, SearchEngine(settings.index_dir), work.actor, id_of(work, Article, which),
                           local_date(work.now, settings.timezone))
    put({"items": [near_json(card) for card in found]}, as_json=as_json,
        text="\n".join(f"{card.number:10} {card.title}" for card in found))


@relations.command("relate")
@WHICH
@OTHER
@click.option("--as-what", "word", type=click.Choice(WORDS), required=True, help="What OTHER is to the first.")
@click.option("--not-equal", is_flag=True, help="Twins that do not say the same yet.")
@as_option
@json_option
@with_database
def relate(db: Any, settings: Any, which: str, other: str, word: str, not_equal: bool, as_login: str | None, as_json: bool) -> None:
    """Relate article OTHER to an article."""
    data = loaded(RelateInput(), {"word": word, "other": other, "equal": not not_equal})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        article_id = id_of(work, Article, which)
        usecases.relate(work, article_id, id_of(work, Article, other), data["word"], equal=data["equal"])
    show_settled(db, settings, actor, lambda work: _put(work, article_id, as_json))


@relations.command("remove")
@WHICH
@OTHER
@click.option("--reason", help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def remove(db: Any, settings: Any, which: str, other: str, reason: str | None, as_login: str | None, as_json: bool) -> None:
    """Take the relation of two articles away."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        article_id = id_of(work, Article, which)
        found = usecases.relation_between(work, article_id, id_of(work, Article, other))
        usecases.remove(work, found.id, reason=reason)
    settle(db, settings)
    put({"id": found.id, "removed": True}, as_json=as_json, text=f"kmsvc knowledge relations restore {found.id}")


@relations.command("restore")
@click.argument("relation_id", type=click.IntRange(1))
@as_option
@json_option
@with_database
def restore(db: Any, settings: Any, relation_id: int, as_login: str | None, as_json: bool) -> None:
    """Put a relation back, by its id."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        article_id = usecases.restore(work, relation_id).from_id
    show_settled(db, settings, actor, lambda work: _put(work, article_id, as_json))


def _put_twins(work: Work, relation_id: int, as_json: bool) -> None:
    line = queries.twin_line(work.session, work.actor, relation_id)
    put(line_json(line), as_json=as_json, text=f"{line.state} {line.first.number} {line.second.number}")


@relations.command("equal")
@WHICH
@as_option
@json_option
@with_database
def equal(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Find an article and its twin equal as they are published now."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        found = usecases.twins_of(work, id_of(work, Article, which))
        now = tuple(work.get(Article, one).published_version_id or 0 for one in (found.from_id, found.to_id))
        usecases.find_equal(work, found.id, version_ids=(now[0], now[1]))
    show_settled(db, settings, actor, lambda work: _put_twins(work, found.id, as_json))


@relations.command("withdraw")
@WHICH
@as_option
@json_option
@with_database
def withdraw(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Take back that an article and its twin were found equal; what was found before counts again."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        found = usecases.twins_of(work, id_of(work, Article, which))
        last = usecases.last_check(work, found.id)
        if last is None:
            raise NotFound()
        usecases.take_back(work, found.id, check_id=last.id)
    show_settled(db, settings, actor, lambda work: _put_twins(work, found.id, as_json))
