"""The secret words of an article's texts, for those who may read them; whoever shows them notes it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import SecretText
from kmsvc.core.errors import NotFound
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.markup import fences
from kmsvc.markup.blocks import IdentifiedBlock
from kmsvc.markup.kept import revive

SUMMARY = "summary"
"""Stands for the id of the summary, which is no block."""


def secret_of(session: Session, actor: Actor, article: Article, version: ArticleVersion) -> SecretText | None:
    """The secret words of a version this caller may read; None for everybody below that level, and where there are none."""
    if level_of(actor) < fences.SECRET:
        return None
    whole = version.confidentiality == Confidentiality.SECRET
    blocks = secret_blocks(version.summary or "", revive(version.blocks), whole=whole)
    return SecretText("article", article.id, article.number, version.id, version.label, whole, blocks,
                      address_of(session, actor)) if blocks or whole else None


def secret_blocks(summary: str, blocks: list[IdentifiedBlock], *, whole: bool) -> tuple[tuple[str, str], ...]:
    """(lasting id, Markdown) of what is secret in a text: its secret blocks from whatever depth, or all of it."""
    found = [(SUMMARY, summary)] if whole and summary.strip() else [(SUMMARY, part) for part in fences.secret_parts(summary)]
    for block in blocks:
        if whole:
            found.append((block.id, block.text))
        elif block.kind == "container":
            found += [(block.id, part) for part in fences.secret_parts(block.text)]
    return tuple(found)


def secret(session: Session, actor: Actor, article_id: int, version_id: int | None) -> SecretText | None:
    """The secret words of what is in force, or of one version, of an article whose page this caller may open."""
    try:
        article, version = readable_version(session, actor, article_id, version_id=version_id)
    except NotFound:
        return None
    return secret_of(session, actor, article, version)
