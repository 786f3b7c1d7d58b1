"""Walking a flow: each choice is noted with its instant; going back keeps what was taken back; with time it is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted
from kmsvc.core.options import value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.flows.models import Flow, FlowPublication, FlowStep, FlowVersion, FlowWalk
from kmsvc.knowledge.flows.permissions import READ_FLOW, THIN_WALKS
from kmsvc.knowledge.flows.queries import standing_steps
from kmsvc.knowledge.flows.rules import BadChoice, Stop, end_of, trail
from kmsvc.knowledge.flows.writing import from_json
from kmsvc.search.noting import EVENT_DAYS, PERSON_DAYS

LONGEST_LOOK = timedelta(hours=1)
_PUBLISHED = select(FlowPublication.id).where(
    FlowPublication.flow_id == bindparam("flow"), FlowPublication.new_version_id == bindparam("version")).limit(1)


def begin_walk(work: Work, flow_id: int, *, version_id: int, choice: int, shown_at: datetime | None = None) -> FlowWalk:
    """The first question of a published flow is answered. version_id: the one that was shown, published now or
    before; shown_at: since when."""
    flow = work.get(Flow, flow_id)
    _permit(work, flow)
    shown = work.session.get(FlowVersion, version_id)
    if flow.published_version_id is None or shown is None or not shown.nodes or work.session.scalar(_PUBLISHED, {
            "flow": flow.id, "version": version_id}) is None:
        raise NotFound()
    shown_at = min(max(shown_at or work.now, work.now - LONGEST_LOOK), work.now)
    first = _checked(shown, [choice])
    walk = FlowWalk(flow_id=flow.id, version_id=shown.id, person_id=work.actor.person_id, unit_id=work.actor.unit_id,
                    began_at=shown_at, last_at=work.now, ended=end_of(first), last_node=first[-1].node.key)
    work.session.add(walk)
    work.session.flush()
    work.session.add(FlowStep(walk_id=walk.id, position=0, node=first[0].node.key, choice=choice, shown_at=shown_at, at=work.now,
                              taken_back=False))
    return walk


def choose(work: Work, walk_id: int, *, position: int, choice: int) -> FlowWalk:
    """Answer the question at a place of one's walk; what was chosen behind it is taken back. Twice the same is once."""
    walk, steps = own_walk(work, walk_id)
    if position > len(steps):
        raise InvalidInput({"at": [N_("The walk has not come to this question.")]})
    if position == len(steps) - 1 and steps[position].choice == choice:
        return walk
    version = work.session.get(FlowVersion, walk.version_id)
    assert version is not None
    stops = _checked(version, [*(one.choice for one in steps[:position]), choice])
    for one in steps[position:]:
        one.taken_back = True
    work.session.add(FlowStep(walk_id=walk.id, position=position, node=stops[position].node.key, choice=choice,
                              shown_at=walk.last_at, at=work.now, taken_back=False))
    walk.last_at, walk.ended, walk.last_node = work.now, end_of(stops), stops[-1].node.key
    return walk


def note_contact(work: Work, walk_id: int, contact: str | None) -> FlowWalk:
    """The contact the walk belongs to; nothing takes it away."""
    walk, _ = own_walk(work, walk_id)
    walk.contact = contact
    return walk


def own_walk(work: Work, walk_id: int) -> tuple[FlowWalk, list[FlowStep]]:
    """The caller's walk, locked, with the choices that stand; NotFound for anybody else's."""
    walk = work.get(FlowWalk, walk_id, lock=True)
    _permit(work, work.get(Flow, walk.flow_id))
    if walk.person_id is None or walk.person_id != work.actor.person_id:
        raise NotFound()
    return walk, list(work.session.scalars(standing_steps(walk.id)))


def _permit(work: Work, flow: Flow) -> None:
    try:
        work.permit(READ_FLOW, flow)
    except NotPermitted as error:
        raise NotFound() from error


def _checked(version: FlowVersion, choices: list[int]) -> list[Stop]:
    try:
        return trail(from_json(version.nodes), choices)
    except BadChoice as error:
        raise InvalidInput({"choice": [N_("This question has no such choice.")]}) from error


def thin_walks(work: Work) -> int:
    """Forget who walked and for which contact after some weeks, the walk itself after some months, as of searches; returns how
    many went."""
    work.permit(THIN_WALKS)
    walks = FlowWalk.__table__.c
    work.session.execute(update(FlowWalk).where(
        walks.began_at < work.now - timedelta(days=value(work.session, PERSON_DAYS)),
        walks.person_id.is_not(None) | walks.contact.is_not(None)).values(person_id=None, contact=None))
    old = select(walks.id).where(walks.began_at < work.now - timedelta(days=value(work.session, EVENT_DAYS)))
    gone = list(work.session.scalars(old))
    for start in range(0, len(gone), 500):
        some = gone[start:start + 500]
        work.session.execute(delete(FlowStep).where(FlowStep.__table__.c.walk_id.in_(some)))
        work.session.execute(delete(FlowWalk).where(walks.id.in_(some)))
    return len(gone)
