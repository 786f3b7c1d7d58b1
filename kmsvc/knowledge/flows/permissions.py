"""Who walks guided flows, who writes them, and who may know how they were walked."""

from __future__ import annotations

from typing import Protocol

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


class ForUnit(Protocol):
    """A flow, as far as rights go: the unit it is for."""

    @property
    def audience_unit_id(self) -> int | None:
        """Its id; None is the whole centre."""


def in_audience(actor: Actor, flow: ForUnit | None) -> bool:
    """Whether the flow is for the caller's unit; who keeps knowledge reads all."""
    if flow is None or flow.audience_unit_id is None or flow.audience_unit_id in actor.units:
        return True
    return actor.can("knowledge.article.edit") or actor.can("process.definition.read_drafts")


READ_FLOW = Permission("knowledge.flow.read", N_("Walk guided flows"), in_audience)
WRITE_FLOW = Permission("knowledge.flow.write", N_("Write, publish and retire guided flows"))
SEE_WALKS = Permission("knowledge.flow.see_walks", N_("See how guided flows are walked"))
SEE_WALKERS = Permission("knowledge.flow.see_people", N_("See who walked a guided flow"))
THIN_WALKS = Permission("knowledge.flow.thin", N_("Forget old walks through guided flows"))
