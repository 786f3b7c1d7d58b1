"""Any number of workers, killed and frozen: each obligation, reminder and mail once. R-J1."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.clock import local_date
from kmsvc.core.events import Delivery, Fact
from kmsvc.notices.models import Mail, Notice
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.process.definitions.usecases import keep_process, new_process, plan_publication, write_version
from kmsvc.standards.duties.models import Obligation
from tests.faults.house import House, until
from tests.faults.story import claims_ran_out, settled
from tests.support.clock import ZONE
from tests.support.figures import full
from tests.support.smtp import FakeSmtp


def add_processes(house: House, count: int, *, owner_id: int) -> None:
    """Processes in force since almost a year, so that each has a review due soon and a reminder to send."""
    with house.db.begin(OPERATOR) as work:
        past = local_date(work.now, ZONE) - timedelta(days=340)
        for number in range(count):
            process = new_process(work, name=f"n{number}", group="quality", klass="business", owner_id=owner_id)
            keep_process(work, process.id, review_months=12)
            version = write_version(work, process, name=process.name, purpose="", body="text", final=True, change_id=None)
            plan_publication(work, process, version, effective_on=past, zone=ZONE, today=past, change_id=None,
                             release_round=None)


def test_r_j1_any_number_of_workers_do_each_thing_once(house: House, smtp: FakeSmtp, record_property: Any) -> None:
    """R-J1: three workers under kill -9 and SIGSTOP; one obligation, one reminder, one notice and one mail for each subject."""
    owner = house.db
    with owner.look(SYSTEM) as work:
        from kmsvc.people.accounts.queries import person_by_login

        person = person_by_login(work.session, "business_owner")
        assert person is not None
    halves = ("worker1", "worker2", "worker3")
    chance, batch, batches = random.Random(7), full(70, short=10), full(10, short=2)
    kills = freezes = 0
    house.start(*halves, wait=False)
    try:
        for _ in range(batches):
            add_processes(house, batch, owner_id=person.id)
            end = time.monotonic() + full(6.0, short=2.5)
            while time.monotonic() < end:
                half = chance.choice(halves)
                if chance.random() < 0.6:
                    house.kill(half)
                    house.start(half, wait=False)
                    kills += 1
                else:
                    house.signal(half, signal.SIGSTOP)
                    time.sleep(chance.uniform(0.5, full(12.0, short=1.5)))
                    house.signal(half, signal.SIGCONT)
                    freezes += 1
                time.sleep(chance.uniform(0.2, 1.0))
    finally:
        for half in halves:
            house.signal(half, signal.SIGCONT)
    for half in halves:  # a last power cut: whatever anybody had in hand is taken up by those who come after
        house.kill(half)
        kills += 1
    house.start(*halves, wait=False)

    def made() -> int:
        with house.db.look(SYSTEM) as work:
            return work.session.scalar(select(func.count()).select_from(Obligation).where(Obligation.subject_kind == "process")) or 0
    until(lambda: made() == batch * batches, 90, "all obligations")
    until(lambda: claims_ran_out(house) and settled(house), 130, "an empty outbox")
    with house.db.look(SYSTEM) as work:
        session = work.session
        assert session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state != "done")) == 0
        reviews = set(session.scalars(select(Obligation.id).where(Obligation.subject_kind == "process")))
        told = Counter(fact.payload["obligation_id"] for fact in session.scalars(
            select(Fact).where(Fact.kind == "standards.duty.reminder_due")) if fact.payload["obligation_id"] in reviews)
        assert set(told.values()) == {1} and len(told) == batch * batches
        for kind in (Notice, Mail):
            rows = session.scalar(select(func.count()).select_from(kind).where(kind.kind == "process.review.due"))
            assert rows == batch * batches, kind
    sent = Counter(mail.message_id for mail in smtp.taken if "review due" in str(mail.message["Subject"]).lower())
    assert len(sent) == batch * batches
    record_property("kills", kills)
    record_property("freezes", freezes)
    record_property("mail twice on the wire", sum(sent.values()) - len(sent))
    assert sum(sent.values()) - len(sent) <= kills + freezes
