"""Reads over change requests: the card with what this caller may do now, lists, history, who holds a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import Kind, ThingCard, register
from kmsvc.core.errors import NotFound
from kmsvc.core.events import Delivery, Fact
from kmsvc.core.offers import Offer, offer
from kmsvc.core.texts import N_
from kmsvc.people.accounts.queries import names
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.holding import holders, look_in_vain, may_see, visible
from kmsvc.process.changes.models import Assistant, Change, HistoryEntry
from kmsvc.process.changes.naming import names_like
from kmsvc.process.changes.training import training_of
from kmsvc.process.changes.verbs import VERBS, Verb
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.models import Process, ProcessVersion


@dataclass(frozen=True)
class HistoryLine:
    """One verb done."""

    id: int
    step: int
    verb: str
    person_id: int | None
    actor: str
    at: datetime
    comment: str | None
    from_state: str
    to_state: str
    version_id: int | None
    record_kind: str | None
    record_id: int | None


@dataclass(frozen=True)
class Holder:
    """Who can take the change on now."""

    person_id: int
    login: str
    name: str


@dataclass(frozen=True)
class ChangeCard:
    """A change request for the caller who asked for it."""

    id: int
    number: str
    version: int
    title: str
    reason: str
    trigger: str
    place: str | None
    urgency: str
    wanted_on: date | None
    state: str
    step: int
    step_code: str
    step_since: datetime
    submitted_at: datetime
    closed_at: datetime | None
    process_id: int | None
    process_name: str
    process_number: str | None
    asker_id: int | None
    asker: str
    author: str
    owner: str
    holders: tuple[Holder, ...]
    history: tuple[HistoryLine, ...]
    versions: tuple[int, ...]
    waiting_for: str
    offers: tuple[Offer, ...]
    candidate_id: int | None
    is_open: bool
    scene: rules.Scene


@dataclass(frozen=True)
class ChangeLine:
    """A change request in a list. live_on: approved and released, it waits for this day."""

    id: int
    number: str
    title: str
    state: str
    step: int
    phase: str | None
    urgency: str
    asker: str
    process_id: int | None
    process_name: str
    holders: tuple[str, ...]
    step_since: datetime
    submitted_at: datetime
    closed_at: datetime | None
    wanted_on: date | None
    limit_days: int
    version: int
    live_on: date | None = None


def visible_change(session: Session, actor: Actor, change_id: int) -> Change:
    """The change, or NotFound where it is missing or not for this caller."""
    change = session.get(Change, change_id)
    if change is None:
        look_in_vain(session, actor, change_id)
    if change is None or not may_see(session, actor, change):
        raise NotFound()
    return change


def offers_for(session: Session, actor: Actor, change: Change, scene: rules.Scene, today: date) -> tuple[Offer, ...]:
    """The verbs this caller may use now; one whose required choice would be empty is not offered."""
    found = []
    moment = scenes.moment(session, change, scene, actor)
    for rule in rules.offered(scene, scenes.me(actor)):
        verb: Verb = VERBS[rule.name]
        inputs = verb.inputs_for(scene)
        if _wants_waiver(session, change, scene, rule.name, today):
            inputs = tuple(replace(each, required=True) if each.name == "untrained" else each for each in inputs)
        one = offer(rule.name, rule.label, inputs, moment, today, forward=rule.forward(scene), back=rule.back)
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda one: not one.forward))


def _wants_waiver(session: Session, change: Change, scene: rules.Scene, verb: str, today: date) -> bool:
    """Whether this act lets a version take effect before enough are trained: then the reason is asked for, and a program sees that."""
    done = {verb.removeprefix("release_"), *scene.released}
    return scene.step == 15 and done >= set(rules.RELEASE_ACTS) and not training_of(session, change, today).is_enough


def holder_ids(session: Session, change: Change) -> list[int]:
    """Ids of the persons who can take the change forward now."""
    if not rules.is_open(change.state):
        return []
    return [person.id for person in holders(session, [change], {change.id: scenes.scene_of(session, change)})[change.id]]


def last_acted(session: Session, change: Change) -> dict[int, datetime]:
    """When each person who has done something at the open step last did so."""
    return {row.person_id: row.at for row in session.execute(
        select(HistoryEntry.person_id, func.max(HistoryEntry.at).label("at")).where(
            HistoryEntry.change_id == change.id, HistoryEntry.step == rules.BY_STATE[change.state].number,
            HistoryEntry.person_id.is_not(None)).group_by(HistoryEntry.person_id))}


def waiting_for(session: Session, change: Change, scene: rules.Scene) -> str:
    """`worker` while facts of this change are not delivered yet or its release waits for its day, else `people`."""
    if scene.step == 15 and rules.is_open(change.state) and set(rules.RELEASE_ACTS) <= scene.released:
        return "worker"
    undelivered = session.scalar(
        select(Delivery.id).join(Fact, Fact.id == Delivery.fact_id)
        .where(Delivery.state == "pending", Fact.kind.in_(
            ("process.change.version_released", "process.definition.went_live")),
            Fact.payload["change_id"].as_integer() == change.id).limit(1))
    return "people" if undelivered is None else "worker"


_ENTRY = HistoryEntry.__table__.c
_HISTORY = select(*(_ENTRY[name] for name in (
    "id", "step", "verb", "person_id", "at", "comment", "from_state", "to_state", "version_id", "record_kind", "record_id"))
    ).where(_ENTRY.change_id == bindparam("change")).order_by(_ENTRY.id)


def history_lines(session: Session, change: Change) -> tuple[HistoryLine, ...]:
    """All verbs done, oldest first."""
    session.flush()  # a question about the bare table does not do it
    rows = session.execute(_HISTORY, {"change": change.id}).all()
    who = names(session, [row.person_id for row in rows])
    return tuple(HistoryLine(row.id, row.step, row.verb, row.person_id, who.get(row.person_id or 0, ""), row.at, row.comment,
                             row.from_state, row.to_state, row.version_id, row.record_kind, row.record_id) for row in rows)


def change_card(session: Session, actor: Actor, change_id: int, today: date) -> ChangeCard:
    """One change request with everything its page and its JSON show."""
    change = visible_change(session, actor, change_id)
    scene = scenes.scene_of(session, change)
    process = session.get(Process, change.process_id) if change.process_id else None
    who = names(session, [change.asker_id, change.author_id, scene.owner_id])
    versions = session.scalars(select(ProcessVersion.ordinal).where(ProcessVersion.change_id == change.id)
                               .order_by(ProcessVersion.ordinal))
    return ChangeCard(
        id=change.id, number=change.number, version=change.version, title=change.title, reason=change.reason,
        trigger=change.trigger, place=change.place, urgency=change.urgency, wanted_on=change.wanted_on, state=change.state,
        step=scene.step,
        step_code=change.state, step_since=change.step_since, submitted_at=change.submitted_at, closed_at=change.closed_at,
        process_id=change.process_id, process_name=process.name if process else (change.new_process or {}).get("name", ""),
        process_number=process.number if process else None, asker_id=change.asker_id,
        asker=who.get(change.asker_id or 0, ""), author=who.get(change.author_id or 0, ""),
        owner=who.get(scene.owner_id or 0, ""),
        holders=tuple(Holder(person.id, person.login, person.name)
                      for person in holders(session, [change], {change.id: scene})[change.id]),
        history=history_lines(session, change), versions=tuple(versions), waiting_for=waiting_for(session, change, scene),
        offers=offers_for(session, actor, change, scene, today), candidate_id=change.candidate_id,
        is_open=rules.is_open(change.state), scene=scene)


def change_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, phase: str | None = None,
                 process_id: int | None = None, asker_id: int | None = None, urgency: str | None = None,
                 open_only: bool = False, only_mine: bool = False, before: int | None = None,
                 limit: int = 50) -> tuple[list[ChangeLine], int | None]:
    """A page of change requests this caller may see, newest first, and the id to go on from.

    state: one state, or `open` or `closed`; anything else shows all. only_mine: those this person can take forward now.
    """
    query = select(Change).order_by(Change.id.desc())
    if only_mine:
        query = query.where(Change.id.in_([row.id for row in mine(session, actor)]))
    if urgency:
        query = query.where(Change.urgency == urgency)
    if q:
        query = query.where(or_(func.lower(Change.title).contains(q.lower(), autoescape=True),
                                func.lower(Change.number).contains(q.lower(), autoescape=True)))
    if state in ("open", "closed"):
        query = query.where(Change.closed_at.is_(None) if state == "open" else Change.closed_at.is_not(None))
    elif state and state != "all":
        query = query.where(Change.state == state)
    if phase:
        query = query.where(Change.state.in_([step.state for step in rules.STEPS if step.phase == phase]))
    if process_id:
        query = query.where(Change.process_id == process_id)
    if asker_id:
        query = query.where(Change.asker_id == asker_id)
    if open_only:
        query = query.where(Change.closed_at.is_(None))
    rows: list[Change] = []
    while len(rows) <= limit:
        window = list(session.scalars((query.where(Change.id < before) if before else query).limit(limit * 2 + 1)))
        rows += visible(session, actor, window)
        if len(window) <= limit * 2:
            break
        before = window[-1].id
    shown = rows[:limit]
    return lines_of(session, shown), shown[-1].id if len(rows) > limit else None


def lines_of(session: Session, rows: Sequence[Change], known: Mapping[int, rules.Scene] | None = None) -> list[ChangeLine]:
    """List lines for rows; `known`: their scenes, where the caller has counted them already."""
    processes = heads(session)
    who = names(session, [row.asker_id for row in rows])
    if known is None:
        known = scenes.scenes_of(session, [row for row in rows if rules.is_open(row.state)])
    held = holders(session, rows, known)
    found = []
    for row in rows:
        step = rules.BY_STATE.get(row.state)
        scene = known.get(row.id)
        process = processes.get(row.process_id or 0)
        holding = [person.name for person in held[row.id]]
        found.append(ChangeLine(
            id=row.id, number=row.number, title=row.title, state=row.state,
            step=step.number if step else (15 if row.state == rules.State.RELEASED2 else 0),
            phase=step.phase if step else None, urgency=row.urgency, asker=who.get(row.asker_id or 0, ""),
            process_id=row.process_id, process_name=process.name if process else (row.new_process or {}).get("name", ""),
            holders=tuple(holding), step_since=row.step_since, submitted_at=row.submitted_at, closed_at=row.closed_at,
            wanted_on=row.wanted_on, limit_days=step.limit_days if step else 0, version=row.version,
            live_on=scene.live_on if scene else None))
    return found


def my_changes(session: Session, actor: Actor, limit: int = 100) -> list[ChangeLine]:
    """Open requests this person can take forward now, oldest in their step first."""
    return lines_of(session, mine(session, actor)[:limit])


def mine(session: Session, actor: Actor) -> list[Change]:
    """The rows behind `my_changes`."""
    return [row for row, _ in waiting(session, actor)]


_COULD_BE_MINE = select(Change).where(Change.closed_at.is_(None), or_(
    Change.author_id == bindparam("person"), and_(Change.asker_id == bindparam("person"), Change.asked_back),
    Change.id.in_(select(Assistant.change_id).where(
        Assistant.person_id == bindparam("person"), Assistant.state.in_(("named", "accepted")))),
    Change.process_id.in_(bindparam("owned", expanding=True)),
    Change.state.in_(bindparam("states", expanding=True)))).order_by(Change.step_since, Change.id)


def waiting(session: Session, actor: Actor) -> list[tuple[Change, rules.Scene]]:
    """Open requests this person can take forward now, with their scenes: SQL narrows to what could be this person's, the
    rules decide."""
    person = actor.person_id
    if person is None:
        return []
    by_role = [state for permission, states in STATES_OF_PERMISSION.items() if actor.can(permission) for state in states]
    owned = [head.id for head in heads(session).values() if head.owner_id == person]
    rows = list(session.scalars(_COULD_BE_MINE, {"person": person, "owned": owned, "states": by_role}))
    known = scenes.scenes_of(session, rows)
    caller = scenes.me(actor)
    return [(row, known[row.id]) for row in rows if leads_on(known[row.id], caller)]


def leads_on(scene: rules.Scene, caller: rules.Me) -> bool:
    """Whether this caller has a verb that takes the change forward."""
    return any(rule.forward(scene) for rule in rules.offered(scene, caller))


STATES_OF_PERMISSION = {
    "process.change.manage": ("received", "assisting", "initial_review", "final1", "final2"),
    "process.change.plan_training": ("training",), "process.change.check_live": ("live_check", "qa_feedback"),
    "process.change.release_mail": ("releasing1", "releasing2"), "process.change.release_kb": ("releasing1", "releasing2"),
}


def things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of change requests for search and notices."""
    rows = session.scalars(select(Change).where(Change.id.in_(list(ids))))
    return {row.id: _thing(row) for row in visible(session, actor, list(rows))}


def _thing(row: Change) -> ThingCard:
    return ThingCard(kind="change", id=row.id, number=row.number, title=row.title, url=f"/process/changes/{row.id}",
                     state=row.state, updated_on=row.step_since.date(), summary="", body=row.reason, level=2)


def named(session: Session, actor: Actor, typed: str, limit: int) -> list[ThingCard]:
    """Requests whose number begins with what was typed or ends with these digits, or whose title holds it; newest first,
    only visible ones."""
    ids = names_like(session, typed, limit * 4)
    rows = list(session.scalars(select(Change).where(Change.id.in_(ids)).order_by(Change.id.desc()))) if ids else []
    return [_thing(row) for row in visible(session, actor, rows)[:limit]]


register(Kind("change", N_("Change requests"), things, named=named))
