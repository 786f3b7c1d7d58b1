"""Each act on a guided flow with what it asks for and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.flows import usecases, walking
from kmsvc.knowledge.flows.models import Flow, FlowVersion
from kmsvc.knowledge.flows.permissions import WRITE_FLOW
from kmsvc.knowledge.flows.queries import FlowCard, visible_flow
from kmsvc.knowledge.flows.rules import LONGEST, FlowState
from kmsvc.knowledge.flows.schemas import (
    LANGUAGES,
    LEVELS,
    Begin,
    FlowInput,
    PublishFlow,
    RetireFlow,
    RevertFlow,
    draft_of,
    unit_code,
)
from kmsvc.knowledge.flows.writing import from_json
from kmsvc.people.units.queries import audiences

Data = dict[str, Any]


@dataclass(frozen=True)
class Verb:
    """An act. fits(card): whether it makes sense now; writes: only for who writes flows; forward: it takes the flow on; said:
    what the page says then."""

    name: str
    label: str
    schema: type[InputSchema]
    run: Callable[[Work, int, Data, int | None], Any]
    fits: Callable[[FlowCard], bool]
    said: str
    writes: bool = True
    forward: bool = False


def _edit(work: Work, one: int, data: Data, version: int | None) -> Any:
    return usecases.edit_flow(work, one, draft_of(work.session, data, work.session.get(Flow, one)), publish=data["publish"],
                              version=version)


def _publish(work: Work, one: int, data: Data, version: int | None) -> Any:
    return usecases.publish_flow(work, one, version_id=data["version_id"], version=version)


def _revert(work: Work, one: int, data: Data, version: int | None) -> Any:
    return usecases.revert_flow(work, one, ordinal=data["ordinal"], reason=data["reason"], version=version)


def _retire(work: Work, one: int, data: Data, version: int | None) -> Any:
    return usecases.retire_flow(work, one, reason=data["reason"], version=version)


def _begin(work: Work, one: int, data: Data, version: int | None) -> Any:
    return walking.begin_walk(work, one, version_id=data["version_id"], choice=data["choice"], shown_at=data["shown_at"])


BY_NAME: dict[str, Verb] = {verb.name: verb for verb in (
    Verb("begin", N_("Walk it"), Begin, _begin, lambda card: card.published_version_id is not None, "", writes=False, forward=True),
    Verb("edit", N_("Edit"), FlowInput, _edit, lambda card: True, N_("Kept as a new version.")),
    Verb("publish", N_("Publish"), PublishFlow, _publish, lambda card: card.has_draft and not card.problems,
         N_("Published. Everybody it is for finds it now."), forward=True),
    Verb("revert", N_("Publish an earlier version"), RevertFlow, _revert,
         lambda card: any(not one.is_published for one in card.versions), N_("The earlier version is published again.")),
    Verb("retire", N_("Retire"), RetireFlow, _retire, lambda card: card.state == FlowState.PUBLISHED,
         N_("Retired; nobody finds it any more.")),
)}


def offered(actor: Actor, card: FlowCard) -> dict[str, Verb]:
    """What this caller may do with it now."""
    return {name: verb for name, verb in BY_NAME.items() if verb.fits(card) and (not verb.writes or can(actor, WRITE_FLOW))}


def allowed(session: Session, actor: Actor, card: FlowCard) -> list[Data]:
    """The same as a program reads it, with self-contained schemas."""
    return [{"verb": name, "href": f"/api/v1/knowledge/flows/{card.id}/{name}", "method": "POST", "forward": verb.forward,
             "schema": _schema(session, name, card)} for name, verb in offered(actor, card).items()]


def _schema(session: Session, name: str, card: FlowCard) -> Data:
    text, whole = {"type": "string"}, {"type": "integer"}
    reason = text | {"title": N_("Reason"), "maxLength": 500}
    if name == "begin":
        live = session.get(FlowVersion, card.published_version_id)
        nodes = from_json(live.nodes) if live is not None else ()
        first = nodes[0].choices if nodes else ()
        return _object({"version_id": whole | {"const": card.published_version_id},
                        "choice": whole | {"enum": list(range(len(first) + 1))},
                        "shown_at": text | {"format": "date-time"}}, "version_id", "choice")
    if name == "publish":
        return _object({"version_id": whole | {"title": N_("Version"), "const": card.versions[0].id}})
    if name == "revert":
        earlier = [one.ordinal for one in card.versions if not one.is_published]
        return _object({"ordinal": whole | {"title": N_("Version"), "enum": earlier}, "reason": reason}, "ordinal", "reason")
    if name == "retire":
        return _object({"reason": reason}, "reason")
    code = unit_code(session, card.audience_unit_id)
    return _object({
        "title": text | {"title": N_("Title"), "default": card.title, "maxLength": LONGEST["title"]},
        "summary": text | {"title": N_("What it is for"), "default": card.summary, "maxLength": LONGEST["summary"]},
        "body": text | {"title": N_("Questions and outcomes"), "default": card.body, "maxLength": LONGEST["body"]},
        "aliases": {"type": "array", "title": N_("Other names"), "items": text, "default": list(card.aliases)},
        "language": text | {"title": N_("Language"), "enum": LANGUAGES, "default": card.language},
        "confidentiality": text | {"title": N_("Confidentiality"), "enum": LEVELS, "default": card.confidentiality},
        "unit": text | {"title": N_("For whom"), "enum": sorted(unit.code for unit in audiences(session, card.audience_unit_id))}
        | ({"default": code} if code else {}),
        "note": text | {"title": N_("What changed"), "maxLength": 500},
        "publish": {"type": "boolean", "title": N_("Publish it at once"), "default": False}}, "title", "body")


def _object(properties: Data, *required: str) -> Data:
    return {"type": "object", "properties": properties, "required": list(required)}


def act(work: Work, flow_id: int, name: str, data: Data, version: int | None = None) -> Any:
    """Do an act with loaded inputs; what the caller may not see is not there."""
    visible_flow(work.session, work.actor, flow_id)
    return BY_NAME[name].run(work, flow_id, data, version)
