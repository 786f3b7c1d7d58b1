"""What happens to reviews of knowledge."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ReviewDrawn(Event):
    """The sample was drawn; the reviewers have articles to judge."""

    kind = "knowledge.review.drawn"
    review_id: int


@dataclass(frozen=True)
class ReviewJudged(Event):
    """An article was judged. turn: version of the item then, so that each result is told once; left: how many still wait."""

    kind = "knowledge.review.judged"
    item_id: int
    turn: int
    left: int


@dataclass(frozen=True)
class ReviewSigned(Event):
    """A review is concluded and archived."""

    kind = "knowledge.review.signed"
    review_id: int
