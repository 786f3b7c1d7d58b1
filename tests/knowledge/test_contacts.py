"""Links to contacts: one key, once however often it is pressed, the search that led to it, who sees numbers and names, what is
forgotten and what stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.actors import Actor
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.contacts import queries, rules
from kmsvc.knowledge.contacts.events import ContactLinked
from kmsvc.knowledge.contacts.models import Contact, ContactLink
from kmsvc.knowledge.contacts.queries import Filters, link_lines, reuse_of
from kmsvc.knowledge.contacts.usecases import (
    check_link,
    forget_numbers,
    link_contact,
    note_number,
    withdraw_link,
)
from kmsvc.people.roles import GRANTS, Role
from kmsvc.people.system import SYSTEM
from kmsvc.schedule import forget_contacts
from kmsvc.search.noting import note_search
from kmsvc.settings import Settings
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

SCRIPT = {"HX-Request": "true"}


def link(world: Centre, who: str, article: Any, number: str | None = None, **more: Any) -> ContactLink:
    with world.begin(who) as work:
        return link_contact(work, "article", article.id, number=number, **more)


def lines(world: Centre, who: str, **asked: Any) -> list[queries.LinkLine]:
    with world.look(who) as work:
        return link_lines(work.session, work.actor, Filters(**asked), ZONE)[0]


def reuse(world: Centre, article: Any) -> queries.Reuse:
    with world.look() as work:
        return reuse_of(work.session, "article", article.id, work.now, checks=True)


def both(world: Centre, who: str, role: Role) -> Actor:
    """Somebody who has another role beside the own one."""
    actor = world.actor(who)
    return replace(actor, permissions=actor.permissions | GRANTS[role])


def test_a_number_is_folded_and_masked() -> None:
    assert rules.folded("  ｋｆ 2026-001 ") == "KF2026-001"
    assert rules.folded("   ") is None and rules.folded(None) is None
    assert rules.masked("KF2026-001") == "••••01" and rules.masked("123") == "••••"


def test_two_presses_are_one_link_and_two_contacts_are_two(world: Centre) -> None:
    article = make_article(world)
    first = link(world, "agent", article)
    assert link(world, "agent", article).id == first.id
    world.clock.move(minutes=2)
    assert link(world, "agent", article).id != first.id
    one = link(world, "agent", article, "KF 1")
    world.clock.move(hours=3)
    assert link(world, "agent", article, "kf1").id == one.id
    other = link(world, "team_leader", article, "KF1")
    assert other.contact_id == one.contact_id
    assert reuse(world, article) == queries.Reuse(3, 3)


def test_the_search_it_was_opened_from_is_remembered(world: Centre) -> None:
    article, other = make_article(world), make_article(world, title="二")
    with world.begin("agent") as work:
        note_search(work, query="怎样退费", found=3, opened=("article", article.id), rank=1)
        note_search(work, query="别的", found=1, opened=("article", other.id), rank=1)
    row = link(world, "agent", article)
    assert row.query == "怎样退费" and row.search_id is not None and row.searched_at == world.clock()
    assert link(world, "agent", article, "K1", query="改签").query == "改签"
    assert link(world, "team_leader", article).query is None
    world.clock.move(hours=1)
    assert link(world, "agent", other, "K2").search_id is None


def test_only_what_one_may_read_is_linked_and_only_by_a_person(world: Centre) -> None:
    hidden, draft = make_article(world, unit="TEAM-A"), make_article(world, publish=False)
    for article in (hidden, draft):
        with pytest.raises(NotFound):
            link(world, "agent_b", article)
    with pytest.raises(NotPermitted), world.db.begin(SYSTEM) as work:
        link_contact(work, "article", hidden.id)
    process = make_process(world)
    with world.begin("agent") as work:
        assert link_contact(work, "process", process.id).version_id is None


def test_a_link_is_taken_back_by_its_own_person_and_counts_no_more(world: Centre) -> None:
    article = make_article(world)
    row = link(world, "agent", article, "K1")
    with pytest.raises(NotPermitted), world.begin("qa_inspector") as work:
        withdraw_link(work, row.id)
    with world.begin("agent") as work:
        withdraw_link(work, row.id)
    assert reuse(world, article) == queries.Reuse() and lines(world, "qa_inspector") == []
    assert [one.withdrawn_at is not None for one in lines(world, "agent")] == [True]
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        withdraw_link(work, row.id)
    assert link(world, "agent", article, "K1").id != row.id


def test_a_number_may_come_later_and_joins_its_contact(world: Centre) -> None:
    article, other = make_article(world), make_article(world, title="二")
    first, second = link(world, "agent", article, "K1"), link(world, "agent", other)
    with world.begin("agent") as work:
        assert note_number(work, second.id, " k1 ").contact_id == first.contact_id
    with world.look() as work:
        kept = list(work.session.scalars(select(Contact).order_by(Contact.id)))
        assert [one.number for one in kept] == ["K1", None]
    third = link(world, "agent", other, "K2")
    assert third.contact_id > max(one.id for one in kept), "reviews name contacts by id: none is ever another one's"
    with world.begin("agent") as work:
        assert note_number(work, second.id, None).contact_id != first.contact_id


def test_numbers_and_names_are_for_those_who_need_them(world: Centre) -> None:
    article = make_article(world)
    with world.begin("knowledge_editor") as work:
        work.permit(EDIT_ARTICLE)
        work.get(Article, article.id).owner_id = world.people["business_owner"]
    link(world, "agent", article, "KF20261234")
    link(world, "agent_b", article, "KF20269876")
    seen = {who: [(one.number, bool(one.person)) for one in lines(world, who)] for who in (
        "agent", "team_leader", "qa_inspector", "supervisor", "business_owner", "knowledge_editor", "marker")}
    assert seen["agent"] == [("KF20261234", True)]
    assert seen["team_leader"] == [("KF20261234", True)]  # the own team alone
    assert seen["qa_inspector"] == [("KF20269876", True), ("KF20261234", True)]
    assert seen["supervisor"] == [("••••76", True), ("••••34", True)]
    assert seen["business_owner"] == seen["knowledge_editor"] == [("••••76", False), ("••••34", False)]
    assert seen["marker"] == []
    with world.db.look(both(world, "team_leader", Role.KNOWLEDGE_EDITOR)) as work:
        found = link_lines(work.session, work.actor, Filters(), ZONE)[0]
        assert [(one.number, bool(one.person)) for one in found] == [("••••76", False), ("KF20261234", True)]
        for asked in (Filters(q="KF20269876"), Filters(person_id=world.people["agent_b"])):
            assert link_lines(work.session, work.actor, asked, ZONE)[0] == []
    assert len(lines(world, "qa_inspector", q="kf20261234")) == 1
    assert lines(world, "supervisor", q="KF20261234") == []
    person = world.people["agent"]
    assert len(lines(world, "supervisor", person_id=person)) == 1
    assert lines(world, "knowledge_editor", person_id=person) == []


def test_the_list_narrows_by_article_unit_day_and_word(world: Centre) -> None:
    article, other = make_article(world), make_article(world, title="套餐变更")
    link(world, "agent", article, "K1")
    world.clock.move(days=3)
    row = link(world, "agent_b", other, "K2", query="换套餐")
    with world.begin("qa_inspector") as work:
        check_link(work, row.id, accurate=True)
    day = world.clock.today
    for asked, count in (({}, 2), ({"article_id": other.id}, 1), ({"q": "换套餐"}, 1), ({"q": "套餐变"}, 1), ({"since": day}, 1),
                         ({"until": day - timedelta(days=1)}, 1), ({"accuracy": "accurate"}, 1), ({"accuracy": "unchecked"}, 1),
                         ({"accuracy": "inaccurate"}, 0), ({"kind": "flow"}, 0), ({"view": "mine"}, 0)):
        assert len(lines(world, "qa_inspector", **asked)) == count, asked
    with world.look("qa_inspector") as work:
        page, following = link_lines(work.session, work.actor, Filters(), ZONE, limit=1)
        assert link_lines(work.session, work.actor, Filters(), ZONE, before=following, limit=1)[0][0].id < page[0].id


def test_somebody_else_says_whether_it_was_right_and_the_last_word_counts(world: Centre) -> None:
    article = make_article(world)
    row = link(world, "agent", article, "K1")
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        check_link(work, row.id, accurate=True)
    with pytest.raises(InvalidInput), world.begin("qa_inspector") as work:
        check_link(work, row.id, accurate=False)
    with world.begin("qa_inspector") as work:
        check_link(work, row.id, accurate=False, note="应当用退费标准")
    assert reuse(world, article) == queries.Reuse(1, 1, 1, 1)
    with world.begin("team_leader") as work:
        check_link(work, row.id, accurate=True)
    assert reuse(world, article) == queries.Reuse(1, 1, 1, 0)
    mine = link(world, "qa_inspector", article, "K9")
    with pytest.raises(NotPermitted), world.begin("qa_inspector") as work:
        check_link(work, mine.id, accurate=True)


def test_numbers_and_persons_are_forgotten_and_counts_stay(world: Centre) -> None:
    article = make_article(world)
    for who in ("agent", "agent_b"):
        link(world, who, article, "KF-1")
    link(world, "agent", article, "KF-2")
    world.clock.move(days=60)
    link(world, "agent", article, "KF-3")
    before = reuse(world, article)
    world.clock.move(days=20)
    assert before == queries.Reuse(1, 3)
    world.clock.move(days=120)  # 200 days after the first
    with world.db.begin(SYSTEM, world.clock()) as work:
        assert forget_numbers(work) == 2
        assert forget_numbers(work) == 0
    with world.look() as work:
        kept = [(one.number, one.erased_at is not None) for one in work.session.scalars(select(Contact).order_by(Contact.id))]
        assert kept == [(None, True), (None, True), ("KF-3", False)]
        assert [one.person_id is None for one in work.session.scalars(select(ContactLink).order_by(ContactLink.id))] == [
            True, True, True, False]
        assert [one.person_id is None for one in work.session.scalars(
            select(Fact).where(Fact.kind == ContactLinked.kind).order_by(Fact.id))] == [True, True, True, False]
        trail = [(one.before, one.after) for one in work.session.scalars(select(AuditEntry))]
        assert "KF-" not in json.dumps(trail, default=str)  # the trail keeps no copy
    assert [one.number for one in lines(world, "qa_inspector")] == ["KF-3", "", "", ""]
    with pytest.raises(NotPermitted), world.begin("qa_inspector") as work:
        forget_numbers(work)
    assert callable(forget_contacts)


def test_one_key_stands_on_the_answer_and_on_the_page(client: Callable, world: Centre) -> None:
    article, agent = make_article(world), client("agent")
    for address in (f"/search/answer?kind=article&id={article.id}&q=退费", f"/knowledge/articles/{article.id}"):
        page = agent.get(address).get_data(as_text=True)
        assert 'action="/knowledge/contacts/link"' in page and 'data-key="l"' in page
    assert 'id="contact-now"' in agent.get("/search").get_data(as_text=True)
    answer = agent.post("/knowledge/contacts/link", data={"kind": "article", "id": article.id, "contact": "KF1", "query": "退费"},
                        headers=SCRIPT)
    page = answer.get_data(as_text=True)
    [line] = lines(world, "agent")
    assert answer.status_code == 200 and "KF1" in page and f'action="/knowledge/contacts/{line.id}/withdraw"' in page
    assert (line.number, line.query) == ("KF1", "退费")
    assert "for 1 contact in 90 days" in agent.get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    taken = agent.post(f"/knowledge/contacts/{line.id}/withdraw", headers=SCRIPT)
    assert taken.status_code == 200 and "/withdraw" not in taken.get_data(as_text=True)


def test_the_contact_of_now_is_typed_once_and_never_goes_to_another_person(client: Callable, world: Centre) -> None:
    article, agent = make_article(world), client("agent")
    assert agent.post("/knowledge/contacts/current", data={"contact": "kf 9"}, headers=SCRIPT).status_code == 200
    assert 'value="KF9"' in agent.get("/search").get_data(as_text=True)
    agent.post("/knowledge/contacts/link", data={"kind": "article", "id": article.id, "then": "/search"})
    assert lines(world, "agent")[0].number == "KF9"
    held = agent.get_cookie("km-contact")
    assert held is not None
    other = client("agent_b")
    other.set_cookie("km-contact", held.value)
    assert 'value="KF9"' not in other.get("/search").get_data(as_text=True)
    other.post("/knowledge/contacts/link", data={"kind": "article", "id": article.id})
    assert lines(world, "agent_b")[0].number == ""
    other.set_cookie("km-contact", f"{world.people['agent_b']}.KF\x009")
    assert 'id="contact-now" form="now-f" name="contact" value=""' in other.get("/search").get_data(as_text=True)
    agent.post("/knowledge/contacts/current", data={"contact": ""})
    assert 'value="KF9"' not in agent.get("/search").get_data(as_text=True)
    assert agent.post("/knowledge/contacts/link", data={"kind": "article", "id": article.id, "contact": "x" * 65}).status_code == 422


def test_the_list_its_export_and_one_link(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签规则")
    inspector = client("qa_inspector")
    assert "/search" in inspector.get("/knowledge/contacts").get_data(as_text=True)
    row = link(world, "agent", article, "=KF1")
    page = inspector.get("/knowledge/contacts").get_data(as_text=True)
    assert page.count("data-row") == 1 and "=KF1" in page
    assert "改签规则" in inspector.get("/knowledge/contacts?format=csv").get_data(as_text=True)
    assert ",=KF1" not in inspector.get("/knowledge/contacts?format=csv").get_data(as_text=True)
    assert inspector.get("/knowledge/contacts?format=xlsx").status_code == 200
    assert inspector.get("/knowledge/contacts?accuracy=nothing").status_code == 422
    refused = inspector.post(f"/knowledge/contacts/{row.id}/check", data={"accuracy": "inaccurate"})
    assert refused.status_code == 422 and "checked" in refused.get_data(as_text=True)
    assert inspector.post(f"/knowledge/contacts/{row.id}/check", data={"accuracy": "inaccurate", "note": "错"}).status_code == 303
    assert "错" in client("agent").get(f"/knowledge/contacts/{row.id}").get_data(as_text=True)
    assert client("marker").get(f"/knowledge/contacts/{row.id}").status_code == 404


def test_programs_link_and_read_what_is_allowed(client: Callable, world: Centre) -> None:
    article = make_article(world)
    agent, inspector = client("agent", by="token"), client("qa_inspector", by="token")
    status, made = agent.call("POST", "/api/v1/knowledge/contacts", {"kind": "article", "id": article.id, "contact": "KF1"})
    assert status == 201 and {one["verb"] for one in made["allowed"]} == {"number", "withdraw"}
    status, seen = inspector.call("GET", f"/api/v1/knowledge/contacts/{made['id']}")
    assert status == 200 and [one["verb"] for one in seen["allowed"]] == ["check"]
    status, seen = inspector.call("POST", seen["allowed"][0]["href"], {"accuracy": "accurate"})
    assert status == 200 and seen["accuracy"] == "accurate"
    assert [one["contact"] for one in inspector.call("GET", "/api/v1/knowledge/contacts")[1]["items"]] == ["KF1"]
    assert client("supervisor", by="token").call("GET", "/api/v1/knowledge/contacts")[1]["items"][0]["contact"] == "••••"
    assert agent.call("POST", "/api/v1/knowledge/contacts", {"kind": "change", "id": 1})[0] == 422


def test_the_command_line_links_lists_and_checks(settings: Settings, world: Centre, tmp_path: Any) -> None:
    article = make_article(world)
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}

    def run(*words: str) -> Any:
        answer = CliRunner(env=env).invoke(knowledge, ["contacts", *words])
        assert answer.exception is None, answer.exception
        return json.loads(answer.stdout) if "--json" in words else answer.output
    made = run("link", article.number, "--contact", "KF1", "--as", "agent", "--json")
    assert made["contact"] == "KF1"
    run("check", str(made["id"]), "inaccurate", "--note", "错", "--as", "qa_inspector")
    assert run("list", "--article", article.number, "--as", "qa_inspector", "--json")["items"][0]["accuracy"] == "inaccurate"
    run("list", "--as", "qa_inspector", "--to", str(tmp_path / "l.csv"))
    assert "KF1" in (tmp_path / "l.csv").read_text("utf-8-sig")
    run("withdraw", str(made["id"]), "--as", "agent")
    assert run("list", "--as", "qa_inspector", "--json")["items"] == []
    assert run("forget", "--json") == {"forgotten": 0}
