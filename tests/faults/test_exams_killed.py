"""kill -9 of the whole server while people sit an exam. R-E4."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.audit import verify
from kmsvc.core.clock import system_clock
from kmsvc.people.accounts.usecases import add_account
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.training.sittings.models import Answer, Sitting, SittingItem
from tests.faults.house import DOWN, House
from tests.support.centre import Centre, password_hash
from tests.support.clock import MovableClock
from tests.support.figures import full
from tests.training.sittings.exams import SHORT, TRUE_FALSE, make_exam

PLACES = 6


class Candidates:
    """People who answer as browsers do: each answer under its number, sent again until it is acknowledged."""

    def __init__(self, house: House, logins: list[str], exam: int) -> None:
        self.house, self.exam = house, exam
        self.acknowledged: dict[str, dict[tuple[int, int], Any]] = {login: {} for login in logins}
        self.sent: dict[str, dict[tuple[int, int], Any]] = {login: {} for login in logins}
        self.sittings: dict[str, int] = {}
        self.statuses: Counter[int] = Counter()
        self.over = threading.Event()
        for login in logins:
            house.token(login)
        self.threads = [threading.Thread(target=self._sit, args=(login,), daemon=True) for login in logins]

    def _ask(self, login: str, path: str, body: Any) -> Any:
        while not self.over.is_set():
            try:
                answer = self.house.request(login, "POST", f"/api/v1/training/sittings{path}", body, timeout=30)
            except DOWN:
                time.sleep(0.05)
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code in (200, 201):
                return answer.json()
            time.sleep(0.1)
        return None

    def _sit(self, login: str) -> None:
        begun = self._ask(login, "", {"exam_id": self.exam})
        if begun is None:
            return
        self.sittings[login], number = begun["id"], 0
        while not self.over.is_set():
            number += 1
            place = 1 + number % PLACES
            value = bool(number % 2) if place <= PLACES // 2 else f"{login} {number}"
            self.sent[login][place, number] = value
            found = self._ask(login, f"/{begun['id']}/answers", {
                "device": "d", "answers": [{"place": place, "number": number, "answer": value}]})
            if found is not None:
                assert found["saved"][0]["became"] in ("store", "again"), found
                self.acknowledged[login][place, number] = value
            time.sleep(0.02)

    @contextmanager
    def sitting(self) -> Iterator[None]:
        """They answer as long as this lasts."""
        for one in self.threads:
            one.start()
        try:
            yield
        finally:
            self.over.set()
            for one in self.threads:
                one.join(35)


def check_nothing_lost(house: House, people: Candidates) -> int:
    """Every acknowledged answer is there as it was sent, nothing is there that nobody sent, and one sitting for each person."""
    with house.db.look(SYSTEM) as work:
        rows = list(work.session.execute(select(Sitting.person_id, Sitting.id)))
        assert len({person for person, _ in rows}) == len(rows), "one sitting a person, however often the begin was sent"
        kept: dict[int, dict[tuple[int, int], Any]] = {one: {} for _, one in rows}
        for sitting, place, number, value in work.session.execute(select(
                Answer.sitting_id, SittingItem.place, Answer.number, Answer.value).join(SittingItem, SittingItem.id == Answer.item_id)):
            kept[sitting][place, number] = value["answer"]
        assert verify(work.session).ok
    for login, sitting in people.sittings.items():
        lost = [one for one, value in people.acknowledged[login].items() if kept[sitting].get(one) != value]
        assert lost == [], (login, lost)
        assert set(kept[sitting]) <= set(people.sent[login])
    return sum(map(len, kept.values()))


@pytest.mark.timeout(full(2400, short=300))
def test_r_e4_a_killed_server_loses_no_acknowledged_answer(house: House, record_property: Any) -> None:
    """R-E4: kill -9 of web and worker together, again and again, while people sit an exam."""
    logins = [f"candidate{number}" for number in range(full(50, short=6))]
    with house.db.begin(OPERATOR) as work:
        for login in logins:
            add_account(work, login=login, name=login, roles=["agent"], unit_code="TEAM-A", email=f"{login}@centre.test",
                        language="en", password_hash=password_hash())
    world = Centre(house.db, house.settings, MovableClock(system_clock()), None)  # type: ignore[arg-type]
    exam = make_exam(world, people=logins, questions=(TRUE_FALSE,) * (PLACES // 2) + (SHORT,) * (PLACES // 2), minutes=240)
    people = Candidates(house, logins, exam)
    house.start("serve")
    with people.sitting():
        for _ in range(full(50, short=2)):
            time.sleep(1.0)
            house.kill("serve")
            house.start("serve")
        time.sleep(1.0)
    rows = check_nothing_lost(house, people)
    acknowledged = sum(map(len, people.acknowledged.values()))
    record_property("acknowledged", acknowledged)
    record_property("stored, never acknowledged", rows - acknowledged)
    assert len(people.sittings) == len(logins)
    assert acknowledged > len(logins)
    assert set(people.statuses) <= {200, 201, 503}, people.statuses
