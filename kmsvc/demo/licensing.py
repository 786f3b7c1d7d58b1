"""Who may write in the demo: templates, licences, what was handed in over the last months, and two articles that become one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_, select

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.work import Database, Work
from kmsvc.demo.content import templates as told
from kmsvc.demo.gaps import actor_with, deliver_all
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.articles.models import ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, write_article
from kmsvc.knowledge.articles.versions import blocks_of
from kmsvc.knowledge.licences.rules import Level
from kmsvc.knowledge.licences.usecases import grant
from kmsvc.knowledge.proposals import usecases as proposals
from kmsvc.knowledge.relations.aligning import align
from kmsvc.knowledge.reshapes.usecases import compose, plan_merge
from kmsvc.knowledge.reshapes.weaving import woven
from kmsvc.knowledge.templates.usecases import add_template
from kmsvc.notices.models import Notice
from kmsvc.notices.usecases import mark_read
from kmsvc.people.accounts.directory import directory
from kmsvc.people.roles import Role


def license_writers(engine: Engine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime) -> None:
    """Let editors keep templates and grant licences, and agents hand in what they know. All of it is played today, so that no clock
    goes back; what is older says so itself."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    today = local_date(now, zone)
    editor, agent = actor_with(db, sign_ins[Role.KNOWLEDGE_EDITOR]), actor_with(db, sign_ins[Role.AGENT])
    assert agent.person_id is not None
    start = now - timedelta(days=95)
    with db.begin(editor) as work:
        for one in told.TEMPLATES:
            add_template(work, one)
        grant(work, agent.person_id, Level.CANDIDATE, reason="跟班三个月，写过两次培训小结，表达清楚。",
              today=today).granted_at = start
        for other, level in zip(_others(work, agent), (Level.CANDIDATE, Level.PUBLISHER), strict=False):
            grant(work, other, level, reason="班组推荐，试写三篇合格。", today=today,
                  valid_until=today + timedelta(days=21 if level == Level.CANDIDATE else 270)).granted_at = start
    for ago, title, body, why, came in told.HANDED_IN:
        with db.begin(agent) as work:
            row = proposals.propose_article(work, Content(title=title, body=body), note=why, today=today - timedelta(days=ago))
            row.sent_at = now - timedelta(days=ago)
        with db.begin(editor) as work:
            if came == "returned":
                row = proposals.send_back(work, row.id, answer=told.RETURNED, today=today)
            else:
                row = proposals.publish(work, row.id, today=today, body=told.WORDED[1] if came == "worded" else None)
            row.decided_at = now - timedelta(days=ago - 1)
    with db.begin(editor) as work:
        grant(work, agent.person_id, Level.CONTRIBUTOR, reason="七篇中五篇原样发布，一篇退回已说明；可以改小错。",
              today=today).granted_at = now - timedelta(days=9)
    deliver_all(db, zone, base_url)
    for actor in (editor, agent):
        _read_old(db, actor)
    _in_hand(db, editor, agent, now, zone)
    _merge(db, editor)
    deliver_all(db, zone, base_url)


def _read_old(db: Database, actor: Actor) -> None:
    """Whoever was told of licences and proposals has read it by now."""
    with db.begin(actor) as work:
        for one in work.session.scalars(select(Notice.id).where(
                Notice.person_id == actor.person_id, Notice.read_at.is_(None),
                or_(Notice.kind.startswith("knowledge.proposal."), Notice.kind.startswith("knowledge.licence."))).order_by(Notice.id)):
            mark_read(work, one)


def _others(work: Work, agent: Actor) -> list[int]:
    """Two more agents, always the same."""
    return [one.id for one in directory(work.session).holders(Role.AGENT) if one.id != agent.person_id][:2]


def _in_hand(db: Database, editor: Actor, agent: Actor, now: datetime, zone: str) -> None:
    """What waits for a publisher today: an article, a correction with a figure, a small one that is in force already."""
    today = local_date(now, zone)
    title, body, note = told.WAITING
    with db.begin(agent) as work:
        proposals.propose_article(work, Content(title=title, body=body), note=note, today=today)
    for words, at_once in (((*told.TYPO, "错别字"), True), (told.FIGURE, False)):
        title, body, old, new, note = words
        with db.begin(editor) as work:
            article = write_article(work, Content(title=title, body=body), publish=True)
            base = article.published_version_id or 0
        with db.begin(agent) as work:
            proposals.propose_correction(work, article.id, base_version_id=base, title=title, summary="", note=note, today=today,
                                         body=body.replace(old, new), at_once=at_once)


def _merge(db: Database, editor: Actor) -> None:
    """Two texts that say nearly the same, side by side; their new text waits to be published."""
    with db.begin(editor) as work:
        stays, gone = (write_article(work, Content(title=title, body=body), publish=True) for title, body in told.ALIKE)
        row = plan_merge(work, stays.id, [gone.id], reason="两篇说的是同一件事，客户搜到哪篇都应看到全部。")
        mine, theirs = (blocks_of(work.actor, work.get(ArticleVersion, one.published_version_id)) for one in (stays, gone))
        picks: list[tuple[int, str]] = []
        for slot in woven(mine, [(gone.id, align(mine, theirs))]):
            picks += [(stays.id, slot.mine.id)] if slot.mine is not None else []
            picks += [(one.article_id, one.block.id) for one in slot.theirs if one.alone]
        compose(work, row.id, picks)
