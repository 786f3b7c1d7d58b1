"""Contacts of the demo: what agents linked after their searches in the last weeks, and two process alignment reviews of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, insert, select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Database
from kmsvc.demo.gaps import actor_with, deliver_all
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.alignment import usecases
from kmsvc.knowledge.alignment.models import AlignmentItem
from kmsvc.knowledge.alignment.rules import known
from kmsvc.knowledge.alignment.usecases import Draw
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.contacts.models import Contact, ContactLink
from kmsvc.knowledge.contacts.usecases import check_link
from kmsvc.people.accounts.directory import directory
from kmsvc.people.roles import Role
from kmsvc.people.system import SYSTEM
from kmsvc.search.models import SearchEvent

WEEKS = 12
SHARE = 0.3
NUMBERED = 0.7
CHECKED = 12
WRONG = "客户问的是异地办理，这篇只讲本地。"
NOTES = {"no": "客户要的是到账时间，关联的却是受理条件；下次先看完整问题再选。", "missed": "没找到时可以按0登记缺口，让编辑补上。"}
SAID = ("多数联络先搜后答，关联大体准确。搜不到时很少登记缺口。", "一、搜不到时按0登记；二、两周后再看五次联络。")


def coach_contacts(engine: Engine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime, seed: int) -> None:
    """Link what was opened from searches to contacts, say of some links whether they are right, hold the reviews."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    _link(db, now, random.Random(f"contacts {seed}"))
    _check(db, sign_ins[Role.QA_INSPECTOR])
    today = local_date(now, zone)
    _review(db, sign_ins[Role.QA_INSPECTOR], today, zone, signed=True)
    _review(db, sign_ins[Role.TEAM_LEADER], today, zone, signed=False)
    deliver_all(db, zone, base_url)


def _link(db: Database, now: datetime, rng: random.Random) -> None:
    """A log like that of searches, so inserted together."""
    event = SearchEvent.__table__.c
    with db.begin(SYSTEM) as work:
        shown = {row.id: row.published_version_id for row in work.session.execute(
            select(Article.id, Article.published_version_id).where(Article.published_version_id.is_not(None)))}
        opened = work.session.execute(select(
            event.id, event.at, event.query, event.person_id, event.unit_id, event.opened_id).where(
            event.opened_kind == "article", event.person_id.is_not(None), event.at >= now - timedelta(weeks=WEEKS)).order_by(
            event.id)).all()
        first = (work.session.scalar(select(func.max(Contact.id))) or 0) + 1
        contacts: list[dict[str, Any]] = []
        links: list[dict[str, Any]] = []
        for one in opened:
            if one.opened_id not in shown or rng.random() > SHARE:
                continue
            at = min(one.at + timedelta(seconds=rng.randint(20, 240)), now)
            number = f"KF{at:%y%m%d}{rng.randint(1000, 9999)}" if rng.random() < NUMBERED else None
            contacts.append({"id": first + len(contacts), "number": number, "began_at": at, "last_at": at, "erased_at": None})
            links.append({"contact_id": contacts[-1]["id"], "kind": "article", "ref_id": one.opened_id, "at": at,
                          "version_id": shown[one.opened_id], "person_id": one.person_id, "unit_id": one.unit_id, "query": one.query,
                          "search_id": one.id, "searched_at": one.at, "withdrawn_at": None})
        if links:
            work.session.execute(insert(Contact), contacts)
            work.session.execute(insert(ContactLink), links)


def _check(db: Database, login: str) -> None:
    with db.look(SYSTEM) as work:
        newest = list(work.session.scalars(select(ContactLink.id).order_by(ContactLink.id.desc()).limit(CHECKED)))
    for place, link_id in enumerate(newest):
        with db.begin(actor_with(db, login)) as work:
            check_link(work, link_id, accurate=place % 5 != 0, note=None if place % 5 else WRONG)


def _review(db: Database, login: str, today: Any, zone: str, *, signed: bool) -> None:
    coach = actor_with(db, login)
    begins, ends = today - timedelta(days=20), today - timedelta(days=1)
    with db.look(SYSTEM) as work:
        unit = directory(work.session).holders(Role.AGENT)[0].unit_id if signed else coach.unit_id
    with db.begin(coach) as work:
        row = usecases.draw_contacts(work, Draw(begins, ends, 8 if signed else 5, unit_id=unit, seed="pa1"), today=today, zone=zone)
        items = usecases.items_of(work, row.id)
    for item in items if signed else items[:2]:
        _judge(db, coach, row.id, item)
    if signed:
        with db.begin(coach) as work:
            usecases.sign_alignment(work, row.id, conclusion=SAID[0], agreed=SAID[1])


def _judge(db: Database, coach: Any, alignment_id: int, item: AlignmentItem) -> None:
    answers = {name: answer or ("yes" if name == "accurate" else "na") for name, answer in known(item.facts).items()}
    note = NOTES["no"] if answers["accurate"] == "no" else None
    if not item.facts["links"] and not any(one["kind"] for one in item.facts["searches"]):
        answers["improved"], note = "no", NOTES["missed"]
    with db.begin(coach) as work:
        usecases.judge_contact(work, alignment_id, item.id, answers, note=note)
