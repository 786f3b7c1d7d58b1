"""The rows of the bench: one of every noun, in the state in which each of its routes has something to do.

A noun of its own file joins by `bench_areas.py`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.events import Delivery
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.bench.usecases import add_search
from kmsvc.knowledge.bulletins.usecases import Message, send_bulletin
from kmsvc.knowledge.feedback.usecases import send_feedback
from kmsvc.knowledge.flows.usecases import Draft, edit_flow, new_flow
from kmsvc.knowledge.flows.walking import begin_walk
from kmsvc.knowledge.gaps.asking import Asked
from kmsvc.knowledge.gaps.usecases import report_gap
from kmsvc.knowledge.health.models import HealthBatch, HealthPair, HealthSignRow, HealthWord
from kmsvc.knowledge.learning.models import Learned, LearnedReset
from kmsvc.knowledge.learning.usecases import switch_off
from kmsvc.knowledge.relations.usecases import last_check, relate, remove
from kmsvc.knowledge.reviews.rules import ANSWERS
from kmsvc.knowledge.reviews.usecases import (
    Judgement,
    Plan,
    draw_sample,
    items_of,
    judge_item,
    plan_review,
)
from kmsvc.knowledge.shelf.usecases import pin, unpin
from kmsvc.knowledge.vocabulary.usecases import add_term
from kmsvc.notices.models import Mail
from kmsvc.people.readers.usecases import keep_group
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.usecases import add_post
from kmsvc.process.changes.queries import change_card
from kmsvc.process.fieldwork.models import Sample
from tests.builders import change, make_article, make_change, make_process
from tests.doors.bench_areas import AREAS
from tests.process.changes.test_verbs import CASES, prepared
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.walker import fill

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c6360606060000000050001a5f6454000000000" "49454e44ae426082")
FLOW = "? a: q\n- x -> b\n- y -> a\n\n! b: end"


@dataclass
class Rows:
    """Real rows of a centre; `values` has the numbers that stand in addresses, `instead` those for one verb alone."""

    world: Centre
    values: dict[str, Any] = field(default_factory=dict)
    instead: dict[tuple[str, str], int] = field(default_factory=dict)
    changes: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    corrects: Any = None
    picks: list[str] = field(default_factory=list)
    free: str = ""
    other: str = ""
    free_block: str = ""

    def __post_init__(self) -> None:
        world = self.world
        self._processes()
        self._articles()
        self._changes()
        with world.begin("admin") as work:
            add_post(work, code="P0", name="Post")
            self.values["group_id"] = keep_group(work, code="G0", name="Group", posts=["P0"]).id
        for area in AREAS:
            if hasattr(area, "add_rows"):
                area.add_rows(self)
        world.drain()
        with world.look() as work:
            self.values |= {"delivery_id": work.session.scalar(select(func.min(Delivery.id))),
                            "mail_id": work.session.scalar(select(func.min(Mail.id))),
                            "record_id": work.session.scalar(select(func.min(Sample.id)))}
            self.values |= {"unit_id": work.session.scalar(select(func.min(Unit.id))),
                            "post_id": work.session.scalar(select(func.min(Post.id)))}
            self.with_sample = work.get(Sample, self.values["record_id"]).change_id
        self.values |= {"person_id": world.people["agent"], "seq": 1, "n": 1, "m": 4, "filename": "kmsvc.css", "form": "csv",
                        "name": "process.change.sample_size", "kind": "sample", "token": "0" * 32}

    def _processes(self) -> None:
        process = make_process(self.world)
        make_change(self.world, closed=True, process=process)
        self.process = process
        self.values["process_id"] = process.id

    def _articles(self) -> None:
        article = make_article(self.world)
        kept = keep(self.world.settings.files_dir, io.BytesIO(PICTURE), "picture.png")
        with self.world.begin("knowledge_editor") as work:
            row = attach(work, "article", article.id, kept)
            edit_article(work, article.id, Content(title="t", body=f"![x](/files/{row.id})"), publish=True)
        with self.world.begin("knowledge_editor") as work:
            edit_article(work, article.id, Content(title="t", body=f"![x](/files/{row.id})\n\nnext"))
        self.values |= {"article_id": article.id, "attachment_id": row.id}
        with self.world.begin("knowledge_editor") as work:
            self.values |= {"term_id": add_term(work, term="fee", sayings=["charge"]).id,
                            "search_id": add_search(work, query="t", article=article.number).id}
            self.values["bulletin_id"] = send_bulletin(work, Message(title="t", ends_at=work.now + timedelta(days=20))).id
        self.number = article.number
        guarded = make_article(self.world, title="guarded", body=":::secret\nnever told\n:::", publish=True)
        self.guarded = (guarded.id, guarded.published_version_id)
        twin, fourth = (make_article(self.world, title=title, language="en") for title in ("twin", "fourth"))
        third = make_article(self.world, title="third")
        with self.world.begin("knowledge_editor") as work:
            self.values["relation_id"] = relate(work, article.id, twin.id, "twin", equal=False).id
            taken_away = relate(work, article.id, guarded.id, "see_also").id
            remove(work, taken_away)
            kept = [Learned(query=f"q{n}", article_id=article.id, lift=1, place=2, place_to=1, people=3, opened=3, helpful=0,
                            since=work.now) for n in range(2)]
            gone = LearnedReset(at=work.now, person_id=work.actor.person_id, reason="r")
            work.session.add_all([*kept, gone])
            work.session.flush()
            self.values |= {"learned_id": kept[0].id, "off_id": switch_off(work, kept[1].id, reason="r").id, "reset_id": gone.id}
            days = {"until": self.world.clock.today, "reason": "r", "today": self.world.clock.today}
            self.values["pin_id"] = pin(work, article.id, unit_id=None, **days).id
            unpinned = pin(work, guarded.id, unit_id=None, **days).id
            unpin(work, unpinned)
            found_equal = relate(work, third.id, fourth.id, "twin").id
            self.check = last_check(work, found_equal)
            looked = (work.get(Article, article.id).published_version_id, twin.published_version_id)
        self.instead |= {("pin_id", "restore"): unpinned, ("relation_id", "restore"): taken_away,
                         ("relation_id", "withdraw"): found_equal}
        self.twins, self.third = dict(zip(("from_version_id", "to_version_id"), looked, strict=True)), third.number
        with self.world.begin("agent") as work:
            version_id = work.get(Article, article.id).published_version_id or 0
            said = send_feedback(work, version_id, "wrong", today=self.world.clock.today)
        with self.world.begin("team_leader") as work:
            same = send_feedback(work, version_id, "wrong", today=self.world.clock.today)
        self.values |= {"feedback_id": said.id, "version_id": version_id}
        self.same = str(same.number)
        with self.world.begin("agent") as work:
            gaps = [report_gap(work, query, Asked(0, (), None), today=self.world.clock.today).gap
                    for query in ("zebra crossing", "night train")]
        self.values["gap_id"], self.other_gap = gaps[0].id, gaps[1].number
        self._flows()
        self._health(article.id)
        self._reviews()

    def _flows(self) -> None:
        """A guided flow with a newer draft, and a walk of everybody's own."""
        with self.world.begin("knowledge_editor") as work:
            flow = new_flow(work, Draft(title="t", body=FLOW), publish=True)
            edit_flow(work, flow.id, Draft(title="t", body=FLOW.replace("q", "why")))
        self.values["flow_id"], self.flow_version = flow.id, flow.published_version_id or 0
        self.walks = {}
        for login in self.world.people.keys() - {"suspended"}:
            with self.world.begin(login) as work:
                self.walks[login] = begin_walk(work, flow.id, version_id=self.flow_version, choice=1).id

    def _health(self, article_id: int) -> None:
        """A sign, a pair, a word on another article, and an act on many."""
        twin, third = (make_article(self.world, title=title, publish=True) for title in ("alike", "in order"))
        with self.world.begin("system") as work:
            now, first = work.now, sorted((article_id, twin.id))
            work.session.add_all([
                *(HealthSignRow(article_id=one, sign="unused", key="1", figure=90, rows=[], since=now)
                  for one in (article_id, third.id)),
                HealthPair(article_id=first[0], other_id=first[1], likeness=90, since=now)])
        with self.world.begin("knowledge_editor") as work:
            word = HealthWord(article_id=third.id, sign="again", key="1", reason="r", at=now)
            batch = HealthBatch(act="review", value="2027-01-04", before={str(third.id): None}, reason="r", at=now)
            work.permit(EDIT_ARTICLE)
            work.get(Article, third.id).review_on = date(2027, 1, 4)
            work.session.add_all([word, batch])
        self.put_in_order = third.id
        self.values |= {"other_id": twin.id, "word_id": word.id, "batch_id": batch.id}

    def _reviews(self) -> None:
        """A review to be drawn, one to be judged, one to be signed; whoever may judge is named in each."""
        today, people = self.world.clock.today, ("knowledge_editor", "process_manager", "manager", "everything")
        made = []
        for _ in range(3):
            with self.world.begin("process_manager") as work:
                made.append(plan_review(work, Plan(today.year, today, today, today, 1, people)).id)
        for one in made[1:]:
            with self.world.begin("process_manager") as work:
                draw_sample(work, one, today=today, zone=ZONE)
        found = {}
        for one in made[1:]:
            with self.world.look() as work:
                found[one] = [item.id for item in items_of(work, one)]
        for item in found[made[2]]:
            with self.world.begin("knowledge_editor") as work:
                judge_item(work, made[2], item, Judgement(dict.fromkeys(ANSWERS, True), "keep"), today=today)
        self.instead |= {("review_id", "draw"): made[0], ("review_id", "sign"): made[2]}
        self.values |= {"review_id": made[1], "item_id": found[made[1]][0]}

    def _changes(self) -> None:
        ready: dict[Any, int] = {}
        for case in CASES:
            told = tuple((who, verb, repr(sorted(t.items())) if isinstance(t, Mapping) else repr(t))
                         for who, verb, t in case.before)
            key = (case.step, told, case.verb == "answer_comment")
            if key not in ready:
                ready[key] = prepared(self.world, case, self.process)
            with self.world.look(case.who) as work:
                card = change_card(work.session, work.actor, ready[key], self.world.clock.today)
            offer = next(one for one in card.offers if one.verb == case.verb)
            self.changes[case.verb] = (ready[key], fill(offer.schema, {}, self.world.clock.today))
        self.values["change_id"] = self.changes["give_verdict"][0]
        self.change_number = change(self.world, self.values["change_id"]).number
