"""Reads over guided flows: lists, one with its versions, a question or end as a page shows it, cut to what the caller may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select, true
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard, card
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.flows.linking import problems_of_text, targets
from kmsvc.knowledge.flows.models import Flow, FlowPublication, FlowStep, FlowVersion, FlowWalk
from kmsvc.knowledge.flows.permissions import READ_FLOW, WRITE_FLOW
from kmsvc.knowledge.flows.rules import FlowState, Node, Problem, Stop, end_of, state_of, trail
from kmsvc.knowledge.flows.writing import from_json
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names

_SHOWN = case((Flow.published_version_id.is_not(None), Flow.published_version_id), else_=Flow.draft_version_id)


@dataclass(frozen=True)
class FlowLine:
    """A flow in a list. has_draft: its newest version is not the published one, as far as the caller writes flows."""

    id: int
    number: str
    title: str
    summary: str
    state: FlowState
    confidentiality: str
    unit: str
    questions: int
    ordinal: int
    has_draft: bool
    changed_at: datetime
    version: int
    url: str


@dataclass(frozen=True)
class VersionLine:
    """One of its versions, newest first."""

    id: int
    ordinal: int
    title: str
    note: str | None
    author: str
    recorded_at: datetime
    is_published: bool


@dataclass(frozen=True)
class MoveLine:
    """One move of the published pointer, newest first."""

    kind: str
    ordinal: int | None
    person: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class FlowCard(FlowLine):
    """One flow with everything. nodes, body: of the version shown; problems: what keeps the newest version from being published."""

    version_id: int
    summary_text: str
    body: str
    nodes: tuple[Node, ...]
    aliases: tuple[str, ...]
    language: str
    audience_unit_id: int | None
    published_version_id: int | None
    versions: tuple[VersionLine, ...] = ()
    moves: tuple[MoveLine, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def _seen(actor: Actor) -> Any:
    """What the caller may see: published flows for the own unit; who writes them sees all."""
    if can(actor, WRITE_FLOW):
        return true()
    live = Flow.published_version_id.is_not(None)
    if actor.can("knowledge.article.edit") or actor.can("process.definition.read_drafts"):
        return live
    return live & or_(Flow.audience_unit_id.is_(None), Flow.audience_unit_id.in_(actor.units or {0}))


def _filtered(actor: Actor, what: Any, *, q: str | None, state: str | None) -> Any:
    query = what.join(FlowVersion, FlowVersion.id == _SHOWN).where(_seen(actor))
    if q:
        query = query.where(or_(*(func.lower(one).contains(q.lower(), autoescape=True)
                                  for one in (Flow.number, FlowVersion.title, FlowVersion.summary))))
    if state == FlowState.PUBLISHED:
        return query.where(Flow.published_version_id.is_not(None))
    if state == FlowState.RETIRED:
        return query.where(Flow.retired_at.is_not(None))
    if state == FlowState.DRAFT:
        return query.where(Flow.retired_at.is_(None), Flow.published_version_id.is_(None))
    return query


def flow_lines(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None, before: int | None = None,
               limit: int = 50) -> tuple[list[FlowLine], int | None]:
    """Flows this caller may see, newest first, and where the next page begins."""
    query = _filtered(actor, select(Flow, FlowVersion), q=q, state=state)
    if before:
        query = query.where(Flow.id < before)
    rows = session.execute(query.order_by(Flow.id.desc()).limit(limit + 1)).all()
    called = unit_names(session)
    writes = can(actor, WRITE_FLOW)
    found = [_line(row[0], row[1], called, writes) for row in rows[:limit]]
    return found, (found[-1].id if len(rows) > limit else None)


def count_flows(session: Session, actor: Actor, *, q: str | None = None, state: str | None = None) -> int:
    """How many fit these filters for this caller."""
    return session.scalar(_filtered(actor, select(func.count(Flow.id)), q=q, state=state)) or 0


def _line(flow: Flow, shown: FlowVersion, called: Mapping[int, str], writes: bool) -> FlowLine:
    return FlowLine(
        flow.id, flow.number, shown.title, shown.summary,
        state_of(published=flow.published_version_id is not None, retired=flow.retired_at is not None), shown.confidentiality,
        called.get(flow.audience_unit_id or 0, ""), sum("choices" in node for node in shown.nodes), shown.ordinal,
        writes and flow.draft_version_id != flow.published_version_id, flow.changed_at, flow.version, f"/knowledge/flows/{flow.id}")


def visible_flow(session: Session, actor: Actor, flow_id: int) -> Flow:
    """The flow, or NotFound where it is missing or not for this caller."""
    row = session.scalars(select(Flow).where(Flow.id == flow_id, _seen(actor))).one_or_none()
    if row is None or not can(actor, READ_FLOW, row):
        raise NotFound()
    return row


def flow_card(session: Session, actor: Actor, flow_id: int, *, newest: bool = False, ordinal: int | None = None) -> FlowCard:
    """One flow as published; who writes it also sees the newest text (newest), one version (ordinal), and what it lacks."""
    flow = visible_flow(session, actor, flow_id)
    writes = can(actor, WRITE_FLOW)
    wanted = flow.draft_version_id if (newest and writes) or flow.published_version_id is None else flow.published_version_id
    shown = session.get(FlowVersion, wanted)
    if ordinal is not None:
        shown = session.scalars(select(FlowVersion).where(
            FlowVersion.flow_id == flow.id, FlowVersion.ordinal == ordinal)).one_or_none() if writes else None
    if shown is None:
        raise NotFound()
    line = _line(flow, shown, unit_names(session), writes)
    history = _history(session, flow) if writes else ((), ())
    draft = session.get(FlowVersion, flow.draft_version_id) if line.has_draft else None
    return FlowCard(**vars(line), version_id=shown.id, summary_text=shown.summary, body=shown.body, nodes=from_json(shown.nodes),
                    aliases=tuple(shown.aliases), language=shown.language, audience_unit_id=flow.audience_unit_id,
                    published_version_id=flow.published_version_id, versions=history[0], moves=history[1],
                    problems=tuple(problems_of_text(session, draft.body, flow.audience_unit_id)) if draft is not None else ())


def _history(session: Session, flow: Flow) -> tuple[tuple[VersionLine, ...], tuple[MoveLine, ...]]:
    rows = session.execute(select(
        FlowVersion.id, FlowVersion.ordinal, FlowVersion.title, FlowVersion.note, FlowVersion.author_id, FlowVersion.recorded_at)
        .where(FlowVersion.flow_id == flow.id).order_by(FlowVersion.ordinal.desc())).all()
    moves = session.scalars(select(FlowPublication).where(FlowPublication.flow_id == flow.id)
                            .order_by(FlowPublication.id.desc())).all()
    who = names(session, [*(row.author_id for row in rows), *(move.person_id for move in moves)])
    ordinals = {row.id: row.ordinal for row in rows}
    return (tuple(VersionLine(row.id, row.ordinal, row.title, row.note, who.get(row.author_id or 0, ""), row.recorded_at,
                              row.id == flow.published_version_id) for row in rows),
            tuple(MoveLine(move.kind, ordinals.get(move.new_version_id or 0), who.get(move.person_id or 0, ""), move.reason, move.at)
                  for move in moves))


@dataclass(frozen=True)
class Screen:
    """What stands before the agent: a question or an end, with the stops before it. link: what an outcome points to, where
    this caller may read it; none: «none of these» was chosen."""

    node: Node
    position: int
    before: tuple[Stop, ...]
    link: ThingCard | None
    none: bool

    @property
    def ends(self) -> bool:
        """Whether nothing is asked any more."""
        return self.none or self.node.ends


def screen_of(session: Session, actor: Actor, stops: Sequence[Stop]) -> Screen:
    """The last of these stops as it is shown."""
    last = stops[-1]
    none = last.choice is not None and end_of(stops) is not None
    return Screen(last.node, last.position, tuple(stops if none else stops[:-1]),
                  linked(session, actor, [last.node]).get(last.node.link) if not none else None, none)


def linked(session: Session, actor: Actor, nodes: Sequence[Node]) -> dict[str, ThingCard]:
    """number -> card of what these nodes point to, as far as this caller may read it."""
    found = {}
    for number, target in targets(session, nodes).items():
        thing = card(session, actor, target.kind, target.id)
        if thing is not None:
            found[number] = thing
    return found


def things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """Cards of published flows this caller may walk."""
    return _cards(session, actor, ids, Flow.published_version_id)


def whole_things(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """The same with drafts and retired flows, for who writes them."""
    return _cards(session, actor, ids, _SHOWN if can(actor, WRITE_FLOW) else Flow.published_version_id)


def _cards(session: Session, actor: Actor, ids: Collection[int], pointer: Any) -> dict[int, ThingCard]:
    rows = session.execute(select(Flow, FlowVersion).join(FlowVersion, FlowVersion.id == pointer).where(Flow.id.in_(list(ids))))
    return {flow.id: ThingCard(
        kind="flow", id=flow.id, number=flow.number, title=shown.title, url=f"/knowledge/flows/{flow.id}",
        state=state_of(published=flow.published_version_id is not None, retired=flow.retired_at is not None),
        updated_on=flow.changed_at.date(), summary=shown.summary, level=LEVEL[Confidentiality(shown.confidentiality)])
        for flow, shown in rows if can(actor, READ_FLOW, flow)}


def standing_steps(walk_id: int) -> Select[FlowStep]:
    """The statement for the choices of a walk that were not taken back."""
    return select(FlowStep).where(FlowStep.walk_id == walk_id, FlowStep.taken_back.is_(False)).order_by(FlowStep.position)


@dataclass(frozen=True)
class WalkCard:
    """A walk as its walker sees it. screen: what stands now, or what stood at an earlier place that was asked for; forward: how
    many choices were made."""

    id: int
    flow: FlowLine
    screen: Screen
    forward: int
    ended: str | None
    contact: str | None


def walk_card(session: Session, actor: Actor, walk_id: int, *, at: int | None = None) -> WalkCard:
    """One's own walk, or NotFound. at: an earlier question to go back to."""
    row = session.execute(select(FlowWalk, Flow, FlowVersion).join(Flow, Flow.id == FlowWalk.flow_id)
                          .join(FlowVersion, FlowVersion.id == FlowWalk.version_id).where(FlowWalk.id == walk_id)).one_or_none()
    if row is None or row[0].person_id is None or row[0].person_id != actor.person_id or not can(actor, READ_FLOW, row[1]):
        raise NotFound()
    walk, flow, version = row
    choices = [step.choice for step in session.scalars(standing_steps(walk.id))]
    stops = trail(from_json(version.nodes), choices if at is None else choices[:at])
    line = _line(flow, version, unit_names(session), can(actor, WRITE_FLOW))
    return WalkCard(walk.id, line, screen_of(session, actor, stops), len(choices), walk.ended, walk.contact)
