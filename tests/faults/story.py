"""One change request as far as its first release, told by clients that insist; and what must be true of it afterwards."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select, text, update

from kmsvc.core import audit
from kmsvc.core.events import Delivery
from kmsvc.knowledge.articles.models import Article
from kmsvc.notices.mailer import CLAIM
from kmsvc.notices.models import Mail
from kmsvc.people.system import SYSTEM
from kmsvc.process.definitions.models import Publication
from tests.faults.house import PEOPLE, House, until
from tests.support.smtp import FakeSmtp
from tests.support.walker import Walk, walk

WORD = "雪松四十七"


def submit(house: House, title: str = "夜间回访", who: str = "team_leader") -> int:
    """A request for a new process; returns its id."""
    status, body = house.insist(who, "POST", "/api/v1/process/changes", {
        "title": title, "reason": "客户常在夜里来电。",
        "new_process": {"name": title, "group": "external", "class": "business"}})
    assert status == 201, body
    return int(body["id"])


def release(house: House, change_id: int) -> Walk:
    """Take a request on until its first release is done: steps one to eight."""
    way = walk(house.insist, change_id, PEOPLE, texts={"body": f"# 夜间回访\n\n先说暗号{WORD}，再问需求。"},
               until=lambda change: change["step"]["number"] > 8)
    assert way.change["step"]["number"] == 9, way.done
    return way


def publish_article(house: House, title: str, body: str = f"Zuerst {WORD} sagen.") -> int:
    """A published article; returns its id."""
    status, made = house.insist("knowledge_editor", "POST", "/api/v1/knowledge/articles",
                                {"title": title, "body": body, "publish": True})
    assert status == 201, made
    return int(made["id"])


def found(house: House, word: str = WORD, who: str = "agent") -> list[dict[str, Any]]:
    """What an agent finds."""
    status, body = house.insist(who, "GET", f"/api/v1/search?q={word}")
    assert status == 200, body
    return list(body["items"])


def settled(house: House) -> bool:
    """Whether the outbox is empty."""
    with house.db.look(SYSTEM) as work:
        waiting = work.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "pending"))
        marks = work.session.scalar(text("SELECT count(*) FROM search_dirty"))
        mail = work.session.scalar(select(func.count()).select_from(Mail).where(Mail.state == "waiting"))
    return not waiting and not marks and (not mail or not house.settings.smtp_url)


def claims_ran_out(house: House) -> bool:
    """What a minute and a half of waiting does: the claims of mailers that died before the present workers began end."""
    began = min(at for half, at in house.began.items() if half not in ("web", "serve"))
    with house.db.begin(SYSTEM) as work:
        work.session.execute(update(Mail).where(Mail.claimed_until < began + CLAIM).values(claimed_until=work.now - CLAIM))
    return True


def check_told_once(house: House, way: Walk, smtp: FakeSmtp | None = None, *, crashes_of_mailer: int = 0) -> None:
    """Every verb that was answered happened once, every consequence once, and the audit trail is whole."""
    until(lambda: settled(house), what="an empty outbox")
    with house.db.look(SYSTEM) as work:
        session = work.session
        assert session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state != "done")) == 0
        steps = Counter(verb for _, verb, _ in way.done)
        told = Counter(one["verb"] for one in house.insist("process_manager", "GET",
                                                           f"/api/v1/process/changes/{way.change['id']}")[1]["history"])
        assert {verb: told[verb] for verb in steps if verb in told} == {verb: n for verb, n in steps.items() if verb in told}
        assert session.scalar(select(func.count()).select_from(Article).where(Article.process_id.is_not(None))) == 1
        releases = session.scalars(select(Publication).where(Publication.change_id == way.change["id"])).all()
        assert [one.release_round for one in releases] == [1] and releases[0].done_at is not None
        verdict = audit.verify(session, audit.read_anchors(house.settings.anchors_file))
        assert verdict.ok, verdict
        mails = session.scalars(select(Mail)).all()
    if smtp is not None:
        assert mails and {mail.state for mail in mails} <= {"sent", "dropped"}
        ids = Counter(mail.message_id for mail in smtp.taken)
        assert len(ids) == sum(mail.state == "sent" for mail in mails)
        assert sum(ids.values()) - len(ids) <= crashes_of_mailer
