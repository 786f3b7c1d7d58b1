"""`kmsvc knowledge templates …`: what a new article begins with."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import ROW_ID, acting, as_option, checked, json_option, put, with_database
from kmsvc.cli.lists import add_import_and_export


@click.group()
def templates() -> None:
    """What a new article begins with."""


@templates.command("list")
@click.option("--q", help="Part of a name or of the kind of case.")
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), help="Only in this language.")
@click.option("--state", type=click.Choice(["offered", "retired"]), help="Only those offered, or those no longer offered.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, language: str | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Templates, newest first."""
    from kmsvc.core.permissions import require
    from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
    from kmsvc.knowledge.templates.queries import template_page
    from kmsvc.knowledge.templates.schemas import template_json

    with db.look(acting(db, as_login)) as work:
        require(work.actor, EDIT_ARTICLE)
        cards, _ = template_page(work.session, q=q, language=language, state=state, limit=limit)
    put({"items": [template_json(card) for card in cards]}, as_json=as_json, text="\n".join(
        f"{card.id:5} {card.language:10} {'strict' if card.strict else '':6} {card.name}: "
        f"{', '.join(one.words for one in card.sections)}" for card in cards))


@templates.command("add")
@click.argument("name")
@click.argument("text", type=click.File("r", encoding="utf-8"))
@click.option("--language", type=click.Choice(["zh_Hans_CN", "en"]), default="zh_Hans_CN", show_default=True)
@click.option("--case-kind", help="What kind of case it is for.")
@click.option("--category", help="The category a new article begins with.")
@click.option("--review-months", type=click.IntRange(1, 120), help="After so many months a new article is looked at again.")
@click.option("--strict", is_flag=True, help="What lacks a needed section is not published.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, name: str, text: Any, language: str, case_kind: str | None, category: str | None,
        review_months: int | None, strict: bool, as_login: str | None, as_json: bool) -> None:
    """Add a template from a file or - for stdin."""
    from kmsvc.knowledge.templates.queries import template_card
    from kmsvc.knowledge.templates.schemas import TemplateInput, template_json, written_of
    from kmsvc.knowledge.templates.usecases import add_template

    data = checked(TemplateInput(), {"name": name, "body": text.read(), "language": language, "case_kind": case_kind,
                                 "category": category, "review_months": review_months, "strict": strict})
    with db.begin(acting(db, as_login)) as work:
        card = template_card(work.session, add_template(work, written_of(data)).id)
    put(template_json(card), as_json=as_json, text=f"{card.id} {card.name}")


@templates.command("retire")
@click.argument("template_id", type=ROW_ID)
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def retire(db: Any, settings: Any, template_id: int, reason: str, as_login: str | None, as_json: bool) -> None:
    """No longer offer it; what began with it is still held to it."""
    from kmsvc.knowledge.templates.queries import template_card
    from kmsvc.knowledge.templates.schemas import template_json
    from kmsvc.knowledge.templates.usecases import retire_template

    with db.begin(acting(db, as_login)) as work:
        card = template_card(work.session, retire_template(work, template_id, reason=reason).id)
    put(template_json(card), as_json=as_json, text=f"{card.id} {card.name}")


add_import_and_export(
    templates, "kmsvc.knowledge.templates.rows:TEMPLATES",
    brings="Bring templates in from csv or xlsx. A row adds or changes; nothing is taken away.",
    writes="Write all templates to a new csv or xlsx file, with the columns an import takes.")
