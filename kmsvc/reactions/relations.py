"""What follows for the relations of an article: its twin's owner hears of a new text, a successor is related to what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticlePublished, ArticleRetired, ArticlesImported
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.feedback.queries import as_actor, holders
from kmsvc.knowledge.relations.rules import RelationKind
from kmsvc.knowledge.relations.standing import bonds_of, twin_of
from kmsvc.knowledge.relations.usecases import follow_retired
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _tell_of(work: Work, article_id: int) -> None:
    """Whoever holds the twin that is behind hears of it, once for each text the other one comes to."""
    bond = next((one for one in bonds_of(work.session, article_id) if one.kind == RelationKind.TWIN), None)
    if bond is None:
        return
    other = work.get(Article, bond.other(article_id))
    people = directory(work.session).people
    for holder in holders(work.session, other):
        twin = twin_of(work.session, as_actor(work.session, people[holder]), article_id)
        if twin is not None and twin.other_behind:
            tell(work, [holder], "knowledge.twin.drifted", url=f"/knowledge/relations/twins/{bond.id}",
                 dedup=f"twin:{bond.id}:{twin.mine.version_id}", about=("article", other.id),
                 params={"number": other.number, "title": twin.other.title, "twin": twin.mine.number})


def tell_twin(work: Work, fact: ArticlePublished, around: Surroundings) -> None:
    """A new text is in force: the holder of the twin is to bring it up."""
    _tell_of(work, fact.article_id)


def tell_imported_twins(work: Work, fact: ArticlesImported, around: Surroundings) -> None:
    """The same for articles whose new text came from outside."""
    for article_id in fact.article_ids:
        _tell_of(work, article_id)


def relate_successor(work: Work, fact: ArticleRetired, around: Surroundings) -> None:
    """What takes the place of a retired article replaces it."""
    follow_retired(work, fact.article_id)


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ArticlePublished: (tell_twin,),
    ArticlesImported: (tell_imported_twins,),
    ArticleRetired: (relate_successor,),
}
