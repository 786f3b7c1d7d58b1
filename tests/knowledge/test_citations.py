"""Citations: a new text marks exactly what cites a paragraph that changed, moved or went; the rest goes on without a word; keepers
hear of it and say what they found. «Change one number in a process: only the two linked questions are pulled.»"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import (
    Audience,
    Content,
    edit_article,
    publish_article,
    retire_article,
    revert_article,
)
from kmsvc.knowledge.citations import queries, usecases
from kmsvc.knowledge.citations.citing import CITING, CitingCard, CitingKind, marked_among
from kmsvc.knowledge.citations.following import due_texts, follow_text
from kmsvc.knowledge.citations.keeping import Ref, cites
from kmsvc.knowledge.citations.models import Citation, CitationLook, OutsideWork
from kmsvc.knowledge.citations.naming import refs_named
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS
from kmsvc.notices.models import Notice
from kmsvc.process.changes.impact import impact, impact_count
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.models import Process, ProcessVersion
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.usecases import plan_publication, write_version
from tests.builders import make_article, make_change, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

BODY = "# 退款\n\n七天内全额退款。\n\n手续费20元。\n\n超过七天转主管审批。\n\n发票随货退回。"


def blocks(world: Centre, thing: Article | Process, model: Any = ArticleVersion) -> dict[str, str]:
    """First characters of a paragraph -> its lasting id, of what is in force."""
    with world.look() as work:
        row = work.session.get(type(thing), thing.id)
        assert row is not None
        version = work.session.get(model, row.published_version_id)
        return {one["text"][:3]: one["id"] for one in version.blocks}


def rewrite(world: Centre, article: Article, body: str, title: str = "退款", **more: Any) -> None:
    world.clock.move(minutes=5)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title=title, body=body, **more), publish=True)
    world.drain(index=False)


def new_version(world: Centre, process: Process, body: str) -> None:
    """Another text of a process goes live today."""
    with world.begin("process_manager") as work:
        row = work.get(Process, process.id)
        work.permit(MANAGE_PROCESS, row)
        version = write_version(work, row, name="退款流程", purpose="给客服看的退款规则", body=body, final=True, change_id=None,
                                note="next")
        plan_publication(work, row, version, effective_on=world.clock.today, zone=ZONE, today=world.clock.today, change_id=None,
                         release_round=None, reason="next")
    world.drain(index=False)


def register(world: Centre, name: str, *refs: Ref, keeper: str = "trainer", kind: str = "question") -> OutsideWork:
    with world.begin("knowledge_editor") as work:
        return usecases.register_work(work, kind=kind, name=name, address=None, keeper=keeper, refs=refs)


def states(world: Centre, *works: OutsideWork) -> list[list[tuple[str, str | None]]]:
    """(state, change) of the citations of each work."""
    with world.look() as work:
        return [[(row.state, row.change) for row in work.session.scalars(select(Citation).where(
            Citation.citing_kind == "outside", Citation.citing_id == one.id).order_by(Citation.id))] for one in works]


def told(world: Centre, who: str) -> list[str]:
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(
            Notice.person_id == world.people[who], Notice.kind.like("knowledge.citation%")).order_by(Notice.id)))


class Questions:
    """A question bank as a slice above would register it: its questions leave automatic papers while something is to be looked at."""

    def __init__(self) -> None:
        self.pulled: list[int] = []
        self.back: list[int] = []

    def cards(self, session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, CitingCard]:
        return {one: CitingCard("question", one, f"Q-{one}", f"Question {one}", f"/training/questions/{one}", None, "", True)
                for one in ids}

    def kind(self) -> CitingKind:
        return CitingKind("question", "Exam question", self.cards, lambda session, one: [],
                          lambda work, one, ids: self.pulled.append(one), lambda work, one: self.back.append(one))

    def in_papers(self, world: Centre, ids: Sequence[int]) -> list[int]:
        with world.look() as work:
            return [one for one in ids if one not in marked_among(work.session, "question", ids)]


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Questions:
    made = Questions()
    monkeypatch.setitem(CITING, "question", made.kind())
    return made


def test_one_number_changed_in_a_process_pulls_only_the_two_questions_that_cite_it(world: Centre, bank: Questions) -> None:
    process = make_process(world, body=BODY, drain=True)
    at = blocks(world, process, ProcessVersion)
    cited = {1: ["手续费"], 2: ["七天内", "手续费"], 3: ["七天内"], 4: ["发票随"], 5: ["超过七"]}
    with world.begin("trainer") as work:
        work.permit(KEEP_CITATIONS)
        for one, paragraphs in cited.items():
            cites(work, "question", one, [Ref("process", process.id, at[name]) for name in paragraphs])
    new_version(world, process, BODY.replace("20元", "30元"))
    assert bank.pulled == [1, 2] and bank.in_papers(world, list(cited)) == [3, 4, 5]
    with world.look() as work:
        rows = list(work.session.scalars(select(Citation).order_by(Citation.id)))
        live = work.get(Process, process.id).published_version_id
        assert [(row.citing_id, row.change) for row in rows if row.state == "marked"] == [(1, "changed"), (2, "changed")]
        assert {row.version_id for row in rows if row.state == "true"} == {live}, "what is still true goes on to the new text"
    for row in (row for row in rows if row.state == "marked"):
        with world.begin("trainer") as work:
            usecases.look_at(work, row.id, "changed", note="30 now")
    world.drain(index=False)
    assert bank.back == [1, 2] and bank.in_papers(world, list(cited)) == [1, 2, 3, 4, 5]


def test_a_change_that_touches_nothing_cited_is_silent(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    made = register(world, "first", Ref("article", article.id, at["七天内"]))
    rewrite(world, article, BODY.replace("20元", "30元") + "\n\n新的一段。")
    assert states(world, made) == [[("true", None)]] and told(world, "trainer") == []


def test_changed_moved_and_gone_are_told_apart_and_the_keeper_hears_once(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    changed, gone, moved, still = (register(world, name, Ref("article", article.id, at[name])) for name in (
        "手续费", "超过七", "发票随", "七天内"))
    rewrite(world, article, "# 退款\n\n发票随货退回。\n\n七天内全额退款。\n\n手续费30元。")
    assert states(world, changed, gone, moved, still) == [[("marked", "changed")], [("marked", "gone")], [("marked", "moved")],
                                                          [("true", None)]]
    assert told(world, "trainer") == ["knowledge.citation.marked"] * 3
    world.drain(index=False)
    with world.begin("system") as work:
        assert follow_text(work, "article", article.id, today=world.clock.today) == 0
    assert len(told(world, "trainer")) == 3


def test_the_whole_text_is_cited_too_and_a_text_that_is_changed_back_needs_nobody(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    first = article.published_version_id or 0
    made = register(world, "all of it", Ref("article", article.id))
    rewrite(world, article, BODY + "\n\n还有一段。")
    assert states(world, made) == [[("marked", "changed")]]
    with world.begin("knowledge_editor") as work:
        revert_article(work, article.id, to_version_id=first, reason="r")
    world.drain(index=False)
    assert states(world, made) == [[("true", None)]]


def test_two_new_texts_before_anybody_looked_are_compared_with_what_was_true(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    made = register(world, "fee", Ref("article", article.id, at["手续费"]))
    rewrite(world, article, BODY.replace("20元", "30元"))
    rewrite(world, article, BODY.replace("20元", "30元") + "\n\n补充。")
    assert states(world, made) == [[("marked", "changed")]]
    with world.look("trainer") as work:
        row = work.session.scalars(select(Citation)).one()
        card = queries.citation_card(work.session, work.actor, row.id)
    assert [(one.old_text, one.new_text) for one in card.changes] == [("手续费20元。", "手续费30元。")]
    assert [one.value for one in card.offered] == ["right", "changed", "ended"]


def test_a_text_out_of_force_and_one_whose_validity_is_over_are_marked(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    until = make_article(world, title="活动", body="满减。", valid_to=world.clock.today + timedelta(days=2), drain=True)
    retired = register(world, "a", Ref("article", article.id, blocks(world, article)["手续费"]))
    expired = register(world, "b", Ref("article", until.id))
    with world.begin("knowledge_editor") as work:
        retire_article(work, article.id, reason="r")
    world.drain(index=False)
    assert states(world, retired) == [[("marked", "retired")]]
    later = world.clock.today + timedelta(days=3)
    with world.look("system") as work:
        assert due_texts(work, world.clock.today) == [] and due_texts(work, later) == [("article", until.id)]
    with world.begin("system") as work:
        follow_text(work, "article", until.id, today=later)
    assert states(world, expired) == [[("marked", "expired")]]
    with world.look() as work:
        row = work.session.scalars(select(Citation).where(Citation.citing_id == expired.id)).one()
    with world.begin("trainer") as work:
        usecases.look_at(work, row.id, "right", note="the history of the campaign")
    with world.begin("system") as work:
        assert due_texts(work, later) == [] and follow_text(work, "article", until.id, today=later) == 0, "asked once is enough"


def test_its_keeper_says_what_became_of_it_and_all_is_noted(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    made = register(world, "x", *(Ref("article", article.id, at[name]) for name in ("手续费", "超过七")))
    rewrite(world, article, BODY.replace("20元", "30元").replace("超过七天转主管审批。\n\n", ""))
    assert told(world, "trainer") == ["knowledge.citation.marked_many"]
    with world.look() as work:
        fee, gone = work.session.scalars(select(Citation).order_by(Citation.id))
    for who in ("qa_inspector", "team_leader"):
        with pytest.raises((NotPermitted, NotFound)), world.begin(who) as work:
            usecases.look_at(work, fee.id, "right")
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.look_at(work, gone.id, "right")
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.look_at(work, gone.id, "changed")
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.look_at(work, gone.id, "changed", block_id="nowhere")
    with pytest.raises(Stale), world.begin("trainer") as work:
        usecases.look_at(work, fee.id, "right", version_id=fee.version_id)
    with world.begin("trainer") as work:
        usecases.look_at(work, fee.id, "right", note="the rule is the same")
    with world.begin("trainer") as work:
        usecases.look_at(work, gone.id, "changed", block_id=at["七天内"])
    assert states(world, made) == [[("true", None), ("true", None)]]
    with world.look() as work:
        found = [(one.verdict, one.change, one.note, one.block_id, one.person_id) for one in work.session.scalars(
            select(CitationLook).order_by(CitationLook.id))]
        assert found == [("right", "changed", "the rule is the same", None, world.people["trainer"]),
                         ("changed", "gone", None, at["七天内"], world.people["trainer"])]
        assert work.session.scalar(select(func.count(AuditEntry.seq)).where(AuditEntry.subject == "knowledge_citation_look")) == 2
    with world.begin("trainer") as work:
        usecases.look_at(work, fee.id, "ended")
    assert states(world, made) == [[("ended", None), ("true", None)]]


def test_nobody_cites_or_sees_what_they_may_not_read(world: Centre) -> None:
    hidden = make_article(world, title="guarded", body="open\n\n:::secret\nnever told\n:::", drain=True)
    team = make_article(world, title="team", body="only team b", unit="TEAM-B", drain=True)
    secret = next(one for text, one in blocks(world, hidden).items() if text.startswith(":::"))
    with pytest.raises(InvalidInput), world.begin("class_teacher") as work:
        cites(work, "outside", 1, [Ref("article", hidden.id, secret)])
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        refs_named(work.session, work.actor, team.number)
    with world.look("knowledge_editor") as work:
        typed = f"{team.number}\uff0c{hidden.number}, {hidden.number}#{secret}"
        assert refs_named(work.session, work.actor, typed) == [
            Ref("article", team.id), Ref("article", hidden.id), Ref("article", hidden.id, secret)]
    made = register(world, "x", Ref("article", team.id))
    with world.look("qa_inspector") as work:
        assert queries.citation_lines(work.session, work.actor, state="all") == []
        assert queries.cited_by(work.session, work.actor, "article", team.id) == []
    with world.look("agent") as work:
        assert queries.cited_by(work.session, work.actor, "article", team.id) == []
    with world.look("knowledge_editor") as work:
        assert [one.citing.id for one in queries.cited_by(work.session, work.actor, "article", team.id)] == [made.id]
    for who in ("agent", "team_leader"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.register_work(work, kind="course", name="n", address=None, keeper=None, refs=())


def test_what_is_said_anew_keeps_what_was_looked_at(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    one, two, three = (Ref("article", article.id, at[name]) for name in ("手续费", "七天内", "发票随"))
    made = register(world, "x", one, two)
    with world.look() as work:
        before = [row.id for row in work.session.scalars(select(Citation).order_by(Citation.id))]
    with world.begin("knowledge_editor") as work:
        work.permit(KEEP_CITATIONS)
        now = cites(work, "outside", made.id, [three, two])
        assert [row.place for row in now] == [1, 2] and now[1].id == before[1]
    assert states(world, made) == [[("ended", None), ("true", None), ("true", None)]]


def test_a_publisher_sees_before_publishing_what_it_would_mark(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    register(world, "x", Ref("article", article.id, at["手续费"]))
    register(world, "y", Ref("article", article.id, at["手续费"]), Ref("article", article.id, at["发票随"]))
    register(world, "z", Ref("article", article.id, at["七天内"]))
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="退款", body=BODY.replace("20元", "30元")))
    with world.look("knowledge_editor") as work:
        from kmsvc.knowledge.citations.beside import of_article
        row = work.get(Article, article.id)
        beside = of_article(work.session, work.actor, row, world.clock.today)
        assert beside["touches"]["things"] == 2 and [card.title for card, _, _ in beside["touches"]["rows"]] == ["x", "y"]
    assert told(world, "trainer") == [], "nothing is marked before it is published"
    with world.begin("knowledge_editor") as work:
        publish_article(work, article.id)
    world.drain(index=False)
    assert told(world, "trainer") == ["knowledge.citation.marked"] * 2


def test_a_removed_work_tells_nobody_and_comes_back_with_its_marks(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    made = register(world, "x", Ref("article", article.id, blocks(world, article)["手续费"]))
    with world.begin("trainer") as work:
        usecases.remove_work(work, made.id, reason="r")
    rewrite(world, article, BODY.replace("20元", "30元"))
    assert told(world, "trainer") == []
    with pytest.raises(NotFound), world.begin("trainer") as work:
        usecases.remove_work(work, made.id)
    with world.begin("trainer") as work:
        usecases.restore_work(work, made.id)
    assert states(world, made) == [[("marked", "changed")]]


def test_what_changed_in_the_moment_it_was_cited_is_found_by_the_clock(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    made = register(world, "x", Ref("article", article.id, blocks(world, article)["手续费"]))
    old = article.published_version_id
    rewrite(world, article, BODY.replace("20元", "30元"))

    def as_it_raced(work: Work) -> None:
        row = work.session.scalars(select(Citation)).one()
        row.state, row.change, row.marked_at, row.marked_version_id, row.version_id = "true", None, None, None, old
    with world.begin("system") as work:
        work.permit(usecases.KEEP_CITATIONS) if False else follow_text(work, "article", article.id, today=world.clock.today)
        as_it_raced(work)
    with world.look("system") as work:
        assert due_texts(work, world.clock.today) == [("article", article.id)]
    with world.begin("system") as work:
        follow_text(work, "article", article.id, today=world.clock.today)
    assert states(world, made) == [[("marked", "changed")]]


def test_a_change_request_lists_what_cites_its_process_and_what_its_text_will_mark(world: Centre) -> None:
    process = make_process(world, body=BODY, drain=True)
    at = blocks(world, process, ProcessVersion)
    register(world, "fee", Ref("process", process.id, at["手续费"]))
    register(world, "week", Ref("process", process.id, at["七天内"]))
    change_id = make_change(world, step=5, process=process, body=BODY.replace("20元", "30元"))
    with world.look("process_manager") as work:
        change = work.get(Change, change_id)
        found = impact(work.session, work.actor, change)
        assert [(one.title, one.change) for one in found.citations] == [("fee", "changed"), ("week", None)]
        assert impact_count(work.session, work.actor, change) == found.total
    with world.look("agent") as work:
        assert impact(work.session, work.actor, work.get(Change, change_id)).citations == ()


def test_nobody_judges_a_text_they_may_not_read_and_no_paragraph_is_cited_twice(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    at = blocks(world, article)
    register(world, "fee", Ref("article", article.id, at["手续费"]), Ref("article", article.id, at["七天内"]))
    rewrite(world, article, BODY.replace("20元", "30元"))
    with world.look() as work:
        marked = work.session.scalars(select(Citation.id).where(Citation.state == "marked")).one()
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.look_at(work, marked, "changed", block_id=at["七天内"])
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="退款", body=BODY.replace("20元", "30元")),
                     audience=Audience(world.units["TEAM-B"]))
    with pytest.raises(NotFound), world.begin("trainer") as work:
        usecases.look_at(work, marked, "right")
    with world.begin("knowledge_editor") as work:
        usecases.look_at(work, marked, "right")
