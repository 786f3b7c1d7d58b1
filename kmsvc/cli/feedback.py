"""`kmsvc knowledge feedback …`: what readers say of answers; one command a verb, from the table that makes pages and API too."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.feedback import queries, usecases
from kmsvc.knowledge.feedback.cards import feedback_card
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.queries import VIEWS
from kmsvc.knowledge.feedback.schemas import (
    ASKED_KINDS,
    KINDS,
    STATES,
    SayFeedback,
    card_json,
    line_json,
    said_of,
)
from kmsvc.knowledge.feedback.verbs import VERBS, Around, act, offers_for


@click.group("feedback")
def feedback() -> None:
    """What readers say of answers, and what came of it."""


@feedback.command("list")
@click.option("--q", help="Words in number, note, contact, article number or title.")
@click.option("--kind", type=click.Choice(ASKED_KINDS))
@click.option("--state", type=click.Choice(STATES), help="A state; waiting: all that waits; late: beyond its day.")
@click.option("--view", type=click.Choice(VIEWS), help="mine: to reply to; sent: said by this person.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_feedback(db: Any, settings: Any, q: str | None, kind: str | None, state: str | None, view: str | None, limit: int,
                  as_login: str | None, as_json: bool) -> None:
    """Feedback this person may see, newest first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.feedback_lines(work.session, work.actor, local_date(work.now, settings.timezone), q=q, kind=kind,
                                          state=state, view=view, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:14} {line.kind:9} {line.state:10} {line.due_on or '':10} {line.article_number:8} {line.title}"
        for line in lines))


@feedback.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One feedback, and what came of it."""
    actor = acting(db, as_login)
    with db.look(actor) as work:
        _put(work, id_of(work, Feedback, which), settings, as_json)


@feedback.command("send")
@click.argument("article", metavar="ARTICLE")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--note", help="@FILE reads a file.")
@click.option("--contact", help="Number of the contact it came up in.")
@click.option("--block", help="Id of the block it is about.")
@as_option
@json_option
@with_database
def send(db: Any, settings: Any, article: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Say something of an article, by its id or number, as a person (--as)."""
    actor = acting(db, as_login)
    data = loaded(SayFeedback(), given)
    with db.begin(actor) as work:
        _, version = readable_version(work.session, actor, id_of(work, Article, article))
        row = usecases.send_feedback(work, version.id, data["kind"], today=local_date(work.now, settings.timezone),
                                     said=said_of(data))
    show_settled(db, settings, actor, lambda work: _put(work, row.id, settings, as_json))


def _put(work: Work, feedback_id: int, settings: Any, as_json: bool) -> None:
    card = feedback_card(work.session, work.actor, feedback_id)
    row = queries.visible_feedback(work.session, work.actor, feedback_id)
    offers = offers_for(work.session, work.actor, row, local_date(work.now, settings.timezone))
    put(card_json(card, offers), as_json=as_json, text="\n".join(filter(None, (
        f"{card.number} {card.kind} {card.state} {card.article.number} {card.article.title}", card.note, card.answer))))


def _act(work: Work, feedback_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    act(work, feedback_id, name, data, Around(local_date(work.now, settings.timezone)))


add_verbs(feedback, Feedback, VERBS, _act, _put)
