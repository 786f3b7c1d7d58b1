"""What happens to persons."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class PersonRightsChanged(Event):
    """Roles, unit or state of a person changed; sessions have ended already, in the same transaction."""

    kind = "people.person.rights_changed"
    person_id: int


@dataclass(frozen=True)
class PersonJoined(Event):
    """Somebody is here now: a person was added."""

    kind = "people.person.joined"
    person_id: int
    unit_id: int
    post_id: int | None


@dataclass(frozen=True)
class PersonMoved(Event):
    """Somebody came to another unit or post; the old ones and the new ones. turn: version of the person, so that coming back is
    another move."""

    kind = "people.person.moved"
    person_id: int
    from_unit_id: int
    from_post_id: int | None
    unit_id: int
    post_id: int | None
    turn: int
