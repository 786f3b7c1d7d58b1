"""What is known of articles, for the rules to judge: rows of articles, owners, feedback, gaps, searches and links. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, case, func, or_, select, tuple_, type_coerce
from sqlalchemy.orm import Session, aliased

from kmsvc.core.clock import local_date
from kmsvc.core.options import value
from kmsvc.files.models import Attachment
from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.rules import LEVEL, Confidentiality
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import WAITING, FeedbackKind
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.rules import LIVE
from kmsvc.knowledge.health.limits import AGAIN_MINUTES, limits
from kmsvc.knowledge.health.models import HealthPair, HealthText, HealthWord
from kmsvc.knowledge.health.rules import Cited, Facts, Readers, Use
from kmsvc.knowledge.health.sources import Source, sources
from kmsvc.people.accounts.directory import directory
from kmsvc.search.models import SearchEvent
from kmsvc.search.noting import PERSON_DAYS

RATED_DAYS = 90
BATCH = 400
MOST_OPENED = 2000
_DRAFT = aliased(ArticleVersion)
_ARTICLES = (
    select(Article.id, Article.owner_id, Article.process_id, Article.published_version_id, Article.draft_version_id,
           Article.review_on, Article.created_at, ArticleVersion.id.label("version_id"), ArticleVersion.recorded_at,
           ArticleVersion.valid_to, _DRAFT.recorded_at.label("drafted_at"))
    .join(ArticleVersion, ArticleVersion.id == func.coalesce(Article.published_version_id, Article.draft_version_id))
    .outerjoin(_DRAFT, _DRAFT.id == Article.draft_version_id).where(Article.retired_at.is_(None)).order_by(Article.id))
_EVENT = cast(Table, SearchEvent.__table__)


@dataclass
class Around:
    """What many articles are judged by together."""

    today: date
    zone: str
    people: frozenset[int]
    sources: Mapping[int, Source]
    by_number: Mapping[str, Source]
    articles: Mapping[int, bool]
    article_numbers: Mapping[str, int]
    files: frozenset[int]
    shas: frozenset[str]

    def day(self, at: datetime) -> date:
        """The calendar day of an instant."""
        return local_date(at, self.zone)


def around(session: Session, today: date, zone: str, links: Iterable[Any]) -> Around:
    """What these links point to. articles: id -> whether it is there still."""
    own = sources(session)
    named: dict[str, set[str]] = defaultdict(set)
    for kind, what, *_ in links:
        named[kind].add(what)
    things = select(Article.id, Article.number, Article.retired_at).where(
        or_(Article.id.in_(map(int, named["article"])), Article.number.in_(named["number"])))
    files = select(Attachment.id, Attachment.sha256).where(
        Attachment.removed_at.is_(None), or_(Attachment.id.in_(map(int, named["file"])), Attachment.sha256.in_(named["sha"])))
    rows, kept = session.execute(things).all(), session.execute(files).all()
    return Around(
        today=today, zone=zone, people=frozenset(one.id for one in directory(session).people.values() if one.is_active),
        sources=own, by_number={one.number: one for one in own.values()},
        articles={row.id: row.retired_at is None for row in rows}, article_numbers={row.number: row.id for row in rows},
        files=frozenset(row.id for row in kept), shas=frozenset(row.sha256 for row in kept))


def facts_of(session: Session, today: date, zone: str, ids: Collection[int], used: Mapping[int, Use] | None) -> list[Facts]:
    """What is known of these articles but those that are retired. used: what searches tell of them; None: not looked at."""
    if len(ids) > BATCH:
        wanted = sorted(ids)
        return [one for at in range(0, len(wanted), BATCH)
                for one in facts_of(session, today, zone, wanted[at:at + BATCH], used)]
    rows = session.execute(_ARTICLES.where(Article.id.in_(ids))).all()
    links = _links(session, [row.version_id for row in rows])
    held = around(session, today, zone, [one for its in links.values() for one in its])
    shown = _shown_since(session, ids)
    said, gaps, twins = _said(session, held, ids), _gaps(session, ids), _twins(session, ids)
    return [_facts(row, held, links.get(row.version_id, []), shown, said, gaps, used, twins) for row in rows]


def _facts(row: Any, held: Around, links: list[Any], shown: Mapping[int, datetime], said: Mapping[int, Any],
           gaps: Mapping[int, list[str]], used: Mapping[int, Use] | None, twins: Mapping[int, list[tuple[int, int]]]) -> Facts:
    published = row.published_version_id is not None
    waits = row.draft_version_id != row.published_version_id and row.drafted_at is not None
    dead, cited = pointed(held, links, row.id)
    words = said.get(row.id)
    return Facts(
        article_id=row.id, version_id=row.version_id, published=published, follows=row.process_id is not None,
        owner_id=row.owner_id, owner_there=row.owner_id in held.people, written_on=held.day(row.recorded_at),
        shown_on=held.day(shown[row.published_version_id]) if published and row.published_version_id in shown else None,
        draft_on=held.day(row.drafted_at) if waits else None, review_on=row.review_on, valid_to=row.valid_to,
        dead=dead if published else (), cited=cited, feedback=words.waiting if words else 0, feedback_late=words.late if words else 0,
        helpful=words.helpful if words else 0, unhelpful=words.unhelpful if words else 0, gaps=tuple(gaps.get(row.id, ())),
        use=used.get(row.id, Use()) if used is not None else None, twins=tuple(twins.get(row.id, ())) if published else ())


def pointed(held: Around, links: Iterable[Any], own_id: int) -> tuple[tuple[tuple[str, str], ...], tuple[Cited, ...]]:
    """Of what a text points to: what is gone, and the processes in force it cites."""
    dead: dict[tuple[str, str], None] = {}
    cited: dict[int, Cited] = {}
    for kind, what, label, *_ in links:
        source: Source | None = None
        if kind == "article" and int(what) != own_id and not held.articles.get(int(what), False):
            dead["article", what] = None
        elif (kind == "file" and int(what) not in held.files) or (kind == "sha" and what not in held.shas):
            dead["file", what] = None
        elif kind == "process":
            source = held.sources.get(int(what))
            if source is None:
                dead["process", what] = None
        elif kind == "number":
            source = held.by_number.get(what)
            known = held.article_numbers.get(what) if source is None else None
            if known is not None and known != own_id and not held.articles[known]:
                dead["article", str(known)] = None
        if source is None:
            continue
        if source.gone:
            dead["process", str(source.id)] = None
        elif source.in_force is not None and source.since is not None and (label or source.id not in cited):
            cited[source.id] = Cited(source.id, source.number, source.in_force, source.since, label)
    return tuple(dead), tuple(cited.values())


def _links(session: Session, version_ids: list[int]) -> dict[int, list[Any]]:
    query = select(HealthText.version_id, HealthText.links).where(HealthText.version_id.in_(version_ids))
    return {row.version_id: row.links for row in session.execute(query)}


def _shown_since(session: Session, ids: Collection[int]) -> dict[int, datetime]:
    query = select(ArticlePublication.new_version_id, func.max(ArticlePublication.effective_at)).where(
        ArticlePublication.article_id.in_(ids)).group_by(ArticlePublication.new_version_id)
    return {version_id: at for version_id, at in session.execute(query) if version_id is not None}


def _said(session: Session, held: Around, ids: Collection[int]) -> dict[int, Any]:
    since = datetime.combine(held.today - timedelta(days=RATED_DAYS), datetime.min.time(), tzinfo=UTC)
    waiting = Feedback.state.in_(WAITING)
    new = Feedback.sent_at >= since

    def times(what: Any) -> Any:
        return func.sum(case((what, 1), else_=0))
    query = select(
        Feedback.article_id, times(waiting).label("waiting"),
        times(and_(waiting, Feedback.change_id.is_(None), Feedback.due_on < held.today)).label("late"),
        times(and_(new, Feedback.kind == FeedbackKind.HELPFUL)).label("helpful"),
        times(and_(new, Feedback.kind != FeedbackKind.HELPFUL, Feedback.state != "withdrawn",
                   Feedback.version_id == Article.published_version_id)).label("unhelpful")).join(
        Article, Article.id == Feedback.article_id).where(Feedback.article_id.in_(ids)).group_by(Feedback.article_id)
    return {row.article_id: row for row in session.execute(query)}


def _gaps(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    query = select(Gap.article_id, Gap.number).where(Gap.article_id.in_(ids), Gap.state.in_(sorted(LIVE))).order_by(Gap.id)
    found: dict[int, list[str]] = defaultdict(list)
    for article_id, number in session.execute(query):
        found[article_id or 0].append(number)
    return found


def _twins(session: Session, ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Pairs nobody has said to be right as they are, of articles that are both there: for each of the two where all its readers
    may read the other, for a sign tells everybody who sees the article that there is another."""
    one, other = aliased(Article), aliased(Article)
    its, theirs = aliased(ArticleVersion), aliased(ArticleVersion)
    word = select(HealthWord.id).where(
        HealthWord.article_id == HealthPair.article_id, HealthWord.other_id == HealthPair.other_id,
        HealthWord.withdrawn_at.is_(None)).exists()
    query = select(HealthPair.article_id, HealthPair.other_id, HealthPair.likeness, one.audience_unit_id, its.confidentiality,
                   other.audience_unit_id.label("other_unit_id"), theirs.confidentiality.label("other_confidentiality")).join(
        one, one.id == HealthPair.article_id).join(other, other.id == HealthPair.other_id).join(
        its, its.id == one.published_version_id).join(theirs, theirs.id == other.published_version_id).where(
        ~word, HealthPair.article_id.in_(ids) | HealthPair.other_id.in_(ids))
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair in session.execute(query):
        mine = Readers(pair.audience_unit_id, LEVEL[Confidentiality(pair.confidentiality)])
        yours = Readers(pair.other_unit_id, LEVEL[Confidentiality(pair.other_confidentiality)])
        if mine.within(yours):
            found[pair.article_id].append((pair.other_id, pair.likeness))
        if yours.within(mine):
            found[pair.other_id].append((pair.article_id, pair.likeness))
    return {key: sorted(pairs, key=lambda it: (-it[1], it[0])) for key, pairs in found.items()}


def use_of(session: Session, today: date, zone: str, ids: Collection[int] | None = None) -> dict[int, Use]:
    """How these articles, or all, were opened from searches, and after which of them the same person searched again with other
    words."""
    now = datetime.combine(today + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    quiet = now - timedelta(days=limits(session).unused_days + 1)
    last: dict[int, date] = {}
    opened = [_EVENT.c.opened_kind == "article", _EVENT.c.at >= quiet, _EVENT.c.acted.is_not(False)]
    if ids is not None:
        opened.append(_EVENT.c.opened_id.in_(ids))
    for article_id, at in session.execute(select(_EVENT.c.opened_id, func.max(_EVENT.c.at)).where(*opened).group_by(_EVENT.c.opened_id)):
        last[article_id] = local_date(at, zone)
    reads = select(Confirmation.article_id, func.max(Confirmation.confirmed_at)).where(
        Confirmation.confirmed_at >= quiet).group_by(Confirmation.article_id)
    for article_id, at in session.execute(reads if ids is None else reads.where(Confirmation.article_id.in_(ids))):
        if at is not None:
            last[article_id] = max(local_date(at, zone), last.get(article_id, date.min))
    times = opens_by_question(session, now, ids)
    found = {}
    for article_id in last.keys() | times.keys():
        asked = sorted(times.get(article_id, ()), key=lambda one: (-one[2], -one[1], one[0]))
        found[article_id] = Use(opens=sum(one[1] for one in asked), again=sum(one[2] for one in asked),
                                last_on=last.get(article_id), questions=tuple(asked))
    return found


def opens_by_question(session: Session, now: datetime, ids: Collection[int] | None = None, *,
                      days: int | None = None) -> dict[int, list[tuple[str, int, int]]]:
    """Article -> (search, times opened, times the same person searched again soon with other words), of the weeks in which it is
    known who searched."""
    since = now - timedelta(days=days or value(session, PERSON_DAYS))
    soon = timedelta(minutes=value(session, AGAIN_MINUTES))
    rows = session.execute(_steps_of_all(since) if ids is None else _steps_of(since, ids))
    found: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for article_id, asked, at, next_at, next_query in rows:
        row = found[article_id].setdefault(asked, [0, 0])
        row[0] += 1
        row[1] += next_at is not None and next_at - at <= soon and next_query != asked
    return {article_id: [(asked, n, again) for asked, (n, again) in its.items()] for article_id, its in found.items()}


def people_by_question(session: Session, article_id: int, since: datetime) -> dict[str, int]:
    """Search -> how many different persons opened this article from it."""
    return {row[0]: row[1] for row in session.execute(select(_EVENT.c.query, func.count(_EVENT.c.person_id.distinct())).where(
        _EVENT.c.opened_kind == "article", _EVENT.c.opened_id == article_id, _EVENT.c.at >= since, _EVENT.c.person_id.is_not(None),
        _EVENT.c.acted.is_not(False)).group_by(_EVENT.c.query))}


def _steps_of_all(since: datetime) -> Any:
    by, order = _EVENT.c.person_id, (_EVENT.c.at, _EVENT.c.id)
    steps = select(
        _EVENT.c.query, _EVENT.c.at, _EVENT.c.opened_kind, _EVENT.c.opened_id, _EVENT.c.acted,
        type_coerce(func.lead(_EVENT.c.at).over(partition_by=by, order_by=order), _EVENT.c.at.type).label("next_at"),
        func.lead(_EVENT.c.query).over(partition_by=by, order_by=order).label("next_query"),
    ).where(_EVENT.c.at >= since, _EVENT.c.person_id.is_not(None))
    step = steps.subquery()
    return select(step.c.opened_id, step.c.query, step.c.at, step.c.next_at, step.c.next_query).where(
        step.c.opened_kind == "article", step.c.acted.is_not(False))


def _steps_of(since: datetime, ids: Collection[int]) -> Any:
    """The same for a few articles, by what the same person did next; of many openings the last are enough."""
    after = _EVENT.alias("after")
    opened = select(_EVENT.c.opened_id, _EVENT.c.query, _EVENT.c.at, _EVENT.c.person_id, _EVENT.c.id).where(
        _EVENT.c.opened_kind == "article", _EVENT.c.opened_id.in_(ids), _EVENT.c.at >= since, _EVENT.c.person_id.is_not(None),
        _EVENT.c.acted.is_not(False)).order_by(_EVENT.c.at.desc()).limit(MOST_OPENED).subquery()
    following = select(after.c.id).where(
        after.c.person_id == opened.c.person_id, tuple_(after.c.at, after.c.id) > tuple_(opened.c.at, opened.c.id)).order_by(
        after.c.at, after.c.id).limit(1).correlate(opened).scalar_subquery()
    then = _EVENT.alias("then")
    return select(opened.c.opened_id, opened.c.query, opened.c.at, then.c.at, then.c.query).select_from(
        opened.outerjoin(then, then.c.id == following))
