"""A row of a list of templates: the columns are those of the export, so that a list can be taken out, changed and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kmsvc.convert.columns import meaning_of
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.tables.taking import RowSort, Taken
from kmsvc.knowledge.templates import usecases
from kmsvc.knowledge.templates.models import Template
from kmsvc.knowledge.templates.permissions import KEEP_TEMPLATES
from kmsvc.knowledge.templates.queries import TemplateCard, template_page
from kmsvc.knowledge.templates.rules import LONGEST, MOST_MONTHS
from kmsvc.knowledge.templates.usecases import Written

EVERYTHING = 1_000_000
HEAD = (N_("Name"), N_("Language"), N_("Kind of case"), N_("What it is for"), N_("Text"), N_("Category"), N_("May it be said?"),
        N_("Review after months"), N_("Needed sections are a must"))


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Compare one row with what is known and write the difference; an empty cell leaves what is there."""
    name = " ".join(values.get("name", "").split())
    language = _language(values.get("language", ""))
    row = work.session.scalars(select(Template).where(Template.language == language, Template.name == name)).one_or_none()
    given: dict[str, Any] = {code: values[code].strip() for code in ("case_kind", "note", "body", "category") if values.get(code)}
    if values.get("confidentiality"):
        code = meaning_of("confidentiality", values["confidentiality"])
        if code not in set(Confidentiality):
            raise InvalidInput({"confidentiality": [N_("One of sayable, internal, secret.")]})
        given["confidentiality"] = code
    if values.get("review_months"):
        months = values["review_months"].removesuffix(".0")
        if not months.isdecimal() or len(months) > 4 or not 1 <= int(months) <= MOST_MONTHS:
            raise InvalidInput({"review_months": [N_("This is not a whole number.")]})
        given["review_months"] = int(months)
    if values.get("strict"):
        given["strict"] = meaning_of("yes", values["strict"]) == "yes"
    for code, longest in LONGEST.items():
        if len(given.get(code, "") if code != "name" else name) > longest:
            raise RuleBroken("knowledge.template.long", N_("A cell is longer than %(most)s characters."), most=longest)
    if not name:
        raise InvalidInput({"name": [N_("This is needed.")]})
    if row is None:
        if "body" not in given:
            raise InvalidInput({"body": [N_("This is needed.")]})
        usecases.add_template(work, Written(name=name, language=language, **given))
        return Taken("created", name)
    held = {code: getattr(row, code) for code in Written.__dataclass_fields__}
    changes = tuple(code for code, its in given.items() if its != held[code])
    if changes:
        usecases.change_template(work, row.id, Written(**held | given))
    return Taken("updated" if changes else "unchanged", name, changes)


def _language(text: str) -> str:
    code = meaning_of("tongue", text) if text.strip() else "zh"
    if code in ("zh", "en"):
        return "en" if code == "en" else "zh_Hans_CN"
    raise InvalidInput({"language": [N_("Chinese or English is needed here.")]})


def export_row(card: TemplateCard, say: Callable[[Any], str]) -> tuple[Any, ...]:
    """A template as a row of the export. say: code -> word."""
    return (card.name, "en" if card.language == "en" else "zh", card.case_kind, card.note, card.body, card.category,
            say(Confidentiality(card.confidentiality)), card.review_months, "yes" if card.strict else "no")


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All templates as rows of the export."""
    return [export_row(card, say) for card in template_page(work.session, limit=EVERYTHING)[0]]


TEMPLATES = RowSort("templates", KEEP_TEMPLATES, take, HEAD, lines, columns=(
    ("name", HEAD[0], N_("Needed. With the language it says which template is meant.")),
    ("language", HEAD[1], N_("Chinese or English; empty is Chinese.")),
    ("case_kind", HEAD[2], N_("What kind of case it is for.")),
    ("note", HEAD[3], N_("One sentence for whoever chooses a template.")),
    ("body", HEAD[4], N_("Headings, blocks and hints; needed for a new one.")),
    ("category", HEAD[5], N_("The category a new article begins with.")),
    ("confidentiality", HEAD[6], N_("May be said, internal only or secret.")),
    ("review_months", HEAD[7], N_("After so many months a new article is looked at again.")),
    ("strict", HEAD[8], N_("Yes: what lacks a needed section is not published."))),
    place="/knowledge/templates", title=N_("Templates"))
