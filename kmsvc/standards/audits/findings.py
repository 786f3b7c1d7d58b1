"""The life of a finding: drafted, published and frozen, answered, an action agreed by both sides, done, verified, its effect looked at,
closed by the lead alone. Source: E10, E11."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.frozen import digest_of
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.files.models import Attachment
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.audits.auditing import check_state
from kmsvc.standards.audits.events import FindingMoved
from kmsvc.standards.audits.models import (
    CheckPoint,
    Engagement,
    Finding,
    FindingAction,
    FindingRevision,
    FindingStep,
)
from kmsvc.standards.audits.permissions import ANSWER_FINDING, DO_ENGAGEMENT, LEAD_ENGAGEMENT
from kmsvc.standards.audits.rules import (
    EFFECT_DAYS,
    FINDING,
    EngagementState,
    FindingState,
    Grade,
    Side,
    agreed_by,
)
from kmsvc.standards.duties.life import found_record

F_ = FindingState


class Answerers:
    """Who speaks for the audited side of a finding, as the permission asks: the respondent and who owns the action."""

    def __init__(self, *ids: int | None) -> None:
        self.answerers = frozenset(one for one in ids if one is not None)


def draft_finding(work: Work, engagement_id: int, *, clause: str, grade: str, title: str, text: str, respondent: int | None = None,
                  point: int | None = None) -> Finding:
    """Write down what does not conform; only the auditors see a draft. respondent: who answers for what is audited unless said."""
    row = work.get(Engagement, engagement_id)
    work.permit(DO_ENGAGEMENT, row)
    check_state(row, EngagementState.RUNNING, EngagementState.REVIEW)
    held = work.session.get(CheckPoint, point) if point is not None else None
    if point is not None and (held is None or held.engagement_id != row.id):
        raise InvalidInput({"point": [N_("The checklist of this audit has no such point.")]})
    made = Finding(
        engagement_id=row.id, point_id=point, state=F_.DRAFT.value, made_by_id=work.actor.person_id, made_at=work.now, revision=0,
        respondent_id=_somebody(work, row, respondent or row.answerable_id), **_words(row, clause, grade, title, text))
    work.session.add(made)
    work.session.flush()
    return made


def _words(row: Engagement, clause: str, grade: str, title: str, text: str) -> dict[str, str]:
    if clause not in row.clauses:
        raise InvalidInput({"clause": [N_("The audit is not about this clause.")]})
    return {"clause": clause, "grade": Grade(grade).value, "title": title, "text": text}


def _somebody(work: Work, row: Engagement, person_id: int | None, field: str = "respondent") -> int:
    person = directory(work.session).people.get(person_id or 0)
    if person is None or not person.is_active:
        raise InvalidInput({field: [N_("Somebody who works here is needed.")]})
    if person.id == row.lead_id or person.id in row.auditors:
        raise InvalidInput({field: [N_("Who audits does not answer for the audited side.")]})
    return person.id


def _held(work: Work, finding_id: int, version: int | None, *states: str) -> tuple[Finding, Engagement]:
    finding = work.get(Finding, finding_id, lock=True, version=version)
    if finding.state not in states:
        raise RuleBroken("standards.finding.state", N_("The finding is not in a state in which this can be done."))
    return finding, work.get(Engagement, finding.engagement_id)


def _by_lead(work: Work, finding_id: int, version: int | None, *states: str) -> tuple[Finding, Engagement]:
    finding, row = _held(work, finding_id, version, *states)
    work.permit(LEAD_ENGAGEMENT, row)
    return finding, row


def _by_house(work: Work, finding_id: int, version: int | None, *states: str) -> tuple[Finding, Engagement]:
    finding, row = _held(work, finding_id, version, *states)
    action = newest_action(work, finding_id)
    work.permit(ANSWER_FINDING, Answerers(finding.respondent_id, action.owner_id if action else None))
    return finding, row


def newest_action(work: Work, finding_id: int) -> FindingAction | None:
    """The action that counts."""
    return work.session.scalars(select(FindingAction).where(FindingAction.finding_id == finding_id).order_by(
        FindingAction.no.desc()).limit(1)).one_or_none()


def _step(work: Work, finding: Finding, verb: str, today: date, side: Side | None, note: str | None = None) -> FindingStep:
    made = FindingStep(finding_id=finding.id, verb=verb, side=side.value if side else None, note=note, day=today,
                       by_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    work.session.flush()
    work.record(FindingMoved(finding.id, made.id))
    return made


def write_finding(work: Work, finding_id: int, *, clause: str, grade: str, title: str, text: str, respondent: int,
                  version: int | None = None) -> Finding:
    """Change a draft."""
    finding, row = _held(work, finding_id, version, F_.DRAFT)
    work.permit(DO_ENGAGEMENT, row)
    for name, value in _words(row, clause, grade, title, text).items():
        setattr(finding, name, value)
    finding.respondent_id = _somebody(work, row, respondent)
    return finding


def drop_finding(work: Work, finding_id: int, *, version: int | None = None) -> None:
    """Throw a draft away."""
    finding, row = _held(work, finding_id, version, F_.DRAFT)
    work.permit(DO_ENGAGEMENT, row)
    work.session.delete(finding)


def publish(work: Work, finding_id: int, *, today: date, version: int | None = None) -> Finding:
    """Give it its number and freeze its words; the audited side hears of it."""
    finding, row = _by_lead(work, finding_id, version, F_.DRAFT)
    check_state(row, EngagementState.RUNNING, EngagementState.REVIEW)
    finding.number = number_of_year(work.session, "AF", "audit_finding", today.year)
    finding.state, finding.published_at = F_.PUBLISHED.value, work.now
    _revise(work, finding, None)
    _step(work, finding, "publish", today, Side.AUDIT)
    return finding


def _revise(work: Work, finding: Finding, reason: str | None) -> None:
    finding.revision += 1
    words = {"clause": finding.clause, "grade": finding.grade, "title": finding.title, "text": finding.text}
    work.session.add(FindingRevision(
        finding_id=finding.id, no=finding.revision, reason=reason, by_id=work.actor.person_id, at=work.now,
        digest=digest_of(finding.number, finding.revision, words), **words))
    work.session.flush()


def correct(work: Work, finding_id: int, *, grade: str, title: str, text: str, reason: str, today: date, version: int | None = None
            ) -> Finding:
    """Correct a published finding: the next revision, with its reason; earlier ones stay in sight."""
    finding, row = _by_lead(work, finding_id, version, *(one.value for one in F_ if one not in (F_.DRAFT, F_.CLOSED, F_.WITHDRAWN)))
    words = _words(row, finding.clause, grade, title, text)
    if all(getattr(finding, name) == value for name, value in words.items()):
        raise InvalidInput({"text": [N_("Nothing is different from what was published.")]})
    for name, value in words.items():
        setattr(finding, name, value)
    _revise(work, finding, reason)
    _step(work, finding, "correct", today, Side.AUDIT, reason)
    return finding


def withdraw(work: Work, finding_id: int, *, reason: str, today: date, version: int | None = None) -> Finding:
    """Take a published finding back; it stays to be read."""
    finding, _ = _by_lead(work, finding_id, version, *(one.value for one in F_ if one not in (F_.DRAFT, F_.CLOSED, F_.WITHDRAWN)))
    work.because(reason)
    finding.state = F_.WITHDRAWN.value
    _step(work, finding, "withdraw", today, Side.AUDIT, reason)
    return finding


def restore(work: Work, finding_id: int, *, reason: str, today: date, version: int | None = None) -> Finding:
    """A withdrawn finding counts again: it waits for a response, or for an action where there is one."""
    finding, _ = _by_lead(work, finding_id, version, F_.WITHDRAWN)
    work.because(reason)
    finding.state = F_.ANSWERED.value if finding.root_cause else F_.PUBLISHED.value
    _step(work, finding, "restore", today, Side.AUDIT, reason)
    return finding


def respond(work: Work, finding_id: int, *, whys: Sequence[str | None], containment: str, today: date, version: int | None = None
            ) -> Finding:
    """The audited side says what was done at once, and why it came to it: up to five times «why», the first is needed."""
    finding, _ = _by_house(work, finding_id, version, F_.PUBLISHED, F_.ANSWERED, F_.PROPOSED)
    said = [one.strip() for one in whys if one and one.strip()]
    if not said:
        raise InvalidInput({"why1": [N_("Say why it came to this.")]})
    finding.containment, finding.root_cause = containment, "\n".join(f"{no}. {one}" for no, one in enumerate(said, start=1))
    if finding.state == F_.PUBLISHED:
        finding.state = F_.ANSWERED.value
    _step(work, finding, "respond", today, Side.HOUSE, finding.root_cause)
    return finding


def _side(work: Work, finding: Finding, row: Engagement) -> Side:
    """For whom this caller speaks. Raises NotPermitted."""
    if row.lead_id is not None and row.lead_id == work.actor.person_id:
        work.permit(LEAD_ENGAGEMENT, row)
        return Side.AUDIT
    action = newest_action(work, finding.id)
    work.permit(ANSWER_FINDING, Answerers(finding.respondent_id, action.owner_id if action else None))
    return Side.HOUSE


def propose(work: Work, finding_id: int, *, correction: str, prevention: str | None, owner: int, due_on: date, today: date,
            version: int | None = None) -> FindingAction:
    """Say what is to be done, by whom, by when. Any other text, person or day is a new version that both sides accept anew."""
    finding, row = _held(work, finding_id, version, F_.ANSWERED, F_.PROPOSED, F_.AGREED)
    side = _side(work, finding, row)
    if due_on < today:
        raise InvalidInput({"due_on": [N_("A day that is over cannot be agreed.")]})
    no = (work.session.scalar(select(func.max(FindingAction.no)).where(FindingAction.finding_id == finding.id)) or 0) + 1
    action = FindingAction(
        finding_id=finding.id, no=no, correction=correction, prevention=prevention, owner_id=_somebody(work, row, owner, "owner"),
        due_on=due_on, by_id=work.actor.person_id, at=work.now)
    _accept(work, action, side)
    work.session.add(action)
    finding.state = F_.PROPOSED.value
    _step(work, finding, "propose", today, side, correction)
    return action


def _accept(work: Work, action: FindingAction, side: Side) -> None:
    if side is Side.AUDIT:
        action.audit_by_id, action.audit_at = work.actor.person_id, work.now
    else:
        action.house_by_id, action.house_at = work.actor.person_id, work.now


def agree(work: Work, finding_id: int, *, today: date, action_no: int | None = None, version: int | None = None) -> Finding:
    """Accept the proposed action for one's side; with both it is agreed, and its day is a duty. action_no: which one was read, so that
    nobody accepts words that were put in its place meanwhile."""
    finding, row = _held(work, finding_id, version, F_.PROPOSED)
    action = newest_action(work, finding.id)
    assert action is not None
    side = _side(work, finding, row)
    if action_no is not None and action_no != action.no:
        raise RuleBroken("standards.finding.other_action", N_("Another action was proposed meanwhile; read it before you accept it."))
    if (action.audit_at if side is Side.AUDIT else action.house_at) is not None:
        raise RuleBroken("standards.finding.accepted", N_("Your side has accepted this action already."))
    _accept(work, action, side)
    finding.state = agreed_by(finding.state, action.audit_at is not None, action.house_at is not None)
    _step(work, finding, "agree", today, side)
    return finding


def act(work: Work, finding_id: int, *, done_on: date, today: date, proof: str | None = None, records: str | None = None,
        version: int | None = None) -> Finding:
    """The action is done, and what shows it: words, numbers of things here and addresses, files that were added before. records: as
    typed, with commas or spaces between. What is shown is kept as it stood. InvalidInput where nothing shows it, or nobody finds it."""
    finding, _ = _by_house(work, finding_id, version, F_.AGREED)
    action = newest_action(work, finding.id)
    assert action is not None
    if done_on > today:
        raise InvalidInput({"done_on": [N_("A day to come cannot be when it was done.")]})
    shown = [*_named(work, records), *_files(work, finding.id)]
    proof = (proof or "").strip() or None
    if proof is None and not shown:
        raise InvalidInput({"proof": [N_("Say what shows that it is done, name a record, or add a file.")]})
    action.done_on, action.done_by_id, action.proof, action.records = done_on, work.actor.person_id, proof, shown or None
    finding.state = F_.ACTED.value
    _step(work, finding, "act", today, Side.HOUSE, "\n".join([*([proof] if proof else []), *(one["number"] for one in shown)]))
    return finding


def _named(work: Work, typed: str | None) -> list[dict[str, Any]]:
    """The things and addresses that were named."""
    found = {one["url"]: one for name in re.split(r"[\s,;\uff0c\u3001\uff1b]+", typed or "") if name
             for one in [found_record(work.session, work.actor, name, field="records")]}
    return list(found.values())


def _files(work: Work, finding_id: int) -> list[dict[str, Any]]:
    """The files of a finding, each with its digest."""
    return [{"kind": "file", "thing_id": one.id, "number": one.name, "url": f"/files/{one.id}", "digest": one.sha256}
            for one in work.session.scalars(select(Attachment).where(
                Attachment.subject_kind == FINDING, Attachment.subject_id == finding_id, Attachment.removed_at.is_(None)).order_by(
                Attachment.id))]


def verify(work: Work, finding_id: int, *, note: str, today: date, effect_on: date | None = None, version: int | None = None) -> Finding:
    """An auditor saw that it was done; on a later day the effect is looked at. Who did it does not verify it."""
    finding, row = _held(work, finding_id, version, F_.ACTED)
    work.permit(DO_ENGAGEMENT, row)
    action = newest_action(work, finding.id)
    if action is not None and action.done_by_id is not None and action.done_by_id == work.actor.person_id:
        raise RuleBroken("standards.finding.own", N_("Who did it does not verify it."))
    finding.state, finding.effect_on = F_.VERIFIED.value, effect_on or today + timedelta(days=EFFECT_DAYS)
    _step(work, finding, "verify", today, Side.AUDIT, note)
    return finding


def send_back(work: Work, finding_id: int, *, reason: str, today: date, version: int | None = None) -> Finding:
    """What was shown is not enough: the action is open again."""
    finding, row = _held(work, finding_id, version, F_.ACTED)
    work.permit(DO_ENGAGEMENT, row)
    action = newest_action(work, finding.id)
    assert action is not None
    action.done_on, action.done_by_id, action.proof, action.records = None, None, None, None
    finding.state = F_.AGREED.value
    _step(work, finding, "send_back", today, Side.AUDIT, reason)
    return finding


def effect(work: Work, finding_id: int, *, holds: bool, note: str, today: date, version: int | None = None) -> Finding:
    """Whether it has come again since. Where it has, another action is needed."""
    finding, row = _held(work, finding_id, version, F_.VERIFIED)
    work.permit(DO_ENGAGEMENT, row)
    finding.state = F_.EFFECTIVE.value if holds else F_.ANSWERED.value
    _step(work, finding, "effect_holds" if holds else "effect_fails", today, Side.AUDIT, note)
    return finding


def close(work: Work, finding_id: int, *, justification: str, today: date, version: int | None = None) -> Finding:
    """Close it: the lead alone, with a justification."""
    finding, _ = _by_lead(work, finding_id, version, F_.EFFECTIVE)
    work.because(justification)
    finding.state, finding.closed_at = F_.CLOSED.value, work.now
    _step(work, finding, "close", today, Side.AUDIT, justification)
    return finding


def reopen(work: Work, finding_id: int, *, reason: str, today: date, version: int | None = None) -> Finding:
    """A closed finding has come again: it waits for another action."""
    finding, _ = _by_lead(work, finding_id, version, F_.CLOSED)
    work.because(reason)
    finding.state, finding.closed_at = F_.ANSWERED.value, None
    _step(work, finding, "reopen", today, Side.AUDIT, reason)
    return finding
