"""Bulletins: who sees the banner, what one key does, who may know who has read it, corrections, reminders, their end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.home.queries import todo_count
from kmsvc.knowledge.bulletins import usecases
from kmsvc.knowledge.bulletins.board import board, due, must_read, unread
from kmsvc.knowledge.bulletins.models import Bulletin, BulletinReading
from kmsvc.knowledge.bulletins.queries import bulletin_card, bulletin_lines, count_bulletins
from kmsvc.knowledge.bulletins.readers import readers
from kmsvc.knowledge.bulletins.rules import BulletinState, concerns, state_of
from kmsvc.knowledge.bulletins.usecases import Message
from kmsvc.notices.models import Mail, Notice
from tests.builders import make_article, make_process
from tests.support.centre import Centre

HOUR = timedelta(hours=1)


def send(world: Centre, title: str = "城西断网", *, who: str = "knowledge_editor", units: tuple[str, ...] = (), hours: float = 4,
         **more: Any) -> Bulletin:
    with world.begin(who) as work:
        return usecases.send_bulletin(work, Message(title=title, ends_at=work.now + hours * HOUR,
                                                    unit_ids=tuple(world.units[one] for one in units), **more))


def open_for(world: Centre, who: str) -> list[int]:
    with world.look(who) as work:
        return [one.id for one in unread(work.session, work.actor, work.now)]


def read(world: Centre, row: Bulletin, who: str = "agent", text_id: int | None = None) -> BulletinReading:
    with world.begin(who) as work:
        return usecases.confirm_bulletin(work, row.id, text_id=text_id)


def correct(world: Centre, row: Bulletin, *, again: bool, title: str = "城西已恢复", **more: Any) -> Bulletin:
    with world.begin("knowledge_editor") as work:
        return usecases.correct_bulletin(work, row.id, Message(title=title, ends_at=work.now + 4 * HOUR, **more), again=again)


def card(world: Centre, row: Bulletin, who: str = "knowledge_editor") -> Any:
    with world.look(who) as work:
        return bulletin_card(work.session, work.actor, row.id, work.now)


def told(world: Centre, who: str, kind: str, table: Any = Notice) -> int:
    world.drain(index=False)
    with world.look() as work:
        return len(work.session.scalars(select(table).where(
            table.person_id == world.people[who], table.kind == f"knowledge.bulletin.{kind}")).all())


def tick(world: Centre) -> None:
    with world.look() as work:
        found = due(work.session, work.now)
    for one in found:
        with world.begin("system") as work:
            usecases.keep_time(work, one)


def test_everybody_concerned_sees_it_until_it_is_read(world: Centre) -> None:
    everywhere, team = send(world), send(world, "一组换班", units=("TEAM-A",), urgency="normal")
    assert open_for(world, "agent") == [everywhere.id, team.id]
    assert open_for(world, "agent_b") == [everywhere.id]
    assert open_for(world, "knowledge_editor") == []  # who wrote it knows it
    read(world, everywhere)
    read(world, everywhere)
    assert open_for(world, "agent") == [team.id] and open_for(world, "agent_b") == [everywhere.id]
    with world.look() as work:
        assert len(work.session.scalars(select(BulletinReading)).all()) == 1


def test_what_must_be_read_comes_first_and_stands_on_my_day(world: Centre) -> None:
    plain, must = send(world), send(world, "停售旧套餐", must_read=True, urgency="normal")
    assert open_for(world, "agent") == [must.id, plain.id]
    with world.look("agent") as work:
        assert [one.id for one in must_read(work.session, work.actor, work.now)] == [must.id]
        assert todo_count(work.session, work.actor, world.clock.today, work.now) == 1
    read(world, must)
    with world.look("agent") as work:
        assert todo_count(work.session, work.actor, world.clock.today, work.now) == 0


def test_only_senders_send_and_only_its_audience_reads(world: Centre) -> None:
    for who in ("agent", "team_leader", "trainer", "auditor", "admin"):
        with pytest.raises(NotPermitted):
            send(world, who=who)
    for who in ("process_manager", "manager", "supervisor"):
        send(world, who=who)
    team = send(world, units=("TEAM-A",))
    with pytest.raises(NotFound):
        read(world, team, "agent_b")
    with pytest.raises(NotFound):
        card(world, team, "agent_b")
    assert card(world, team, "agent").rate is None


def test_a_page_without_a_running_bulletin_costs_no_question_and_neither_does_one_that_is_read(world: Centre) -> None:
    send(world, begins_at=world.clock() + HOUR)
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        assert open_for(world, "agent") == []  # the epoch and the board
        asked.clear()
        actor = world.actor("agent")
        asked.clear()
        with world.db.look(actor) as work:
            assert unread(work.session, work.actor, work.now) == []
        assert len([one for one in asked if "bulletin" in one.lower()]) == 0
        running = send(world)
        read(world, running)
        assert open_for(world, "agent") == []
        asked.clear()
        with world.db.look(actor) as work:
            assert unread(work.session, work.actor, work.now) == []
        assert len([one for one in asked if "bulletin" in one.lower()]) == 0
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)


def test_a_unit_that_is_rolled_back_tells_nobody_that_it_was_read(world: Centre) -> None:
    row = send(world)
    open_for(world, "agent")

    def break_off() -> None:
        with world.begin("agent") as work:
            usecases.confirm_bulletin(work, row.id)
            assert unread(work.session, work.actor, work.now) == []
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert open_for(world, "agent") == [row.id]


def test_senders_see_all_readers_and_a_leader_the_own_team(world: Centre) -> None:
    row = send(world)
    read(world, row, "agent")
    read(world, row, "agent_b")
    with world.look("knowledge_editor") as work:
        found = {one.login: one.read_at for one in readers(work.session, work.actor, card(world, row).standing)}
    assert found["agent"] and found["agent_b"] and found["trainer"] is None
    assert "suspended" not in found and "knowledge_editor" not in found
    shown = card(world, row).rate
    assert (shown.asked, shown.read, shown.within) == (len(found), 2, False)
    with world.look("team_leader") as work:
        team = readers(work.session, work.actor, card(world, row, "team_leader").standing)
    assert [(one.login, one.read_at is None) for one in team] == [("team_leader", True), ("agent", False)]
    assert (card(world, row, "team_leader").rate.asked, card(world, row, "team_leader").rate.within) == (2, True)
    with world.look("agent") as work:
        assert readers(work.session, work.actor, card(world, row).standing) == []
    assert card(world, row, "auditor").rate.read == 2


def test_a_correction_is_read_again_only_where_the_editor_says_so(world: Centre) -> None:
    row = send(world)
    first = card(world, row).text_id
    assert told(world, "agent", "began") == 1
    read(world, row)
    correct(world, row, again=False, title="城西断网 18:00恢复")
    assert open_for(world, "agent") == [] and open_for(world, "agent_b") == [row.id]
    read(world, row, "agent_b", first)  # the slip of the pen needs no second look
    correct(world, row, again=True)
    assert open_for(world, "agent") == [row.id] and open_for(world, "agent_b") == [row.id]
    with pytest.raises(Stale):
        read(world, row, "agent", first)
    assert told(world, "agent", "began") == 2
    read(world, row)
    shown = card(world, row)
    assert (shown.rate.read, [one.again for one in shown.texts]) == (1, [True, False, False])


def test_the_audience_hears_by_notice_and_mail_and_who_is_reminded_once_more(world: Centre) -> None:
    row = send(world, units=("TEAM-A",))
    assert told(world, "agent", "began") == 1 and told(world, "agent", "began", Mail) == 1
    assert told(world, "agent_b", "began") == 0 and told(world, "knowledge_editor", "began") == 0
    read(world, row, "agent")
    with world.begin("knowledge_editor") as work:
        assert usecases.remind_unread(work, row.id).told == 1
    assert told(world, "team_leader", "reminded") == 1 and told(world, "agent", "reminded") == 0
    with pytest.raises(RuleBroken), world.begin("knowledge_editor") as work:
        usecases.remind_unread(work, row.id)
    world.clock.move(minutes=11)
    with world.begin("team_leader") as work:
        assert usecases.remind_unread(work, row.id).told == 1
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.remind_unread(work, row.id)
    read(world, row, "team_leader")
    with pytest.raises(RuleBroken), world.begin("manager") as work:
        usecases.remind_unread(work, row.id)


def test_a_planned_one_begins_and_ends_at_its_time_by_the_worker(world: Centre) -> None:
    row = send(world, begins_at=world.clock() + HOUR, hours=2)
    assert open_for(world, "agent") == [] and told(world, "agent", "began") == 0
    with pytest.raises(NotFound):
        card(world, row, "agent")
    assert card(world, row).state == BulletinState.PLANNED
    with pytest.raises(RuleBroken):
        read(world, row)
    world.clock.move(hours=1)
    assert open_for(world, "agent") == [row.id]  # even before the worker comes round
    tick(world)
    tick(world)
    assert told(world, "agent", "began") == 1
    read(world, row)
    world.clock.move(hours=1)
    assert open_for(world, "agent_b") == []
    tick(world)
    tick(world)
    with world.look() as work:
        now = work.get(Bulletin, row.id)
        assert now.expired_at == row.ends_at and now.read == 1 and board(work.session).standing == ()
    assert told(world, "knowledge_editor", "ended") == 1
    with pytest.raises(RuleBroken):
        read(world, row, "agent_b")
    assert card(world, row, "agent").state == BulletinState.OVER


def test_it_can_end_early_with_a_reason_and_mail_that_waits_is_dropped(world: Centre) -> None:
    row = send(world)
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.end_bulletin(work, row.id, reason="x")
    with world.begin("manager") as work:
        usecases.end_bulletin(work, row.id, reason="线路已恢复")
    assert open_for(world, "agent") == []
    assert told(world, "knowledge_editor", "ended") == 1 and told(world, "agent", "began") == 0
    with world.look() as work:
        entry = work.session.scalars(select(AuditEntry).where(
            AuditEntry.subject == "knowledge_bulletin", AuditEntry.reason == "线路已恢复")).one()
        assert entry.person_id == world.people["manager"]
    with pytest.raises(RuleBroken):
        correct(world, row, again=False)


def test_times_secrets_and_links_are_checked(world: Centre) -> None:
    for hours in (-1, 0, 24 * 32):
        with pytest.raises(InvalidInput):
            send(world, hours=hours)
    with pytest.raises(InvalidInput):
        send(world, body=":::secret\n底价\n:::")
    with pytest.raises(InvalidInput):
        send(world, link="KB-9999")
    article, process = make_article(world), make_process(world)
    assert card(world, send(world, link=article.number)).link == (article.number, f"/knowledge/articles/{article.id}")
    assert card(world, send(world, link=process.number.lower())).link == (
        process.number, f"/process/definitions/{process.id}")
    draft = make_article(world, title="草稿", publish=False)
    with pytest.raises(InvalidInput):
        send(world, link=draft.number)


def test_the_list_shows_each_what_is_theirs_with_filters(world: Centre) -> None:
    team, urgent = send(world, "一组换班", units=("TEAM-A",), urgency="normal"), send(world, "断网")
    planned = send(world, "明天割接", begins_at=world.clock() + HOUR)

    def found(who: str, **chosen: Any) -> list[int]:
        with world.look(who) as work:
            lines, _ = bulletin_lines(work.session, work.actor, work.now, **chosen)
            assert count_bulletins(work.session, work.actor, work.now, **chosen) == len(lines)
        return [one.id for one in lines]

    assert found("knowledge_editor") == [planned.id, urgent.id, team.id]
    assert found("agent") == [urgent.id, team.id] and found("agent_b") == [urgent.id]
    assert found("agent", q="换班") == [team.id] and found("agent", urgency="urgent") == [urgent.id]
    assert found("manager", state="planned") == [planned.id] and found("manager", state="over") == []
    with world.look("manager") as work:
        lines, following = bulletin_lines(work.session, work.actor, work.now, limit=2)
        assert [one.id for one in lines] == [planned.id, urgent.id] and following == urgent.id


def test_it_is_for_the_units_below_those_it_names() -> None:
    assert concerns((), (1,)) and concerns((1,), (2, 1)) and not concerns((3,), (2, 1))


@pytest.mark.parametrize(("at", "ended", "state"), [
    (-1, False, "planned"), (0, False, "running"), (4, False, "over"), (1, True, "ended")])
def test_its_state_is_told_by_its_times(clock: Any, at: int, ended: bool, state: str) -> None:
    begins = clock()
    assert state_of(begins, begins + 4 * HOUR, begins if ended else None, begins + at * HOUR) == state
