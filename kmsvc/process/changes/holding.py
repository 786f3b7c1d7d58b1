"""Who can take a change on now, for one change or for a list, and who may see it at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.process.changes import rules
from kmsvc.process.changes.models import Assistant, Change, HistoryEntry
from kmsvc.process.changes.permissions import READ_CHANGE
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.permissions import READ_PROCESS

STEPS_OF_ROLE: Mapping[str, tuple[int, ...]] = {
    "process_manager": (1, 3, 5, 7, 8, 14, 15), "trainer": (9,), "qa_inspector": (11, 12), "knowledge_editor": (8, 15)}
SEES_ALL = ("process.change.manage", "process.change.author", "process.change.plan_training", "process.change.check_live",
            "process.change.release_mail", "process.change.release_kb")


def holders(session: Session, changes: Sequence[Change], scenes: Mapping[int, rules.Scene]) -> dict[int, list[Entry]]:
    """Change id -> everybody with a forward verb: named persons asked directly, roles through who holds them."""
    open_ones = [change for change in changes if rules.is_open(change.state)]
    steps = {scenes[change.id].step for change in open_ones}
    known = directory(session)
    by_role = {role: known.holders(role) for role, its in STEPS_OF_ROLE.items() if steps & set(its)}
    people = known.people
    found: dict[int, list[Entry]] = {change.id: [] for change in changes}
    for change in open_ones:
        scene = scenes[change.id]
        asked = {one: people[one] for one in _named(scene) if one in people and people[one].is_active}
        for role, its in by_role.items():
            if scene.step in STEPS_OF_ROLE[role]:
                asked |= {person.id: person for person in its}
        for person in asked.values():
            if _takes_on(scene, rules.Me(person.id, person.permissions)):
                found[change.id].append(person)
        found[change.id].sort(key=lambda person: person.id)
    return found


def _named(scene: rules.Scene) -> set[int]:
    people = {scene.asker_id, scene.author_id, scene.owner_id} | {person for _, person, _ in scene.assistants}
    return {one for one in people if one is not None}


def _takes_on(scene: rules.Scene, caller: rules.Me) -> bool:
    return any(verb.forward(scene) and verb.name != "comment" for verb in rules.offered(scene, caller))


def may_see(session: Session, actor: Actor, change: Change) -> bool:
    """Readers see requests about processes they may see; whoever has a part in one always."""
    return bool(visible(session, actor, [change]))


def look_in_vain(session: Session, actor: Actor, change_id: int) -> None:
    """Ask of a request that is not there what is asked of a hidden one: how long the answer takes tells nothing (R-A3)."""
    heads(session)
    if actor.person_id is not None:
        _parts(session, actor.person_id, [change_id])


def visible(session: Session, actor: Actor, changes: Sequence[Change]) -> list[Change]:
    """Those of the changes this caller may see, in their order. One for a process that is not born yet is for all readers
    from its first step to its release, as nobody has decided yet whom the process is for."""
    if not can(actor, READ_CHANGE):
        return []
    if any(actor.can(name) for name in SEES_ALL):
        return list(changes)
    processes = heads(session)
    parts: set[int] | None = None
    found = []
    for change in changes:
        process = processes.get(change.process_id or 0)
        unborn = change.new_process is not None and process is not None and process.reviewed_on is None
        seen = (change.process_id is None or unborn or can(actor, READ_PROCESS, process) or (
            actor.person_id is not None and actor.person_id in (change.asker_id, change.author_id)))
        if not seen and actor.person_id is not None:
            if parts is None:
                parts = _parts(session, actor.person_id, [one.id for one in changes])
            seen = change.id in parts
        if seen:
            found.append(change)
    return found


def _parts(session: Session, person_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these changes a person did something in or was named for."""
    rows = union(
        select(HistoryEntry.change_id).where(HistoryEntry.person_id == person_id, HistoryEntry.change_id.in_(ids)),
        select(Assistant.change_id).where(Assistant.person_id == person_id, Assistant.change_id.in_(ids)))
    return set(session.scalars(rows))
