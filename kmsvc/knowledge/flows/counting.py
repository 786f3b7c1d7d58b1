"""How flows are walked: by question and choice, where they are left, how long a question takes; and the single walks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can, require
from kmsvc.knowledge.flows.models import FlowPublication, FlowStep, FlowVersion, FlowWalk
from kmsvc.knowledge.flows.permissions import SEE_WALKERS, SEE_WALKS, WRITE_FLOW
from kmsvc.knowledge.flows.queries import visible_flow
from kmsvc.knowledge.flows.rules import (
    LEFT_AFTER,
    NONE_OF_THESE,
    BadChoice,
    Node,
    Stop,
    WalkEnd,
    standing,
    trail,
)
from kmsvc.knowledge.flows.writing import from_json
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names

MOST_COUNTED = 50_000


@dataclass(frozen=True)
class ChoiceCount:
    """How often one choice was made, of those that stand."""

    choice: int
    text: str
    to: str
    times: int


@dataclass(frozen=True)
class NodeCount:
    """How a node was walked. came: how often the path led here; left: walks that stopped at this question; seconds: the median
    between its showing and the answer; back: answers that were taken back."""

    node: Node
    came: int
    left: int
    none: int
    back: int
    seconds: float | None
    choices: tuple[ChoiceCount, ...]


@dataclass(frozen=True)
class Counts:
    """The walks of one version."""

    ordinal: int
    walks: int
    outcome: int
    none: int
    left: int
    seconds: float | None
    nodes: tuple[NodeCount, ...]
    ordinals: tuple[int, ...]


def counts(session: Session, actor: Actor, flow_id: int, now: datetime, *, ordinal: int | None = None) -> Counts:
    """How a version was walked: the published one unless another is named; drafts that never were for who writes flows alone. The
    newest walks, where there are very many."""
    require(actor, SEE_WALKS)
    flow = visible_flow(session, actor, flow_id)
    known = select(FlowVersion).where(FlowVersion.flow_id == flow.id).order_by(FlowVersion.ordinal.desc())
    if not can(actor, WRITE_FLOW):
        known = known.where(FlowVersion.id.in_(select(FlowPublication.new_version_id).where(FlowPublication.flow_id == flow.id)))
    versions = list(session.scalars(known))
    wanted = next((one for one in versions if one.ordinal == ordinal), None) or next(
        (one for one in versions if one.id == flow.published_version_id), versions[0])
    rows = session.execute(select(FlowWalk.id, FlowWalk.ended, FlowWalk.last_at, FlowWalk.began_at, FlowWalk.last_node)
                           .where(FlowWalk.version_id == wanted.id).order_by(FlowWalk.id.desc()).limit(MOST_COUNTED)).all()
    ends = Counter(standing(row.ended, row.last_at, now) for row in rows)
    steps = session.execute(
        select(FlowStep.node, FlowStep.choice, FlowStep.shown_at, FlowStep.at, FlowStep.taken_back)
        .join(FlowWalk, FlowWalk.id == FlowStep.walk_id)
        .where(FlowWalk.version_id == wanted.id, FlowWalk.id >= (rows[-1].id if rows else 0))).all()
    nodes = from_json(wanted.nodes)
    left_at = Counter(row.last_node for row in rows if standing(row.ended, row.last_at, now) is WalkEnd.LEFT)
    ended_at = Counter(row.last_node for row in rows if row.ended == WalkEnd.OUTCOME)
    return Counts(
        wanted.ordinal, len(rows), ends[WalkEnd.OUTCOME], ends[WalkEnd.NONE], ends[WalkEnd.LEFT],
        _median([(row.last_at - row.began_at).total_seconds() for row in rows if row.ended == WalkEnd.OUTCOME]),
        tuple(_node_count(node, [step for step in steps if step.node == node.key], left_at[node.key], ended_at[node.key],
                          sum(row.ended is None and row.last_node == node.key for row in rows)) for node in nodes),
        tuple(one.ordinal for one in versions))


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None


def _node_count(node: Node, steps: Sequence[Any], left: int, ended: int, waiting: int) -> NodeCount:
    times = Counter(step.choice for step in steps if not step.taken_back)
    return NodeCount(
        node, ended if node.ends else sum(times.values()) + waiting, left, times[NONE_OF_THESE],
        sum(step.taken_back for step in steps), _median([(step.at - step.shown_at).total_seconds() for step in steps]),
        tuple(ChoiceCount(n, choice.text, choice.to, times[n]) for n, choice in enumerate(node.choices, 1)))


@dataclass(frozen=True)
class WalkLine:
    """One walk. person: for who may know; stops: the path as it stands."""

    id: int
    began_at: datetime
    seconds: float
    end: WalkEnd
    person: str
    unit: str
    contact: str | None
    ordinal: int
    last: str
    stops: tuple[Stop, ...]


def _filtered(flow_id: int, actor: Actor, now: datetime, what: Any, *, q: str | None, end: str | None, ordinal: int | None) -> Any:
    query = what.join(FlowVersion, FlowVersion.id == FlowWalk.version_id).where(FlowWalk.flow_id == flow_id)
    if ordinal:
        query = query.where(FlowVersion.ordinal == ordinal)
    if q:
        query = query.where(or_(func.lower(FlowWalk.contact).contains(q.lower(), autoescape=True),
                                func.lower(FlowWalk.last_node).contains(q.lower(), autoescape=True)))
    if end in (WalkEnd.OUTCOME, WalkEnd.NONE):
        query = query.where(FlowWalk.ended == end)
    elif end == WalkEnd.LEFT:
        query = query.where(FlowWalk.ended.is_(None), FlowWalk.last_at <= now - LEFT_AFTER)
    elif end == WalkEnd.GOING:
        query = query.where(FlowWalk.ended.is_(None), FlowWalk.last_at > now - LEFT_AFTER)
    return query


def walk_lines(session: Session, actor: Actor, flow_id: int, now: datetime, *, q: str | None = None, end: str | None = None,
               ordinal: int | None = None, before: int | None = None, limit: int = 50) -> tuple[list[WalkLine], int | None]:
    """Walks of a flow, newest first, and where the next page begins. Names only for who may know who walked."""
    require(actor, SEE_WALKS)
    visible_flow(session, actor, flow_id)
    query = _filtered(flow_id, actor, now, select(FlowWalk, FlowVersion), q=q, end=end, ordinal=ordinal)
    if before:
        query = query.where(FlowWalk.id < before)
    rows = session.execute(query.order_by(FlowWalk.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    chosen: dict[int, list[int]] = {row[0].id: [] for row in shown}
    for step in session.execute(select(FlowStep.walk_id, FlowStep.choice).where(
            FlowStep.walk_id.in_(list(chosen)), FlowStep.taken_back.is_(False)).order_by(FlowStep.position)):
        chosen[step.walk_id].append(step.choice)
    who = names(session, [row[0].person_id for row in shown]) if can(actor, SEE_WALKERS) else {}
    units = unit_names(session)
    texts = {row[1].id: from_json(row[1].nodes) for row in shown}
    found = []
    for walk, version in shown:
        stops = _stops(texts[version.id], chosen[walk.id])
        found.append(WalkLine(
            walk.id, walk.began_at, round((walk.last_at - walk.began_at).total_seconds(), 1),
            standing(walk.ended, walk.last_at, now), who.get(walk.person_id or 0, ""), units.get(walk.unit_id or 0, ""),
            walk.contact, version.ordinal, stops[-1].node.title if stops else walk.last_node, stops))
    return found, (shown[-1][0].id if len(rows) > limit else None)


def _stops(nodes: Sequence[Node], choices: Sequence[int]) -> tuple[Stop, ...]:
    try:
        return tuple(trail(nodes, choices))
    except BadChoice:
        return ()


def count_walks(session: Session, actor: Actor, flow_id: int, now: datetime, *, q: str | None = None, end: str | None = None,
                ordinal: int | None = None) -> int:
    """How many fit these filters."""
    return session.scalar(_filtered(flow_id, actor, now, select(func.count(FlowWalk.id)), q=q, end=end, ordinal=ordinal)) or 0
