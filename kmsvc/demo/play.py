"""Plays the invented centre into an empty database: real use cases, in the order of time, under a clock that is told.

Records are as old as they say. Only what people searched for is inserted in bulk."""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from kmsvc.core.actors import Actor
from kmsvc.core.work import Database, Work
from kmsvc.demo.asking import published, walked
from kmsvc.demo.assessing import assessed
from kmsvc.demo.auditing import audited
from kmsvc.demo.citing import cited
from kmsvc.demo.content.articles import ArticleText, articles
from kmsvc.demo.content.changes import changes
from kmsvc.demo.content.people import Centre, centre
from kmsvc.demo.content.processes import ProcessText, processes
from kmsvc.demo.content.scopes import scopes_of, values
from kmsvc.demo.content.searches import search_events
from kmsvc.demo.duties import kept_the_year
from kmsvc.demo.gap_story import gathered
from kmsvc.demo.hanging import hung_up
from kmsvc.demo.hearing import heard
from kmsvc.demo.inspecting import inspected
from kmsvc.demo.past_reviews import years_before
from kmsvc.demo.proving import proved
from kmsvc.demo.reading import confirm_what_was_asked, settle_inboxes
from kmsvc.demo.relating import related
from kmsvc.demo.rooming import roomed
from kmsvc.demo.searching import note_searches
from kmsvc.demo.story import Told, tell_story
from kmsvc.demo.training_arising import arisen
from kmsvc.demo.training_busy import kept_free
from kmsvc.demo.training_certificates import certified
from kmsvc.demo.training_courses import taught
from kmsvc.demo.training_exams import examined
from kmsvc.demo.training_marking import marked
from kmsvc.demo.training_needs import surveyed
from kmsvc.demo.training_onboarding import welcomed
from kmsvc.demo.training_plans import planned
from kmsvc.demo.training_questions import asked
from kmsvc.demo.training_sittings import sat
from kmsvc.demo.training_trainers import authorised
from kmsvc.demo.wording import keep_words
from kmsvc.knowledge.articles.usecases import Content, edit_article, retire_article, write_article
from kmsvc.knowledge.scopes.usecases import add_value
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.accounts.usecases import add_account
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.people.units.usecases import add_post, add_unit
from kmsvc.process.definitions.usecases import add_process, adopt_version, confirm_review
from kmsvc.reactions import NAMES, Surroundings
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.standards.models.usecases import install_packaged
from kmsvc.worker import deliver_due

QUIET = {"process.definition.went_live": ("publish_to_knowledge",), "standards.audit.finished": ("settle_clauses",)}
"""Reactions while history is taken over: the knowledge base follows, duties of clauses are done; nobody is told of what is years old."""

WEEKS = 12
"""of searches"""

TOLD = {kind: tuple(name for name in names if not name.startswith("mark_")) for kind, names in NAMES.items()}
"""Reactions while the centre is played: all but the marks for the index, which is built anew at the end."""


class _Told(Database):
    """The database under the told clock. An act that takes hours takes the clock along: the trail never goes back."""

    def __init__(self, stage: Stage, reactions: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(stage.engine, reactions=reactions, clock=lambda: stage.now)
        self.stage = stage

    @contextmanager
    def begin(self, actor: Actor, now: datetime | None = None) -> Iterator[Work]:
        """A writing unit at an instant, or at the latest one there was."""
        self.stage.now = max(self.stage.now, now or self.stage.now)
        with super().begin(actor, self.stage.now) as work:
            yield work


@dataclass
class Stage:
    """The database under a told clock, and the cast by login."""

    engine: Engine
    zone: str
    base_url: str
    today: date
    files: Path | None = None
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    cast: dict[str, Person] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    joined: dict[str, Actor] = field(default_factory=dict)  # who came while it was played, by login
    process_ids: dict[str, int] = field(default_factory=dict)
    asked: bool = False  # whether somebody still owes a confirmation

    def __post_init__(self) -> None:
        self.db, self.quiet = _Told(self, TOLD), _Told(self, QUIET)
        self.around = Surroundings(self.zone, self.base_url)

    def at(self, days_ago: float, hour: int = 9, minute: int = 0) -> datetime:
        """The instant of a local hour some days ago."""
        day = self.today - timedelta(days=int(days_ago))
        return datetime.combine(day, time(hour % 24, minute % 60), ZoneInfo(self.zone)).astimezone(UTC)

    def actor(self, login: str) -> Actor:
        """The person with this login, as acting party with a fresh sign-in."""
        return self.actors.get(login) or self.joined[login]

    @property
    def logins(self) -> dict[int, str]:
        """Everybody who is here by now: person -> login."""
        return {person.id: login for login, person in self.cast.items()} | {
            actor.person_id: login for login, actor in self.joined.items() if actor.person_id is not None}

    def drain(self, db: Database | None = None) -> None:
        """Deliver what has been recorded; through the quiet database nobody is asked to read what is old."""
        while deliver_due(db or self.db, self.around, limit=500):
            self.asked = True


def play(engine: Engine, *, zone: str, base_url: str, today: date, now: datetime, seed: int, size: str, password_hash: str,
         files: Path | None = None, told: Callable[[str], None] = lambda line: None) -> Centre:
    """The whole centre. `size` large: 2,000 articles and 50,000 searches instead of 400 and 8,000. files: where bytes of attachments
    lie; without it nothing is attached."""
    people = centre(seed)
    stage = Stage(engine, zone, base_url, today, files)
    count, searches = (2000, 50_000) if size == "large" else (400, 8_000)
    told("people")
    _people(stage, people, password_hash)
    told("processes, articles, change requests and bulletins")
    events = list(search_events(seed, WEEKS * 7, searches))
    _run(stage, [*_timeline(stage, seed, count), *hung_up(stage, now), *gathered(stage, events), *marked(stage),
                 *examined(stage, now), *sat(stage, now), *surveyed(stage), *authorised(stage), *certified(stage), *planned(stage, now),
                 kept_free(stage), *arisen(stage), *welcomed(stage),
                 roomed(stage, password_hash)], now)
    told("searches and duties")
    stage.now = now
    note_searches(stage, seed, events)
    walked(stage, seed)
    with stage.db.begin(SYSTEM, now) as work:
        run_duties(work, today)
    stage.drain()
    settle_inboxes(stage)
    return people


def _people(stage: Stage, people: Centre, password_hash: str) -> None:
    first = max(one.days_ago for text in processes() for one in text.versions) + 40
    stage.now = stage.at(first)
    with stage.quiet.begin(OPERATOR, stage.now) as work:
        add_unit(work, code="CENTRE", name=people.name)
        install_packaged(work)
        for unit in people.units:
            if unit.parent:
                add_unit(work, code=unit.code, name=unit.name, parent_code=unit.parent)
        for post in sorted({person.post for person in people.people}):
            add_post(work, code=post, name=post)
    with stage.quiet.begin(OPERATOR, stage.now) as work:
        for person in people.people:
            add_account(work, login=person.login, name=person.name, roles=person.roles, unit_code=person.unit,
                        email=person.email, post=person.post, language=person.language, password_hash=password_hash)
    with stage.quiet.look(OPERATOR, stage.now) as work:
        for row in work.session.scalars(select(Person)).unique():
            stage.cast[row.login] = row
            actor = actor_of(work.session, row, login=row.login, via="cookie", fresh=True)
            stage.actors[row.login] = actor
    with stage.quiet.begin(stage.actor("hemiao"), stage.now) as work:
        for one in values():
            add_value(work, dimension=one["dimension"], name=one["name"], name_en=one["name_en"])


def _timeline(stage: Stage, seed: int, count: int) -> list[Iterator[tuple[datetime, Told]]]:
    threads: list[Iterator[tuple[datetime, Told]]] = [_history(stage, text) for text in processes()]
    texts = articles(seed, count)
    threads.append(_articles(stage, texts))
    shown = [text for text in texts if text.state in ("published", "expiring")]
    threads.append(keep_words(stage, {text.title: text.external_id for text in shown}))
    threads += [_duties(stage), kept_the_year(stage), proved(stage), *audited(stage), *inspected(stage), *assessed(stage)]
    threads.append(years_before(stage, stage.today - timedelta(days=max(text.updated_days_ago for text in texts) + 40)))
    since = {text.external_id: text.updated_days_ago for text in shown}
    threads += published(stage, {text.title: text.external_id for text in shown}, since)
    threads += related(stage, since) + heard(stage, since) + cited(stage, since) + taught(stage, since) + asked(stage)
    for story in changes():
        threads.append(tell_story(stage, story))
    return threads


def _duties(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    """The worker's morning look at what falls due: each week of the last twelve, each day of the last week."""
    for days_ago in (*range(84, 7, -7), *range(7, 0, -1)):
        def run(now: datetime, days_ago: int = days_ago) -> None:
            with stage.db.begin(SYSTEM, now) as work:
                run_duties(work, stage.today - timedelta(days=days_ago))
        yield stage.at(days_ago, 6), run


def _run(stage: Stage, threads: list[Iterator[tuple[datetime, Told]]], now: datetime) -> None:
    """Merge the threads by time and let each act happen; reactions are delivered when the day changes."""
    order = itertools.count()
    queue: list[tuple[datetime, int, Told, Iterator[tuple[datetime, Told]]]] = []
    for thread in threads:
        _next(queue, thread, order)
    day: date | None = None
    while queue:
        when, _, act, thread = heapq.heappop(queue)
        when = max(min(when, now), stage.now)
        new_day = day is not None and when.date() != day
        if new_day:
            stage.drain()
        stage.now, day = when, when.date()
        if new_day:
            confirm_what_was_asked(stage)
        act(stage.now)
        _next(queue, thread, order)
    stage.drain()
    stage.now = now
    confirm_what_was_asked(stage)


def _next(queue: list[Any], thread: Iterator[tuple[datetime, Told]], order: Iterator[int]) -> None:
    found = next(thread, None)
    if found is not None:
        heapq.heappush(queue, (found[0], next(order), found[1], thread))


def _history(stage: Stage, text: ProcessText) -> Iterator[tuple[datetime, Told]]:
    """A process as it was before: each version taken over on its day; old ones reviewed once since, but for a few."""
    for place, version in enumerate(text.versions):
        when = stage.at(version.days_ago, 10, int(text.code[2:]))
        label = tuple(int(part) for part in version.label.strip("Vv").split("."))

        def take_over(now: datetime, place: int = place, version: Any = version, label: Any = label) -> None:
            with stage.quiet.begin(stage.actor("liqiang"), now) as work:
                if place == 0:
                    made = add_process(work, name=text.name, group=text.group, klass=text.klass,
                                       owner_id=stage.cast[text.owner_login].id, number=text.code)
                    stage.process_ids[text.code] = made.id
                    made.review_months = max(1, round(text.review_cycle_days / 30.4))
                adopt_version(work, stage.process_ids[text.code], name=text.name, purpose=text.purpose, body=version.body,
                              label=(label[0], label[1]), effective_on=stage.today - timedelta(days=version.days_ago),
                              zone=stage.zone, today=stage.today - timedelta(days=version.days_ago), note=version.change_note)
            stage.drain(stage.quiet)
        yield when, take_over
    last = text.versions[-1].days_ago
    reviewed = last - text.review_cycle_days + 20
    while reviewed > 0 and not text.review_owed:
        def review(now: datetime) -> None:
            with stage.db.begin(stage.actor(text.owner_login), now) as work:
                confirm_review(work, stage.process_ids[text.code], today=now.date(),
                               reason="对照最近三个月的抽检和投诉逐条核过，与实际做法一致，无需修改。")
        yield stage.at(reviewed, 15, 20), review
        reviewed -= text.review_cycle_days - 15


def _articles(stage: Stage, texts: list[ArticleText]) -> Iterator[tuple[datetime, Told]]:
    """The articles, those of one day together; every seventh was there before and got its source added that day."""
    by_day: dict[int, list[tuple[ArticleText, str]]] = {}
    for place, text in enumerate(texts):
        older = place % 7 == 3 and text.state == "published"
        if older:
            by_day.setdefault(text.updated_days_ago + 40 + place % 90, []).append((text, "early"))
        by_day.setdefault(text.updated_days_ago, []).append((text, "again" if older else "once"))
    known: dict[str, int] = {}
    for days_ago in sorted(by_day, reverse=True):
        def write(now: datetime, batch: list[tuple[ArticleText, str]] = by_day[days_ago]) -> None:
            with stage.quiet.begin(stage.actor("hemiao"), now) as work:
                for text, how in batch:
                    if how == "again":
                        edit_article(work, known[text.external_id], _content(stage, text), note="补上来源和对应的流程章节。",
                                     publish=True)
                    else:
                        known[text.external_id] = _write(work, stage, text, early=how == "early")
        yield stage.at(days_ago, 11, 30), write


def _content(stage: Stage, text: ArticleText, *, early: bool = False) -> Content:
    begins = stage.today + timedelta(days=text.valid_from_days)
    ends = stage.today + timedelta(days=text.valid_to_days) if text.valid_to_days is not None else None
    body = text.body.rpartition("\n\n")[0] + "\n" if early else _linked(stage, text.body)  # the last paragraph names the source
    return Content(
        title=text.title, body=body, summary=text.summary, tags=text.tags, aliases=text.aliases, language=text.language,
        confidentiality=text.confidentiality, valid_from=min(begins, ends) if ends else begins, valid_to=ends,
        scopes={} if early else scopes_of(text))  # where it applies was said with the second version


def _linked(stage: Stage, body: str) -> str:
    """The text with the process its last paragraph names as a link, where that process is there already."""
    before, gap, source = body.rpartition("\n\n")
    code = re.search(r"P-\d{3}", source)
    process_id = stage.process_ids.get(code.group()) if code else None
    return body if code is None or process_id is None else (
        f"{before}{gap}{source.replace(code.group(), f'[{code.group()}](/process/definitions/{process_id})')}")


def _write(work: Work, stage: Stage, text: ArticleText, *, early: bool) -> int:
    article = write_article(
        work, _content(stage, text, early=early), category=text.category, owner_id=stage.cast[text.owner_login].id,
        number=text.external_id, external_id=text.external_id, publish=text.state != "draft")
    article.review_on = work.now.date() + timedelta(days=365)
    if text.state == "retired":
        retire_article(work, article.id, reason=text.state_note or "规定已废止。")
    return article.id
