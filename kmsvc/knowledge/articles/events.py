"""What happens to articles."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ArticlePublished(Event):
    """Readers see this version now."""

    kind = "knowledge.article.published"
    article_id: int
    version_id: int
    process_id: int | None


@dataclass(frozen=True)
class ArticleRetired(Event):
    """The article is out of force; a successor may be named."""

    kind = "knowledge.article.retired"
    article_id: int


@dataclass(frozen=True)
class ArticleChanged(Event):
    """Draft or standing data (category, owner, audience) changed; what readers see may have."""

    kind = "knowledge.article.changed"
    article_id: int


@dataclass(frozen=True)
class ArticlesImported(Event):
    """A batch of articles came from outside: made, changed or published."""

    kind = "knowledge.article.imported"
    article_ids: list[int]
