"""Who answers for a duty, and who hears of it when it stays undone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kmsvc.people.accounts.directory import Directory, Entry, directory
from kmsvc.people.units.queries import parents
from kmsvc.standards.duties.models import ClauseDuty
from kmsvc.standards.duties.rules import DutyOwner

LEADERS = ("team_leader", "supervisor", "manager")
INSTEAD = ("compliance", "manager", "process_manager", "admin")
"""roles that answer, one after the other, where nobody holds the one a rule names"""


def owner_of(session: Session, rule: ClauseDuty) -> int | None:
    """Who answers for the duties of a rule now: as it says, else who stands in; None only where nobody works here."""
    held = directory(session)
    if rule.owner_kind == DutyOwner.PERSON and rule.owner_person_id is not None:
        person = held.people.get(rule.owner_person_id)
        if person is not None and person.is_active:
            return person.id
    if rule.owner_kind == DutyOwner.UNIT and rule.owner_unit_id is not None:
        return leader_of(session, rule.owner_unit_id)
    named = held.holders(rule.owner_role) if rule.owner_kind == DutyOwner.ROLE and rule.owner_role else ()
    return named[0].id if named else stand_in(held)


def stand_in(held: Directory) -> int | None:
    """Who answers where nobody else does; in a centre that has just begun the one `kmsvc init` made."""
    for role in INSTEAD:
        if found := held.holders(role):
            return found[0].id
    return next((one.id for one in held.people.values() if one.is_active), None)


def leader_of(session: Session, unit_id: int, but: int | None = None) -> int | None:
    """Who leads a unit: the nearest leader in it or above it, else who stands in. but: never this person."""
    held, tree = directory(session), parents(session)
    unit: int | None = unit_id
    while unit is not None:
        for role in LEADERS:
            found = next((one.id for one in held.holders(role) if one.unit_id == unit and one.id != but), None)
            if found is not None:
                return found
        unit = tree.get(unit)
    other = stand_in(held)
    return other if other != but else None


def superior_of(session: Session, person_id: int) -> int | None:
    """Who hears first when this person leaves something undone."""
    person = directory(session).people.get(person_id)
    return leader_of(session, person.unit_id, but=person_id) if person is not None else None


def managers(session: Session, but: int | None = None) -> tuple[Entry, ...]:
    """Who hears last."""
    return tuple(one for one in directory(session).holders("manager") if one.id != but)
