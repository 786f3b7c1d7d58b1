"""The one background process: delivers facts, sends mail, tells other systems, writes the index, and lets a clock start periodic work.

Any number may run: a delivery is done in the transaction of its effect, mail is claimed for a moment, the index has a
lease. APScheduler is only the clock (decision 0005)."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from kmsvc.core import leases
from kmsvc.core.clock import StepWatch
from kmsvc.core.events import Delivery, Event, Fact
from kmsvc.core.faults import fault
from kmsvc.core.work import Database, is_passing
from kmsvc.hooks.sending import Sender
from kmsvc.notices.mailer import ServerAway, send_waiting
from kmsvc.operations.permissions import DELIVER
from kmsvc.operations.usecases import pull_in
from kmsvc.people.system import SYSTEM
from kmsvc.reactions import BY_NAME, FACTS, Surroundings
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import IndexUnusable, SearchFailure
from kmsvc.search.usecases import rebuild, take_in
from kmsvc.settings import Settings

log = structlog.get_logger("kmsvc.worker")

IDLE_S = 0.08
BREATH_S = 0.004
MOST_TRIES = 12
LEASE_S = 5  # only keeps several workers apart: the folder of the index has locks that die with their process
STEP_S = 2.0
STOP_S = 7.0


def pause_after(tries: int) -> timedelta:
    """How long a failed delivery waits: 1 s doubling to an hour, with jitter."""
    return timedelta(seconds=min(2 ** tries, 3600) * random.uniform(0.7, 1.3))


class UnknownHere(Exception):
    """A delivery names a fact or a reaction this release does not know; another release wrote it."""


def deliver_one(db: Database, around: Surroundings, delivery_id: int) -> bool:
    """Run one (fact, reaction) pair in its own transaction; the done mark is committed with the effect.

    UnknownHere where this release cannot do it: such a pair is never passed over as if it were done.
    """
    with db.begin(SYSTEM) as work:
        work.permit(DELIVER)
        row = work.session.get(Delivery, delivery_id, with_for_update={"skip_locked": True})
        if row is None or row.state != "pending":
            return False
        fact_row = work.get(Fact, row.fact_id)
        reaction, kind = BY_NAME.get(row.reaction), FACTS.get(fact_row.kind)
        if reaction is None or kind is None:
            raise UnknownHere(f"this release knows no {'reaction ' + row.reaction if reaction is None else 'fact ' + fact_row.kind}")
        work.now = max(work.now, fact_row.at)
        fact: Event = kind.from_payload(fact_row.payload)
        reaction(work, fact, replace(around, at=fact_row.at))
        row.state, row.done_at, row.tries, row.error = "done", work.now, row.tries + 1, None
        fault("reaction.after_effect")
    return True


def note_failure(db: Database, delivery_id: int, error: BaseException) -> None:
    """Keep why a delivery failed, and when it is tried again; after the last try it waits for a person."""
    with db.begin(SYSTEM) as work:
        work.permit(DELIVER)
        row = work.session.get(Delivery, delivery_id, with_for_update=True)
        if row is None or row.state != "pending":
            return
        row.tries += 1
        row.error = f"{type(error).__name__}: {error}"[:500]
        row.next_at = work.now + pause_after(row.tries)
        if row.tries >= MOST_TRIES:
            row.state = "dead"


def never() -> bool:
    """Do not stop."""
    return False


def deliver_due(db: Database, around: Surroundings, *, limit: int = 100, stopping: Callable[[], bool] = never,
                pause_s: float = 0.0) -> int:
    """Deliver what is due, oldest first; a failing pair does not hold up the others. Returns how many ran.

    pause_s: left free after each, so that people's writing need not wait for the whole row.
    """
    with db.look(SYSTEM) as work:
        due = list(work.session.scalars(select(Delivery.id).where(
            Delivery.state == "pending", Delivery.next_at <= work.now).order_by(Delivery.id).limit(limit)))
    done = 0
    for delivery_id in due:
        if stopping():
            break
        time.sleep(pause_s)
        try:
            done += deliver_one(db, around, delivery_id)
        except Exception as error:
            if is_passing(error):
                raise
            log.exception("reaction failed", delivery=delivery_id)
            note_failure(db, delivery_id, error)
            done += 1
    return done


def drain(db: Database, around: Surroundings, engine: SearchEngine | None = None) -> None:
    """Deliver everything there is, and bring the index level: what stories, tests and commands wait for."""
    while deliver_due(db, around):
        pass
    if engine is not None:
        take_in_all(db, engine)


def take_in_all(db: Database, engine: SearchEngine) -> None:
    """Bring the index level; a missing index is built first."""
    try:
        while take_in(db, engine, SYSTEM):
            pass
    except IndexUnusable:
        rebuild(db, engine, SYSTEM)
        while take_in(db, engine, SYSTEM):
            pass


class Worker:
    """The loops of one worker process: a drain, an index writer, a mailer, and the clock."""

    def __init__(self, db: Database, settings: Settings, engine: SearchEngine) -> None:
        self.db, self.settings, self.engine = db, settings, engine
        self.around = Surroundings(settings.timezone, settings.base_url)
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{random.getrandbits(24):x}"[:64]
        self.stopping = threading.Event()
        self.threads: list[threading.Thread] = []
        self.sender = Sender(db, settings, self.stopping.is_set)

    def paused(self) -> bool:
        """Whether a restore asked for quiet: no mail, no scheduled work until `--resume`."""
        return self.settings.paused_file.exists()

    def _loop(self, name: str, body: Callable[[], int], idle_s: float) -> None:
        wait = idle_s
        while not self.stopping.is_set():
            busy = 0
            try:
                busy = body()
                wait = idle_s
            except ServerAway as error:
                log.warning("mail server away", reason=str(error))
                wait = min(max(wait * 2, 2.0), 20.0)
            except Exception as error:
                if is_passing(error):
                    log.warning("database away or busy", loop=name, error=type(error).__name__)
                else:
                    log.exception("worker loop failed", loop=name)
                wait = min(max(wait * 2, 0.2), 2.0)
            if not busy:
                self.stopping.wait(wait)

    def _deliver(self) -> int:
        return deliver_due(self.db, self.around, stopping=self.stopping.is_set, pause_s=BREATH_S)

    def _index(self) -> int:
        from kmsvc.search.models import DirtyMark

        with self.db.look(SYSTEM) as work:
            waiting = work.session.scalar(select(DirtyMark.id).limit(1))
        built = self.engine.is_of_our_making()
        if waiting is None and built:
            return 0
        with self.db.begin(SYSTEM) as work:
            work.permit(DELIVER)
            if leases.take(work.session, "index", self.owner, seconds=LEASE_S) is None:
                return 0
        try:
            return take_in(self.db, self.engine, SYSTEM) if built else rebuild(self.db, self.engine, SYSTEM)
        except IndexUnusable:
            log.warning("index unusable, building it anew")
            return rebuild(self.db, self.engine, SYSTEM)
        except SearchFailure as error:
            log.warning("index not written", error=str(error))
            self.stopping.wait(1.0)
            return 0

    def _mail(self) -> int:
        return 0 if self.paused() else send_waiting(self.db, self.settings, stopping=self.stopping.is_set)

    def _hooks(self) -> int:
        return 0 if self.paused() else self.sender.step()

    def _warm(self) -> None:
        with suppress(SearchFailure):
            self.engine.warm_writer()

    def start(self) -> None:
        """Start the loops and the clock."""
        from kmsvc.schedule import start_clock

        threading.Thread(target=self._warm, name="kmsvc-warm", daemon=True).start()
        loops = (("deliver", self._deliver, IDLE_S), ("index", self._index, IDLE_S), ("mail", self._mail, 0.5),
                 ("hooks", self._hooks, 0.5))
        for name, body, idle_s in loops:
            thread = threading.Thread(target=self._loop, args=(name, body, idle_s), name=f"kmsvc-{name}", daemon=True)
            thread.start()
            self.threads.append(thread)
        self.clock = start_clock(self)
        log.info("worker runs", owner=self.owner)

    def stop(self) -> None:
        """Let each loop end its present piece of work, then stop; 7 s at most."""
        self.stopping.set()
        self.clock.shutdown(wait=False)
        until = time.monotonic() + STOP_S
        for thread in self.threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))
        self.sender.close()
        self._sign_off()
        log.info("worker ended", owner=self.owner)

    def _sign_off(self) -> None:
        """A polite end is no silence: whoever looks at the beat sees that no worker runs, not that one died."""
        try:
            with self.db.begin(SYSTEM) as work:
                work.permit(DELIVER)
                work.session.execute(delete(leases.Lease).where(leases.Lease.owner == self.owner))
        except DBAPIError as error:
            log.warning("could not sign off", error=type(error).__name__)

    def mind_the_clock(self, watch: StepWatch) -> None:
        """When the wall clock was set or the machine slept: look at everything now, and pull in what would wait too long."""
        from kmsvc.schedule import wake

        step = watch.step()
        if abs(step) < STEP_S:
            return
        log.warning("the clock was moved", seconds=round(step, 1))
        wake(self.clock)
        if step < 0:
            with self.db.begin(SYSTEM) as work:
                pull_in(work)

    def run(self) -> None:
        """Run until SIGTERM or SIGINT (twice: at once)."""
        def end(*args: object) -> None:
            if self.stopping.is_set():
                os._exit(1)
            self.stopping.set()
        signal.signal(signal.SIGTERM, end)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, end)
        watch = StepWatch(self.db.clock)
        self.start()
        while not self.stopping.wait(0.5):
            try:
                self.mind_the_clock(watch)
            except DBAPIError as error:
                log.warning("the moved clock could not be minded", error=type(error).__name__)
        self.stop()
