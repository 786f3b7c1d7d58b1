"""The verbs of guided flows: write, publish, go back to an earlier version, retire."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken, Stale
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.flows.events import FlowPublished, FlowRetired
from kmsvc.knowledge.flows.linking import problems_of_links, problems_of_text, targets
from kmsvc.knowledge.flows.models import Flow, FlowLink, FlowPublication, FlowVersion
from kmsvc.knowledge.flows.permissions import WRITE_FLOW
from kmsvc.knowledge.flows.rules import Problem
from kmsvc.knowledge.flows.writing import as_json, from_json, read
from kmsvc.markup import fences


@dataclass(frozen=True)
class Draft:
    """What an editor writes of a version. body: the flow as a text; audience_unit_id: whom the flow is for, None everybody."""

    title: str
    body: str
    summary: str = ""
    aliases: tuple[str, ...] = ()
    language: str = "zh_Hans_CN"
    confidentiality: str = "internal"
    audience_unit_id: int | None = None
    note: str | None = None


def refuse(found: list[Problem]) -> None:
    """InvalidInput with the sentences of each node, where there are any."""
    if found:
        fields: dict[str, list[str]] = {}
        for problem in found:
            fields.setdefault(problem.where or "flow", []).append(problem.sentence)
        raise InvalidInput({"body": fields})


def new_flow(work: Work, draft: Draft, *, publish: bool = False) -> Flow:
    """A flow with its first version; publish: readers walk it at once."""
    work.permit(WRITE_FLOW)
    flow = Flow(number=f"FL-{next_number(work.session, 'flow'):04d}", audience_unit_id=draft.audience_unit_id,
                created_at=work.now, changed_at=work.now)
    work.session.add(flow)
    work.session.flush()
    written = _write(work, flow, draft)
    if publish:
        _make_live(work, flow, written, "publish", None)
    return flow


def edit_flow(work: Work, flow_id: int, draft: Draft, *, publish: bool = False, version: int | None = None) -> Flow:
    """Another version; nothing new where it says the same as the newest one."""
    work.permit(WRITE_FLOW)
    flow = work.get(Flow, flow_id, lock=True, version=version)
    newest = work.session.get(FlowVersion, flow.draft_version_id)
    assert newest is not None
    if (newest.title, newest.summary, newest.body, tuple(newest.aliases), newest.language, newest.confidentiality) != (
            draft.title, draft.summary, draft.body, draft.aliases, draft.language, draft.confidentiality):
        newest = _write(work, flow, draft)
    if flow.audience_unit_id != draft.audience_unit_id:
        flow.audience_unit_id, flow.changed_at = draft.audience_unit_id, work.now
        if flow.published_version_id is not None:
            _check_live(work, flow)
            work.record(FlowPublished(flow.id, flow.published_version_id))
    if publish and flow.published_version_id != newest.id:
        _make_live(work, flow, newest, "publish", draft.note)
    return flow


def _check_live(work: Work, flow: Flow) -> None:
    live = work.session.get(FlowVersion, flow.published_version_id)
    assert live is not None
    refuse(problems_of_links(work.session, from_json(live.nodes), flow.audience_unit_id))


def _write(work: Work, flow: Flow, draft: Draft) -> FlowVersion:
    if fences.level_of(draft.body) > fences.INTERNAL:
        raise InvalidInput({"body": [N_("A flow holds nothing secret; let an outcome point to an article instead.")]})
    nodes, _ = read(draft.body)
    last = work.session.scalar(select(func.max(FlowVersion.ordinal)).where(FlowVersion.flow_id == flow.id)) or 0
    made = FlowVersion(flow_id=flow.id, ordinal=last + 1, title=draft.title, summary=draft.summary, body=draft.body,
                       nodes=as_json(nodes), aliases=list(draft.aliases), language=draft.language,
                       confidentiality=draft.confidentiality, note=draft.note, author_id=work.actor.person_id,
                       recorded_at=work.now)
    work.session.add(made)
    work.session.flush()
    flow.draft_version_id = made.id
    if flow.published_version_id is None:
        flow.changed_at = work.now  # of a flow that is walked, drafts are nothing that readers see change
    return made


def _make_live(work: Work, flow: Flow, version: FlowVersion, kind: str, reason: str | None) -> None:
    refuse(problems_of_text(work.session, version.body, flow.audience_unit_id))
    held = {(row.kind, row.ref_id) for row in work.session.execute(
        select(FlowLink.kind, FlowLink.ref_id).where(FlowLink.version_id == version.id))}
    wanted = {(one.kind, one.id) for one in targets(work.session, from_json(version.nodes)).values()}
    work.session.add_all(FlowLink(version_id=version.id, kind=name, ref_id=ref) for name, ref in sorted(wanted - held))
    work.session.add(FlowPublication(flow_id=flow.id, kind=kind, old_version_id=flow.published_version_id,
                                     new_version_id=version.id, person_id=work.actor.person_id, reason=reason, at=work.now))
    flow.published_version_id, flow.retired_at, flow.changed_at = version.id, None, work.now
    work.session.flush()
    work.record(FlowPublished(flow.id, version.id))


def publish_flow(work: Work, flow_id: int, *, version_id: int | None = None, version: int | None = None) -> Flow:
    """Let readers walk the newest version. version_id: the one that was looked at; Stale where there is a newer one."""
    work.permit(WRITE_FLOW)
    flow = work.get(Flow, flow_id, lock=True, version=version)
    if version_id is not None and version_id != flow.draft_version_id:
        raise Stale(mine=version_id, theirs=flow.draft_version_id, version=flow.version)
    if flow.published_version_id == flow.draft_version_id:
        raise RuleBroken("knowledge.flow.published", N_("Its newest version is published already."))
    newest = work.session.get(FlowVersion, flow.draft_version_id)
    assert newest is not None
    _make_live(work, flow, newest, "publish", newest.note)
    return flow


def revert_flow(work: Work, flow_id: int, *, ordinal: int, reason: str, version: int | None = None) -> Flow:
    """Publish an earlier version again."""
    work.permit(WRITE_FLOW)
    flow = work.get(Flow, flow_id, lock=True, version=version)
    wanted = work.session.scalars(select(FlowVersion).where(
        FlowVersion.flow_id == flow.id, FlowVersion.ordinal == ordinal)).one_or_none()
    if wanted is None:
        raise InvalidInput({"ordinal": [N_("There is no version with this number.")]})
    if wanted.id == flow.published_version_id:
        raise RuleBroken("knowledge.flow.published", N_("This version is published already."))
    work.because(reason)
    _make_live(work, flow, wanted, "revert", reason)
    return flow


def retire_flow(work: Work, flow_id: int, *, reason: str, version: int | None = None) -> Flow:
    """Nobody finds or walks it any more; going back to a version brings it back."""
    work.permit(WRITE_FLOW)
    flow = work.get(Flow, flow_id, lock=True, version=version)
    if flow.published_version_id is None:
        raise RuleBroken("knowledge.flow.not_published", N_("This flow is not published."))
    work.because(reason)
    work.session.add(FlowPublication(flow_id=flow.id, kind="retire", old_version_id=flow.published_version_id,
                                     new_version_id=None, person_id=work.actor.person_id, reason=reason, at=work.now))
    flow.published_version_id, flow.retired_at, flow.changed_at = None, work.now, work.now
    work.session.flush()
    work.record(FlowRetired(flow.id))
    return flow
