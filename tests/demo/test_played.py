"""The whole centre, played once on a leap day: the trail holds, nothing failed on the way, and every list has its own rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core import audit
from kmsvc.core.clock import start_of_day
from kmsvc.core.db import make_engine
from kmsvc.core.events import Delivery
from kmsvc.demo.content.words import saved_searches, terms
from kmsvc.demo.health import GAP
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.bench.models import SavedSearch
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.flows.models import Flow, FlowWalk
from kmsvc.knowledge.gaps.asking import Reader, ask_all
from kmsvc.knowledge.gaps.models import Gap, GapQuery, GapStanding
from kmsvc.knowledge.health.models import HealthSignRow
from kmsvc.knowledge.health.rules import HealthSign
from kmsvc.knowledge.relations.listing import twin_lines
from kmsvc.knowledge.relations.models import Relation
from kmsvc.knowledge.relations.rules import TwinState
from kmsvc.knowledge.reviews.models import Review, ReviewItem
from kmsvc.knowledge.vocabulary.models import Saying
from kmsvc.notices.models import Mail, Notice
from kmsvc.people.accounts.models import Account
from kmsvc.people.system import OPERATOR
from kmsvc.people.units.queries import parents, upward
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.rules import ENDS, STEPS
from kmsvc.registry import load_nouns
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import SearchEvent
from kmsvc.standards.duties.models import Obligation
from tests.support.demo import DAY, SEED, made_demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo made for the day."""
    return made_demo(tmp_path_factory)


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    """A look into its database."""
    engine = make_engine(f"sqlite:///{folder / 'kmsvc.db'}")
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.mark.timeout(240)
def test_it_is_whole(folder: Path, session: Session) -> None:
    kept = json.loads((folder / "demo.json").read_text())
    assert (kept["today"], kept["seed"], kept["size"], len(kept["banner"])) == ("2024-02-29", SEED, "small", 15)
    assert (folder / "demo.json").stat().st_mode & 0o777 == 0o600
    assert not (folder / "making").exists()
    assert audit.verify(session).ok
    assert set(session.scalars(select(Delivery.state))) == {"done"}


def test_words_of_customers_and_searches_are_kept(session: Session) -> None:
    assert len(set(session.scalars(select(Saying.term_id)))) == len(terms())
    saved = set(session.scalars(select(SavedSearch.query)))
    assert saved <= {one.query for one in saved_searches()}
    assert len(saved) >= 9  # an article may be a draft in this centre, or retired


def test_guided_flows_are_published_and_walked_to_every_end(session: Session) -> None:
    assert all(session.scalars(select(Flow.published_version_id))) and session.scalar(select(func.count(Flow.id))) == 4
    ends = Counter(session.scalars(select(FlowWalk.ended)))
    assert ends["outcome"] > 100 and ends["none"] and ends[None]
    assert session.scalar(select(func.max(FlowWalk.last_at))).date() <= DAY


def test_readers_were_heard_in_every_way(session: Session) -> None:
    states = Counter(session.scalars(select(Feedback.state)))
    assert set(states) == {"counted", "open", "taken", "done", "answered"} and states["open"] >= 3 and states["counted"] >= 10
    assert session.scalars(select(Feedback.due_on).where(Feedback.state == "open").order_by(Feedback.due_on)).first() < DAY


def test_a_request_stands_in_every_step_and_every_end(session: Session) -> None:
    changes = list(session.scalars(select(Change)))
    assert {one.state for one in changes} == {str(step.state) for step in STEPS} | {str(end) for end in ENDS}
    assert any(one.asked_back for one in changes)
    assert {str(one.urgency) for one in changes} == {"low", "normal", "high", "emergency"}
    assert any(one.wanted_on and one.wanted_on < DAY and one.state not in ENDS for one in changes)


def test_duties_of_clauses_are_done_month_by_month_and_one_is_late(session: Session) -> None:
    rows = list(session.scalars(select(Obligation).where(Obligation.rule_id.is_not(None), Obligation.subject_kind == "unit")))
    assert {row.clause for row in rows if row.state == "open" and row.due_on < DAY} <= {"54"}
    monthly = [row for row in rows if row.clause == "49" and row.due_on < DAY.replace(day=1)]
    assert monthly and {row.state for row in monthly} == {"done"}
    assert len({row.clause for row in rows}) >= 60 and len({(row.rule, row.period) for row in rows}) == len(rows)


def test_reviews_are_overdue_due_soon_and_done(session: Session) -> None:
    rows = list(session.scalars(select(Obligation).where(Obligation.rule.not_like("training.%"), Obligation.rule_id.is_(None))))
    late = [row for row in rows if row.state == "open" and row.due_on < DAY]
    soon = [row for row in rows if row.state == "open" and 0 <= (row.due_on - DAY).days <= 30]
    assert 3 <= len(late) <= 8
    assert len(soon) >= 3
    assert any(row.state == "done" for row in rows)


def test_every_sign_in_has_unread_notices_and_some_owe_a_confirmation(folder: Path, session: Session) -> None:
    logins = {login for _, login in json.loads((folder / "demo.json").read_text())["banner"]}
    people = {row.person_id: row.login for row in session.scalars(select(Account)) if row.login in logins}
    unread = Counter(session.scalars(select(Notice.person_id).where(Notice.read_at.is_(None))))
    assert all(1 <= unread[person] <= 12 for person in people)
    assert len({unread[person] for person in people}) > 2
    owed = session.execute(select(Confirmation.person_id, Confirmation.due_on).where(
        Confirmation.confirmed_at.is_(None), Confirmation.overtaken_at.is_(None))).all()
    mine = [row.due_on for row in owed if people.get(row.person_id) == "mengxiao"]
    assert len(mine) >= 3
    assert min(mine) < DAY
    assert len({row.person_id for row in owed} & set(people)) < len(people)


def test_mail_waits_has_gone_and_was_refused(session: Session) -> None:
    assert set(session.scalars(select(Mail.state))) == {"waiting", "sent", "dead"}


def test_articles_keep_the_numbers_of_the_pictures(session: Session) -> None:
    live = select(ArticleVersion.title).join(Article, Article.published_version_id == ArticleVersion.id)
    assert session.scalar(live.where(Article.number == "KB-0412")) == "退费标准：宽带与移动业务"
    begun = select(Article.id).where(Article.external_id.is_(None))  # the answer to a gap is one more, and so is a twin
    assert session.scalar(select(func.count()).select_from(Article).where(
        Article.process_id.is_(None), Article.id.not_in(begun))) == 400
    labels = Counter(session.scalars(select(ArticleVersion.label).join(
        Article, Article.published_version_id == ArticleVersion.id).where(Article.process_id.is_(None))))
    assert labels["2.0"] > 30


def test_what_the_floor_searches_in_vain_stands_in_gaps_and_some_are_dealt_with(session: Session) -> None:
    states = [row.state for row in session.scalars(select(Gap))]
    assert len(states) >= 20 and {"open", "writing", "merged", "dismissed"} <= set(states)
    heaviest = session.scalars(select(GapStanding).order_by(GapStanding.rank.desc())).first()
    assert heaviest is not None and heaviest.people >= 10 and heaviest.reported >= 1
    assert session.scalar(select(func.count()).select_from(Gap).where(Gap.owner_id.is_not(None))) >= 2


def test_what_is_said_to_find_nothing_finds_nothing_unless_it_was_answered_since(folder: Path, session: Session) -> None:
    load_nouns()
    engine, closed = SearchEngine(folder / "index"), {
        row.query: row for row in session.execute(select(GapQuery.query, Gap.closed_at, Gap.opened_at, Gap.article_id).join(
            Gap, Gap.id == GapQuery.gap_id).where(Gap.state == "closed"))}
    what = (SearchEvent.query, SearchEvent.unit_id, SearchEvent.outcome)
    noted = session.execute(select(*what, func.max(SearchEvent.at).label("last")).where(
        SearchEvent.outcome.in_(("zero", "unopened"))).group_by(*what)).all()
    tree = parents(session)
    found = {(row.query, row.outcome): ask_all(session, engine, [(row.query, [Reader(row.unit_id, upward(tree, row.unit_id))])], DAY)[
        row.query].found for row in noted}
    assert sorted(query for (query, outcome), n in found.items() if outcome == "unopened" and not n) == []
    assert {query for (query, outcome), n in found.items() if outcome == "zero" and n} == set(closed), "all others find nothing still"
    assert len(closed) >= 2 and sum(not n for n in found.values()) >= 4
    assert all(row.last < closed[row.query].closed_at for row in noted if row.query in closed), "afterwards it was found"
    assert all(one.article_id and one.opened_at < one.closed_at for one in closed.values())
    assert len({one.closed_at.date() for one in closed.values()}) == len(closed)


def test_gaps_came_up_over_weeks_and_today_was_searched_too(session: Session) -> None:
    opened = [one.date() for one in session.scalars(select(Gap.opened_at).order_by(Gap.opened_at))]
    assert len(set(opened)) >= 12 and (opened[-1] - opened[0]).days >= 28
    assert Counter(opened).most_common(1)[0][1] <= len(opened) // 3
    numbers = list(session.scalars(select(Gap.number).order_by(Gap.opened_at, Gap.id)))
    assert numbers == sorted(numbers), "numbered as they came up"
    today = session.scalar(select(func.count(SearchEvent.id)).where(
        SearchEvent.at >= start_of_day(DAY, "Asia/Shanghai"), SearchEvent.outcome.is_not(None), SearchEvent.query != ""))
    assert today is not None and today >= 5


def test_articles_are_related_and_some_twins_have_drifted(session: Session) -> None:
    assert {"twin", "see_also", "part_of"} <= set(session.scalars(select(Relation.kind)))
    states = {line.state for line in twin_lines(session, OPERATOR, state="all")[0]}
    assert TwinState.DRIFTED in states and len(states) >= 2


def test_every_sign_of_health_is_seen_and_its_owner_told(session: Session) -> None:
    seen = Counter(session.scalars(select(HealthSignRow.sign).where(HealthSignRow.gone_at.is_(None))))
    assert set(seen) == {str(sign) for sign in HealthSign}
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.kind.startswith("knowledge.health"))) >= 5


def test_the_reviews_of_the_years_before_were_held_in_their_own_december(session: Session) -> None:
    past = session.scalars(select(Review).where(Review.year < DAY.year).order_by(Review.year)).all()
    assert past and all(one.state == "signed" for one in past)
    for one in past:
        assert one.signed_at is not None and one.drawn_at is not None
        assert (one.drawn_at.date(), one.signed_at.date()) == (date(one.year, 12, 10), date(one.year, 12, 18))
    assert session.scalar(select(func.count()).select_from(audit.AuditEntry).where(audit.AuditEntry.act == "clock_back")) == 0


def test_a_question_is_answered_by_an_article_of_its_subject(session: Session) -> None:
    asked = session.scalars(select(Gap.article_id).join(GapQuery, GapQuery.gap_id == Gap.id).where(GapQuery.query == GAP)).one()
    title = session.scalars(select(ArticleVersion.title).join(Article, Article.published_version_id == ArticleVersion.id).where(
        Article.id == asked)).one()
    assert "发票" in title


def test_a_signed_review_says_what_its_table_shows(session: Session) -> None:
    for one in session.scalars(select(Review).where(Review.state == "signed")):
        verdicts = set(session.scalars(select(ReviewItem.result).where(ReviewItem.review_id == one.id)))
        opened = sum(facts["opened"] for facts in session.scalars(select(ReviewItem.facts).where(ReviewItem.review_id == one.id)))
        assert ("全部保留不变" in one.conclusion) == (verdicts == {"keep"})
        assert ("没有检索" in one.conclusion) == (opened == 0)


def test_where_an_article_says_what_it_comes_from_the_process_is_a_link(session: Session) -> None:
    article = session.scalars(select(Article).where(Article.number == "KB-0412")).one()
    version = session.get(ArticleVersion, article.published_version_id)
    assert version is not None and "[P-004](/process/definitions/" in version.body.rpartition("\n\n")[2]
