"""What happens to persons."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class PersonRightsChanged(Event):
    """Roles, unit or state of a person changed; sessions have ended already, in the same transaction."""

    kind = "people.person.rights_changed"
    person_id: int
