"""Guided flows: writing and publishing, for whom they are, walking with every choice kept, how they were walked, forgetting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core import cards
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.knowledge.flows import counting, queries, usecases, walking
from kmsvc.knowledge.flows.indexing import flows_to
from kmsvc.knowledge.flows.models import Flow, FlowStep, FlowWalk
from kmsvc.knowledge.flows.rules import WalkEnd
from kmsvc.knowledge.flows.usecases import Draft
from kmsvc.search.queries import ask
from tests.builders import make_article, make_process
from tests.support.centre import Centre

BODY = """? light: 哪个灯亮红色？
- LOS红灯 -> fibre
- 都不亮 -> power

? power: 电源插好了吗？
- 插好了 -> broken
- 没有插 -> plugged

! fibre: 光路中断
马上为您登记上门检修。

! broken: 光猫损坏
! plugged: 插上即可
"""


def make_flow(world: Centre, *, who: str = "knowledge_editor", title: str = "光猫红灯排查", body: str = BODY, publish: bool = True,
              unit: str | None = None, drain: bool = False, **more: Any) -> Flow:
    with world.begin(who) as work:
        flow = usecases.new_flow(work, Draft(title=title, body=body, audience_unit_id=world.units[unit] if unit else None, **more),
                                 publish=publish)
    if drain:
        world.drain()
    return flow


def start(world: Centre, flow: Flow, choice: int = 2, *, who: str = "agent", seconds: int = 0) -> FlowWalk:
    with world.begin(who) as work:
        return walking.begin_walk(work, flow.id, version_id=flow.published_version_id or 0, choice=choice,
                                  shown_at=work.now - timedelta(seconds=seconds))


def choose(world: Centre, walk: FlowWalk, at: int, choice: int, who: str = "agent") -> FlowWalk:
    with world.begin(who) as work:
        return walking.choose(work, walk.id, position=at, choice=choice)


def card(world: Centre, walk: FlowWalk, who: str = "agent", at: int | None = None) -> queries.WalkCard:
    with world.look(who) as work:
        return queries.walk_card(work.session, work.actor, walk.id, at=at)


def steps(world: Centre, walk: FlowWalk) -> list[tuple[int, int, bool]]:
    with world.look() as work:
        return [(one.position, one.choice, one.taken_back) for one in work.session.scalars(
            select(FlowStep).where(FlowStep.walk_id == walk.id).order_by(FlowStep.id))]


def found(world: Centre, who: str, text: str) -> list[str]:
    with world.look(who) as work:
        answer = ask(work.session, world.engine, work.actor, text=text, on=world.clock.today, lag_s=0)
        return [one.card.number for one in answer.items]


def test_only_those_who_keep_knowledge_write_flows(world: Centre) -> None:
    for who in ("agent", "team_leader", "supervisor", "manager", "auditor", "process_manager"):
        with pytest.raises(NotPermitted):
            make_flow(world, who=who)
    flow = make_flow(world)
    assert flow.number.startswith("FL-") and flow.published_version_id is not None


def test_a_draft_may_be_unfinished_and_is_not_published(world: Centre) -> None:
    flow = make_flow(world, body="? light: 哪个灯？\n- 红 -> nowhere\n! lost: 没人来", publish=False)
    with world.look("knowledge_editor") as work:
        shown = queries.flow_card(work.session, work.actor, flow.id, newest=True)
    assert {one.where for one in shown.problems} == {"light/1", "light", "lost"}
    with pytest.raises(InvalidInput) as refused, world.begin("knowledge_editor") as work:
        usecases.publish_flow(work, flow.id)
    assert set(refused.value.fields["body"]) == {"light/1", "light", "lost"}
    with pytest.raises(NotFound), world.look("agent") as work:
        queries.flow_card(work.session, work.actor, flow.id)


def test_an_outcome_points_only_to_what_everybody_may_read(world: Centre) -> None:
    open_one, team, secret = make_article(world), make_article(world, unit="TEAM-A"), make_article(world, confidentiality="secret")
    draft, process = make_article(world, publish=False), make_process(world)

    def body(number: str) -> str:
        return BODY.replace("! broken: 光猫损坏", f"! broken: 光猫损坏\nlink: {number}")

    for number in (team.number, secret.number, draft.number, "KB-9999"):
        with pytest.raises(InvalidInput) as refused:
            make_flow(world, body=body(number))
        assert list(refused.value.fields["body"]) == ["broken"]
    make_flow(world, body=body(team.number), unit="TEAM-A")
    flow = make_flow(world, body=body(open_one.number))
    make_flow(world, body=body(process.number))
    with world.look("agent") as work:
        assert [one.id for one in flows_to(work.session, work.actor, "article", open_one.id)] == [flow.id]
        assert len(flows_to(work.session, work.actor, "article", team.id)) == 1
    with world.look("agent_b") as work:
        assert flows_to(work.session, work.actor, "article", team.id) == []


def test_what_becomes_secret_later_is_not_mentioned_at_the_outcome(world: Centre) -> None:
    from kmsvc.knowledge.articles.usecases import Content, edit_article, publish_article

    article = make_article(world)
    flow = make_flow(world, body=BODY.replace("! broken: 光猫损坏", f"! broken: 光猫损坏\nlink: {article.number}"))
    walk = start(world, flow)
    choose(world, walk, 1, 1)
    assert card(world, walk).screen.link is not None
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="怎样改签", body="密", confidentiality="secret"))
        publish_article(work, article.id)
    assert card(world, walk).screen.link is None
    with world.look("agent") as work:
        shown = queries.flow_card(work.session, work.actor, flow.id)
        assert queries.linked(work.session, work.actor, shown.nodes) == {}


def test_a_flow_for_one_team_does_not_exist_for_the_other(world: Centre) -> None:
    flow = make_flow(world, unit="TEAM-A", drain=True)
    assert found(world, "agent", "光猫红灯") == [flow.number] and found(world, "agent_b", "光猫红灯") == []
    with pytest.raises(NotFound):
        start(world, flow, who="agent_b")
    with world.look("agent_b") as work:
        assert queries.flow_lines(work.session, work.actor)[0] == []
        assert cards.card(work.session, work.actor, "flow", flow.id) is None


def test_titles_and_other_names_are_found_until_the_flow_is_retired(world: Centre) -> None:
    flow = make_flow(world, aliases=("猫亮红灯",), drain=True)
    assert flow.number in found(world, "agent", "猫亮红灯") and flow.number in found(world, "agent", flow.number)
    with world.begin("knowledge_editor") as work:
        usecases.retire_flow(work, flow.id, reason="并入新流程")
    world.drain()
    assert found(world, "agent", "光猫红灯") == []
    with pytest.raises(NotFound):
        start(world, flow)


def test_versions_stay_and_an_earlier_one_comes_back(world: Centre) -> None:
    flow = make_flow(world)
    first = flow.published_version_id
    walk = start(world, flow)
    with world.begin("knowledge_editor") as work:
        usecases.edit_flow(work, flow.id, Draft(title="光猫红灯排查", body=BODY.replace("电源插好了吗", "插座有电吗")), publish=True)
    assert card(world, walk).screen.node.title == "电源插好了吗？"  # a walk stays with the version it began
    with world.begin("knowledge_editor") as work:
        usecases.edit_flow(work, flow.id, Draft(title="光猫红灯排查", body=BODY.replace("电源插好了吗", "插座有电吗")))
        assert len(queries.flow_card(work.session, work.actor, flow.id).versions) == 2  # the same again is no version
        back = usecases.revert_flow(work, flow.id, ordinal=1, reason="问法不清楚")
        assert back.published_version_id == first
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.revert_flow(work, flow.id, ordinal=1, reason="again")
    with pytest.raises(Stale), world.begin("knowledge_editor") as work:
        usecases.publish_flow(work, flow.id, version_id=first)
    with world.look() as work:
        seen = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "knowledge_flow_publication")).all()
    assert len(seen) == 3


def test_every_choice_is_kept_with_its_instant_and_going_back_takes_back(world: Centre) -> None:
    flow = make_flow(world)
    walk = start(world, flow, 2, seconds=8)
    world.clock.move(seconds=5)
    done = choose(world, walk, 1, 1)
    assert (done.ended, done.last_node) == (WalkEnd.OUTCOME, "broken")
    choose(world, walk, 1, 1)  # a double click is one choice
    assert steps(world, walk) == [(0, 2, False), (1, 1, False)]
    assert [stop.answer for stop in card(world, walk).screen.before] == ["都不亮", "插好了"]
    assert card(world, walk, at=0).screen.node.key == "light"
    choose(world, walk, 0, 1)
    assert steps(world, walk) == [(0, 2, True), (1, 1, True), (0, 1, False)]
    assert card(world, walk).screen.node.key == "fibre"
    with world.look() as work:
        first = work.session.scalars(select(FlowStep).order_by(FlowStep.id)).first()
        assert first is not None and (first.at - first.shown_at).total_seconds() == 8


def test_none_of_these_ends_a_walk_and_a_choice_that_is_not_there_is_refused(world: Centre) -> None:
    flow = make_flow(world)
    walk = start(world, flow)
    for at, choice in ((1, 3), (2, 1)):
        with pytest.raises(InvalidInput):
            choose(world, walk, at, choice)
    assert choose(world, walk, 1, 0).ended == WalkEnd.NONE
    shown = card(world, walk).screen
    assert shown.none and shown.ends and [stop.choice for stop in shown.before] == [2, 0]
    with pytest.raises(InvalidInput):
        start(world, flow, 3)


def test_a_walk_begins_only_with_a_version_that_was_published(world: Centre) -> None:
    flow, other = make_flow(world), make_flow(world)
    first = flow.published_version_id or 0
    with world.begin("knowledge_editor") as work:
        clearer = Draft(title="光猫红灯排查", body=BODY.replace("电源插好了吗", "插座有电吗"))
        draft = usecases.edit_flow(work, flow.id, clearer).draft_version_id
        empty = usecases.edit_flow(work, flow.id, Draft(title="光猫红灯排查", body="还没有写")).draft_version_id
    for version_id in (draft, empty, other.published_version_id):
        for who in ("agent", "knowledge_editor"):
            with pytest.raises(NotFound), world.begin(who) as work:
                walking.begin_walk(work, flow.id, version_id=version_id or 0, choice=2)
    with world.begin("knowledge_editor") as work:
        usecases.revert_flow(work, flow.id, ordinal=2, reason="问得更清楚")
    for version_id in (draft, first):  # the page was open while another version came
        with world.begin("agent") as work:
            assert walking.begin_walk(work, flow.id, version_id=version_id or 0, choice=2).version_id == version_id


def test_nobody_sees_or_changes_the_walk_of_another(world: Centre) -> None:
    walk = start(world, make_flow(world))
    for who in ("agent_b", "knowledge_editor", "manager"):
        with pytest.raises(NotFound):
            choose(world, walk, 1, 1, who)
        with pytest.raises(NotFound):
            card(world, walk, who)


def test_editors_see_where_a_flow_is_left_and_leaders_of_operations_who_walked_it(world: Centre) -> None:
    flow = make_flow(world)
    for n in range(3):
        walk = start(world, flow, 2, seconds=4)
        world.clock.move(seconds=6 + 2 * n)
        if n:
            choose(world, walk, 1, n)
    with world.begin("agent") as work:
        walking.note_contact(work, walk.id, "C-1701")
    world.clock.move(hours=1)
    start(world, flow, 0)
    with world.look("knowledge_editor") as work:
        counts = counting.counts(work.session, work.actor, flow.id, work.now)
        lines, _ = counting.walk_lines(work.session, work.actor, flow.id, work.now)
        named, _ = counting.walk_lines(work.session, work.actor, flow.id, work.now, q="c-17")
        assert counting.count_walks(work.session, work.actor, flow.id, work.now, end="left") == 1
    assert (counts.walks, counts.outcome, counts.none, counts.left) == (4, 2, 1, 1)
    by_key = {one.node.key: one for one in counts.nodes}
    assert (by_key["power"].came, by_key["power"].left, by_key["power"].seconds) == (3, 1, 9.0)
    assert [one.times for one in by_key["light"].choices] == [0, 3] and by_key["light"].none == 1
    assert by_key["broken"].came == by_key["plugged"].came == 1 and by_key["fibre"].came == 0
    assert [line.end for line in lines] == [WalkEnd.NONE, WalkEnd.OUTCOME, WalkEnd.OUTCOME, WalkEnd.LEFT]
    assert {line.person for line in lines} == {""} and [line.contact for line in named] == ["C-1701"]
    with world.look("supervisor") as work:
        assert {line.person for line in counting.walk_lines(work.session, work.actor, flow.id, work.now)[0]} == {"Agent"}
    with pytest.raises(NotPermitted), world.look("agent") as work:
        counting.counts(work.session, work.actor, flow.id, work.now)


def test_drafts_are_counted_for_writers_alone(world: Centre) -> None:
    flow = make_flow(world)
    for place in ("插座有电吗", "插座的灯亮吗"):
        with world.begin("knowledge_editor") as work:
            usecases.edit_flow(work, flow.id, Draft(title="光猫红灯排查", body=BODY.replace("电源插好了吗", place)),
                               publish=place == "插座有电吗")
    for who, ordinals, drafts in (("knowledge_editor", (3, 2, 1), 3), ("supervisor", (2, 1), 2)):
        with world.look(who) as work:
            named = [counting.counts(work.session, work.actor, flow.id, work.now, ordinal=one) for one in (3, 1, None)]
        assert [one.ordinal for one in named] == [drafts, 1, 2] and {one.ordinals for one in named} == {ordinals}
        assert ("插座的灯亮吗？" in {one.node.title for one in named[0].nodes}) is (drafts == 3)


def test_who_walked_is_forgotten_first_and_the_walk_later(world: Centre) -> None:
    walk = start(world, make_flow(world))
    with world.begin("agent") as work:
        walking.note_contact(work, walk.id, "C-1")
    for days, left in ((31, 1), (160, 0)):
        world.clock.move(days=days)
        with world.begin("system") as work:
            walking.thin_walks(work)
        with world.look() as work:
            rows = work.session.scalars(select(FlowWalk)).all()
            assert [(row.person_id, row.contact) for row in rows] == [(None, None)] * left
            assert len(work.session.scalars(select(FlowStep)).all()) == left


def test_a_flow_holds_nothing_secret(world: Centre) -> None:
    with pytest.raises(InvalidInput):
        make_flow(world, body=BODY.replace("马上为您登记上门检修。", ":::secret\n密码8848\n:::"))
