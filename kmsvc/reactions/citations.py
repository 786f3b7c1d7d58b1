"""What follows for what cites a text: exactly what cites a changed paragraph is marked, its slice acts and its keeper hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.events import ArticlePublished, ArticleRetired, ArticlesImported
from kmsvc.knowledge.citations.citing import CITING, card_of
from kmsvc.knowledge.citations.events import CitationsMarked, CitationsSettled
from kmsvc.knowledge.citations.following import follow_text
from kmsvc.knowledge.feedback.queries import as_actor
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.process.definitions.events import ProcessRetired, VersionWentLive

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def mark_citations(work: Work, fact: Any, around: Surroundings) -> None:
    """What cites a paragraph of the article that changed is marked."""
    follow_text(work, "article", fact.article_id, today=local_date(work.now, around.zone))


def mark_imported_citations(work: Work, fact: ArticlesImported, around: Surroundings) -> None:
    """The same for articles whose new text came from outside."""
    for article_id in sorted(fact.article_ids):
        follow_text(work, "article", article_id, today=local_date(work.now, around.zone))


def mark_process_citations(work: Work, fact: Any, around: Surroundings) -> None:
    """What cites a paragraph of the process that changed is marked."""
    follow_text(work, "process", fact.process_id, today=local_date(work.now, around.zone))


def act_on_marks(work: Work, fact: CitationsMarked, around: Surroundings) -> None:
    """The slice of the thing that cites does what it does then, such as taking a question out of automatic papers."""
    kind = CITING.get(fact.citing_kind)
    if kind is not None and kind.when_marked is not None:
        kind.when_marked(work, fact.citing_id, fact.citation_ids)


def act_on_settled(work: Work, fact: CitationsSettled, around: Surroundings) -> None:
    """The slice of the thing that cites takes it back in."""
    kind = CITING.get(fact.citing_kind)
    if kind is not None and kind.when_settled is not None:
        kind.when_settled(work, fact.citing_id)


def tell_keeper(work: Work, fact: CitationsMarked, around: Surroundings) -> None:
    """Whoever keeps the thing is told which of what it cites is to be looked at."""
    kind = CITING.get(fact.citing_kind)
    people = directory(work.session).people
    for keeper in kind.keepers(work.session, fact.citing_id) if kind is not None else ():
        if keeper not in people or not people[keeper].is_active:
            continue
        card = card_of(work.session, as_actor(work.session, people[keeper]), fact.citing_kind, fact.citing_id)
        if card is not None:
            many = "" if len(fact.citation_ids) == 1 else "_many"
            tell(work, [keeper], f"knowledge.citation.marked{many}",
                 url=f"/knowledge/citations/{fact.citation_ids[0]}" if not many else card.url,
                 params={"thing": card.number, "name": card.title, "count": len(fact.citation_ids)},
                 dedup=f"cites:{fact.citing_kind}:{fact.citing_id}:{fact.text_kind}:{fact.text_id}:{fact.version_id or 0}"
                       f":{min(fact.citation_ids)}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ArticlePublished: (mark_citations,),
    ArticleRetired: (mark_citations,),
    ArticlesImported: (mark_imported_citations,),
    VersionWentLive: (mark_process_citations,),
    ProcessRetired: (mark_process_citations,),
    CitationsMarked: (act_on_marks, tell_keeper),
    CitationsSettled: (act_on_settled,),
}
