"""Gaps of the demo: gathered from its searches as the worker does it; some reported, assigned, being written, joined, dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine, select

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.work import Database
from kmsvc.core.workdays import workdays_after
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.gaps import usecases
from kmsvc.knowledge.gaps.gathering import gather_all
from kmsvc.knowledge.gaps.models import Gap, GapQuery
from kmsvc.knowledge.gaps.reporting import report
from kmsvc.people.accounts.queries import actor_of, person_by_login
from kmsvc.people.roles import Role
from kmsvc.people.system import SYSTEM
from kmsvc.reactions import Surroundings
from kmsvc.search.engine import SearchEngine
from kmsvc.worker import deliver_due

REPORTED = ("合并开票", "旧手机换新机怎么估价")
ASSIGNED, WRITTEN, JOINED, DISMISSED = "合并开票", "旧手机换新机怎么估价", ("发票一次开几张", "合并开票"), "xfjf"
TEXT = """## 怎么估价

按机型、成色和存储容量三项估价，以门店当面检测为准。

## 待补

线上估价的有效天数，等终端部确认。
"""


def find_gaps(engine: Engine, search: SearchEngine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime) -> None:
    """Gather what the demo searched in vain, and let its people deal with some of it."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    gather_all(db, search, SYSTEM, zone)
    for query in REPORTED:
        report(db, search, actor_with(db, sign_ins[Role.AGENT]), query, zone)
    _deal(db, sign_ins[Role.KNOWLEDGE_EDITOR], zone)
    deliver_all(db, zone, base_url)


def deliver_all(db: Database, zone: str, base_url: str) -> None:
    """Let everything follow that was recorded."""
    while deliver_due(db, Surroundings(zone, base_url), limit=500):
        continue


def actor_with(db: Database, login: str) -> Actor:
    """The person behind a login, as acting party with a fresh sign-in."""
    with db.look(SYSTEM) as work:
        person = person_by_login(work.session, login)
        assert person is not None, login
        return actor_of(work.session, person, login=login, via="cookie", fresh=True)


def _deal(db: Database, editor: str, zone: str) -> None:
    actor = actor_with(db, editor)
    with db.begin(actor) as work:
        today = local_date(work.now, zone)
        of = {row.query: row.gap_id for row in work.session.execute(select(GapQuery.query, GapQuery.gap_id))}
        assert actor.person_id is not None
        if ASSIGNED in of:
            usecases.assign_gap(work, of[ASSIGNED], owner_id=actor.person_id, due_on=workdays_after(today, 6), today=today)
        if JOINED[0] in of and JOINED[1] in of and of[JOINED[0]] != of[JOINED[1]]:
            usecases.merge_gap(work, of[JOINED[0]], into=work.get(Gap, of[JOINED[1]]).number, today=today)
        if WRITTEN in of:
            usecases.draft_answer(work, of[WRITTEN], title="旧手机以旧换新怎么估价", body=TEXT)
        if DISMISSED in of:
            usecases.dismiss_gap(work, of[DISMISSED], reason="输入法误打的字母，不是问题。")

