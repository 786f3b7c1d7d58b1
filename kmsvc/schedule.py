"""All periodic work on one page: job, how often, why. Each job may run twice without harm and can be run by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from kmsvc.core import audit, leases
from kmsvc.core.clock import local_date, system_clock
from kmsvc.core.errors import RuleBroken
from kmsvc.core.faults import fault
from kmsvc.core.pace import Pace
from kmsvc.core.work import is_passing
from kmsvc.files.usecases import sweep
from kmsvc.hooks.usecases import tidy_log
from kmsvc.knowledge.bench.rules import Cause
from kmsvc.knowledge.bench.running import is_due, run_bench
from kmsvc.knowledge.bulletins.board import due as due_bulletins
from kmsvc.knowledge.bulletins.usecases import keep_time
from kmsvc.knowledge.citations.following import due_texts, follow_text
from kmsvc.knowledge.contacts.usecases import forget_numbers
from kmsvc.knowledge.figures.counting import count_all
from kmsvc.knowledge.flows.walking import thin_walks
from kmsvc.knowledge.gaps.gathering import gather_all
from kmsvc.knowledge.gaps.replaying import is_due as replay_is_due
from kmsvc.knowledge.gaps.replaying import replay_all, tidy
from kmsvc.knowledge.health.examining import examine_all
from kmsvc.knowledge.health.telling import tell_owners
from kmsvc.knowledge.learning.working import learn_all
from kmsvc.operations.failures import for_each, note_failures
from kmsvc.people.sessions.usecases import drop_ended_sessions
from kmsvc.people.system import SYSTEM
from kmsvc.process.definitions.permissions import GO_LIVE
from kmsvc.process.definitions.usecases import due_publications, go_live_when_due
from kmsvc.search.usecases import reconcile
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.standards.packs.making import drop_old, make_packs
from kmsvc.training.certificates.following import follow_asked
from kmsvc.training.courses.assigning import follow_people
from kmsvc.training.exams.queries import NEAR, make_ups_due, opening_within
from kmsvc.training.exams.usecases import offer_make_up, remind, remind_of_make_up
from kmsvc.training.marking.automatic import draw_seconds, due_to_draw
from kmsvc.training.sittings.queries import due_sittings
from kmsvc.training.sittings.usecases import time_out

if TYPE_CHECKING:
    from kmsvc.worker import Worker

log = structlog.get_logger("kmsvc.schedule")
MOST_DUTIES = 20_000
"""made in one transaction; a new year of a large centre takes several, and people write in between"""
SHARE = 0.15
"""of the time, at most, for each piece of work that may wait"""


@dataclass(frozen=True)
class Job:
    """A piece of periodic work: `run(worker)` every `seconds`."""

    name: str
    seconds: int
    run: Callable[[Worker], Any]
    why: str


def unhurried(worker: Worker) -> Pace:
    """For what nobody waits for; a worker that stops rests no longer."""
    return Pace(SHARE, worker.stopping.wait)


def make_due_releases_live(worker: Worker) -> None:
    """Releases whose day has come take effect, one transaction each; one that cannot holds up no other."""
    with worker.db.look(SYSTEM) as work:
        due = due_publications(work)

    def release(publication_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            go_live_when_due(work, publication_id)
    for_each(worker.db, "live", [(f"publication:{one}", partial(release, one)) for one in due], worker.stopping.is_set)


def run_the_duties(worker: Worker) -> None:
    """Who is asked for which certificate, obligations that are missing, and the reminders of the day."""
    more = True
    while more and not worker.stopping.is_set():
        with worker.db.begin(SYSTEM) as work:
            if leases.take(work.session, "duties", worker.owner, seconds=0) is None:  # one at a time, and a dead one holds up nobody
                return
            today = local_date(work.now, worker.settings.timezone)
            follow_asked(work, today)
            done = run_duties(work, today, most=MOST_DUTIES)
            note_failures(work, "duties", done.failed)
        more = done.more


def beat(worker: Worker) -> None:
    """Say that the worker lives; readiness looks at it."""
    with worker.db.begin(SYSTEM) as work:
        work.permit(GO_LIVE)
        leases.take(work.session, "beat", worker.owner, seconds=0)


def anchor_the_chain(worker: Worker) -> None:
    """The head of the audit chain goes to a file outside the database."""
    with worker.db.look(SYSTEM) as work:
        audit.write_anchor(work.session, worker.settings.anchors_file, work.now)
    fault("anchor.after_write")


def tidy_sessions(worker: Worker) -> None:
    """Sessions that ran out are deleted."""
    with worker.db.begin(SYSTEM) as work:
        drop_ended_sessions(work)


def compare_index(worker: Worker) -> None:
    """Index and database are compared and differences marked; many segments are merged."""
    reconcile(worker.db, worker.engine, SYSTEM)
    worker.engine.optimise()


def run_the_bench(worker: Worker) -> None:
    """Saved searches are asked again when something moved and the index has taken it in; at most every few minutes."""
    with worker.db.look(SYSTEM) as work:
        due = is_due(work.session, worker.engine, work.now)
    if due:
        run_bench(worker.db, worker.engine, SYSTEM, Cause.WORKER, worker.settings.timezone, unhurried(worker))


def mind_the_bulletins(worker: Worker) -> None:
    """Bulletins begin and end at their time, one transaction each."""
    with worker.db.look(SYSTEM) as work:
        due = due_bulletins(work.session, work.now)

    def keep(bulletin_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            keep_time(work, bulletin_id)
    for_each(worker.db, "bulletins", [(f"bulletin:{one}", partial(keep, one)) for one in due], worker.stopping.is_set)


def mind_the_sittings(worker: Worker) -> None:
    """Sittings whose time is up are handed in, one transaction each."""
    with worker.db.look(SYSTEM) as work:
        due = due_sittings(work.session, work.now)

    def end(sitting_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            time_out(work, sitting_id)
    for_each(worker.db, "sittings", [(f"sitting:{one}", partial(end, one)) for one in due], worker.stopping.is_set)


def mind_the_marking(worker: Worker) -> None:
    """Exams that are over, with everything marked once: it is drawn what a second person marks."""
    with worker.db.look(SYSTEM) as work:
        due = due_to_draw(work.session, work.now)

    def draw(exam_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            draw_seconds(work, exam_id)
    for_each(worker.db, "marking", [(f"exam:{one}", partial(draw, one)) for one in due], worker.stopping.is_set)


def remind_of_exams(worker: Worker) -> None:
    """Who sits an exam tomorrow is reminded once; papers with questions that count no more are composed anew. Who missed it is put
    into its make-up, and reminded of that."""
    with worker.db.look(SYSTEM) as work:
        near = opening_within(work.session, work.now, NEAR)

    def tell(exam_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            remind(work, exam_id)
    for_each(worker.db, "exams", [(f"exam:{one}", partial(tell, one)) for one in near], worker.stopping.is_set)
    with worker.db.look(SYSTEM) as work:
        late = make_ups_due(work.session, work.now)

    def make_up(exam_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            offer_make_up(work, exam_id)
            remind_of_make_up(work, exam_id)
    for_each(worker.db, "exams", [(f"make_up:{one}", partial(make_up, one)) for one in late], worker.stopping.is_set)


def assign_courses(worker: Worker) -> None:
    """Who came to a unit, post or role meets the courses assigned to it."""
    with worker.db.begin(SYSTEM) as work:
        if leases.take(work.session, "courses", worker.owner, seconds=0) is not None:
            follow_people(work, local_date(work.now, worker.settings.timezone))


def gather_gaps(worker: Worker) -> None:
    """Searches without an answer become gaps, a batch at a time; after a publication the searches of all gaps are replayed."""
    rest = unhurried(worker)
    gather_all(worker.db, worker.engine, SYSTEM, worker.settings.timezone, worker.stopping.is_set, rest)
    with worker.db.look(SYSTEM) as work:
        due = replay_is_due(work.session)
    if due:
        replay_all(worker.db, worker.engine, SYSTEM, worker.settings.timezone, worker.stopping.is_set, rest)


def count_figures(worker: Worker) -> None:
    """How searches ended is judged while it is known who searched, and counted by day."""
    count_all(worker.db, SYSTEM, worker.settings.timezone, worker.stopping.is_set, unhurried(worker))


def tidy_gaps(worker: Worker) -> None:
    """Old searches and who searched are forgotten, the weights counted anew, and every search of a gap replayed."""
    with worker.db.begin(SYSTEM) as work:
        tidy(work, local_date(work.now, worker.settings.timezone))
    replay_all(worker.db, worker.engine, SYSTEM, worker.settings.timezone, worker.stopping.is_set, unhurried(worker))


def forget_walks(worker: Worker) -> None:
    """Who walked a guided flow is forgotten, and later the walk, as of searches."""
    with worker.db.begin(SYSTEM) as work:
        thin_walks(work)


def forget_contacts(worker: Worker) -> None:
    """Numbers of contacts, and who linked, are forgotten after some months; the links stay."""
    with worker.db.begin(SYSTEM) as work:
        forget_numbers(work)


def look_after_articles(worker: Worker) -> None:
    """Signs that articles need somebody are worked out anew, and their owners hear of what is new."""
    zone = worker.settings.timezone
    examine_all(worker.db, SYSTEM, zone, worker.stopping.is_set, unhurried(worker))
    with worker.db.begin(SYSTEM) as work:
        tell_owners(work, local_date(work.now, zone))


def learn_from_use(worker: Worker) -> None:
    """What several people opened for the same words is worked out anew."""
    try:
        learn_all(worker.db, worker.engine, SYSTEM, worker.settings.timezone, unhurried(worker))
    except RuleBroken as refused:
        log.warning("nothing learned now", code=refused.code)


def follow_citations(worker: Worker) -> None:
    """What cites a text whose validity has ended is marked, and what no fact led to; one text at a time."""
    zone = worker.settings.timezone
    with worker.db.look(SYSTEM) as work:
        due = due_texts(work, local_date(work.now, zone))

    def follow(text_kind: str, text_id: int) -> None:
        with worker.db.begin(SYSTEM) as work:
            follow_text(work, text_kind, text_id, today=local_date(work.now, zone))
    for_each(worker.db, "citations", [(f"{kind}:{one}", partial(follow, kind, one)) for kind, one in due], worker.stopping.is_set)


def tidy_hooks(worker: Worker) -> None:
    """What other systems were told long ago leaves the log."""
    with worker.db.begin(SYSTEM) as work:
        tidy_log(work)


def make_ordered_packs(worker: Worker) -> None:
    """Packs of proof that were ordered are made, one at a time."""
    make_packs(worker.db, worker.settings.data_dir, worker.settings.timezone, worker.owner, worker.stopping.is_set)


def drop_old_packs(worker: Worker) -> None:
    """Packs that were kept long enough leave the disk."""
    drop_old(worker.db, worker.settings.data_dir, worker.settings.timezone)


def sweep_files(worker: Worker) -> None:
    """Bytes that no row names go after a day; rows whose bytes are gone are named in the log. Holds no lock meanwhile."""
    with worker.db.look(SYSTEM) as work:
        swept = sweep(work, worker.settings.files_dir)
    if swept.missing:
        log.error("stored files are missing", sha256=swept.missing[:20], count=len(swept.missing))


JOBS = (
    Job("beat", 5, beat, "readiness: red after three missed beats"),
    Job("live", 5, make_due_releases_live, "future effective dates are honoured within seconds of midnight"),
    Job("bulletins", 5, mind_the_bulletins, "a bulletin begins and ends within seconds of its time"),
    Job("sittings", 5, mind_the_sittings, "whoever leaves is handed in when time is up, and marking goes on"),
    Job("duties", 30, run_the_duties, "review dates and reminders; bounded lateness after any clock jump"),
    Job("bench", 20, run_the_bench, "who breaks a saved search is told within minutes"),
    Job("gaps", 20, gather_gaps, "what nobody finds is listed within minutes; a gap closes soon after its answer is published"),
    Job("figures", 60, count_figures, "a search is in the figures a quarter of an hour after it was made; they read no single one"),
    Job("health", 300, look_after_articles, "what goes stale is seen within minutes, and its owner hears of it once"),
    Job("learning", 3600, learn_from_use, "what people choose moves up within the hour, and fades when they stop"),
    Job("citations", 900, follow_citations, "what cites a text that is valid no longer is marked within minutes of midnight"),
    Job("marking", 60, mind_the_marking, "what is marked twice is drawn within a minute of the end of an exam"),
    Job("exams", 60, remind_of_exams, "who sits an exam hears of it a day before, once"),
    Job("courses", 300, assign_courses, "whoever joins hears within minutes which courses to take"),
    Job("packs", 3, make_ordered_packs, "who orders a pack of proof sees it begin at once"),
    Job("anchor", 3600, anchor_the_chain, "the audit chain is provable only to who kept an earlier head"),
    Job("sessions", 600, tidy_sessions, "ended sessions leave the table"),
    Job("files", 6 * 3600, sweep_files, "an upload that ended half-way leaves nothing behind"),
    Job("old_packs", 6 * 3600, drop_old_packs, "packs go when their time is over; the same day gives the same bytes again"),
    Job("tidy_gaps", 24 * 3600, tidy_gaps, "who searched is forgotten in time; what a gap found must still be found"),
    Job("walks", 24 * 3600, forget_walks, "who walked a guided flow is forgotten in time"),
    Job("contacts", 24 * 3600, forget_contacts, "customers' numbers are forgotten in time; what was counted stays"),
    Job("hooks", 24 * 3600, tidy_hooks, "what other systems were told leaves the log after a month"),
    Job("compare", 24 * 3600, compare_index, "an index that drifted heals by itself"),
)


def start_clock(worker: Worker) -> BackgroundScheduler:
    """APScheduler with a memory store, as a clock and nothing more."""
    clock = BackgroundScheduler(timezone="UTC")
    for job in JOBS:
        clock.add_job(_guarded, "interval", args=(worker, job), seconds=job.seconds, id=job.name, max_instances=1,
                      coalesce=True, misfire_grace_time=None)
    clock.start()
    wake(clock)
    return clock


def wake(clock: BackgroundScheduler) -> None:
    """Run every job at once; but the nightly comparison, which no jump of the clock makes urgent."""
    for job in JOBS:
        if job.name != "compare":
            clock.modify_job(job.name, next_run_time=system_clock())


def _guarded(worker: Worker, job: Job) -> None:
    if worker.stopping.is_set() or (worker.paused() and job.name not in ("beat", "anchor")):
        return
    try:
        job.run(worker)
    except Exception as error:
        if is_passing(error):
            log.warning("database away or busy", job=job.name, error=type(error).__name__)
        else:
            log.exception("job failed", job=job.name)
