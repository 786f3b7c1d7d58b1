"""What was learned as the search asks for it at each keystroke: read once, until the worker or a person changes it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import Family, remembered
from kmsvc.core.options import value
from kmsvc.knowledge.learning.limits import ON
from kmsvc.knowledge.learning.models import Learned
from kmsvc.search.learned import NONE, Lifts, provide

LEARNED = Family("learned_epoch")
"""Moved by hand: what the worker works out leaves no entry, by which the data layer would know."""


def learned(session: Session) -> Mapping[str, Lifts]:
    """Search -> what stands how many places higher; nothing while it is switched off."""
    return remembered(session, LEARNED, "lifts", _read) if value(session, ON) else _OFF


def _read(session: Session) -> Mapping[str, Lifts]:
    found: dict[str, dict[str, int]] = {}
    for query, article_id, lift in session.execute(select(Learned.query, Learned.article_id, Learned.lift)):
        found.setdefault(query, {})[f"article:{article_id}"] = lift
    return found


_OFF: Mapping[str, Lifts] = {"": NONE}
provide(learned)
