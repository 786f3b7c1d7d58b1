"""All periodic work on one page: job, how often, why. Each job may run twice without harm and can be run by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from kmsvc.core import audit, leases
from kmsvc.core.clock import local_date
from kmsvc.people.system import SYSTEM
from kmsvc.people.sessions.usecases import drop_ended_sessions
from kmsvc.process.definitions.permissions import GO_LIVE
from kmsvc.process.definitions.usecases import due_publications, go_live_when_due
from kmsvc.search.usecases import reconcile
from kmsvc.standards.duties.usecases import run_duties

if TYPE_CHECKING:
    from kmsvc.worker import Worker

log = structlog.get_logger("kmsvc.schedule")


@dataclass(frozen=True)
class Job:
    """A piece of periodic work: `run(worker)` every `seconds`."""

    name: str
    seconds: int
    run: Callable[[Worker], Any]
    why: str


def make_due_releases_live(worker: Worker) -> None:
    """Releases whose day has come take effect, one transaction each."""
    with worker.db.look(SYSTEM) as work:
        due = due_publications(work)
    for publication_id in due:
        with worker.db.begin(SYSTEM) as work:
            go_live_when_due(work, publication_id)


def run_the_duties(worker: Worker) -> None:
    """Obligations that are missing, and the reminders of the day."""
    with worker.db.begin(SYSTEM) as work:
        if leases.take(work.session, "duties", worker.owner, seconds=60) is not None:
            run_duties(work, local_date(work.now, worker.settings.timezone))


def beat(worker: Worker) -> None:
    """Say that the worker lives; readiness looks at it."""
    with worker.db.begin(SYSTEM) as work:
        work.permit(GO_LIVE)
        leases.take(work.session, f"beat:{worker.owner}"[:64], worker.owner, seconds=30)
        leases.take(work.session, "beat", worker.owner, seconds=0)


def anchor_the_chain(worker: Worker) -> None:
    """The head of the audit chain goes to a file outside the database."""
    with worker.db.look(SYSTEM) as work:
        audit.write_anchor(work.session, worker.settings.anchors_file, work.now)


def tidy_sessions(worker: Worker) -> None:
    """Sessions that ran out are deleted."""
    with worker.db.begin(SYSTEM) as work:
        drop_ended_sessions(work)


def compare_index(worker: Worker) -> None:
    """Index and database are compared and differences marked; many segments are merged."""
    reconcile(worker.db, worker.engine, SYSTEM)
    worker.engine.optimise()


JOBS = (
    Job("beat", 5, beat, "readiness: red after three missed beats"),
    Job("live", 5, make_due_releases_live, "future effective dates are honoured within seconds of midnight"),
    Job("duties", 30, run_the_duties, "review dates and reminders; bounded lateness after any clock jump"),
    Job("anchor", 3600, anchor_the_chain, "the audit chain is provable only to who kept an earlier head"),
    Job("sessions", 600, tidy_sessions, "ended sessions leave the table"),
    Job("compare", 24 * 3600, compare_index, "an index that drifted heals by itself"),
)


def start_clock(worker: Worker) -> BackgroundScheduler:
    """APScheduler with a memory store, as a clock and nothing more."""
    clock = BackgroundScheduler(timezone="UTC")
    for job in JOBS:
        clock.add_job(_guarded, "interval", args=(worker, job), seconds=job.seconds, id=job.name, max_instances=1,
                      coalesce=True, misfire_grace_time=None)
    clock.start()
    for job in JOBS:
        if job.seconds <= 600:
            clock.modify_job(job.name, next_run_time=_at_once())
    return clock


def _at_once() -> Any:
    from kmsvc.core.clock import system_clock

    return system_clock()


def _guarded(worker: Worker, job: Job) -> None:
    if worker.stopping.is_set() or (worker.paused() and job.name not in ("beat", "anchor")):
        return
    try:
        job.run(worker)
    except Exception:
        log.exception("job failed", job=job.name)
