"""Who sends bulletins, who reads them, and who may know who has read what."""

from __future__ import annotations

from typing import Protocol

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.bulletins.rules import concerns


class ForUnits(Protocol):
    """A bulletin, as far as rights go: the units it is for."""

    @property
    def unit_ids(self) -> frozenset[int]:
        """Their ids; none means everybody."""


def is_for(actor: Actor, bulletin: ForUnits | None) -> bool:
    """Whether the bulletin is meant for the caller's unit; who sends bulletins, or knows all readers, reads all."""
    return (bulletin is None or concerns(bulletin.unit_ids, actor.units) or actor.can("knowledge.bulletin.send")
            or actor.can("knowledge.bulletin.see_readers"))


def is_asked(actor: Actor, bulletin: ForUnits | None) -> bool:
    """Whether a person of its audience speaks."""
    return actor.person_id is not None and (bulletin is None or concerns(bulletin.unit_ids, actor.units))


READ_BULLETIN = Permission("knowledge.bulletin.read", N_("Read bulletins"), is_for)
CONFIRM_BULLETIN = Permission("knowledge.bulletin.confirm", N_("Confirm having read a bulletin"), is_asked)
SEND_BULLETIN = Permission("knowledge.bulletin.send", N_("Send, correct and end bulletins"))
SEE_READERS = Permission("knowledge.bulletin.see_readers", N_("See who has read a bulletin"))
SEE_TEAM = Permission("knowledge.bulletin.see_team", N_("See who of one's own team has read a bulletin"))
KEEP_TIME = Permission("knowledge.bulletin.keep_time", N_("Begin and end bulletins at their time"))
