"""The days and minutes from which something is a sign; the centre may change them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.knowledge.health.rules import Limits

SOON_DAYS = Option("knowledge.health.soon_days", 30, N_("Days before a review from which it is due soon"), minimum=1, maximum=365)
UNUSED_DAYS = Option("knowledge.health.unused_days", 90, N_("Days after which an article nobody opened is a sign"), minimum=7,
                     maximum=3650)
DRAFT_DAYS = Option("knowledge.health.draft_days", 30, N_("Days after which a draft is left lying"), minimum=1, maximum=3650)
AGAIN_MINUTES = Option("knowledge.health.again_minutes", 3, N_("Minutes within which searching again means that an answer did not help"),
                       minimum=1, maximum=60)
ALIKE_PERCENT = Option("knowledge.health.alike_percent", 75, N_("Per cent from which two texts are nearly the same"), minimum=50,
                       maximum=100)


def limits(session: Session) -> Limits:
    """What the centre has set. Never longer than searches are kept: what was forgotten is no proof."""
    from kmsvc.search.noting import EVENT_DAYS

    return Limits(soon_days=value(session, SOON_DAYS), unused_days=min(value(session, UNUSED_DAYS), value(session, EVENT_DAYS)),
                  draft_days=value(session, DRAFT_DAYS))
