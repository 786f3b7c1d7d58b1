"""What hurts from its sources, the annual plan, delivery in five steps, entries and their import, suggestions (C17)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.gaps.gathering import gather
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.tables.taking import read_rows, take_rows
from kmsvc.notices.models import Notice
from kmsvc.people.units.usecases import add_unit
from kmsvc.search.noting import note_search
from kmsvc.training.needs import planning, realising, sources
from kmsvc.training.needs.models import AnnualLine, NeedEntry
from kmsvc.training.needs.plan_queries import (
    LineFilters,
    line_card,
    plan_lines,
    suggestion_lines,
    sums_of,
)
from kmsvc.training.needs.planning import LineText
from kmsvc.training.needs.rows import ENTRIES
from kmsvc.training.needs.rules import Hurt, SourceKind
from kmsvc.training.needs.sources import silent, what_hurts
from tests.builders import make_article, make_change
from tests.support.centre import Centre
from tests.support.clock import ZONE


def enter(world: Centre, subject: str, count: int, source: str = "qa", **more: Any) -> NeedEntry:
    with world.begin("trainer") as work:
        return planning.add_entry(work, year=2026, source=source, subject=subject, count=count, **more)


def hurts(world: Centre, who: str = "trainer", *kinds: str) -> dict[str, Any]:
    with world.look(who) as work:
        return {one.subject: one for one in what_hurts(work.session, work.actor, 2026, world.clock.today, kinds)}


def test_entries_by_hand_count_once_and_can_be_taken_away_and_put_back(world: Centre) -> None:
    first = enter(world, "身份核验", 12)
    again = enter(world, "身份 核验", 14, note="二月质检")
    assert first.id == again.id
    enter(world, "身份核验", 3, "managers")
    assert hurts(world)["身份核验"].score == 160.0 and hurts(world, "trainer", "qa")["身份核验"].parts[0][0].count == 14
    with world.begin("trainer") as work:
        planning.remove_entry(work, first.id)
    assert hurts(world)["身份核验"].score == 60.0
    with world.begin("trainer") as work:
        planning.restore_entry(work, first.id)
    assert hurts(world)["身份核验"].score == 160.0
    for wrong in ({"source": "rumour"}, {"count": 0}):
        with pytest.raises(InvalidInput):
            enter(world, "x", **{"count": 1, **wrong})  # type: ignore[arg-type]
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        planning.add_entry(work, year=2026, source="qa", subject="x", count=1)


def test_an_entry_that_was_entered_again_is_not_put_back_beside_it(world: Centre) -> None:
    first = enter(world, "报障", 2)
    with world.begin("trainer") as work:
        planning.remove_entry(work, first.id)
    enter(world, "报障", 5)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        planning.restore_entry(work, first.id)


def test_process_changes_and_knowledge_gaps_are_really_read_with_the_rights_of_whoever_looks(world: Centre) -> None:
    assert {"changes", "gaps", "qa", "indicator", "failed"} <= {str(one) for one in silent_kinds(world)}
    make_change(world, step=4)
    make_article(world, title="宽带安装预约", body="师傅上门。", drain=True)
    with world.begin("agent") as work:
        note_search(work, query="怎么退押金", found=0)
    world.clock.move(minutes=12)
    gather(world.db, world.engine, world.actor("system"), ZONE)
    with world.look() as work:
        gap = work.session.scalars(select(Gap)).one()
    found = [part for row in hurts(world, "manager").values() for part, _ in row.parts]
    change = next(part for part in found if part.source == "changes")
    assert change.url.startswith("/process/changes/") and change.count >= 1
    assert any(part.url == f"/knowledge/gaps/{gap.id}" and part.count >= 1 for part in found if part.source == "gaps")
    assert not [part for row in hurts(world, "class_teacher").values() for part, _ in row.parts if part.source == "gaps"]


def silent_kinds(world: Centre) -> list[SourceKind]:
    with world.look("manager") as work:
        return silent(work.session, work.actor, 2026, world.clock.today)


def test_a_source_that_registers_itself_is_heard(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SOURCES", {kind: list(its) for kind, its in sources.SOURCES.items()})
    sources.register(SourceKind.FAILED, lambda session, actor, year, today: [Hurt(SourceKind.FAILED, "q:1", "退费时限", 9, "Q-1", "/x")])
    found = hurts(world)["退费时限"]
    assert found.score == 90.0 and found.parts[0][0].url == "/x" and SourceKind.FAILED not in silent_kinds(world)


def test_ticked_subjects_become_lines_with_where_they_come_from_once(world: Centre) -> None:
    enter(world, "退费规则", 12)
    enter(world, "报障", 4)
    keys = [one.key for one in hurts(world).values()]
    with world.begin("trainer") as work:
        made = planning.take_up(work, 2026, keys, year=2027, today=world.clock.today)
        assert [one.subject for one in made] == ["退费规则", "报障"] and made[0].reasons[0]["count"] == 12
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        planning.take_up(work, 2026, keys, year=2027, today=world.clock.today)
    for wrong in ([], ["nothing"]):
        with pytest.raises(InvalidInput), world.begin("trainer") as work:
            planning.take_up(work, 2026, wrong, year=2027, today=world.clock.today)
    with pytest.raises(NotPermitted), world.begin("supervisor") as work:
        planning.take_up(work, 2026, keys, year=2027, today=world.clock.today)


def test_the_plan_adds_up_a_head_against_80_hours_and_500_yuan(world: Centre) -> None:
    with world.begin("trainer") as work:
        planning.add_line(work, 2027, LineText("退费", 10, 90, 100_00, 1))
        planning.add_line(work, 2027, LineText("报障", 5, 60, 50_50, 2))
        dropped = planning.add_line(work, 2027, LineText("英语", 100, 6000, 9_999_00, 3))
        planning.add_line(work, 2028, LineText("下一年", 10, 600, 1, 1))
    with world.begin("trainer") as work:
        planning.drop_line(work, dropped.id, reason="没有人报名")
    with world.look("trainer") as work:
        sums = sums_of(work.session, work.actor, 2027)
        employees = sums.employees
        assert (sums.lines, sums.minutes, sums.fen, sums.hours_limit, sums.yuan_limit) == (2, 1200, 150_50, 80, 500)
        assert sums.hours_each == round(20 / employees, 1) and sums.yuan_each == round(150.5 / employees, 2) and sums.short
        found, _ = plan_lines(work.session, work.actor, LineFilters(year=2027, state="planned"))
        assert [one.subject for one in found] == ["退费", "报障"]
    with world.begin("trainer") as work:
        planning.restore_line(work, dropped.id)
    with world.look("trainer") as work:
        assert sums_of(work.session, work.actor, 2027).over


def test_delivery_goes_through_its_five_steps_in_order_and_ends_the_line(world: Centre) -> None:
    with world.begin("trainer") as work:
        line = planning.add_line(work, 2026, LineText("退费", 10, 90, 0, 1)).id
    for place in range(5):
        if place == 2:
            with pytest.raises(InvalidInput), world.begin("trainer") as work:
                planning.deliver_step(work, line, today=world.clock.today)  # the effect is watched: what was seen?
        with world.begin("trainer") as work:
            planning.deliver_step(work, line, today=world.clock.today, note="好")
    with world.look("trainer") as work:
        card = line_card(work.session, work.actor, line)
    assert card.state == "done" and card.done == 5 and [one.step for one in card.delivery] == [
        "sample", "cooperate", "watch", "correct", "intensive"] and card.delivery[0].person == "Trainer"
    for again in (lambda work: planning.deliver_step(work, line, today=world.clock.today),
                  lambda work: planning.drop_line(work, line, reason="r"),
                  lambda work: planning.change_line(work, line, LineText("x", 1, 1, 1, 1))):
        with pytest.raises(RuleBroken), world.begin("trainer") as work:
            again(work)


def test_the_owner_of_a_line_hears_of_it_and_sees_it(world: Centre) -> None:
    with world.begin("trainer") as work:
        line = planning.add_line(work, 2026, LineText("退费", 10, 90, 0, 2, owner="team_leader")).id
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        planning.change_line(work, line, LineText("退费", 10, 90, 0, 2, owner="nobody"))
    world.drain()
    with world.look("team_leader") as work:
        assert line_card(work.session, work.actor, line).owner_login == "team_leader"
        assert work.session.scalars(select(Notice.person_id).where(Notice.kind == "training.needs.line")).all() == [
            world.people["team_leader"]]
    with pytest.raises(NotFound), world.look("agent") as work:
        line_card(work.session, work.actor, line)


def test_a_suggestion_of_anybody_is_answered_and_weighs_until_it_is_declined(world: Centre) -> None:
    for who in ("agent", "agent_b"):
        with world.begin(who) as work:
            one = planning.suggest(work, subject="英语接听", text="外宾多", place="/search?q=roaming").id
    world.drain()
    assert hurts(world)["英语接听"].parts[0][0].count == 2
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        planning.answer_suggestion(work, one, taken=True, answer="好")
    with world.begin("trainer") as work:
        planning.answer_suggestion(work, one, taken=False, answer="今年排满了")
    world.drain()
    assert hurts(world)["英语接听"].parts[0][0].count == 1
    with world.look("agent") as work:
        assert [line.person_id for line in suggestion_lines(work.session, work.actor)[0]] == [world.people["agent"]]
        told = {(row.person_id, row.kind) for row in work.session.scalars(select(Notice))}
    assert (world.people["agent_b"], "training.needs.answered") in told and (world.people["trainer"], "training.needs.suggested") in told
    with world.look("auditor") as work:
        assert len(suggestion_lines(work.session, work.actor)[0]) == 2


def imported(world: Centre, path: Path, *, dry_run: bool = False) -> dict[str, Any]:
    tables, notices = read_rows(path, path.name, ENTRIES)
    return take_rows(world.db, world.actor("trainer"), ENTRIES, tables, notices, path.name, dry_run=dry_run).as_json()


def test_a_list_is_imported_row_by_row_and_each_refused_row_says_why(world: Centre, tmp_path: Path) -> None:
    path = tmp_path / "质检.csv"
    path.write_text("年度,来源,主题,次数,备注\n2026,质检差错,退费时限,12,一季度\n2026,传闻,身份核验,3,\n今年,质检,报障,1,\n2026,指标,,4,\n"
                    "2026,kpi,一次解决率,很多,\n2026,indicators,平均处理时长,7,\n", "utf-8")
    dry = imported(world, path, dry_run=True)
    assert dry["created"] == 2 and not hurts(world)
    report = imported(world, path)
    assert (report["read"], report["created"], report["updated"], report["unchanged"]) == (6, 2, 0, 0)
    assert [one["row"] for one in report["rejected"]] == [3, 4, 5, 6]
    assert all(one["reason"] for one in report["rejected"]) and "传闻" in report["rejected"][0]["reason"]
    assert set(hurts(world)) == {"退费时限", "平均处理时长"}
    again = imported(world, path)
    assert (again["unchanged"], again["created"]) == (2, 0)


def test_a_training_plan_that_was_made_of_a_line_is_kept_with_it(world: Centre) -> None:
    with world.begin("trainer") as work:
        line = planning.add_line(work, 2026, LineText("退费", 10, 90, 0, 2)).id
        planning.link_plan(work, line, 7)
    with world.look("trainer") as work:
        row = work.get(AnnualLine, line)
        assert (row.plan_id, row.state) == (7, "running")


def test_a_line_for_a_team_nobody_works_in_yet_becomes_a_plan_without_people(world: Centre) -> None:
    with world.begin("operator") as work:
        unit = add_unit(work, code="NEW", name="新班组", parent_code="CENTRE").id
    with world.begin("trainer") as work:
        line = planning.add_line(work, 2026, LineText("退费时限", 2, 90, 100, 2, unit_id=unit, target="少错")).id
        row = realising.make_plan_of(work, line)
        so_far = realising.so_far(work.session, line_card(work.session, work.actor, line), work.now)
    assert row.plan_id is not None and so_far is not None and so_far.people == 0
