"""Who grants and sees licences, and what a licence itself gives: the subject of the last three is a `Standing`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.licences.rules import Level, at_least


@dataclass(frozen=True)
class Standing:
    """What somebody may write in a place on a day: the highest level of role and licences there; None: nothing."""

    level: str | None


def _own(actor: Actor, person_id: Any) -> bool:
    return actor.can("knowledge.licence.see_all") or (person_id is not None and person_id == actor.person_id)


def _candidate(actor: Actor, stand: Any) -> bool:
    return isinstance(stand, Standing) and at_least(stand.level, Level.CANDIDATE)


def _contributor(actor: Actor, stand: Any) -> bool:
    return isinstance(stand, Standing) and at_least(stand.level, Level.CONTRIBUTOR)


def _publisher(actor: Actor, stand: Any) -> bool:
    return isinstance(stand, Standing) and at_least(stand.level, Level.PUBLISHER)


SEE_LICENCE = Permission("knowledge.licence.see", N_("See one's own licence to write, and what speaks for it"), _own)
SEE_ALL = Permission("knowledge.licence.see_all", N_("See the licences to write of everybody, and what speaks for them"))
GRANT = Permission("knowledge.licence.grant", N_("Grant, suspend and end licences to write"))
PROPOSE = Permission("knowledge.proposal.send", N_("Propose articles and corrections, with a licence or as an editor"), _candidate)
AMEND = Permission("knowledge.proposal.amend", N_("Edit proposals of others and publish small corrections, with a licence or as "
                                                  "an editor"), _contributor)
DECIDE = Permission("knowledge.proposal.decide", N_("Publish and return proposals, with a licence or as an editor"), _publisher)
