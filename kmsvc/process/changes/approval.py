"""Steps 7 and 14, 8 and 15: signatures bound to what was shown, and the release by mail and into the knowledge base."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from kmsvc.core import options
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput, NotPermitted, Stale
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.units.queries import unit_by_code
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.enums import ReleaseAct
from kmsvc.process.changes.events import VersionReleased
from kmsvc.process.changes.models import Change, HistoryEntry, ReleaseRecord, Signature
from kmsvc.process.changes.moves import Turn, enter, finish, start
from kmsvc.process.changes.options import APPROVAL_NEEDS_PERSON
from kmsvc.process.changes.training import training_of
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import GO_LIVE
from kmsvc.process.definitions.usecases import plan_publication, write_version


def sign(work: Work, change_id: int, *, content_hash: str, comment: str | None = None, version: int | None = None) -> None:
    """Approve the text whose hash was shown. The last signature makes it the approved final with the next major label.

    Raises Stale when the text is no longer the one that was shown (R-W3).
    """
    turn = start(work, change_id, "sign", version=version)
    if work.actor.via == "token" and options.value(work.session, APPROVAL_NEEDS_PERSON):
        raise NotPermitted(N_("Approving needs a person who signed in, not a token."))
    if work.actor.via == "cookie" and not work.actor.fresh:
        raise NotPermitted(N_("Enter your password to sign."))
    change = turn.change
    shown = scenes.shown_hash(work.session, change)
    if content_hash != shown or change.candidate_id is None:
        raise Stale(mine=content_hash, theirs=shown, version=change.version)
    capacity = rules.capacity(turn.scene, scenes.me(work.actor))
    assert capacity is not None and work.actor.person_id is not None
    row = Signature(change_id=change_id, step=turn.scene.step, visit=change.visit(turn.scene.step), capacity=capacity,
                    person_id=work.actor.person_id, version_id=change.candidate_id, content_hash=content_hash,
                    comment=comment, at=work.now)
    work.session.add(row)
    work.session.flush()
    if set(rules.CAPACITIES) <= {capacity, *turn.scene.signed}:
        made = _approved(turn)
        finish(turn, comment=comment, version_id=made.id, record=("signature", row.id))
        change.candidate_id = made.id
    else:
        finish(turn, comment=comment, version_id=change.candidate_id, record=("signature", row.id), awaited=True)


def _approved(turn: Turn) -> ProcessVersion:
    """The approved final: the signed text, unchanged to the letter, under the next major label; its author stays its author."""
    work, change = turn.work, turn.change
    signed = work.get(ProcessVersion, change.candidate_id)
    process = work.get(Process, change.process_id, lock=True)
    return write_version(work, process, name=signed.name, purpose=signed.purpose, body=signed.body, final=True,
                         change_id=change.id, note=signed.note, author_id=signed.author_id)


def release(work: Work, change_id: int, act: str, *, zone: str, effective_on: date | None = None,
            audience_unit: str | None = None, untrained: str | None = None, comment: str | None = None,
            version: int | None = None) -> None:
    """Steps 8 and 15: one of the two acts. When both are done the version takes effect, today or on the day named.

    effective_on: given with the mail; empty means at once. untrained: why it takes effect although fewer are trained than is asked
    for. Raises InvalidInput for a day in the past, and under `untrained` where that reason is needed.
    """
    turn = start(work, change_id, f"release_{act}", version=version)
    change, step = turn.change, turn.scene.step
    today = local_date(work.now, zone)
    if effective_on is not None and effective_on < today:
        raise InvalidInput({"effective_on": [N_("This day is in the past.")]})
    unit = unit_by_code(work.session, audience_unit) if audience_unit else None
    work.session.add(ReleaseRecord(
        change_id=change_id, step=step, visit=change.visit(step), act=ReleaseAct(act), person_id=work.actor.person_id,
        version_id=change.candidate_id, effective_on=effective_on, audience_unit_id=unit.id if unit else None, at=work.now))
    work.session.flush()
    if {act, *turn.scene.released} >= set(rules.RELEASE_ACTS):
        if step == 15:
            comment = _trained_enough(turn, untrained, comment, today)
        _take_effect(turn, zone=zone, today=today)
    finish(turn, comment=comment, version_id=change.candidate_id, awaited=True)


def _trained_enough(turn: Turn, untrained: str | None, comment: str | None, today: date) -> str | None:
    """The comment of the release, with the reason why it takes effect before enough are trained."""
    found = training_of(turn.work.session, turn.change, today)
    if found.is_enough:
        return comment
    if not untrained:
        raise InvalidInput({"untrained": [Filled(
            N_("%(trained)d of %(people)d affected people are trained, %(asked)d percent are asked for: train them, or say why not."),
            trained=found.trained, people=found.people, asked=found.asked)]})
    return "\n".join(filter(None, (f"{found.trained}/{found.people}: {untrained}", comment)))


def _take_effect(turn: Turn, *, zone: str, today: date) -> None:
    work, change, step = turn.work, turn.change, turn.scene.step
    records = list(work.session.scalars(select(ReleaseRecord).where(
        ReleaseRecord.change_id == change.id, ReleaseRecord.step == step, ReleaseRecord.visit == change.visit(step))))
    day = max((row.effective_on for row in records if row.effective_on), default=None) or today
    audience = next((row.audience_unit_id for row in records if row.audience_unit_id), None)
    process = work.get(Process, change.process_id, lock=True)
    release_round = 1 if step == 8 else 2
    version = work.get(ProcessVersion, change.candidate_id)
    # a release that is still waiting for its day is overtaken by this one
    for waiting in work.session.scalars(select(Publication).where(
            Publication.process_id == process.id, Publication.done_at.is_(None), Publication.cancelled_at.is_(None),
            Publication.effective_on >= day)):
        waiting.cancelled_at = work.now
    publication = plan_publication(work, process, version, effective_on=max(day, today), zone=zone, today=today,
                                   change_id=change.id, release_round=release_round, reason=change.title,
                                   audience_unit_id=audience)
    work.record(VersionReleased(change.id, release_round, version.id, publication.id))


def close_when_live(work: Work, change_id: int) -> bool:
    """Once the second release is in force the request is closed; called when a version went live, twice changes nothing."""
    change = work.get(Change, change_id, lock=True)
    work.permit(GO_LIVE, change)
    return _close_released(work, change)


def close_overtaken(work: Work, process_id: int) -> int:
    """Requests whose second release waited for a day that will not come, because a later release or the retirement of
    their process was faster, are closed; returns how many. Twice changes nothing."""
    process = work.get(Process, process_id)
    work.permit(GO_LIVE, process)
    waiting = work.session.scalars(select(Change).where(
        Change.process_id == process.id, Change.state == rules.State.RELEASING2).order_by(Change.id).with_for_update())
    return sum(_close_released(work, change) for change in waiting)


def _close_released(work: Work, change: Change) -> bool:
    if change.state != rules.State.RELEASING2:
        return False
    scene = scenes.scene_of(work.session, change)
    if scene.live_pending or not set(rules.RELEASE_ACTS) <= scene.released:
        return False
    was_live = work.session.scalar(select(Publication.id).where(
        Publication.change_id == change.id, Publication.release_round == 2, Publication.done_at.is_not(None)).limit(1))
    entry = HistoryEntry(change_id=change.id, step=15, verb="close" if was_live else "overtaken", person_id=None, at=work.now,
                         from_state=change.state, to_state=rules.State.RELEASED2, version_id=change.candidate_id)
    work.session.add(entry)
    work.session.flush()
    enter(work, change, rules.State.RELEASED2, entry)
    return True
