"""Licences to write (B10): rights that grow with proven quality, on every door; nothing of a candidate is in force unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.home.queries import tasks
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import Audience, Content, edit_article
from kmsvc.knowledge.licences import usecases as licences
from kmsvc.knowledge.licences.models import Licence
from kmsvc.knowledge.licences.proof import Proof, proof_of
from kmsvc.knowledge.licences.queries import licence_page
from kmsvc.knowledge.licences.rules import Advice, Figures, Level, Limits, advice
from kmsvc.knowledge.proposals import usecases as proposals
from kmsvc.knowledge.proposals.measuring import likeness, not_small
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.queries import proposal_page
from kmsvc.knowledge.proposals.rules import NotSmall
from kmsvc.notices.models import Notice
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from tests.builders import make_article
from tests.support.centre import Centre
from tests.support.clock import ZONE

EDITOR, AGENT = "knowledge_editor", "agent"
BODY = "拨打热线既可改签。\n\n改签费为三十元，两天内到帐。"
MENDED = "拨打热线即可改签。\n\n改签费为三十元，两天内到账。"


def licence(world: Centre, level: str = "candidate", who: str = AGENT, **more: Any) -> Licence:
    with world.begin(EDITOR) as work:
        return licences.grant(work, world.people[who], level, reason="跟班三个月", today=world.clock.today, **more)


def propose(world: Centre, who: str = AGENT, **more: Any) -> Proposal:
    with world.begin(who) as work:
        return proposals.propose_article(work, Content(title="夜间改签", body="夜间也可改签。"), note="客户常问",
                                         today=world.clock.today, **more)


def correct(world: Centre, article: Article, body: str = MENDED, who: str = AGENT, **more: Any) -> Proposal:
    with world.begin(who) as work:
        now = work.get(Article, article.id)
        asked = {"base_version_id": now.published_version_id, "title": "怎样改签", "summary": "", "note": "错字"} | more
        return proposals.propose_correction(work, article.id, body=body, today=world.clock.today, **asked)


def decide(world: Centre, verb: str, row: Proposal, who: str = EDITOR, **more: Any) -> Proposal:
    with world.begin(who) as work:
        return getattr(proposals, verb)(work, row.id, today=world.clock.today, **more)


def shown(world: Centre, article: Article) -> str:
    with world.look() as work:
        return work.get(ArticleVersion, work.get(Article, article.id).published_version_id).body


def told(world: Centre, who: str) -> list[str]:
    world.drain()
    with world.look() as work:
        return list(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people[who]).order_by(Notice.id)))


def proof(world: Centre, who: str = AGENT) -> Proof:
    with world.look() as work:
        return proof_of(work.session, world.people[who], world.clock.today - timedelta(days=365), world.clock.today)


def test_without_a_licence_an_agent_proposes_nothing_and_with_one_no_reader_sees_it_before_a_publisher_has(world: Centre) -> None:
    with pytest.raises(NotPermitted):
        propose(world)
    licence(world)
    row = propose(world)
    assert (row.state, row.article_id) == ("waiting", None)
    with world.look() as work:
        assert work.session.scalars(select(Article)).all() == []
    assert told(world, EDITOR) == ["knowledge.proposal.sent"]
    done = decide(world, "publish", row)
    with world.look() as work:
        article = work.get(Article, done.article_id)
        version = work.get(ArticleVersion, article.published_version_id)
        assert (version.author_id, article.owner_id, version.body) == (world.people[AGENT], world.people[AGENT], "夜间也可改签。")
    assert told(world, AGENT) == ["knowledge.licence.granted", "knowledge.proposal.moved"]


def test_a_licence_gives_exactly_its_level_and_no_right_of_an_editor(world: Centre) -> None:
    article = make_article(world, body=BODY)
    row = None
    for level in ("candidate", "contributor", "publisher"):
        licence(world, level)
        row = correct(world, article)
        assert row.state == "waiting"
        with pytest.raises(NotPermitted), world.begin(AGENT) as work:
            edit_article(work, article.id, Content(title="x", body="y"))
    with pytest.raises(RuleBroken):
        decide(world, "publish", row, who=AGENT)  # nobody decides on the own text
    licence(world, "candidate", who="team_leader")
    other = correct(world, article, who="team_leader")
    assert decide(world, "publish", other, who=AGENT).state == "published"
    licence(world, "contributor")
    with pytest.raises(NotPermitted):
        decide(world, "send_back", correct(world, article, BODY + "。", who="team_leader"), who=AGENT, answer="不")


def test_a_contributor_publishes_a_small_correction_at_once_and_a_publisher_looks_afterwards(world: Centre) -> None:
    article = make_article(world, body=BODY)
    licence(world, "candidate")
    with pytest.raises(NotPermitted):
        correct(world, article, at_once=True)
    assert shown(world, article) == BODY
    licence(world, "contributor")
    row = correct(world, article, at_once=True)
    assert (row.state, shown(world, article)) == ("unseen", MENDED)
    with pytest.raises(RuleBroken):
        correct(world, article, MENDED.replace("三十", "三百"), at_once=True)
    assert shown(world, article) == MENDED
    assert "knowledge.proposal.live" in told(world, EDITOR)
    assert decide(world, "see", row).state == "seen"
    again = correct(world, article, BODY, at_once=True)
    assert decide(world, "take_back", again, answer="原来的对").state == "taken_back"
    assert shown(world, article) == MENDED
    assert told(world, AGENT)[-1] == "knowledge.proposal.reasoned"


@pytest.mark.parametrize(("new", "why"), [
    (("怎样改签?", "", BODY), NotSmall.TITLE), (("t", "", BODY.replace("三十", "四十")), NotSmall.FIGURES),
    (("t", "", BODY.replace("两天内", "2天内")), NotSmall.FIGURES),
    (("t", "", BODY.replace("即可", "不可").replace("既可", "不可")), NotSmall.NOT),
    (("t", "", BODY + "\n\n再说一段。"), NotSmall.PARTS), (("t", "", BODY.replace("热线", "热线" * 40)), NotSmall.MUCH),
    (("t", "", MENDED), None)])
def test_small_is_a_few_words_and_no_figure_no_not_no_part(new: tuple[str, str, str], why: NotSmall | None) -> None:
    old = ("怎样改签" if new[0] != "t" else "t", "", BODY)
    assert not_small(old, new, most=60) == why
    assert likeness(old, old) == 100


def test_a_licence_counts_in_its_category_until_its_day_and_not_while_it_rests(world: Centre) -> None:
    inside, outside = make_article(world, body=BODY, category="票务"), make_article(world, body=BODY, category="行李")
    held = licence(world, category="票务", valid_until=world.clock.today + timedelta(days=2))
    assert correct(world, inside).state == "waiting"
    with pytest.raises(NotPermitted):
        correct(world, outside)
    with world.begin(EDITOR) as work:
        licences.suspend(work, held.id, reason="查一件事")
    with pytest.raises(NotPermitted):
        correct(world, inside)
    with world.begin(EDITOR) as work:
        licences.resume(work, held.id, reason="查清了")
    assert correct(world, inside).state == "waiting"
    world.clock.move(days=3)
    with pytest.raises(NotPermitted):
        correct(world, inside)


def test_nobody_grants_oneself_and_a_new_level_keeps_the_old_row_with_its_reason(world: Centre) -> None:
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        licences.grant(work, world.people[EDITOR], "publisher", reason="x", today=world.clock.today)
    for login in (AGENT, "admin", "team_leader"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            licences.grant(work, world.people["trainer"], "publisher", reason="x", today=world.clock.today)
    with pytest.raises(InvalidInput):
        licence(world, valid_until=world.clock.today)
    licence(world)
    licence(world, "contributor")
    with world.look("manager") as work:
        lines, _ = licence_page(work.session, work.actor, world.clock.today)
        assert [(one.level, one.state, one.end_reason) for one in lines] == [
            ("contributor", "valid", ""), ("candidate", "ended", "跟班三个月")]
        assert {"knowledge_licence"} <= {one.subject for one in work.session.scalars(select(AuditEntry))}
    with world.look("trainer") as work:
        assert licence_page(work.session, work.actor, world.clock.today)[0] == []


def test_the_proof_counts_what_others_decided_and_opens_its_rows(world: Centre) -> None:
    licence(world)
    first, second, third = propose(world), propose(world), propose(world)
    decide(world, "publish", first)
    decide(world, "publish", second, body="全新的文字，与提交的完全两样，长长的一段。")
    decide(world, "send_back", third, answer="已经有了")
    found = proof(world)
    assert (found.figures.published, found.figures.nearly, found.figures.returned) == (2, 1, 1)
    assert [row.number for row in found.rows["nearly"]] == [first.number]
    assert [row.url for row in found.rows["returned"]] == [f"/knowledge/proposals/{third.id}"]


def test_the_proof_proposes_and_too_few_texts_speak_neither_for_nor_against() -> None:
    limits = Limits(5, 20, 80, 20, 80)
    assert advice(Level.CANDIDATE, Figures(published=4, nearly=4), limits)[0] == Advice.THIN
    assert advice(Level.CANDIDATE, Figures(published=5, nearly=5), limits) == (Advice.RAISE, ())
    assert advice(Level.CONTRIBUTOR, Figures(published=5, nearly=5), limits) == (Advice.KEEP, ("texts",))
    assert advice(Level.CONTRIBUTOR, Figures(published=18, nearly=17, seen=4), limits)[0] == Advice.RAISE
    assert advice(Level.CONTRIBUTOR, Figures(published=5, nearly=1, returned=5), limits) == (Advice.LOWER, ("nearly", "returned"))
    assert advice(Level.PUBLISHER, Figures(published=30, nearly=30, marked=5, sound=1), limits) == (Advice.LOWER, ("sound",))


def test_a_proposal_is_for_its_author_and_who_decides_and_a_newer_text_is_never_written_over(world: Centre) -> None:
    article = make_article(world, body=BODY)
    licence(world)
    row = correct(world, article)
    with world.look("team_leader") as work:
        assert proposal_page(work.session, work.actor, world.clock.today)[0] == []
    with pytest.raises(NotFound):
        decide(world, "send_back", row, who="team_leader", answer="x")
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="怎样改签", body=BODY + "\n\n新的一段。"), publish=True)
    with pytest.raises(Stale):
        decide(world, "publish", row)
    with pytest.raises(Stale):
        correct(world, article, base_version_id=row.base_version_id)
    with world.look() as work:
        now = work.get(Article, article.id).published_version_id
    assert decide(world, "publish", row, onto=now).state == "published"
    assert shown(world, article) == MENDED


def test_a_text_with_secret_parts_is_not_corrected_here_and_no_secret_is_proposed(world: Centre, client: Callable[..., Any]) -> None:
    article = make_article(world, body=BODY + "\n\n:::secret\n底价八折\n:::")
    licence(world, "contributor")
    with pytest.raises(RuleBroken):
        correct(world, article)
    with pytest.raises(InvalidInput), world.begin(AGENT) as work:
        proposals.propose_article(work, Content(title="t", body=":::secret\nx\n:::"), note="n", today=world.clock.today)
    assert shown(world, article).endswith(":::")
    page = client("agent").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert "Parts of this article are not for everybody" in page
    plain = make_article(world, title="二")
    assert "Parts of this article" not in client("agent").get(f"/knowledge/articles/{plain.id}").get_data(as_text=True)
    assert "Parts of this article" not in client("agent_b").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)


def test_the_duty_to_renew_stands_with_who_granted_it_and_ends_with_the_licence(world: Centre) -> None:
    held = licence(world, valid_until=world.clock.today + timedelta(days=20))
    with world.begin("system") as work:
        run_duties(work, world.clock.today)
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.rule == "knowledge.licence.renew")).one()
        assert (duty.subject_id, duty.owner_id, duty.due_on) == (held.id, world.people[EDITOR], held.valid_until)
    assert "knowledge.licence.due" in told(world, EDITOR)
    assert "knowledge.licence.ends" in told(world, AGENT)
    with world.begin(EDITOR) as work:
        licences.end(work, held.id, reason="调岗")
    world.drain()
    with world.look() as work:
        assert work.get(Obligation, duty.id).state == "done"


def test_the_page_of_a_proposal_shows_nothing_of_a_text_that_has_become_secret_or_of_another_unit(
        world: Centre, client: Callable[..., Any]) -> None:
    first, second = make_article(world, body=BODY), make_article(world, body=BODY)
    licence(world, "contributor")
    one, other = correct(world, first), correct(world, second)
    with world.begin(EDITOR) as work:
        edit_article(work, first.id, Content(title="OPERATION-X", body="BOTTOM-PRICE", confidentiality="secret"), publish=True)
        edit_article(work, second.id, Content(title="OPERATION-X", body="BOTTOM-PRICE"), publish=True,
                     audience=Audience(world.units["TEAM-B"]))
    for row in (one, other):
        page = client(AGENT).get(f"/knowledge/proposals/{row.id}")
        assert page.status_code == 200 and MENDED[:9] in page.text
        assert "BOTTOM-PRICE" not in page.text and "OPERATION-X" not in page.text
    assert "BOTTOM-PRICE" in client(EDITOR).get(f"/knowledge/proposals/{other.id}").text


def test_a_licence_for_a_category_decides_nothing_of_an_article_that_left_it(world: Centre) -> None:
    article = make_article(world, body=BODY, category="票务")
    licence(world, "contributor")
    licence(world, "publisher", who="team_leader", category="票务")
    row, waiting = correct(world, article, at_once=True), correct(world, article, BODY)
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="怎样改签", body=MENDED), category="行李")
    with pytest.raises(NotFound):
        decide(world, "take_back", row, who="team_leader", answer="不对")
    with pytest.raises(NotFound):
        decide(world, "send_back", waiting, who="team_leader", answer="不对")
    with world.look("team_leader") as work:
        assert proposal_page(work.session, work.actor, world.clock.today)[0] == []
    licence(world, "publisher", who="team_leader", category="行李")
    with world.look("team_leader") as work:
        assert len(proposal_page(work.session, work.actor, world.clock.today, view="waiting")[0]) == 2
    assert decide(world, "take_back", row, who="team_leader", answer="不对").state == "taken_back"


def test_who_may_not_read_the_article_hears_of_no_proposal_on_it(world: Centre) -> None:
    article = make_article(world, body=BODY, unit="TEAM-A")
    licence(world)
    licence(world, "publisher", who="agent_b")
    licence(world, "publisher", who="team_leader")
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="怎样改签", body=BODY), owner_id=world.people[AGENT])
    correct(world, article)
    assert "knowledge.proposal.sent" in told(world, "team_leader")
    assert told(world, "agent_b") == ["knowledge.licence.granted"]


def test_of_a_licence_that_has_lapsed_nobody_is_asked_to_renew_it(world: Centre) -> None:
    licence(world, valid_until=world.clock.today + timedelta(days=2))
    for days in (0, 5):
        world.clock.move(days=days)
        with world.begin("system") as work:
            run_duties(work, world.clock.today)
    with world.look() as work:
        assert work.session.scalars(select(Obligation).where(Obligation.rule == "knowledge.licence.renew")).one().state == "moot"


@pytest.mark.parametrize(("old", "new", "why"), [
    ("You can refund it within two days.", "You can refund it within six days.", NotSmall.FIGURES),
    ("You can refund it.", "You cannot refund it.", NotSmall.NOT), ("It doesn\u2019t cost.", "It does cost.", NotSmall.NOT),
    ("押金伍佰", "押金陆佰", NotSmall.FIGURES), ("Teh ticket is refunded.", "The ticket is refunded.", None)])
def test_a_figure_in_words_and_a_cannot_are_no_small_correction(old: str, new: str, why: NotSmall | None) -> None:
    assert not_small(("t", "", old), ("t", "", new), most=60) == why


def test_what_waits_for_me_is_on_my_day_with_its_day_and_whoever_holds_a_licence_finds_the_part(
        app: Flask, world: Centre, client: Callable[..., Any]) -> None:
    licence(world)
    row = propose(world)
    page = client(EDITOR).get("/").text
    assert f'href="/knowledge/proposals/{row.id}"' in page and "Decide on the proposal «夜间改签»" in page
    with app.test_request_context("/"), world.look(EDITOR) as work:
        days = [one.due_on for one in tasks(work.session, work.actor, world.clock.today, ZONE, work.now) if one.kind == "proposal"]
        assert days == [row.due_on]
    assert 'href="/knowledge/proposals"' in client(AGENT).get("/knowledge").text
    assert 'href="/knowledge/proposals"' not in client("agent_b").get("/knowledge").text
    assert "Decide on the proposal" not in client(AGENT).get("/").text


def test_the_page_of_a_correction_shows_two_paragraphs_around_what_changes_and_one_place_to_word_it(
        world: Centre, client: Callable[..., Any]) -> None:
    licence(world)
    body = "\n\n".join(f"第{n}段。" for n in "一二三四五六七")
    article = make_article(world, title="怎样改签", body=body)
    row = correct(world, article, body=body.replace("第四段", "第四个段落"))
    page = client(EDITOR).get(f"/knowledge/proposals/{row.id}").text
    shown_there = [n for n in "一二三四五六七" if f"第{n}段。" in page.partition('class="diff')[2].partition("</section>")[0]]
    assert [n for n in shown_there if n != "四"] == ["二", "三", "五", "六"]
    assert 'data-key="r"' in page and "Edit the proposal" not in page and "Word it otherwise first" in page
