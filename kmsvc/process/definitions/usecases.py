"""The verbs of processes: add, write a version, publish, make live, revert, retire, review."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from kmsvc.core.clock import start_of_day
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.faults import fault
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.markup.kept import carry
from kmsvc.process.definitions import rules
from kmsvc.process.definitions.events import (
    ProcessAdded,
    ProcessKept,
    ProcessRetired,
    ProcessReviewed,
    VersionWentLive,
)
from kmsvc.process.definitions.models import Process, ProcessReview, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import GO_LIVE, MANAGE_PROCESS, REVIEW_PROCESS


def new_process(work: Work, *, name: str, group: str, klass: str, owner_id: int | None,
                audience_unit_id: int | None = None, number: str | None = None) -> Process:
    """A process row, with its own number or the next free one; for use cases of this slice, which have asked to be allowed."""
    if group not in set(rules.ProcessGroup):
        raise InvalidInput({"group": [N_("There is no such process group.")]})
    if klass not in set(rules.ProcessClass):
        raise InvalidInput({"class": [N_("There is no such class.")]})
    process = Process(number=_free_number(work, number), name=name, group=group, klass=klass,
                      owner_id=owner_id, audience_unit_id=audience_unit_id, created_at=work.now)
    work.session.add(process)
    work.session.flush()
    work.record(ProcessAdded(process.id))
    return process


def _free_number(work: Work, wanted: str | None) -> str:
    def taken(number: str) -> bool:
        return work.session.scalar(select(Process.id).where(Process.number == number)) is not None

    if wanted is not None:
        if taken(wanted):
            raise RuleBroken("process.definition.number_taken", N_("The number %(number)s is taken."), number=wanted)
        return wanted
    while taken(number := f"P-{next_number(work.session, 'process'):03d}"):
        continue
    return number


def add_process(work: Work, *, name: str, group: str, klass: str, owner_id: int | None = None,
                audience_unit_id: int | None = None, number: str | None = None) -> Process:
    """Add a process to the tree by hand, perhaps with the number it always had; its text comes through a change request."""
    work.permit(MANAGE_PROCESS)
    return new_process(work, name=name, group=group, klass=klass, owner_id=owner_id, audience_unit_id=audience_unit_id,
                       number=number)


def keep_process(work: Work, process_id: int, *, version: int | None = None, owner_id: int | None = None,
                 group: str | None = None, klass: str | None = None, audience_unit_id: int | None = None,
                 review_months: int | None = None, reason: str | None = None) -> Process:
    """Change owner, place in the tree, audience or review cycle."""
    process = work.get(Process, process_id, lock=True, version=version)
    work.permit(MANAGE_PROCESS, process)
    work.because(reason)
    if owner_id is not None:
        process.owner_id = owner_id
    if group is not None:
        process.group = rules.ProcessGroup(group)
    if klass is not None:
        process.klass = rules.ProcessClass(klass)
    if review_months is not None:
        process.review_months = review_months
    process.audience_unit_id = audience_unit_id
    work.record(ProcessKept(process.id))
    return process


def write_version(work: Work, process: Process, *, name: str, purpose: str, body: str, final: bool,
                  change_id: int | None, note: str | None = None, author_id: int | None = None) -> ProcessVersion:
    """A new immutable version, and the draft pointer on it; for use cases of this slice.

    Paragraphs that stayed keep their ids from the version before.
    """
    rules.check_content({"name": name, "body": body})
    labels = [(row.major, row.minor) for row in work.session.execute(
        select(ProcessVersion.major, ProcessVersion.minor).where(ProcessVersion.process_id == process.id))]
    before = work.session.scalars(select(ProcessVersion).where(ProcessVersion.process_id == process.id)
                                  .order_by(ProcessVersion.ordinal.desc()).limit(1)).one_or_none()
    major, minor = rules.next_final(labels) if final else rules.next_draft(labels)
    version = ProcessVersion(
        process_id=process.id, change_id=change_id, ordinal=len(labels) + 1, major=major, minor=minor, name=name,
        purpose=purpose, body=body, content_hash=rules.content_hash(name, purpose, body), note=note,
        blocks=carry(body, before.blocks if before else [], seed=f"{process.number}.{len(labels) + 1}"),
        author_id=author_id if author_id is not None else work.actor.person_id, recorded_at=work.now)
    work.session.add(version)
    work.session.flush()
    process.draft_version_id = version.id
    return version


def adopt_version(work: Work, process_id: int, *, name: str, purpose: str, body: str, label: tuple[int, int],
                  effective_on: date, zone: str, today: date, note: str | None = None) -> ProcessVersion:
    """Take over a version that was in force before kmsvc kept it, with its own label; older ones first."""
    process = work.get(Process, process_id, lock=True)
    work.permit(MANAGE_PROCESS, process)
    version = write_version(work, process, name=name, purpose=purpose, body=body, final=True, change_id=None, note=note)
    version.major, version.minor = label
    plan_publication(work, process, version, effective_on=effective_on, zone=zone, today=max(today, effective_on),
                     change_id=None, release_round=None, reason=note)
    return version


def plan_publication(work: Work, process: Process, version: ProcessVersion, *, effective_on: date, zone: str, today: date,
                     change_id: int | None, release_round: int | None, reason: str | None = None,
                     kind: str = rules.PublicationKind.PUBLISH, audience_unit_id: int | None = None) -> Publication:
    """Log that a version takes effect on a day; on or before today it goes live within this very transaction.

    audience_unit_id: for whom the process is from that day on; None leaves it to whom it was for.
    """
    publication = Publication(
        process_id=process.id, kind=kind, old_version_id=process.published_version_id, new_version_id=version.id,
        change_id=change_id, release_round=release_round, person_id=work.actor.person_id, reason=reason,
        audience_unit_id=audience_unit_id,
        effective_on=effective_on, effective_at=work.now if effective_on <= today else start_of_day(effective_on, zone),
        recorded_at=work.now)
    work.session.add(publication)
    work.session.flush()
    if effective_on <= today:
        make_live(work, process, publication)
    return publication


def make_live(work: Work, process: Process, publication: Publication) -> None:
    """Move the published pointer; the old version stays as it is."""
    if publication.done_at is not None or publication.cancelled_at is not None:
        return
    version = work.get(ProcessVersion, publication.new_version_id)
    publication.old_version_id = process.published_version_id
    publication.done_at = work.now
    process.published_version_id = version.id
    process.retired_at = process.superseded_by_id = None
    if publication.audience_unit_id is not None:
        process.audience_unit_id = publication.audience_unit_id
    process.name = version.name
    process.reviewed_on = publication.effective_on
    work.session.flush()
    fault("live.before_commit")
    work.record(VersionWentLive(process.id, version.id, publication.id, publication.change_id, publication.release_round))


def go_live_when_due(work: Work, publication_id: int) -> bool:
    """What the worker does on the day a planned release takes effect; twice changes nothing."""
    publication = work.get(Publication, publication_id, lock=True)
    work.permit(GO_LIVE, publication)
    if publication.done_at is not None or publication.cancelled_at is not None or publication.effective_at > work.now:
        return False
    make_live(work, work.get(Process, publication.process_id, lock=True), publication)
    return True


def due_publications(work: Work) -> list[int]:
    """Ids of planned releases whose day has come."""
    return list(work.session.scalars(
        select(Publication.id).where(Publication.done_at.is_(None), Publication.cancelled_at.is_(None),
                                     Publication.effective_at <= work.now).order_by(Publication.effective_at, Publication.id)))


def revert_process(work: Work, process_id: int, *, to_version_id: int, reason: str, zone: str, today: date,
                   version: int | None = None) -> Publication:
    """Publish an earlier approved version again; one more line in the log, nothing is undone."""
    process = work.get(Process, process_id, lock=True, version=version)
    work.permit(MANAGE_PROCESS, process)
    earlier = work.get(ProcessVersion, to_version_id)
    was_live = work.session.scalar(select(func.count()).select_from(Publication).where(
        Publication.process_id == process.id, Publication.new_version_id == earlier.id, Publication.done_at.is_not(None)))
    if earlier.process_id != process.id or not was_live:
        raise RuleBroken("process.definition.never_live", N_("Only a version that was in force can come back."))
    if earlier.id == process.published_version_id:
        raise RuleBroken("process.definition.is_live", N_("This version is in force already."))
    work.because(reason)
    return plan_publication(work, process, earlier, effective_on=today, zone=zone, today=today, change_id=None,
                            release_round=None, reason=reason, kind=rules.PublicationKind.REVERT)


def retire_process(work: Work, process_id: int, *, reason: str, today: date, superseded_by_id: int | None = None,
                   version: int | None = None) -> None:
    """Take a process out of force; it stays readable with a red bar and the way to its successor."""
    process = work.get(Process, process_id, lock=True, version=version)
    work.permit(MANAGE_PROCESS, process)
    if process.retired_at is not None:
        raise RuleBroken("process.definition.retired", N_("This process is retired already."))
    if superseded_by_id == process.id:
        raise InvalidInput({"superseded_by_id": [N_("A process cannot succeed itself.")]})
    if superseded_by_id is not None:
        work.get(Process, superseded_by_id)
    work.because(reason)
    for planned in work.session.scalars(select(Publication).where(
            Publication.process_id == process.id, Publication.done_at.is_(None), Publication.cancelled_at.is_(None))):
        planned.cancelled_at = work.now  # a day that was planned must not bring a retired process back
    work.session.add(Publication(
        process_id=process.id, kind=rules.PublicationKind.RETIRE, old_version_id=process.published_version_id,
        new_version_id=None, person_id=work.actor.person_id, reason=reason, effective_on=today, effective_at=work.now,
        recorded_at=work.now, done_at=work.now))
    process.published_version_id = None
    process.retired_at = work.now
    process.superseded_by_id = superseded_by_id
    work.record(ProcessRetired(process.id, superseded_by_id))


def confirm_review(work: Work, process_id: int, *, reason: str, today: date, version: int | None = None) -> None:
    """«Confirmed, no change»: the owner looked and the process is still right; each time is a record. Source: clause 42."""
    process = work.get(Process, process_id, lock=True, version=version)
    work.permit(REVIEW_PROCESS, process)
    if process.published_version_id is None:
        raise RuleBroken("process.definition.not_live", N_("Only a process in force is reviewed."))
    work.because(reason)
    process.reviewed_on = today
    work.session.add(ProcessReview(process_id=process.id, version_id=process.published_version_id, reviewed_on=today,
                                   person_id=work.actor.person_id, reason=reason, at=work.now))
    work.record(ProcessReviewed(process.id, today.isoformat(), work.actor.person_id))
