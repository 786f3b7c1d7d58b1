"""What a template does for whoever writes: what the form begins with, the hints beside it, the needed sections that are empty."""

from __future__ import annotations

from typing import Any

from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.templates.models import Template
from kmsvc.knowledge.templates.queries import TemplateCard, offered, template_card
from kmsvc.knowledge.templates.rules import blank_of, empty_sections, opening_hint
from kmsvc.knowledge.templates.usecases import empty_in, template_for


def beginning(card: TemplateCard) -> dict[str, Any]:
    """The values a new article begins with."""
    return {"body": blank_of(card.body), "category": card.category, "confidentiality": card.confidentiality,
            "language": card.language, "template": card.id}


def empty_now(work: Work, article_id: int | None, template_id: int | None, body: str) -> tuple[tuple[str, ...], bool]:
    """The needed sections that a text leaves empty, and whether that is refused; of the template of its article or of the one a new
    article begins with."""
    row = template_for(work, article_id) if article_id is not None else (
        work.session.get(Template, template_id) if template_id else None)
    return (empty_sections(row.body, body), row.strict) if row is not None else ((), False)


def empty_draft(work: Work, article: Article) -> tuple[str, ...]:
    """The needed sections that the draft of an article leaves empty, where there is a draft."""
    if article.draft_version_id in (None, article.published_version_id):
        return ()
    draft = work.session.get(ArticleVersion, article.draft_version_id)
    return empty_in(work, article.id, draft.body) if draft is not None else ()


def guide(work: Work, article_id: int | None, values: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the form: the templates a new article may begin with, or the chosen one with hints and empty sections."""
    wanted = str(values.get("template") or "")
    if article_id is not None:
        row = template_for(work, article_id)
    else:
        row = work.session.get(Template, int(wanted[:9])) if wanted.isdecimal() else None
    if row is None:
        return {"templates": offered(work.session, work.actor.language) if article_id is None else [], "template": None}
    return {"templates": [], "template": template_card(work.session, row.id), "template_opening": opening_hint(row.body),
            "template_empty": empty_sections(row.body, values.get("body") or "")}
