"""What follows when articles are published, changed or retired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticleChanged, ArticlePublished, ArticleRetired, ArticlesImported
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.bench.events import SearchesBroke
from kmsvc.knowledge.bench.models import SavedSearch
from kmsvc.knowledge.confirmations.usecases import ask_to_confirm
from kmsvc.knowledge.scopes.events import ScopesMerged
from kmsvc.knowledge.scopes.queries import articles_with
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.queries import holders_of
from kmsvc.people.readers.queries import readers_of
from kmsvc.people.roles import Role
from kmsvc.search.usecases import mark, mark_all

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def mark_article(work: Work, fact: Any, around: Surroundings) -> None:
    """The article is found, or no longer found."""
    mark(work, "article", fact.article_id)


def mark_imported(work: Work, fact: ArticlesImported, around: Surroundings) -> None:
    """Imported articles are found."""
    mark_all(work, "article", fact.article_ids)


def mark_scoped(work: Work, fact: ScopesMerged, around: Surroundings) -> None:
    """Articles that name a value which is another one now are found by that."""
    mark_all(work, "article", articles_with(work.session, fact.dimension, (fact.value_id, fact.into_id)))


def ask_readers(work: Work, fact: ArticlePublished, around: Surroundings) -> None:
    """A released process is read and confirmed by everybody it is for."""
    if fact.process_id is None:
        return
    article, version = work.get(Article, fact.article_id), work.get(ArticleVersion, fact.version_id)
    people = [person.id for person in readers_of(work.session, article.audience_unit_id)]
    asked = ask_to_confirm(work, article_id=article.id, version_id=version.id, person_ids=people,
                           today=local_date(work.now, around.zone))
    tell(work, asked, "knowledge.confirmation.asked", url=f"/knowledge/articles/{article.id}",
         params={"number": article.number, "title": version.title, "version": version.label},
         dedup=f"confirm:{version.id}", about=("article", article.id))


def warn_of_lost_searches(work: Work, fact: SearchesBroke, around: Surroundings) -> None:
    """Who changed something, and who saved the searches, hear what is found no longer; all editors where neither is one."""
    editors = {person.id for person in holders_of(work.session, Role.KNOWLEDGE_EDITOR)}
    rows = [row for row in (work.session.get(SavedSearch, one) for one in fact.search_ids) if row is not None]
    if not rows:
        return
    article = work.get(Article, rows[0].article_id)
    tell(work, sorted(editors & set(fact.person_ids) or editors), f"knowledge.bench.lost{'' if len(rows) == 1 else '_many'}",
         url=f"/knowledge/bench/{rows[0].id}" if len(rows) == 1 else "/knowledge/bench?state=broken",
         params={"query": rows[0].query, "number": article.number, "count": len(rows)}, dedup=f"bench:{fact.run_id}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ArticlePublished: (mark_article, ask_readers),
    ArticleRetired: (mark_article,),
    ArticleChanged: (mark_article,),
    ArticlesImported: (mark_imported,),
    ScopesMerged: (mark_scoped,),
    SearchesBroke: (warn_of_lost_searches,),
}
