"""Published flows as search documents, as they are read beside the results, and which flows lead to an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import FirstQuestion, Kind, Reading, register
from kmsvc.core.memory import Family, remembered
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.flows.models import Flow, FlowLink, FlowVersion
from kmsvc.knowledge.flows.permissions import READ_FLOW
from kmsvc.knowledge.flows.queries import things, whole_things
from kmsvc.knowledge.flows.writing import from_json
from kmsvc.search.documents import SearchDocument

FLOWS = Family("flows_epoch", frozenset({"knowledge_flow", "knowledge_flow_version", "knowledge_flow_link"}))


def documents(session: Session, ids: Iterable[int] | None) -> Iterator[SearchDocument]:
    """Search documents of published flows, of these ids or of all: title, what it is for and other names."""
    query = select(Flow, FlowVersion).join(FlowVersion, FlowVersion.id == Flow.published_version_id).order_by(Flow.id)
    if ids is not None:
        query = query.where(Flow.id.in_(list(ids)))
    for flow, version in session.execute(query):
        yield SearchDocument(
            kind="flow", id=flow.id, number=flow.number, title=version.title, body="", summary=version.summary,
            aliases=tuple(version.aliases), tags=(), category="", language="en" if version.language.startswith("en") else "zh",
            level=LEVEL[Confidentiality(version.confidentiality)], unit=flow.audience_unit_id or 0, valid_from=None, valid_to=None,
            version=flow.version, updated_on=flow.changed_at.date())


def reading(session: Session, actor: Actor, flow_id: int, today: date) -> Reading | None:
    """A flow beside the results: its first question with the choices; it is walked on its own page."""
    thing = things(session, actor, [flow_id]).get(flow_id)
    if thing is None:
        return None
    version = session.execute(select(FlowVersion).join(Flow, Flow.published_version_id == FlowVersion.id).where(
        Flow.id == flow_id)).scalar_one()
    first = from_json(version.nodes)[0]
    asked = FirstQuestion(first.title, first.text, tuple(choice.text for choice in first.choices), version.id, f"{thing.url}/begin")
    return Reading(card=thing, version_label=f"V{version.ordinal}", effective_on=None, review_on=None, owner="",
                   confidentiality=version.confidentiality, summary=version.summary, body="", file_of=lambda sha: "", first=asked)


@dataclass(frozen=True)
class Leading:
    """A published flow that leads to a thing."""

    id: int
    number: str
    title: str
    audience_unit_id: int | None
    url: str


def _leading(session: Session) -> dict[tuple[str, int], tuple[Leading, ...]]:
    found: dict[tuple[str, int], tuple[Leading, ...]] = {}
    rows = session.execute(
        select(FlowLink.kind, FlowLink.ref_id, Flow.id, Flow.number, FlowVersion.title, Flow.audience_unit_id)
        .join(Flow, Flow.published_version_id == FlowLink.version_id)
        .join(FlowVersion, FlowVersion.id == FlowLink.version_id).order_by(Flow.id))
    for row in rows:
        one = Leading(row.id, row.number, row.title, row.audience_unit_id, f"/knowledge/flows/{row.id}")
        found[row.kind, row.ref_id] = (*found.get((row.kind, row.ref_id), ()), one)
    return found


def flows_to(session: Session, actor: Actor, kind: str, ref_id: int) -> list[Leading]:
    """Published flows this caller may walk that lead to an article or process; remembered until a flow changes."""
    known = remembered(session, FLOWS, "leading", _leading)
    return [one for one in known.get((kind, ref_id), ()) if can(actor, READ_FLOW, one)]


register(Kind("flow", N_("Guided flow"), things, documents, whole=whole_things, reading=reading, family=FLOWS))
