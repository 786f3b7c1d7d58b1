"""`kmsvc knowledge reshapes …`: several articles that become one, and one that becomes several."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import (
    acting,
    as_option,
    checked,
    json_option,
    put,
    settle,
    with_database,
)
from kmsvc.cli.things import WHICH, id_of
from kmsvc.knowledge.reshapes.rules import ReshapeKind, ReshapeState


@click.group()
def reshapes() -> None:
    """Merge articles, split an article, take it back."""


@reshapes.command("list")
@click.option("--q", help="Part of a number or reason.")
@click.option("--kind", type=click.Choice([one.value for one in ReshapeKind]), help="Only merges, or splits.")
@click.option("--state", type=click.Choice([one.value for one in ReshapeState]), help="Only those that stand like this.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, kind: str | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Merges and splits, newest first."""
    from kmsvc.core.permissions import require
    from kmsvc.knowledge.reshapes.permissions import RESHAPE
    from kmsvc.knowledge.reshapes.queries import reshape_page
    from kmsvc.knowledge.reshapes.schemas import reshape_json

    with db.look(acting(db, as_login)) as work:
        require(work.actor, RESHAPE)
        lines, _ = reshape_page(work.session, q=q, kind=kind, state=state, limit=limit)
    put({"items": [reshape_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number} {line.kind:6} {line.state:10} {line.article} {' '.join(number for _, number in line.parts)}" for line in lines))


@reshapes.command("merge")
@click.argument("stays")
@click.argument("others", nargs=-1, required=True)
@click.option("--reason", required=True, help="Stands in the audit trail and in the log of each article.")
@as_option
@json_option
@with_database
def merge(db: Any, settings: Any, stays: str, others: tuple[str, ...], reason: str, as_login: str | None, as_json: bool) -> None:
    """Plan that OTHERS go up in STAYS, with every paragraph that STAYS does not have; its draft waits to be looked at."""
    from kmsvc.knowledge.articles.models import Article, ArticleVersion
    from kmsvc.knowledge.articles.versions import blocks_of
    from kmsvc.knowledge.relations.aligning import align
    from kmsvc.knowledge.reshapes import doing
    from kmsvc.knowledge.reshapes.usecases import compose, parts_of
    from kmsvc.knowledge.reshapes.weaving import woven

    with db.begin(acting(db, as_login)) as work:
        row = doing.merge(work, {"stays": stays, "others": list(others), "reason": reason})
        texts = {one: blocks_of(work.actor, work.get(ArticleVersion, work.get(Article, one).published_version_id))
                 for one in (row.article_id, *(part.article_id for part in parts_of(work, row.id)))}
        mine = texts.pop(row.article_id)
        picks: list[tuple[int, str]] = []
        for slot in woven(mine, [(one, align(mine, blocks)) for one, blocks in texts.items()]):
            picks += [(row.article_id, slot.mine.id)] if slot.mine is not None else []
            picks += [(one.article_id, one.block.id) for one in slot.theirs if one.alone]
        compose(work, row.id, picks)
        found = row.id
    _put(db, found, as_login, as_json)


@reshapes.command("split")
@click.argument("article")
@click.option("--part", "parts", multiple=True, required=True, metavar="TITLE=ID,ID",
              help="A new article: its title and the ids of its paragraphs.")
@click.option("--retire", is_flag=True, help="Nothing stays: the article retires and leads to the first part.")
@click.option("--reason", required=True, help="Stands in the audit trail and in the log of each article.")
@as_option
@json_option
@with_database
def split(db: Any, settings: Any, article: str, parts: tuple[str, ...], retire: bool, reason: str, as_login: str | None,
          as_json: bool) -> None:
    """Plan that paragraphs of ARTICLE become articles of their own; their drafts wait to be looked at."""
    from kmsvc.knowledge.reshapes import doing
    from kmsvc.knowledge.reshapes.schemas import PlanSplit

    given = [{"title": one.rpartition("=")[0], "blocks": [its for its in one.rpartition("=")[2].split(",") if its]} for one in parts]
    data = checked(PlanSplit(), {"article": article, "parts": given, "retire": retire, "reason": reason})
    with db.begin(acting(db, as_login)) as work:
        found = doing.split(work, data).id
    _put(db, found, as_login, as_json)


def _put(db: Any, reshape_id: int, as_login: str | None, as_json: bool) -> None:
    from kmsvc.knowledge.reshapes.queries import reshape_line
    from kmsvc.knowledge.reshapes.schemas import reshape_json

    with db.look(acting(db, as_login)) as work:
        line = reshape_line(work.session, work.actor, reshape_id)
    put(reshape_json(line), as_json=as_json, text=f"{line.number} {line.kind}: {line.state}")


def _verb(name: str, *, reasoned: bool, about: str) -> None:
    @reshapes.command(name.replace("_", "-"), help=about)
    @WHICH
    @click.option("--reason", required=reasoned, hidden=not reasoned, help="Stands in the audit trail.")
    @as_option
    @json_option
    @with_database
    def command(db: Any, settings: Any, which: str, reason: str | None, as_login: str | None, as_json: bool) -> None:
        from kmsvc.knowledge.reshapes.doing import VERBS
        from kmsvc.knowledge.reshapes.models import Reshape

        schema, run, _, _ = VERBS[name]
        data = checked(schema(), {"reason": reason} if reasoned else {})
        with db.begin(acting(db, as_login)) as work:
            found = id_of(work, Reshape, which)
            run(work, found, data, None)
        settle(db, settings)
        _put(db, found, as_login, as_json)


_verb("publish", reasoned=False, about="Publish all of it: new texts, what retires, what points to it.")
_verb("cancel", reasoned=True, about="Give it up before it is published.")
_verb("take_back", reasoned=True, about="As it was before.")
