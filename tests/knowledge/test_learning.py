"""Learning from use: bounded, never by one person, seen, switched off, reset and taken back exactly; what it costs, who may."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import NotPermitted, RuleBroken
from kmsvc.core.options import put as put_option
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.contacts.usecases import check_link, link_contact, withdraw_link
from kmsvc.knowledge.feedback.usecases import Said, send_feedback
from kmsvc.knowledge.learning.limits import ON
from kmsvc.knowledge.learning.models import Learned, LearnedChange
from kmsvc.knowledge.learning.rules import MOST_LIFT, Signal, lift_of, weigh
from kmsvc.knowledge.learning.usecases import reset, switch_off, switch_on, undo_reset
from kmsvc.knowledge.learning.working import learn_all
from kmsvc.operations.permissions import SET_OPTION
from kmsvc.people.system import SYSTEM
from kmsvc.schedule import learn_from_use
from kmsvc.search.engine import SearchEngine
from kmsvc.search.learned import lifted
from kmsvc.search.noting import note_search
from kmsvc.search.queries import ask
from kmsvc.worker import Worker
from tests.builders import make_article
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.lists import counted

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
WORDS = "宽带"
PEOPLE = ("agent", "team_leader", "agent_b", "supervisor")


@given(st.lists(st.integers(0, MOST_LIFT), max_size=30), st.sets(st.integers(0, 29)))
def test_nobody_moves_by_more_places_than_the_greatest_lift_and_the_fixed_stay(lifts: list[int], fixed: set[int]) -> None:
    order = list(range(len(lifts)))
    after = lifted(order, dict(enumerate(lifts)), fixed)
    assert sorted(after) == order
    assert all(abs(after.index(one) - one) <= max(lifts) for one in order)
    assert all(one - after.index(one) <= lifts[one] for one in order)
    for one in fixed & set(order):
        assert after.index(one) == one and set(after[:one]) == set(order[:one])


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "helpful", "linked"]), st.integers(0, 29)), max_size=60),
       st.integers(2, 10), st.integers(1, MOST_LIFT))
def test_one_person_alone_lifts_nothing_however_often(drawn: list[tuple[bool, str, int]], least: int, most: int) -> None:
    signals = [Signal(WORDS, 1, 7, NOW - timedelta(days=days), again, said == "helpful", said == "linked")
               for again, said, days in drawn]
    assert all(lift_of(weight, least, most) == 0 for weight in weigh(signals, NOW).values())


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 29)), max_size=80), st.integers(1, MOST_LIFT))
def test_the_lift_is_bounded_and_fades(drawn: list[tuple[int, int]], most: int) -> None:
    signals = [Signal(WORDS, 1, person, NOW - timedelta(days=days)) for person, days in drawn]
    now, later = (weigh(signals, at) for at in (NOW, NOW + timedelta(days=400)))
    assert all(lift_of(weight, 3, most) <= most for weight in now.values())
    assert all(lift_of(weight, 3, most) == 0 for weight in later.values())


def test_who_searched_again_soon_counts_against_it() -> None:
    good = [Signal(WORDS, 1, person, NOW) for person in (1, 2, 3)]
    bad = [Signal(WORDS, 1, person, NOW, again=True) for person in range(4, 9)]
    assert lift_of(weigh(good, NOW)[WORDS, 1], 3, 3) == 1
    assert lift_of(weigh(good + bad, NOW)[WORDS, 1], 3, 3) == 0


def shelf(world: Centre) -> list[Article]:
    made = [make_article(world, title=f"{WORDS}说明{n}", body=f"{WORDS}怎样办理，第{n}种。" * (n + 1)) for n in range(6)]
    world.drain()
    return made


def order(world: Centre, text: str = WORDS, who: str = "agent", **more: Any) -> list[int]:
    with world.look(who) as work:
        found = ask(work.session, world.engine, work.actor, text=text, on=world.clock.today, lag_s=0.0, **more)
    return [one.card.id for one in found.items]


def use(world: Centre, article_id: int, people: tuple[str, ...] = PEOPLE, text: str = WORDS) -> None:
    for who in people:
        world.clock.move(minutes=20)
        with world.begin(who) as work:
            note_search(work, query=text, found=6, opened=("article", article_id), rank=6, acted=True)


def learn(world: Centre) -> int:
    return learn_all(world.db, world.engine, SYSTEM, ZONE)


def test_what_several_people_open_for_the_same_words_moves_up_and_says_so(world: Centre) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    assert learn(world) == 1
    after = order(world)
    assert 0 < before.index(before[-1]) - after.index(before[-1]) <= 3 and sorted(after) == sorted(before)
    assert order(world, learned=False) == before and order(world, f"{WORDS}怎样")[:1] == order(world, f"{WORDS}怎样", learned=False)[:1]
    with world.look("agent") as work:
        found = ask(work.session, world.engine, work.actor, text=WORDS, on=world.clock.today, lag_s=0.0)
        assert [one.card.id for one in found.items if one.moved] == [before[-1]]
        (row,) = work.session.scalars(select(Learned))
        (change,) = work.session.scalars(select(LearnedChange))
    assert (row.place, row.place_to, row.people) == (len(before), after.index(before[-1]) + 1, 4)
    assert (change.old_lift, change.new_lift, change.cause) == (0, row.lift, "learned")
    assert learn(world) == 1


def test_one_person_alone_moves_nothing_in_the_search(world: Centre) -> None:
    shelf(world)
    before = order(world)
    for _ in range(12):
        use(world, before[-1], ("agent",))
    assert learn(world) == 0 and order(world) == before


def test_a_title_typed_in_full_and_a_number_stay_first(world: Centre) -> None:
    articles = shelf(world)
    for text in (f"{WORDS}说明2", articles[2].number):
        first = order(world, text)[0]
        assert first == articles[2].id
        for other in order(world, text)[1:]:
            use(world, other, text=text)
    learn(world)
    assert all(order(world, text)[0] == articles[2].id for text in (f"{WORDS}说明2", articles[2].number))


def test_what_was_used_for_contacts_weighs_more_than_what_was_opened_and_less_than_what_was_found_helpful() -> None:
    scores = [weigh([Signal(WORDS, 1, person, NOW, **how) for person in (1, 2, 3)], NOW)[WORDS, 1]
              for how in ({}, {"linked": True}, {"helpful": True})]
    assert [one.score for one in scores] == [3.0, 6.0, 9.0]
    assert [(one.opened, one.linked, one.helpful) for one in scores] == [(3, 0, 0), (0, 3, 0), (0, 0, 3)]


def test_links_to_contacts_count_for_the_words_that_led_to_them_until_they_are_taken_back_or_found_wrong(world: Centre) -> None:
    shelf(world)
    before = order(world)
    last, links = before[-1], {}
    for who in ("agent", "team_leader", "agent_b"):
        with world.begin(who) as work:
            links[who] = link_contact(work, "article", last, number=f"K-{who}", query=WORDS).id
    assert learn(world) == 1
    with world.look() as work:
        [row], [change] = work.session.scalars(select(Learned)), work.session.scalars(select(LearnedChange))
    assert (row.people, row.opened, row.linked, change.linked) == (3, 0, 3, 3) and order(world).index(last) < before.index(last)
    assert before.index(last) - order(world).index(last) <= 3
    with world.begin("qa_inspector") as work:
        check_link(work, links["agent"], accurate=False, note="wrong")
    assert learn(world) == 0 and order(world) == before
    with world.begin("qa_inspector") as work:
        check_link(work, links["agent"], accurate=True)
    assert learn(world) == 1
    with world.begin("agent_b") as work:
        withdraw_link(work, links["agent_b"])
    assert learn(world) == 0


def test_thanks_with_a_search_at_hand_count(world: Centre) -> None:
    shelf(world)
    before = order(world)
    with world.look() as work:
        version = work.get(Article, before[-1]).published_version_id
    for who in PEOPLE:
        with world.begin(who) as work:
            send_feedback(work, version, "helpful", today=world.clock.today, said=Said(query=WORDS))
    assert learn(world) == 1 and order(world) != before


def test_a_reset_gives_the_order_of_before_and_taking_it_back_the_one_after(world: Centre) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    use(world, before[-2])
    learn(world)
    after = order(world)
    assert after != before
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        reset(work, reason="no")
    with world.begin("knowledge_editor") as work:
        made = reset(work, reason="a test")
    assert order(world) == before
    assert learn(world) == 0 and order(world) == before, "signals of before count no more"
    with world.begin("knowledge_editor") as work:
        undo_reset(work, made.id)
    assert order(world) == after
    learn(world)
    assert order(world) == after
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        undo_reset(work, made.id)


def test_one_pair_is_switched_off_and_on_and_the_whole_by_a_setting(world: Centre) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    learn(world)
    with world.begin("admin") as work:
        work.permit(SET_OPTION)
        put_option(work.session, ON, False)
    assert order(world) == before
    with world.begin("admin") as work:
        work.permit(SET_OPTION)
        put_option(work.session, ON, True)
    assert order(world) != before
    with world.begin("knowledge_editor") as work:
        off = switch_off(work, work.session.scalars(select(Learned.id)).one(), reason="wrong answer")
    assert order(world) == before and learn(world) == 0
    with world.begin("knowledge_editor") as work:
        switch_on(work, off.id)
    assert learn(world) == 1 and order(world) != before


def test_without_an_index_nothing_learned_is_forgotten_and_the_base_is_not_read(world: Centre) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    assert learn(world) == 1

    def kept() -> list[tuple[int, int]]:
        with world.look() as work:
            return [(row.article_id, row.lift) for row in work.session.scalars(select(Learned))] + [
                (row.article_id, row.new_lift) for row in work.session.scalars(select(LearnedChange))]

    stood = kept()
    empty = SearchEngine(world.settings.data_dir / "no-index")
    for _ in range(2):
        with pytest.raises(RuleBroken) as refused:
            learn_all(world.db, empty, SYSTEM, ZONE)
        assert refused.value.code == "knowledge.learning.no_index"
    learn_from_use(Worker(world.db, world.settings, empty))  # the job of the worker does not fall over it
    assert kept() == stood


def test_what_is_switched_off_while_it_is_worked_out_stays_off(world: Centre) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    learn(world)
    steps: list[int] = []

    def meanwhile() -> None:
        steps.append(1)
        with world.look() as work:
            row = work.session.scalars(select(Learned.id)).one_or_none()
        if len(steps) == rests and row is not None:
            with world.begin("knowledge_editor") as work:
                switch_off(work, row, reason="wrong answer")

    rests = 0
    learn_all(world.db, world.engine, SYSTEM, ZONE, meanwhile)
    rests, steps = len(steps), []  # the last rest is after the index was asked
    assert rests and learn_all(world.db, world.engine, SYSTEM, ZONE, meanwhile) == 0
    assert order(world) == before
    with world.look() as work:
        assert work.session.scalars(select(Learned)).all() == []


def test_what_a_caller_may_not_see_is_not_shown_by_use(world: Centre) -> None:
    shelf(world)
    hidden = make_article(world, title=f"{WORDS}内部价目", body=f"{WORDS}价目", unit="TEAM-B")
    world.drain()
    use(world, hidden.id, ("agent_b", "supervisor", "team_leader", "admin"))
    learn(world)
    assert hidden.id not in order(world) and order(world) == order(world, learned=False)


def test_a_keystroke_asks_the_database_no_more_for_it(world: Centre, client: Callable) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    learn(world)
    agent = client("agent")
    agent.get(f"/search/live?q={WORDS}")
    with counted(world) as asked:
        page = agent.get(f"/search/live?q={WORDS}").get_data(as_text=True)
    assert "moved up by use" in page and not [one for one in asked if "FROM knowledge_learned" in one]


def test_the_page_tells_what_it_changed_and_its_acts_work(world: Centre, client: Callable) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    learn(world)
    editor = client("knowledge_editor")
    base = "/knowledge/learning"
    page = editor.get(base).get_data(as_text=True)
    assert WORDS in page and re.search(r"6 → [345]", page) and "4" in page
    for view in ("log", "off"):
        assert editor.get(f"{base}?view={view}").status_code == 200
    assert WORDS in editor.get(f"{base}?format=csv").get_data(as_text=True) and editor.get(f"{base}?format=xlsx").status_code == 200
    assert WORDS not in editor.get(f"{base}?q=nichts").get_data(as_text=True).split("<table")[-1]
    off = re.search(rf'action="({base}/\d+/off)"', page)
    assert off is not None and editor.post(off[1], data={"reason": ""}).status_code == 422
    assert editor.post(off[1], data={"reason": "wrong"}).status_code == 303 and order(world) == before
    on = re.search(rf'action="({base}/off/\d+/on)"', editor.get(f"{base}?view=off").get_data(as_text=True))
    assert on is not None and editor.post(on[1]).status_code == 303
    learn(world)
    assert editor.post(f"{base}/reset", data={"reason": "anew"}).status_code == 303 and order(world) == before
    undo = re.search(rf'action="({base}/reset/\d+/undo)"', editor.get(base).get_data(as_text=True))
    assert undo is not None and editor.post(undo[1]).status_code == 303 and order(world) != before
    assert editor.post(undo[1]).status_code == 409
    assert client("agent").get(base).status_code == 403


def test_a_reason_too_long_is_kept_and_told_in_the_words_of_its_field(world: Centre, client: Callable) -> None:
    shelf(world)
    use(world, order(world)[-1])
    learn(world)
    editor = client("knowledge_editor")
    with world.look() as work:
        learned_id = work.session.scalars(select(Learned.id)).one()
    long = "因为" * 151
    for path in ("reset", f"{learned_id}/off"):
        answer = editor.post(f"/knowledge/learning/{path}", data={"reason": long})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and page.count(long) == 1 and page.count('id="reason-error"') == 1
        assert page.count("data-confirm open") == 1 and "300" in page.split('id="reason-error"')[1].split("</p>")[0]


def test_programs_and_the_command_line_see_and_act_too(world: Centre, client: Callable) -> None:
    shelf(world)
    before = order(world)
    use(world, before[-1])
    learn(world)
    editor = client("knowledge_editor")
    (line,) = editor.get("/api/v1/knowledge/learning").get_json()["items"]
    assert line["people"] == 4 and line["place"] == 6 > line["place_to"]
    assert client("agent").get(f"/api/v1/search?q={WORDS}").get_json()["items"][line["place_to"] - 1]["moved_up"] > 0
    made = editor.post("/api/v1/knowledge/learning/reset", json={"reason": "r"}).get_json()
    assert editor.post(f"/api/v1/knowledge/learning/reset/{made['reset_id']}/undo").status_code == 200

    def run(*words: str) -> str:
        places = {"KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url}
        result = CliRunner(env=places).invoke(knowledge, ["learning", *words])
        assert result.exit_code == 0, (words, result.output, result.exception)
        return str(result.output)
    (line,) = json.loads(run("list", "--json"))["items"]
    run("off", str(line["id"]), "--reason", "r")
    off = json.loads(run("list", "--view", "off", "--json"))["items"][0]["id"]
    run("on", str(off))
    run("reset", "--yes", "--reason", "r")
    run("undo")
    assert "learned" in run("list", "--view", "log", "--json")
