"""Everybody practises alone; nobody sees another's practice."""

from __future__ import annotations

from typing import Any

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


def is_own(actor: Actor, row: Any) -> bool:
    """Whether a person speaks, of the own rounds alone."""
    return actor.person_id is not None and (row is None or row.person_id == actor.person_id)


PRACTISE = Permission("training.practice.do", N_("Practise alone: topics, mistakes, mock exams"), is_own)
