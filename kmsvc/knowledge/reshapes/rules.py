"""What a merge and a split are, how far one has come, and which paragraphs go where."""

from __future__ import annotations

from collections.abc import Sequence

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled


class ReshapeKind(Labelled):
    """What articles become."""

    MERGE = "merge", N_("Several become one")
    SPLIT = "split", N_("One becomes several")


class ReshapeState(Labelled):
    """How far it has come."""

    OPEN = "open", N_("In preparation")
    DONE = "done", N_("Published")
    CANCELLED = "cancelled", N_("Given up")
    UNDONE = "undone", N_("Taken back")


def check_parts(whole: Sequence[str], parts: Sequence[Sequence[str]], *, retire: bool) -> tuple[str, ...]:
    """The paragraphs that stay when the parts have taken theirs. Each goes to one place; none is invented, and none is lost."""
    wanted = [one for part in parts for one in part]
    if not parts or any(not part for part in parts):
        raise InvalidInput({"parts": [N_("Choose at least one paragraph for each new article.")]})
    if len(wanted) != len(set(wanted)):
        raise InvalidInput({"parts": [N_("A paragraph goes to one article only.")]})
    if not set(wanted) <= set(whole):
        raise InvalidInput({"parts": [N_("There is no such part in this text.")]})
    left = tuple(one for one in whole if one not in set(wanted))
    if retire and left:
        raise InvalidInput({"retire": [N_("Paragraphs would be lost. Give each to an article, or let this one stay.")]})
    if not left and not retire:
        raise InvalidInput({"retire": [N_("Nothing of this article would stay. Say that it retires, or leave it a paragraph.")]})
    return left
