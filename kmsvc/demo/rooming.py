"""An auditor's room of the demo: open since some days, one guest inside, a sample with marks, two requests, one of them answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.demo.asking import Told
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.system import SYSTEM
from kmsvc.standards.rooms import usecases, visiting
from kmsvc.standards.rooms.entering import use_link
from kmsvc.standards.rooms.rules import LookKind, RoomFinding

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

TITLE, GUEST, EMAIL = "%s年度CC-CMM复审", "陆安", "luan@audit.example"
CLAUSE, SEED, SIZE = "42", "4711", 8
FOUND = (RoomFinding.VERIFIED, RoomFinding.VERIFIED, RoomFinding.VERIFIED, RoomFinding.DOUBT)
ASKED = "请补充这个流程本年度的评审记录，或说明没有评审的原因。"
ALSO, ANSWER = "请说明培训记录与版本生效日的先后关系。", "版本生效前三天完成培训，签到和考试记录在培训计划里，编号已列在备注。"


def roomed(stage: Stage, password_hash: str) -> Iterator[tuple[datetime, Told]]:
    """The room is opened three days ago by whoever keeps the standards; the auditor comes a day later and works, one answer is given."""
    keeper = next(login for login, person in stage.cast.items() if "compliance" in person.role_names)
    day, zone = stage.today, stage.zone
    held: dict[str, Any] = {}

    def begin(now: datetime) -> None:
        on = day - timedelta(days=3)
        with stage.db.begin(stage.actor(keeper), now) as work:
            room = usecases.open_room(
                work, title=TITLE % day.year, model="cc-cmm-oc-2017", year=day.year, clauses=[], as_of=None, from_on=on,
                until_on=day + timedelta(days=11), keeper_id=None, today=on)
            guest, held["link"] = usecases.invite(work, room.id, name=GUEST, email=EMAIL, language=None, zone=zone, today=on)
            held["room"], held["person"] = room, guest.person_id
    yield stage.at(3, 10), begin

    def come(now: datetime) -> None:
        on, room = day - timedelta(days=2), held["room"]
        with stage.db.look(SYSTEM, now) as work:
            person = work.get(Person, held["person"])
            actor = actor_of(work.session, person, login=person.login, via="cookie")
        with stage.db.begin(actor, now) as work:
            use_link(work, held["link"], password_hash)
            for what, clause in ((LookKind.ROOM, None), (LookKind.CLAUSE, CLAUSE)):
                visiting.note_look(work, room, what, clause=clause, as_of=on)
            sample = visiting.draw(work, room.id, clause=CLAUSE, size=SIZE, seed=SEED, as_of=on, zone=zone, today=on)
            for row, found in zip(sample.rows, FOUND, strict=False):
                visiting.mark(work, room.id, clause=CLAUSE, thing=row["key"], finding=found.value,
                              title=f"{row['number']} {row['title']}", today=on)
            last = sample.rows[-1]
            visiting.ask(work, room.id, clause=CLAUSE, thing=last["key"], thing_title=f"{last['number']} {last['title']}", text=ASKED,
                         today=on)
            held["also"] = visiting.ask(work, room.id, clause="67", thing="", thing_title="", text=ALSO, today=on).id
    yield stage.at(2, 14), come

    def answer(now: datetime) -> None:
        with stage.db.begin(stage.actor(keeper), now) as work:
            visiting.move_request(work, held["also"], "answer", text=ANSWER, today=day - timedelta(days=1))
    yield stage.at(1, 16), answer
