"""The kinds of relations with a word for each direction, what may stand together, and when twins have drifted apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Labelled


class RelationKind(Labelled):
    """What two articles are to one another, as it is kept."""

    TWIN = "twin", N_("The same answer in the other language")
    REPLACES = "replaces", N_("Replaces")
    PART_OF = "part_of", N_("Is part of")
    SEE_ALSO = "see_also", N_("See also")


class RelationWord(Labelled):
    """What the other article is, said from one of the two: each kind read in its direction, in the order of a page."""

    TWIN = "twin", N_("In the other language")
    REPLACED_BY = "replaced_by", N_("Is replaced by")
    REPLACES = "replaces", N_("Replaces")
    PART_OF = "part_of", N_("Is part of")
    CONTAINS = "contains", N_("Contains")
    SEE_ALSO = "see_also", N_("See also")


class TwinState(Labelled):
    """How twins stand to one another today."""

    DRIFTED = "drifted", N_("One is behind")
    BOTH = "both", N_("Both changed, to be compared")
    UNCHECKED = "unchecked", N_("Never compared")
    EQUAL = "equal", N_("Found equal")
    ALONE = "alone", N_("One of both is not published")


MUTUAL = frozenset({RelationKind.TWIN, RelationKind.SEE_ALSO})
"""Kinds that say the same in both directions."""
WAITING = frozenset({TwinState.DRIFTED, TwinState.BOTH, TwinState.UNCHECKED})
"""Twins that somebody has to look at."""
NO_RINGS = frozenset({RelationKind.REPLACES, RelationKind.PART_OF})
_OF_WORD = {
    RelationWord.TWIN: (RelationKind.TWIN, False), RelationWord.SEE_ALSO: (RelationKind.SEE_ALSO, False),
    RelationWord.REPLACES: (RelationKind.REPLACES, False), RelationWord.REPLACED_BY: (RelationKind.REPLACES, True),
    RelationWord.PART_OF: (RelationKind.PART_OF, False), RelationWord.CONTAINS: (RelationKind.PART_OF, True)}
_TO_WORD = {pair: word for word, pair in _OF_WORD.items()}
ORDER = {word: place for place, word in enumerate(RelationWord)}


def kept_as(word: RelationWord, article_id: int, other_id: int) -> tuple[RelationKind, int, int]:
    """(kind, from, to) of «the other article is this to the article»."""
    kind, turned = _OF_WORD[word]
    if kind in MUTUAL:
        return kind, min(article_id, other_id), max(article_id, other_id)
    return (kind, other_id, article_id) if turned else (kind, article_id, other_id)


def word_for(kind: str, *, turned: bool) -> RelationWord:
    """What the other one is; turned: said from `to`."""
    member = RelationKind(kind)
    return _TO_WORD[member, turned and member not in MUTUAL]


@dataclass(frozen=True)
class Tie:
    """A relation that stands, as far as rules go."""

    kind: str
    from_id: int
    to_id: int


def check_tie(new: Tie, standing: Iterable[Tie], languages: tuple[str, str]) -> None:
    """Refuse a relation to oneself, a second one of the same two articles, a second twin, twins in one language, and a ring
    of what replaces or is part of what. standing: all that touch either article, and for rings all of the kind."""
    if new.from_id == new.to_id:
        raise InvalidInput({"other": [N_("An article has no relation to itself.")]})
    both = {new.from_id, new.to_id}
    standing = list(standing)
    if any({one.from_id, one.to_id} == both for one in standing):
        raise RuleBroken("knowledge.relation.double", N_(
            "These two articles are related already. Take that relation away first."))
    if new.kind == RelationKind.TWIN:
        if languages[0] == languages[1]:
            raise InvalidInput({"other": [N_("Twins are in two languages; these two are in the same.")]})
        if any(one.kind == RelationKind.TWIN and both & {one.from_id, one.to_id} for one in standing):
            raise RuleBroken("knowledge.relation.has_twin", N_("One of the two has a twin already; an article has one at most."))
    if new.kind in NO_RINGS and _reaches(new.to_id, new.from_id, [one for one in standing if one.kind == new.kind]):
        raise RuleBroken("knowledge.relation.ring", N_("That would close a ring: the other article says the same of this one."))


def _reaches(start: int, goal: int, ties: list[Tie]) -> bool:
    after: dict[int, list[int]] = {}
    for one in ties:
        after.setdefault(one.from_id, []).append(one.to_id)
    seen, waiting = {start}, [start]
    while waiting:
        for article in after.get(waiting.pop(), ()):
            if article == goal:
                return True
            if article not in seen:
                seen.add(article)
                waiting.append(article)
    return False


@dataclass(frozen=True)
class Face:
    """One of two twins as readers see it: hash of its text, the instant it came in force, hash of the text before it."""

    content_hash: str
    since: datetime
    before_hash: str | None = None


def stand_of(equal: tuple[str, str] | None, left: Face | None, right: Face | None) -> tuple[TwinState, int | None]:
    """(state, which of the two is behind: 0 or 1, or None). equal: the hashes of the texts that were last found equal.

    Behind is the one that did not change since. Where both did, the later change may have been what brought the other one up:
    then nobody is behind until they are compared. A second change of the later one surely has not been followed.
    """
    if left is None or right is None:
        return TwinState.ALONE, None
    if equal is None:
        return TwinState.UNCHECKED, None
    changed = (left.content_hash != equal[0], right.content_hash != equal[1])
    if not any(changed):
        return TwinState.EQUAL, None
    if not all(changed):
        return TwinState.DRIFTED, int(changed[0])
    later = int(right.since > left.since)
    if (left, right)[later].before_hash == equal[later]:
        return TwinState.BOTH, None
    return TwinState.DRIFTED, 1 - later
