"""`kmsvc knowledge health …`: signs that articles need somebody, pairs alike, and acts on many articles."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.health import deciding, details, queries, usecases
from kmsvc.knowledge.health.examining import examine_all
from kmsvc.knowledge.health.passages import passages_of
from kmsvc.knowledge.health.permissions import SEE_HEALTH
from kmsvc.knowledge.health.schemas import (
    GRAVITIES,
    SIGNS,
    HealthQuery,
    ManyInOrder,
    Reason,
    SayRight,
    act_json,
    batch_json,
    line_json,
    pair_json,
    row_json,
    usage_json,
    word_json,
)
from kmsvc.knowledge.health.telling import tell_owners
from kmsvc.knowledge.health.usecases import ACTS
from kmsvc.people.system import SYSTEM


@click.group("health")
def health() -> None:
    """Signs that articles need somebody, and what was done about them."""


@health.command("board")
@click.option("--by", type=click.Choice(queries.BY), default="owner", show_default=True)
@as_option
@json_option
@with_database
def board(db: Any, settings: Any, by: str, as_login: str | None, as_json: bool) -> None:
    """Owners or categories with their signs, the least healthy first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_HEALTH)
        rows, whole = queries.board(work.session, work.actor, by)
    put({"items": [row_json(row) for row in rows], "whole": row_json(whole)}, as_json=as_json, text="\n".join(
        f"{row.share if row.share is not None else '-':>4} % of {row.published:5}  {row.name or row.key or 'all':24} "
        + " ".join(f"{sign}={n}" for sign, n in sorted(row.counts.items())) for row in (*rows, whole)))


@health.command("list")
@click.option("--q", help="Words in number or title.")
@click.option("--sign", type=click.Choice(SIGNS))
@click.option("--gravity", type=click.Choice(GRAVITIES), help="act: to be mended now; look: to be looked at; note: good to know.")
@click.option("--owner", help="Id of the owner, or - for nobody.")
@click.option("--category", help="Name of the category, or - for none.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_articles(db: Any, settings: Any, q: str | None, sign: str | None, gravity: str | None, owner: str | None,
                  category: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Articles with signs, the gravest first."""
    asked = loaded(HealthQuery(), {"q": q, "sign": sign, "gravity": gravity, "owner": owner, "category": category})
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_HEALTH)
        lines, _ = queries.health_lines(
            work.session, work.actor, local_date(work.now, settings.timezone), limit=limit,
            **{name: asked[name] for name in ("q", "sign", "gravity", "owner", "category")})
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:10} {','.join(f'{one.sign}:{one.figure}' for one in line.signs):40} {line.owner:16} {line.title}"
        for line in lines))


@health.command("show")
@click.argument("which", metavar="NUMBER")
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One article with its signs, its use and what was said of signs."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_HEALTH)
        today = local_date(work.now, settings.timezone)
        line = queries.line_of(work.session, work.actor, id_of(work, Article, which), today)
        if line is None:
            raise NotFound()
        use = details.usage_of(work.session, line.id, work.now)
        usage = usage_json(use, passages_of(work.session, work.actor, line.id, use.asked))
        words = details.words_on(work.session, line.id)
    put({**line_json(line), "words": [word_json(one) for one in words],
         "usage": usage}, as_json=as_json,
        text="\n".join([f"{line.number} {line.title}", *(f"{one.gravity:5} {one.sign:14} {one.figure}" for one in line.signs)]))


@health.command("look")
@json_option
@with_database
def look_now(db: Any, settings: Any, as_json: bool) -> None:
    """Look for signs now, as the worker does by itself, and tell owners of what is new."""
    settle(db, settings)
    count = examine_all(db, SYSTEM, settings.timezone)
    with db.begin(SYSTEM) as work:
        told = tell_owners(work, local_date(work.now, settings.timezone))
    put({"articles": count, "told": told}, as_json=as_json, text=f"{count} articles looked at, {told} new signs told")


@health.command("right")
@click.argument("which", metavar="NUMBER")
@click.argument("sign", type=click.Choice(SIGNS))
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def right(db: Any, settings: Any, which: str, sign: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Say that a sign is right as it is; it rests until something new comes."""
    data = loaded(SayRight(), {"sign": sign, "reason": reason})
    with db.begin(acting(db, as_login)) as work:
        word = usecases.say_right(work, id_of(work, Article, which), sign=data["sign"], reason=data["reason"],
                                  today=local_date(work.now, settings.timezone), zone=settings.timezone)
    put({"id": word.id, "sign": word.sign}, as_json=as_json, text=f"noted, word {word.id}")


@health.command("withdraw")
@click.argument("word", type=int)
@as_option
@json_option
@with_database
def withdraw(db: Any, settings: Any, word: int, as_login: str | None, as_json: bool) -> None:
    """Take such a word back; the sign, or the pair, is shown again."""
    with db.begin(acting(db, as_login)) as work:
        usecases.take_word_back(work, word, today=local_date(work.now, settings.timezone), zone=settings.timezone)
    put({"id": word}, as_json=as_json, text="taken back")


@health.command("pairs")
@click.option("--q", help="Words in number or title.")
@click.option("--distinct", is_flag=True, help="Those found right as they are.")
@click.option("--limit", type=click.IntRange(1, 2000), default=50, show_default=True)
@as_option
@json_option
@with_database
def pairs(db: Any, settings: Any, q: str | None, distinct: bool, limit: int, as_login: str | None, as_json: bool) -> None:
    """Articles whose texts are nearly the same, two by two."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_HEALTH)
        found, _total, _more = details.pair_lines(work.session, work.actor, q=q, state="distinct" if distinct else None, limit=limit)
    put({"items": [pair_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.likeness:3} % {one.first.number:10} {one.second.number:10} {one.first.title} | {one.second.title}" for one in found))


@health.command("distinct")
@click.argument("first", metavar="NUMBER")
@click.argument("second", metavar="NUMBER")
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def distinct(db: Any, settings: Any, first: str, second: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Say that two alike are right as they are."""
    data = loaded(Reason(), {"reason": reason})
    with db.begin(acting(db, as_login)) as work:
        word = usecases.say_distinct(work, id_of(work, Article, first), id_of(work, Article, second), reason=data["reason"],
                                     zone=settings.timezone)
    put({"id": word.id}, as_json=as_json, text=f"noted, word {word.id}")


@health.command("join")
@click.argument("gone", metavar="NUMBER")
@click.argument("keep", metavar="NUMBER")
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def join(db: Any, settings: Any, gone: str, keep: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Retire the first of two alike in favour of the second."""
    data = loaded(Reason(), {"reason": reason})
    with db.begin(acting(db, as_login)) as work:
        usecases.join_pair(work, id_of(work, Article, gone), into_id=id_of(work, Article, keep), reason=data["reason"],
                           today=local_date(work.now, settings.timezone), zone=settings.timezone)
    settle(db, settings)
    put({"gone": gone, "keep": keep}, as_json=as_json, text=f"{gone} now leads to {keep}")


@health.command("set")
@click.argument("act", type=click.Choice(ACTS))
@click.argument("value")
@click.argument("numbers", metavar="NUMBER", nargs=-1, required=True)
@click.option("--reason", help="Why; needed unless it is a dry run.")
@click.option("--dry-run", is_flag=True, help="Say what would change, keep nothing.")
@as_option
@json_option
@with_database
def set_many(db: Any, settings: Any, act: str, value: str, numbers: tuple[str, ...], reason: str | None, dry_run: bool,
             as_login: str | None, as_json: bool) -> None:
    """Set review day, category or owner (login) of many articles."""
    actor = acting(db, as_login)
    name = {"review": "review_on", "category": "category", "owner": "owner"}[act]
    with db.look(actor) as work:
        ids = [id_of(work, Article, one) for one in numbers]
    data = loaded(ManyInOrder(), {"act": act, name: value, "ids": ids, "reason": reason, "sure": not dry_run})
    if dry_run:
        with db.look(actor) as work:
            ahead = deciding.look_ahead(work, data, local_date(work.now, settings.timezone))
        put({"changed": list(ahead.changed), "same": ahead.same, "following": ahead.following}, as_json=as_json,
            text=f"{len(ahead.changed)} would change")
        return
    with db.begin(actor) as work:
        batch = deciding.put_many(work, data, local_date(work.now, settings.timezone), settings.timezone)
    put(batch_json(batch), as_json=as_json, text=f"{len(batch.before)} changed; undo with: health undo {batch.id}")
    settle(db, settings)


@health.command("acts")
@click.option("--q", help="In the reason, or of the name of whoever did it.")
@click.option("--act", type=click.Choice(ACTS))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def acts(db: Any, settings: Any, q: str | None, act: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """What was done to many articles at once, the newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(EDIT_ARTICLE)
        lines, _ = details.batch_lines(work.session, q=q, act=act, limit=limit)
    put({"items": [act_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.id:5} {one.at:%Y-%m-%d} {one.act:8} {one.value:16} {one.articles:4} {'back' if one.undone_at else '':5} {one.reason}"
        for one in lines))


@health.command("undo")
@click.argument("batch", type=int)
@as_option
@json_option
@with_database
def undo(db: Any, settings: Any, batch: int, as_login: str | None, as_json: bool) -> None:
    """Give each article of such an act back what it had."""
    with db.begin(acting(db, as_login)) as work:
        done, count = usecases.undo_many(work, batch, zone=settings.timezone)
    put({**batch_json(done), "restored": count}, as_json=as_json, text=f"{count} articles have back what they had")
    settle(db, settings)
