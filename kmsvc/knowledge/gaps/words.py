"""What customers call our terms, for comparing searches: from the vocabulary, until one of its tables changes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import remembered
from kmsvc.knowledge.gaps.clusters import Synonyms, synonyms_of
from kmsvc.knowledge.vocabulary.expanding import VOCABULARY
from kmsvc.knowledge.vocabulary.models import Saying, Term


def synonyms(session: Session) -> Synonyms:
    """Customers' words turned into ours."""
    return remembered(session, VOCABULARY, "synonyms", lambda asked: synonyms_of(
        [(text, term) for text, term in asked.execute(select(Saying.text, Term.term).join(Term, Term.id == Saying.term_id)
                                                      .order_by(Term.id.desc(), Saying.id))]))
