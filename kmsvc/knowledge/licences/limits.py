"""What the centre sets about licences."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.knowledge.licences.rules import Limits

MONTHS = Option("knowledge.licence.months", 12, N_("Months for which a licence to write is granted"), minimum=1, maximum=60)
PROOF_DAYS = Option("knowledge.licence.proof_days", 365, N_("Days looked back at for the proof of a licence to write"), minimum=30,
                    maximum=3650)
CONTRIBUTOR = Option("knowledge.licence.contributor_texts", 5, N_("Texts others have looked at before proof speaks for a contributor"),
                     minimum=1, maximum=1000)
PUBLISHER = Option("knowledge.licence.publisher_texts", 20, N_("Texts others have looked at before proof speaks for a publisher"),
                   minimum=1, maximum=1000)
NEARLY = Option("knowledge.licence.nearly_percent", 80, N_("Per cent of a person's proposals published nearly as written, at least"),
                minimum=0, maximum=100)
RETURNED = Option("knowledge.licence.returned_percent", 20, N_("Per cent of a person's proposals sent back, at most"), minimum=0,
                  maximum=100)


def limits_now(session: Session) -> Limits:
    """From when proof speaks for a level, as the centre has set it."""
    return Limits(value(session, CONTRIBUTOR), value(session, PUBLISHER), value(session, NEARLY), value(session, RETURNED))
