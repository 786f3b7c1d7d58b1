"""Which paragraph of an article people came for: each search that opened it is laid on the paragraph that answers it best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.markup.blocks import IdentifiedBlock, visible_blocks
from kmsvc.markup.kept import revive
from kmsvc.markup.plain import quick_plain
from kmsvc.search.analysis import normalise
from kmsvc.search.questions import Question, parse
from kmsvc.search.snippets import spans

MOST_LAID = 200
"""searches, the most frequent: more would hold up the page and move no paragraph"""
MOST_QUESTIONS = 5
LONGEST = 120

Asked = tuple[str, int, int]
"""a search, how often it opened the article, after how many of these the same person searched again"""


@dataclass(frozen=True)
class Passage:
    """A paragraph with the searches that led to it, the most frequent first. block_id: "" for what no paragraph answers."""

    block_id: str
    text: str
    opens: int
    again: int
    questions: tuple[Asked, ...]


def passages_of(session: Session, actor: Actor, article_id: int, asked: Iterable[Asked]) -> list[Passage]:
    """The paragraphs in force that this caller may read, as far as a search led to them, the most visited first."""
    kept = session.scalar(select(ArticleVersion.blocks).join(Article, Article.published_version_id == ArticleVersion.id).where(
        Article.id == article_id))
    return laid(visible_blocks(revive(kept), level_of(actor)), asked)


def laid(blocks: Sequence[IdentifiedBlock], asked: Iterable[Asked]) -> list[Passage]:
    """Each search at the paragraph in which most of its words stand, of two alike at the first; headings lead to what they head."""
    texts = [(block, normalise(quick_plain(block.text))) for block in blocks]
    found: dict[str, list[Asked]] = {}
    for one in sorted(asked, key=lambda each: (-each[1], each[0]))[:MOST_LAID]:
        question = parse(one[0])
        worth = [_worth(folded, question) for _, folded in texts]
        best = max(range(len(texts)), key=lambda place: (worth[place], -place), default=None)
        place = _below(texts, best) if best is not None and worth[best] > (0, 0.0) else None
        found.setdefault(texts[place][0].id if place is not None else "", []).append(one)
    words = {block.id: quick_plain(block.text).replace("\n", " ")[:LONGEST] for block, _ in texts}
    return sorted((Passage(key, words.get(key, ""), sum(one[1] for one in its), sum(one[2] for one in its), tuple(its[:MOST_QUESTIONS]))
                   for key, its in found.items()), key=lambda one: (-one.opens, one.block_id))


def _worth(folded: str, question: Question) -> tuple[int, float]:
    found = spans(folded, question)
    return len({folded[begin:end] for begin, end, _ in found}), sum(worth for *_, worth in found)


def _below(texts: Sequence[tuple[IdentifiedBlock, str]], place: int) -> int:
    """The paragraph under a heading; the heading itself where nothing follows."""
    return place + 1 if texts[place][0].kind == "heading" and place + 1 < len(texts) else place
