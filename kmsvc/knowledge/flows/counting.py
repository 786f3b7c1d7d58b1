"""How flows are walked: by question and choice, where they are left, how long a question takes; and the single walks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import case, func, or_, select
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

TIMED = 2_000
"""So many of the newest walks tell how long a question takes."""


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
    """How a version was walked: the published one unless another is named; drafts that never were for who writes flows alone."""
    require(actor, SEE_WALKS)
    flow = visible_flow(session, actor, flow_id)
    known = select(FlowVersion).where(FlowVersion.flow_id == flow.id).order_by(FlowVersion.ordinal.desc())
    if not can(actor, WRITE_FLOW):
        known = known.where(FlowVersion.id.in_(select(FlowPublication.new_version_id).where(FlowPublication.flow_id == flow.id)))
    versions = list(session.scalars(known))
    wanted = next((one for one in versions if one.ordinal == ordinal), None) or next(
        (one for one in versions if one.id == flow.published_version_id), versions[0])
    left = FlowWalk.ended.is_(None) & (FlowWalk.last_at <= now - LEFT_AFTER)
    ends = {row.last_node: row for row in session.execute(select(
        FlowWalk.last_node, func.count().label("walks"), _times(FlowWalk.ended == WalkEnd.OUTCOME).label("outcome"),
        _times(FlowWalk.ended == WalkEnd.NONE).label("none"), _times(left).label("left"),
        _times(FlowWalk.ended.is_(None)).label("waiting")).where(FlowWalk.version_id == wanted.id).group_by(FlowWalk.last_node))}
    times: dict[str, Counter[int]] = {}
    back: Counter[str] = Counter()
    for node, choice, taken_back, count in session.execute(
            select(FlowStep.node, FlowStep.choice, FlowStep.taken_back, func.count())
            .join(FlowWalk, FlowWalk.id == FlowStep.walk_id).where(FlowWalk.version_id == wanted.id)
            .group_by(FlowStep.node, FlowStep.choice, FlowStep.taken_back)):
        if taken_back:
            back[node] += count
        else:
            times.setdefault(node, Counter())[choice] += count
    whole, parts = _lasting(session, wanted.id)

    def of(node: Node) -> NodeCount:
        end, chosen = ends.get(node.key), times.get(node.key, Counter())
        came = (end.outcome if end else 0) if node.ends else chosen.total() + (end.waiting if end else 0)
        return NodeCount(node, came, end.left if end else 0, chosen[NONE_OF_THESE], back[node.key],
                         _median(parts.get(node.key, [])),
                         tuple(ChoiceCount(n, choice.text, choice.to, chosen[n]) for n, choice in enumerate(node.choices, 1)))

    def sum_of(name: str) -> int:
        return sum(getattr(end, name) for end in ends.values())

    return Counts(wanted.ordinal, sum_of("walks"), sum_of("outcome"), sum_of("none"), sum_of("left"), _median(whole),
                  tuple(of(node) for node in from_json(wanted.nodes)), tuple(one.ordinal for one in versions))


def _times(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _lasting(session: Session, version_id: int) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds of the newest walks of a version, whole and by question: what takes long now, however many there were."""
    rows = session.execute(select(FlowWalk.id, FlowWalk.ended, FlowWalk.began_at, FlowWalk.last_at).where(
        FlowWalk.version_id == version_id).order_by(FlowWalk.id.desc()).limit(TIMED)).all()
    parts: dict[str, list[float]] = {}
    if rows:
        for node, shown_at, at in session.execute(select(FlowStep.node, FlowStep.shown_at, FlowStep.at).join(
                FlowWalk, FlowWalk.id == FlowStep.walk_id).where(FlowWalk.version_id == version_id, FlowWalk.id >= rows[-1].id)):
            parts.setdefault(node, []).append((at - shown_at).total_seconds())
    return [(row.last_at - row.began_at).total_seconds() for row in rows if row.ended == WalkEnd.OUTCOME], parts


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 1) if values else None


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
