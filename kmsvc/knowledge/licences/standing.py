"""Who holds which licence today; remembered until a licence changes. The one place that says how far somebody's licence goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.memory import Family, remembered
from kmsvc.knowledge.licences.models import Licence
from kmsvc.knowledge.licences.permissions import Standing
from kmsvc.knowledge.licences.rules import Level, at_least, highest
from kmsvc.people.accounts.directory import directory

LICENCES = Family("licences_epoch", frozenset({"knowledge_licence"}))
EDITOR = "knowledge.article.edit"
_OPEN = select(Licence.id, Licence.person_id, Licence.category_id, Licence.level, Licence.valid_until).where(
    Licence.ended_at.is_(None), Licence.suspended_at.is_(None)).order_by(Licence.id)


class Held(NamedTuple):
    """A licence that is neither ended nor suspended."""

    id: int
    level: str
    category_id: int | None
    valid_until: date


def _read(session: Session) -> Mapping[int, tuple[Held, ...]]:
    found: dict[int, list[Held]] = {}
    for row in session.execute(_OPEN):
        found.setdefault(row.person_id, []).append(Held(row.id, row.level, row.category_id, row.valid_until))
    return {person_id: tuple(its) for person_id, its in found.items()}


def held_by(session: Session, person_id: int | None, today: date) -> tuple[Held, ...]:
    """The licences of a person that give something today."""
    its = remembered(session, LICENCES, "held", _read).get(person_id, ()) if person_id is not None else ()
    return tuple(one for one in its if one.valid_until >= today)


def standing(session: Session, actor: Actor, category_id: int | None, today: date) -> Standing:
    """What the caller may write in a category (None: where an article has none). Whoever edits by role is a publisher everywhere."""
    if actor.can(EDITOR):
        return Standing(Level.PUBLISHER)
    return Standing(highest(one.level for one in held_by(session, actor.person_id, today)
                            if one.category_id is None or one.category_id == category_id))


def best_standing(session: Session, actor: Actor, today: date) -> Standing:
    """The most that the caller may write anywhere."""
    if actor.can(EDITOR):
        return Standing(Level.PUBLISHER)
    return Standing(highest(one.level for one in held_by(session, actor.person_id, today)))


def publishers_of(session: Session, category_id: int | None, today: date) -> list[int]:
    """Active persons who may decide on a proposal in a category, by role or licence, by id."""
    held = remembered(session, LICENCES, "held", _read)
    return [one.id for one in directory(session).active() if one.logins and (EDITOR in one.permissions or any(
        at_least(its.level, Level.PUBLISHER) and its.valid_until >= today and its.category_id in (None, category_id)
        for its in held.get(one.id, ())))]
