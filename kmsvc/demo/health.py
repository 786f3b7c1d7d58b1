"""The health of the demo's articles: most signs come by themselves, the rest is planted; then the worker's look, and owners are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, insert, select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Database, Work
from kmsvc.demo.gaps import actor_with, deliver_all
from kmsvc.demo.play import TOLD
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.usecases import Content, edit_article, keep_article
from kmsvc.knowledge.feedback.usecases import Said, send_feedback
from kmsvc.knowledge.gaps.models import Gap, GapQuery
from kmsvc.knowledge.gaps.usecases import name_answer
from kmsvc.knowledge.health.examining import examine_all
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH
from kmsvc.knowledge.health.sources import sources
from kmsvc.knowledge.health.telling import tell_owners
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.models import Account
from kmsvc.people.roles import Role
from kmsvc.people.system import SYSTEM
from kmsvc.search.models import SearchEvent

SEARCHED = (("宽带移机", "宽带移机 要多久"), ("移机费用", "搬家 宽带 多少钱"), ("宽带移机", "移机 同城"))
ROUNDS = 4
GAP, SUBJECT, FIRST = "合并开票", "发票", "批量发票领取"
NOTES = ("照着说客户还是听不懂。", "步骤和现在的系统对不上。", "没有说异地怎么办。")


def show_signs(engine: Engine, sign_ins: Mapping[str, str], *, zone: str, base_url: str, now: datetime) -> None:
    """Plant what does not come by itself, look at everything, and let owners hear of it."""
    db = Database(engine, reactions=TOLD, clock=lambda: now)
    editor = actor_with(db, sign_ins[Role.KNOWLEDGE_EDITOR])
    today = local_date(now, zone)
    with db.begin(editor) as work:
        chosen = _chosen(work)
        _mend_badly(work, chosen, today)
    with db.begin(SYSTEM) as work:
        work.permit(EXAMINE_HEALTH)
        _search_twice(work, _quietest(work))
    for login, note in zip(_agents(db), NOTES, strict=False):
        with db.begin(actor_with(db, login)) as work:
            send_feedback(work, work.get(Article, chosen[5].id).published_version_id or 0, "unclear", today=today,
                          said=Said(note, None, None))
    deliver_all(db, zone, base_url)
    examine_all(db, SYSTEM, zone)
    with db.begin(SYSTEM) as work:
        tell_owners(work, today)
    deliver_all(db, zone, base_url)


def _chosen(work: Work) -> list[Article]:
    """Six published articles of a quiet shelf, always the same of a seed."""
    rows = list(work.session.scalars(select(Article).join(Category, Category.id == Article.category_id).join(
        ArticleVersion, ArticleVersion.id == Article.published_version_id).where(
        Article.process_id.is_(None), Article.external_id.is_not(None), Article.draft_version_id == Article.published_version_id,
        ArticleVersion.confidentiality == "sayable", ArticleVersion.language == "zh_Hans_CN").order_by(Article.id.desc()).limit(6)))
    assert len(rows) == 6
    return rows


def _quietest(work: Work) -> int:
    """The article in force that is opened least: among many openings the few that are planted would not show."""
    opened = select(SearchEvent.opened_id, func.count().label("times")).where(SearchEvent.opened_kind == "article").group_by(
        SearchEvent.opened_id).subquery()
    return work.session.execute(select(Article.id).join(ArticleVersion, ArticleVersion.id == Article.published_version_id).join(
        opened, opened.c.opened_id == Article.id).where(
        Article.retired_at.is_(None), Article.external_id.is_not(None), ArticleVersion.confidentiality == "sayable",
        ArticleVersion.language == "zh_Hans_CN").order_by(
        opened.c.times, Article.id)).scalars().first() or 0


def _mend_badly(work: Work, chosen: list[Article], today: date) -> None:
    gone = work.session.scalars(select(Article).where(Article.retired_at.is_not(None)).order_by(Article.id)).first()
    assert gone is not None
    _edit(work, chosen[0], body=f"\n\n旧办法见[{gone.number}](/knowledge/articles/{gone.id})。\n")
    process = next(one for one in sources(work.session).values() if one.in_force not in (None, "1.0"))
    _edit(work, chosen[3], body=f"\n\n依据：{process.number} V1.0。\n")
    _edit(work, chosen[1], valid_to=today - timedelta(days=6))
    keep_article(work, chosen[2].id, owner_id=None, audience_unit_id=None,
                 review_on=today + timedelta(days=120), reason="原负责人调岗，待定。")
    keep_article(work, chosen[3].id, owner_id=chosen[3].owner_id, audience_unit_id=None, review_on=today - timedelta(days=11),
                 reason="活动结束后要再看一次。")
    keep_article(work, chosen[4].id, owner_id=chosen[4].owner_id, audience_unit_id=None, reason="复审日期待业务方定。")
    _name_fitting(work)


def _name_fitting(work: Work) -> None:
    """A question that is asked often is to be answered by an article of its own subject."""
    asked = select(GapQuery.gap_id).where(GapQuery.query == GAP)
    gap = work.session.scalars(select(Gap).where(Gap.id.in_(asked), Gap.state == "open")).first()
    fitting = work.session.execute(select(Article.number).join(ArticleVersion, ArticleVersion.id == Article.published_version_id).where(
        ArticleVersion.title.contains(SUBJECT), ArticleVersion.language == "zh_Hans_CN", Article.retired_at.is_(None)).order_by(
        ArticleVersion.title.contains(FIRST).desc(), Article.id)).scalars().first()
    if gap is not None and fitting is not None:
        name_answer(work, gap.id, article=fitting)


def _edit(work: Work, article: Article, *, body: str = "", **changes: Any) -> None:
    version = work.get(ArticleVersion, article.published_version_id)
    held = {one.name: getattr(version, one.name) for one in fields(Content)}
    held |= {"tags": tuple(version.tags), "aliases": tuple(version.aliases), "body": version.body + body}
    if changes.get("valid_to") and version.valid_from and version.valid_from > changes["valid_to"]:
        changes["valid_from"] = changes["valid_to"]
    edit_article(work, article.id, Content(**held | changes), publish=True,
                 note="补上旧办法的出处。" if body else "有效期按活动截止日改。")


def _agents(db: Database) -> list[str]:
    with db.look(SYSTEM) as work:
        return [one.login for one in directory(work.session).holders(Role.AGENT)[:len(NOTES)]]


def _search_twice(work: Work, article_id: int) -> None:
    """Agents open the answer, and search again with other words a minute later."""
    people = list(work.session.scalars(select(Account.person_id).order_by(Account.id.desc()).limit(ROUNDS)))
    rows = []
    for day, person_id in enumerate(people, start=2):
        for place, (first, then) in enumerate(SEARCHED):
            at = work.now - timedelta(days=day, hours=place)
            rows.append({"at": at, "person_id": person_id, "query": first, "filters": None, "found": 4, "opened_kind": "article",
                         "opened_id": article_id, "rank": 1, "acted": True})
            rows.append({"at": at + timedelta(seconds=70 if place < 2 else 900), "person_id": person_id, "query": then,
                         "filters": None,
                         "found": 2, "opened_kind": None, "opened_id": None, "rank": None, "acted": None})
    work.session.connection().execute(insert(SearchEvent), sorted(rows, key=lambda row: str(row["at"])))
