"""`kmsvc knowledge articles …`: look at one, and one command a verb, through the schemas of the JSON door."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from kmsvc.access.rules import Act as AccessAct
from kmsvc.access.rules import Place
from kmsvc.access.usecases import note
from kmsvc.cli.exports import export_command
from kmsvc.cli.glue import acting, as_option, get_settings, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.schemas import InputSchema
from kmsvc.core.work import Work
from kmsvc.knowledge.articles import acts, queries
from kmsvc.knowledge.articles.acts import ACTS, Act
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.schemas import (
    ArticleInput,
    ConfirmRead,
    article_json,
)
from kmsvc.knowledge.articles.secrets import secret
from kmsvc.knowledge.confirmations.usecases import confirm_read

Run = Callable[[Work, int, dict[str, Any]], Any]


def _whatever_stands(act: Act, work: Work, article_id: int, data: dict[str, Any]) -> Article:
    """A command names no version that it has seen."""
    return act.run(work, article_id, data, None)


def _confirm(work: Work, article_id: int, data: dict[str, Any]) -> None:
    confirm_read(work, article_id, version_id=data["version_id"], today=local_date(work.now, get_settings().timezone))


def _options(schema: type[InputSchema]) -> list[click.Parameter]:
    """One option an input; lists are given several times, texts may stand in a file."""
    found: list[click.Parameter] = []
    for name, field in schema().fields.items():
        kind, flag = type(field).__name__, f"--{name.replace('_', '-')}"
        if kind == "Boolean":
            found.append(click.Option([flag, name], is_flag=True, default=None))
        else:
            found.append(click.Option([flag, name], multiple=kind == "List", metavar=kind.upper(),
                                      help=("@FILE reads a file " if kind == "Text" else "")
                                      + ("[needed]" if field.required else "")))
    return found


def _done(db: Any, settings: Any, actor: Any, article_id: int, as_json: bool) -> None:
    settle(db, settings)
    with db.look(actor) as work:
        card = queries.article_card(work.session, actor, article_id, local_date(work.now, settings.timezone), draft=True,
                                    zone=settings.timezone)
    put(article_json(card), as_json=as_json, text=f"{card.number} V{card.version_label} {card.state} {card.title}")


def _command(name: str, line: str, schema: type[InputSchema], act: Run, *, new: bool = False) -> click.Command:
    @as_option
    @json_option
    @with_database
    def run(db: Any, settings: Any, as_login: str | None, as_json: bool, which: str = "0", **given: Any) -> None:
        actor = acting(db, as_login)
        data = loaded(schema(), {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()
                                 if value not in (None, ())})
        with db.begin(actor) as work:
            article_id = 0 if new else id_of(work, Article, which)
            if not new:
                queries.readable_version(work.session, actor, article_id, draft=True)
            made = act(work, article_id, data)
            if isinstance(made, Article):
                article_id = made.id
        _done(db, settings, actor, article_id, as_json)
    command = click.command(name, help=line)(run if new else WHICH(run))
    command.params.extend(_options(schema))
    return command


@click.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One article as this person may read it."""
    actor = acting(db, as_login)
    with db.look(actor) as work:
        card = queries.article_card(work.session, actor, id_of(work, Article, which),
                                    local_date(work.now, settings.timezone), zone=settings.timezone)
        hidden = secret(work.session, actor, card.id, card.version_id)
    if hidden is not None:
        with db.begin(actor) as work:
            note(work, AccessAct.SEEN, hidden, place=Place.COMMAND)
    put(article_json(card), as_json=as_json, text=f"{card.number} V{card.version_label} {card.state} {card.title}\n\n"
                                                  f"{card.summary}\n\n{card.body}")


def add_to(group: click.Group) -> None:
    """Give a group the commands of this page."""
    group.add_command(show)
    group.add_command(export_command)
    group.add_command(_command("write", "Write a new article.", ArticleInput, lambda work, one, data: acts.write(work, data),
                               new=True))
    for name, act in ACTS.items():
        group.add_command(_command(name, act.line, act.schema, partial(_whatever_stands, act)))
    group.add_command(_command("confirm", "Say that this person has read and understood a version.", ConfirmRead, _confirm))
