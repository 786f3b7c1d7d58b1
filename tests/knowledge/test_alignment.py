"""Process alignment reviews: what a contact is, drawn again by its seed, filled in with proof, judged, signed, frozen, answered;
who sees which."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.rates import Rate, wilson
from kmsvc.knowledge.alignment import rules
from kmsvc.knowledge.alignment.queries import (
    Filters,
    alignment_card,
    alignment_lines,
    count_alignments,
    summary,
)
from kmsvc.knowledge.alignment.rules import Link, Search, sightings
from kmsvc.knowledge.alignment.usecases import (
    Draw,
    cancel_alignment,
    draw_contacts,
    items_of,
    judge_contact,
    reply_alignment,
    sign_alignment,
)
from kmsvc.knowledge.contacts.usecases import check_link, link_contact, withdraw_link
from kmsvc.knowledge.feedback.usecases import send_feedback
from kmsvc.notices.models import Notice
from kmsvc.people.roles import GRANTS, Role
from kmsvc.search.noting import note_search
from kmsvc.settings import Settings
from tests.builders import make_article, submit
from tests.support.centre import PASSWORD, Centre
from tests.support.clock import ZONE

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
GOOD = {"searched": "yes", "linked": "yes", "accurate": "yes", "improved": "na"}
NOTHING = {"searched": "yes", "linked": "no", "accurate": "na", "improved": "na"}


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_the_interval_of_a_rate_is_that_of_wilson() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert wilson(10, 10)[1] == 1.0 and wilson(0, 10)[0] == 0.0
    assert Rate(0, 0).share is None and Rate(1, 4).share == 0.25
    assert [Rate(*one).percent for one in ((0, 0), (0, 9), (1, 900), (1, 4), (899, 900), (9, 9))] == [None, 0, 1, 25, 99, 100]


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share_and_narrows_with_more(hits: int, more: int) -> None:
    n = hits + more
    low, high = wilson(hits, n)
    assert 0 <= low <= (hits / n if n else low) <= high <= 1
    if n:
        wide = wilson(hits * 10, n * 10)
        assert wide[1] - wide[0] < high - low


def test_a_contact_is_a_link_with_its_searches_or_a_run_of_searches_without() -> None:
    links = [Link(1, 7, 1, at(10)), Link(2, 7, 1, at(12)), Link(3, 8, 1, at(300)), Link(4, 7, 2, at(11))]
    searches = [Search(1, 1, at(8)), Search(2, 1, at(100)), Search(3, 1, at(104)), Search(4, 1, at(110)), Search(5, 2, at(100))]
    assert [(one.key, one.person_id) for one in sightings(links, searches)] == [
        ("contact:7", 1), ("contact:7", 2), ("search:2", 1), ("search:5", 2), ("search:4", 1), ("contact:8", 1)]
    held = {one.key: one for one in sightings([Link(1, 7, 1, at(10), at(-12))], [Search(1, 1, at(-14))])}
    assert set(held) == {"contact:7", "search:1"}  # before the search that led to the link
    assert sightings([Link(1, 7, 1, at(10), at(-12))], [Search(1, 1, at(-12))])[0].begins == at(-12)


def test_what_the_service_knows_is_answered_and_the_rest_is_left_to_people() -> None:
    empty: dict[str, Any] = {"searches": [], "links": [], "feedback": [], "gaps": [], "changes": []}
    assert rules.known(empty) == {"searched": "no", "linked": "no", "accurate": "na", "improved": None}
    link = {"at": "2026-03-02T04:10:00+00:00", "query": None, "accurate": None}
    late = empty | {"links": [link], "searches": [{"at": "2026-03-02T04:11:00+00:00"}]}
    assert rules.known(late) == {"searched": "no", "linked": "yes", "accurate": None, "improved": None}
    before = late | {"searches": [{"at": "2026-03-02T04:09:00+00:00"}], "feedback": [{}]}
    assert rules.known(before) == {"searched": "yes", "linked": "yes", "accurate": None, "improved": "yes"}
    assert rules.known(late | {"links": [link | {"accurate": False}, link | {"accurate": True}]})["accurate"] == "no"


def test_answers_that_contradict_the_proof_are_refused() -> None:
    facts: dict[str, Any] = {"links": []}
    for answers, field in ((GOOD, "linked"), (NOTHING | {"accurate": "yes"}, "accurate"), (NOTHING | {"improved": "no"}, "note")):
        with pytest.raises(InvalidInput) as refused:
            rules.check_judged(answers, facts, None)
        assert field in refused.value.fields
    rules.check_judged(NOTHING, facts, None)
    rules.check_judged(GOOD, {"links": [{}]}, None)


def calls(world: Centre, who: str = "agent", count: int = 4) -> Any:
    """Contacts an hour apart: searched and linked."""
    article = make_article(world, title=f"退费{who}")
    for n in range(count):
        world.clock.move(hours=1)
        with world.begin(who) as work:
            note_search(work, query=f"退费{n}", found=3, opened=("article", article.id), rank=1, acted=True)
        world.clock.move(minutes=2)
        with world.begin(who) as work:
            link_contact(work, "article", article.id, number=f"KF-{who}-{n}")
    world.clock.move(hours=1)
    return article


def draw(world: Centre, who: str = "qa_inspector", *, person: str | None = "agent", unit: str | None = None, size: int = 3,
         seed: str | None = "s") -> int:
    with world.begin(who) as work:
        row = draw_contacts(work, Draw(
            world.clock.today - timedelta(days=2), world.clock.today, size, world.people[person] if person else None,
            world.units[unit] if unit else None, seed), today=world.clock.today, zone=ZONE)
    return row.id


def items(world: Centre, alignment_id: int) -> list[Any]:
    with world.look() as work:
        return items_of(work, alignment_id)


def judge_all(world: Centre, alignment_id: int, who: str = "qa_inspector", answers: Any = None) -> None:
    for one in items(world, alignment_id):
        with world.begin(who) as work:
            judge_contact(work, alignment_id, one.id, answers or (GOOD if one.facts["links"] else NOTHING))


def sign(world: Centre, alignment_id: int, who: str = "qa_inspector") -> None:
    with world.begin(who) as work:
        sign_alignment(work, alignment_id, conclusion="搜得好", agreed="多说没找到的")


def test_contacts_are_drawn_by_a_seed_with_their_proof(world: Centre) -> None:
    article = calls(world)
    with world.begin("agent") as work:
        note_search(work, query="没有的", found=0)
        send_feedback(work, article.published_version_id or 0, "wrong", today=world.clock.today)
    submit(world, asker="agent", new=True)
    world.clock.move(minutes=1)
    first = draw(world, size=50)
    found = {one.key.partition(":")[0]: one for one in items(world, first)}
    assert set(found) == {"contact", "search"} and len(items(world, first)) == 5
    linked, alone = found["contact"].facts, found["search"].facts
    assert linked["searches"][0]["number"] == article.number and linked["links"][0]["query"].startswith("退费")
    assert (alone["searches"][0]["query"], alone["feedback"][0]["kind"], len(alone["changes"])) == ("没有的", "wrong", 1)
    assert "KF-" not in json.dumps(linked)
    small = draw(world, size=2)
    again = draw(world, size=2)
    other = draw(world, size=2, seed="another")
    assert [one.key for one in items(world, small)] == [one.key for one in items(world, again)]
    assert [one.key for one in items(world, small)] != [one.key for one in items(world, other)]
    with world.look("qa_inspector") as work:
        card = alignment_card(work.session, work.actor, small)
    assert card.repeats and card.population == 5 and card.line.number.startswith("PA-2026-")


def test_only_those_within_reach_are_drawn_never_oneself_and_only_days_that_are_known(world: Centre) -> None:
    calls(world, count=1)
    calls(world, "agent_b", count=1)
    calls(world, "team_leader", count=1)
    for who, person in (("team_leader", "agent_b"), ("team_leader", "team_leader"), ("qa_inspector", "qa_inspector")):
        with pytest.raises(InvalidInput):
            draw(world, who, person=person)
    with pytest.raises(InvalidInput):
        draw(world, "team_leader", person=None, unit="TEAM-B")
    with pytest.raises(InvalidInput):
        draw(world, person=None)
    for who in ("agent", "knowledge_editor", "supervisor"):
        with pytest.raises(NotPermitted):
            draw(world, who)
    team = draw(world, "team_leader", person=None, unit="TEAM-A", size=50)
    assert {one.person_id for one in items(world, team)} == {world.people["agent"]}
    whole = draw(world, person=None, unit="CENTRE", size=50)
    assert len({one.person_id for one in items(world, whole)}) == 3
    with pytest.raises(RuleBroken):
        draw(world, person="marker")
    for begins, ends in ((40, 0), (1, -1), (0, 3)):
        with pytest.raises(InvalidInput), world.begin("qa_inspector") as work:
            draw_contacts(work, Draw(world.clock.today - timedelta(days=begins), world.clock.today - timedelta(days=ends), 3,
                                     world.people["agent"]), today=world.clock.today, zone=ZONE)


def test_whoever_leads_a_team_and_sees_everybody_by_another_role_coaches_the_team_alone(world: Centre) -> None:
    calls(world, count=1)
    calls(world, "agent_b", count=1)
    one = draw(world, person=None, unit="TEAM-A", size=50)
    judge_all(world, one)
    sign(world, one)
    actor, day = world.actor("team_leader"), world.clock.today
    actor = replace(actor, permissions=actor.permissions | GRANTS[Role.KNOWLEDGE_EDITOR])
    for person, unit in (("agent_b", None), (None, "TEAM-B"), (None, "CENTRE")):
        with pytest.raises(InvalidInput), world.db.begin(actor) as work:
            draw_contacts(work, Draw(day - timedelta(days=2), day, 3, world.people[person] if person else None,
                                     world.units[unit] if unit else None), today=day, zone=ZONE)
    with world.db.look(actor) as work:
        assert alignment_card(work.session, work.actor, one).whole


def test_too_many_contacts_for_one_draw_are_refused(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    calls(world, count=2)
    monkeypatch.setattr("kmsvc.knowledge.alignment.evidence.MOST_FROM", 1)
    with pytest.raises(RuleBroken):
        draw(world)


def test_what_was_taken_back_is_no_link_and_a_check_is_known(world: Centre) -> None:
    article = make_article(world)
    with world.begin("agent") as work:
        wrong, gone = (link_contact(work, "article", article.id, number=number) for number in ("K1", "K2"))
    with world.begin("agent") as work:
        withdraw_link(work, gone.id)
    with world.begin("qa_inspector") as work:
        check_link(work, wrong.id, accurate=False, note="n")
    [item] = items(world, draw(world))
    assert rules.known(item.facts)["accurate"] == "no"


def test_it_is_judged_by_its_coach_alone_signed_when_whole_and_frozen_then(world: Centre) -> None:
    calls(world)
    one = draw(world)
    first = items(world, one)[0]
    for who in ("trainer", "agent"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            judge_contact(work, one, first.id, GOOD)
    with pytest.raises(RuleBroken):
        sign(world, one)
    judge_all(world, one)
    with pytest.raises(NotPermitted), world.begin("trainer") as work:
        sign_alignment(work, one, conclusion="c")
    with pytest.raises(RuleBroken), world.begin("qa_inspector") as work:
        sign_alignment(work, one, conclusion="c", content_hash="0")
    sign(world, one)
    for again in (lambda: sign(world, one), lambda: judge_all(world, one)):
        with pytest.raises(RuleBroken):
            again()
    with world.look("qa_inspector") as work:
        card = alignment_card(work.session, work.actor, one)
    assert card.is_whole and card.rates["searched"] == Rate(3, 3) and card.rates["improved"] == Rate(0, 0)
    for statement in ("UPDATE knowledge_alignment SET conclusion = 'x'", "DELETE FROM knowledge_alignment_item",
                      "UPDATE knowledge_alignment_item SET searched = 'no'"):
        with pytest.raises(DBAPIError), world.db.engine.begin() as connection:
            connection.execute(text(statement))
    given_up = draw(world)
    with world.begin("qa_inspector") as work:
        cancel_alignment(work, given_up, reason="r")
    with pytest.raises(RuleBroken):
        judge_all(world, given_up)


def test_whoever_was_reviewed_sees_the_own_contacts_once_signed_and_answers(world: Centre) -> None:
    calls(world)
    calls(world, "team_leader")
    one = draw(world, person=None, unit="TEAM-A", size=50)
    judge_all(world, one)
    with pytest.raises(NotFound), world.look("agent") as work:
        alignment_card(work.session, work.actor, one)
    sign(world, one)
    world.drain()
    with world.look("agent") as work:
        card = alignment_card(work.session, work.actor, one)
        assert [line.number for line in alignment_lines(work.session, work.actor, Filters())[0]] == [card.line.number]
        assert summary(work.session, work.actor, Filters())["searched"].n == 0  # whole reviews are for coaches
    assert not card.whole and card.mine and {item.person_id for item in card.items} == {world.people["agent"]}
    assert card.rates["searched"].n == 4 and card.items[0].number.startswith("KF-")
    assert card.conclusion is None and card.agreed is None  # they speak of the whole unit
    for who, found in (("agent", 0), ("qa_inspector", 1)):
        with world.look(who) as work:
            assert count_alignments(work.session, work.actor, Filters(q="搜得好")) == found, who
    with world.begin("agent") as work:
        reply_alignment(work, one, "那天系统很慢")
    with pytest.raises(NotPermitted), world.begin("agent_b") as work:
        reply_alignment(work, one, "x")
    world.drain()
    with world.look("qa_inspector") as work:
        assert [reply.text for reply in alignment_card(work.session, work.actor, one).replies] == ["那天系统很慢"]
        told = {(row.person_id, row.kind) for row in work.session.query(Notice)}
    assert {(world.people["agent"], "knowledge.alignment.signed"), (world.people["team_leader"], "knowledge.alignment.signed"),
            (world.people["qa_inspector"], "knowledge.alignment.answered")} <= told
    for who in ("agent_b", "knowledge_editor", "marker"):
        with pytest.raises(NotFound), world.look(who) as work:
            alignment_card(work.session, work.actor, one)


def test_reviews_add_up_to_rates_with_their_n_for_who_sees_them_as_a_whole(world: Centre) -> None:
    calls(world)
    calls(world, "agent_b", count=2)
    for person in ("agent", "agent_b"):
        one = draw(world, person=person, size=2)
        judge_all(world, one)
        sign(world, one)
    draw(world)  # not signed: does not count
    for who, n in (("supervisor", 4), ("auditor", 4), ("qa_inspector", 4), ("team_leader", 2), ("agent", 0)):
        with world.look(who) as work:
            assert summary(work.session, work.actor, Filters())["linked"] == Rate(n, n), who
    with world.look("supervisor") as work:
        assert summary(work.session, work.actor, Filters(unit_id=world.units["TEAM-B"]))["linked"].n == 2
        assert summary(work.session, work.actor, Filters(person_id=world.people["agent"]))["linked"].n == 2
        card = alignment_card(work.session, work.actor, one)
    assert all(item.number.startswith("••••") for item in card.items)


def test_the_pages_draw_judge_and_sign(client: Callable, world: Centre) -> None:
    calls(world)
    coach = client("qa_inspector")
    assert coach.get("/knowledge/alignment/new").status_code == 200
    day = world.clock.today
    form = {"person": str(world.people["agent"]), "unit": "", "begins_on": str(day - timedelta(days=1)), "ends_on": str(day),
            "size": "2", "seed": ""}
    refused = coach.post("/knowledge/alignment", data=form | {"person": ""})
    assert refused.status_code == 422 and f'value="{day}"' in refused.get_data(as_text=True)
    place = coach.post("/knowledge/alignment", data=form).headers["Location"]
    page = coach.get(place).get_data(as_text=True)
    assert page.count("data-row") == 2 and 'name="password"' not in page
    first = items(world, int(place.rsplit("/", 1)[1]))[0]
    here = f"{place}/items/{first.id}"
    shown = coach.get(here).get_data(as_text=True)
    assert "退费" in shown and "checked" in shown
    assert coach.post(f"{here}/judge", data=GOOD | {"accurate": "no"}).status_code == 422
    following = coach.post(f"{here}/judge", data=GOOD).headers["Location"]
    assert following.startswith(f"{place}/items/") and following != here
    assert coach.post(f"{following}/judge", data=GOOD).headers["Location"] == place
    assert coach.post(f"{place}/sign", data={"conclusion": "c", "password": "wrong-password"}).status_code == 422
    assert coach.post(f"{place}/sign", data={"conclusion": "做得好", "agreed": "", "password": PASSWORD}).status_code == 303
    agent = client("agent")
    assert "做得好" in agent.get(place).get_data(as_text=True)
    assert agent.post(f"{place}/reply", data={"text": ""}).status_code == 422
    assert agent.post(f"{place}/reply", data={"text": "谢谢"}).status_code == 303
    assert "谢谢" in coach.get(place).get_data(as_text=True)
    assert agent.get("/knowledge/alignment").get_data(as_text=True).count("data-row") == 1
    listing = coach.get("/knowledge/alignment").get_data(as_text=True)
    assert "95 %" in listing and listing.count("data-row") == 1
    assert coach.get(f"{place}?format=csv").status_code == coach.get("/knowledge/alignment?format=xlsx").status_code == 200
    assert client("agent_b").get(place).status_code == client("agent_b").get(here).status_code == 404
    assert client("agent").get("/knowledge/alignment/new").status_code == 403


def test_programs_draw_judge_and_sign_by_what_is_allowed(client: Callable, world: Centre) -> None:
    calls(world, count=1)
    coach, day = client("qa_inspector", by="token"), world.clock.today
    status, made = coach.call("POST", "/api/v1/knowledge/alignment", {
        "person": world.people["agent"], "begins_on": str(day), "ends_on": str(day), "size": 5})
    assert status == 201 and [one["verb"] for one in made["allowed"]] == ["cancel"]
    [item] = coach.call("GET", f"/api/v1/knowledge/alignment/{made['id']}/items")[1]["items"]
    assert item["known"]["searched"] == "yes" and item["contact"].startswith("KF-")
    _, shown = coach.call("GET", f"/api/v1/knowledge/alignment/{made['id']}/items/{item['id']}")
    [allowed] = shown["allowed"]
    assert allowed["schema"]["properties"]["linked"]["default"] == "yes"
    assert coach.call("POST", allowed["href"], GOOD)[0] == 200
    _, now = coach.call("GET", f"/api/v1/knowledge/alignment/{made['id']}")
    assert [one["verb"] for one in now["allowed"]] == ["sign", "cancel"] and now["rates"]["linked"]["n"] == 1


def test_the_command_line_draws_and_lists(settings: Settings, world: Centre, tmp_path: Any) -> None:
    calls(world, count=2)
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}

    def run(*words: str) -> Any:
        answer = CliRunner(env=env).invoke(knowledge, ["alignment", *words, "--as", "qa_inspector"])
        return answer
    refused = run("draw", "--person", "agent", "--begins-on", "2026-03-01", "--ends-on", "2026-03-02", "--json")
    assert isinstance(refused.exception, InvalidInput)  # by the clock of the machine these days are long ago
    one = draw(world)
    first = items(world, one)[0]
    judged = run("judge", str(one), str(first.id), "--searched", "yes", "--linked", "yes", "--accurate", "yes", "--improved", "na",
                 "--json")
    assert judged.exception is None and json.loads(judged.stdout)["judged"] == 1
    assert json.loads(run("list", "--json").stdout)["items"][0]["judged"] == 1
    assert len(json.loads(run("items", str(one), "--json").stdout)["items"]) == 2
    assert run("export", str(one), str(tmp_path / "a.csv")).exception is None and (tmp_path / "a.csv").exists()
    assert json.loads(run("cancel", str(one), "--reason", "r", "--json").stdout)["state"] == "cancelled"
