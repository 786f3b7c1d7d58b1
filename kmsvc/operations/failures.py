"""Periodic work, one subject at a time: a failing subject is noted, shown and tried again, and holds up no other (R-J6)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kmsvc.core.work import Database, Work, is_busy, is_disk_full
from kmsvc.operations.models import JobFailure
from kmsvc.operations.permissions import DELIVER
from kmsvc.people.system import SYSTEM

log = structlog.get_logger("kmsvc.jobs")


def failing(session: Session, job: str | None = None) -> list[JobFailure]:
    """What periodic work could not do, longest first."""
    query = select(JobFailure).order_by(JobFailure.first_at, JobFailure.id)
    return list(session.scalars(query.where(JobFailure.job == job) if job else query))


def pause_after(tries: int) -> timedelta:
    """How long a failed subject waits: 10 s doubling to a quarter of an hour, with jitter."""
    return timedelta(seconds=min(5 * 2 ** min(tries, 10), 900) * random.uniform(0.7, 1.3))


def note_failures(work: Work, job: str, failed: Mapping[str, str], *,
                  settled: Callable[[str], bool] = lambda one: True) -> None:
    """Keep what failed this time, and forget what failed before and is settled now."""
    work.permit(DELIVER)
    known = {row.subject: row for row in failing(work.session, job)}
    for subject, error in failed.items():
        row = known.get(subject)
        if row is None:
            row = JobFailure(job=job, subject=subject, error=error[:500], tries=0, first_at=work.now, last_at=work.now,
                             next_at=work.now)
            work.session.add(row)
        row.tries += 1
        row.error, row.last_at, row.next_at = error[:500], work.now, work.now + pause_after(row.tries)
    for subject, row in known.items():
        if subject not in failed and settled(subject):
            work.session.delete(row)


def waiting(session: Session, job: str, now: datetime) -> frozenset[str]:
    """Subjects whose next try is still ahead."""
    return frozenset(row.subject for row in failing(session, job)
                     if now < row.next_at < now + timedelta(hours=1))


def for_each(db: Database, job: str, subjects: Iterable[tuple[str, Callable[[], object]]],
             stopping: Callable[[], bool] = lambda: False) -> int:
    """Run each subject's piece of work in a transaction of its own; returns how many were done.

    A database that is away or full stops the round: that is nobody's fault and is tried at the next tick.
    """
    with db.look(SYSTEM) as work:
        later, before = waiting(work.session, job, work.now), failing(work.session, job)
    failed: dict[str, str] = {}
    tried: set[str] = set()
    for subject, body in subjects:
        if stopping():
            break
        if subject in later:
            continue
        tried.add(subject)
        try:
            body()
        except Exception as error:
            if isinstance(error, DBAPIError) and (is_busy(error) or is_disk_full(error)):
                raise
            log.exception("job failed for one subject", job=job, subject=subject)
            failed[subject] = f"{type(error).__name__}: {error}"
    gone = {row.subject for row in before} - later
    if failed or gone:
        with db.begin(SYSTEM) as work:
            note_failures(work, job, failed, settled=lambda one: one not in later)
    return len(tried) - len(failed)
