"""What follows when articles are published, changed or retired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticleChanged, ArticlePublished, ArticleRetired, ArticlesImported
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.confirmations.usecases import ask_to_confirm
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.queries import active_people
from kmsvc.people.units.queries import downward, parents
from kmsvc.search.usecases import mark, mark_all

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def mark_article(work: Work, fact: Any, around: Surroundings) -> None:
    """The article is found, or no longer found."""
    mark(work, "article", fact.article_id)


def mark_imported(work: Work, fact: ArticlesImported, around: Surroundings) -> None:
    """Imported articles are found."""
    mark_all(work, "article", fact.article_ids)


def ask_readers(work: Work, fact: ArticlePublished, around: Surroundings) -> None:
    """A released process is read and confirmed by everybody it is for."""
    if fact.process_id is None:
        return
    article, version = work.get(Article, fact.article_id), work.get(ArticleVersion, fact.version_id)
    units = downward(parents(work.session), article.audience_unit_id) if article.audience_unit_id else None
    people = [person.id for person in active_people(work.session, units)]
    asked = ask_to_confirm(work, article_id=article.id, version_id=version.id, person_ids=people,
                           today=local_date(work.now, around.zone))
    tell(work, asked, "knowledge.confirmation.asked", url=f"/knowledge/articles/{article.id}",
         params={"number": article.number, "title": version.title, "version": version.label},
         dedup=f"confirm:{version.id}", about=("article", article.id))


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ArticlePublished: (mark_article, ask_readers),
    ArticleRetired: (mark_article,),
    ArticleChanged: (mark_article,),
    ArticlesImported: (mark_imported,),
}
