"""The words as the search asks for them at each keystroke: worked out once, until one of the two tables changes."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import Family, remembered
from kmsvc.knowledge.vocabulary.models import Saying, Term
from kmsvc.knowledge.vocabulary.rules import Direction
from kmsvc.search.expansions import Vocabulary, is_character, key_of_word, provide, vocabulary_of

VOCABULARY = Family("vocabulary_epoch", frozenset({"knowledge_term", "knowledge_saying"}))


def vocabulary(session: Session) -> Vocabulary:
    """All words in force in the state this session sees."""
    return remembered(session, VOCABULARY, "words", lambda asked: vocabulary_of(_pairs(asked)))


def _pairs(session: Session) -> Iterator[tuple[str, list[str]]]:
    rows = session.execute(select(Term.term, Term.direction, Saying.text).join(Saying, Saying.term_id == Term.id)
                           .order_by(Term.id, Saying.id))
    for term, direction, text in rows:
        yield text, [term]
        if direction == Direction.BOTH and not is_character(key_of_word(text)):  # a character alone is in every second text
            yield term, [text]


provide(vocabulary)
