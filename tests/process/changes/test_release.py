"""Steps 8 and 15: a version goes live, the old one stays, people are told, the agent finds the text, readers confirm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.events import Delivery, Fact
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.notices.mailer import send_waiting
from kmsvc.notices.models import Mail, Notice
from kmsvc.process.changes.models import HistoryEntry
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import may_see
from kmsvc.process.definitions.usecases import retire_process, revert_process
from kmsvc.schedule import make_due_releases_live
from kmsvc.worker import DELIVER, Worker
from tests.builders import change, do, make_change, make_process, play, step_of
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.smtp import FakeSmtp


def released(world: Centre, change_id: int) -> None:
    """Do both acts of the open release."""
    do(world, "process_manager", "release_mail", change_id)
    do(world, "knowledge_editor", "release_kb", change_id)


def live_label(world: Centre, process_id: int) -> str | None:
    with world.look() as work:
        process = work.get(Process, process_id)
        return work.get(ProcessVersion, process.published_version_id).label if process.published_version_id else None


def new_day(world: Centre, days: int = 1) -> None:
    """The clock goes on and the worker's periodic job runs, twice: the second time changes nothing."""
    world.clock.move(days=days)
    worker = Worker(world.db, world.settings, world.engine)
    for _ in range(2):
        make_due_releases_live(worker)
        world.drain(index=False)


def test_the_version_goes_live_and_the_old_one_stays(world: Centre) -> None:
    process = make_process(world)
    change_id = make_change(world, step=8, process=process)
    with world.look() as work:
        old = work.get(ProcessVersion, work.get(Process, process.id).published_version_id)
    released(world, change_id)
    with world.look() as work:
        again = work.get(ProcessVersion, old.id)
        publication = work.session.scalars(select(Publication).order_by(Publication.id.desc())).first()
    assert live_label(world, process.id) == "2.0"
    assert (again.body, again.content_hash) == (old.body, old.content_hash)
    assert publication is not None
    assert (publication.old_version_id, publication.change_id, publication.release_round) == (old.id, change_id, 1)
    assert step_of(world, change_id) == 9


def test_one_act_alone_releases_nothing(world: Centre) -> None:
    process = make_process(world)
    change_id = make_change(world, step=8, process=process)
    do(world, "knowledge_editor", "release_kb", change_id)
    assert (live_label(world, process.id), step_of(world, change_id)) == ("1.0", 8)
    with pytest.raises(RuleBroken):
        do(world, "knowledge_editor", "release_kb", change_id)


def test_the_audience_is_told_in_the_app_and_by_mail(world: Centre, smtp: FakeSmtp) -> None:
    process = make_process(world, unit="TEAM-A")
    change_id = make_change(world, step=8, process=process)
    world.drain(index=False)
    released(world, change_id)
    world.drain(index=False)
    with world.look() as work:
        told = set(work.session.scalars(select(Notice.person_id).where(Notice.kind == "process.version.released")))
        mailed = set(work.session.scalars(select(Mail.person_id).where(Mail.kind == "process.version.released")))
    assert told == mailed == {world.people["agent"], world.people["team_leader"]}
    while send_waiting(world.db, world.settings):
        pass
    [letter] = [mail for mail in smtp.to("agent@centre.test") if "2.0" in str(mail.message["Subject"])]
    assert f"/process/definitions/{process.id}" in letter.text
    assert smtp.to("agent_b@centre.test") == []
    assert smtp.to("suspended@centre.test") == []


def test_what_is_delivered_twice_happens_once(world: Centre) -> None:
    from sqlalchemy import update

    from kmsvc.core.events import Delivery

    change_id = make_change(world, step=8)
    released(world, change_id)
    world.drain(index=False)
    tables = (Notice, Mail, Confirmation, Article, ArticleVersion, Publication)

    def counts() -> list[int]:
        with world.look() as work:
            return [work.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    before = counts()
    with world.begin("system") as work:
        work.session.execute(update(Delivery).values(state="pending", next_at=work.now))
        work.permit(DELIVER)
    world.drain(index=False)
    assert counts() == before


def test_the_agent_finds_the_new_text_after_steps_8_and_15(world: Centre, client: Callable) -> None:
    process = make_process(world, drain=True)
    change_id = make_change(world, step=8, process=process, body="# 退款\n\n琥珀条款：十天。")
    agent = client("agent")
    assert agent.call("GET", "/api/v1/search?q=琥珀条款")[1]["total"] == 0
    released(world, change_id)
    world.drain()
    assert found(agent, "琥珀条款") >= {"article"}
    play(world, change_id, closing=True, second_body="# 退款\n\n翡翠条款：十二天。")
    world.drain()
    assert found(agent, "翡翠条款") >= {"article"}
    assert found(agent, "琥珀条款") == set()
    assert change(world, change_id).state == "released2"


def found(agent: object, words: str) -> set[str]:
    """Kinds whose text holds these very words."""
    items = agent.call("GET", f"/api/v1/search?q={words}")[1]["items"]  # type: ignore[attr-defined]
    return {one["kind"] for one in items if words[:2] in one["snippet"].replace("<mark>", "").replace("</mark>", "")}


def test_readers_are_asked_to_confirm_the_new_version_and_the_old_question_lapses(world: Centre) -> None:
    change_id = make_change(world, step=8)
    released(world, change_id)
    world.drain(index=False)
    with world.look() as work:
        first = list(work.session.scalars(select(Confirmation).where(Confirmation.overtaken_at.is_(None))))
    assert {row.person_id for row in first} >= {world.people["agent"], world.people["agent_b"]}
    assert world.people["suspended"] not in {row.person_id for row in first}
    play(world, change_id, closing=True)
    world.drain(index=False)
    with world.look() as work:
        still = list(work.session.scalars(select(Confirmation).where(Confirmation.overtaken_at.is_(None))))
    assert {row.version_id for row in still}.isdisjoint({row.version_id for row in first})


def test_a_day_in_the_past_is_refused(world: Centre) -> None:
    change_id = make_change(world, step=8)
    with pytest.raises(InvalidInput):
        do(world, "process_manager", "release_mail", change_id, effective_on=world.clock.today - timedelta(days=1))


def test_a_future_day_is_honoured_by_the_worker_at_midnight_of_the_centre(world: Centre) -> None:
    process = make_process(world)
    change_id = make_change(world, step=8, process=process)
    do(world, "process_manager", "release_mail", change_id, effective_on=world.clock.today + timedelta(days=2))
    do(world, "knowledge_editor", "release_kb", change_id)
    assert (live_label(world, process.id), step_of(world, change_id)) == ("1.0", 9)
    new_day(world)
    assert live_label(world, process.id) == "1.0"
    world.clock.now = world.clock.now.replace(hour=15, minute=59, second=59)  # a second before midnight in Shanghai
    new_day(world, days=0)
    assert live_label(world, process.id) == "1.0"
    world.clock.move(seconds=1)
    new_day(world, days=0)
    assert live_label(world, process.id) == "2.0"
    with world.look() as work:
        row = work.session.scalars(select(Publication).order_by(Publication.id.desc())).first()
    assert row is not None
    assert row.done_at == row.effective_at == world.clock.now


def test_step_15_with_a_future_day_closes_when_the_day_has_come(world: Centre) -> None:
    process = make_process(world)
    change_id = make_change(world, step=15, process=process)
    do(world, "knowledge_editor", "release_kb", change_id)
    do(world, "process_manager", "release_mail", change_id, effective_on=world.clock.today + timedelta(days=1))
    world.drain(index=False)
    assert step_of(world, change_id) == 15
    assert change(world, change_id).closed_at is None
    new_day(world)
    assert change(world, change_id).state == "released2"
    assert live_label(world, process.id) == "3.0"


def test_a_first_release_that_still_waits_is_overtaken_by_the_second(world: Centre) -> None:
    process = make_process(world)
    change_id = make_change(world, step=8, process=process)
    do(world, "process_manager", "release_mail", change_id, effective_on=world.clock.today + timedelta(days=30))
    do(world, "knowledge_editor", "release_kb", change_id)
    play(world, change_id, closing=True)
    world.drain(index=False)
    assert live_label(world, process.id) == "3.0"
    new_day(world, days=40)
    assert live_label(world, process.id) == "3.0"


def test_a_release_renews_the_review_date(world: Centre) -> None:
    process = make_process(world)
    world.clock.move(days=100)
    change_id = make_change(world, step=8, process=process)
    released(world, change_id)
    with world.look() as work:
        assert work.get(Process, process.id).reviewed_on == world.clock.today


def test_reverting_publishes_the_earlier_text_again_and_logs_it(world: Centre, client: Callable) -> None:
    process = make_process(world, body="# 退款\n\n琥珀条款。", drain=True)
    with world.look() as work:
        old = work.get(Process, process.id).published_version_id
    change_id = make_change(world, step=8, process=process, body="# 退款\n\n翡翠条款。")
    released(world, change_id)
    world.drain()
    with world.begin("process_manager") as work:
        revert_process(work, process.id, to_version_id=old, reason="wrong limit", zone=ZONE, today=world.clock.today)
    world.drain()
    assert live_label(world, process.id) == "1.0"
    assert found(client("agent"), "琥珀条款") >= {"article"}
    with world.look() as work:
        kinds = list(work.session.scalars(select(Publication.kind).order_by(Publication.id)))
    assert kinds == ["publish", "publish", "revert"]
    with pytest.raises(RuleBroken), world.begin("process_manager") as work:
        revert_process(work, process.id, to_version_id=change(world, change_id).candidate_id - 1, reason="never live",
                       zone=ZONE, today=world.clock.today)


def test_a_retired_process_leaves_the_search_and_keeps_its_place(world: Centre, client: Callable) -> None:
    process, heir = make_process(world, body="# 退款\n\n琥珀条款。"), make_process(world, name="新退款流程")
    world.drain()
    agent = client("agent")
    with world.begin("process_manager") as work:
        retire_process(work, process.id, reason="merged", today=world.clock.today, superseded_by_id=heir.id)
    world.drain()
    assert found(agent, "琥珀条款") == set()
    status, body = agent.call("GET", f"/api/v1/process/definitions/{process.id}")
    assert (status, body["state"]) == (200, "retired")
    with pytest.raises(RuleBroken), world.begin("process_manager") as work:
        retire_process(work, process.id, reason="twice", today=world.clock.today)


def waits_at_15(world: Centre, process: Process, days: int) -> int:
    """A request whose second release is done by people and waits for its day."""
    change_id = make_change(world, step=15, process=process)
    do(world, "knowledge_editor", "release_kb", change_id)
    do(world, "process_manager", "release_mail", change_id, effective_on=world.clock.today + timedelta(days=days))
    world.drain(index=False)
    return change_id


def last_verb(world: Centre, change_id: int) -> str:
    with world.look() as work:
        rows = work.session.scalars(select(HistoryEntry).where(HistoryEntry.change_id == change_id).order_by(HistoryEntry.id))
        return list(rows)[-1].verb


def test_a_request_whose_day_is_overtaken_by_another_release_is_closed(world: Centre) -> None:
    process = make_process(world)
    waiting = waits_at_15(world, process, 30)
    other = make_change(world, step=8, process=process)
    released(world, other)
    world.drain(index=False)
    assert (change(world, waiting).state, last_verb(world, waiting)) == ("released2", "overtaken")
    assert step_of(world, other) == 9
    new_day(world, days=40)
    with world.look() as work:
        live = work.get(Process, process.id).published_version_id
    assert live == change(world, other).candidate_id


def test_a_request_whose_process_is_retired_before_the_day_is_closed(world: Centre) -> None:
    process = make_process(world)
    waiting = waits_at_15(world, process, 5)
    with world.begin("process_manager") as work:
        retire_process(work, process.id, reason="merged", today=world.clock.today)
    world.drain(index=False)
    assert (change(world, waiting).state, last_verb(world, waiting)) == ("released2", "overtaken")
    new_day(world, days=10)
    assert live_label(world, process.id) is None


def test_a_release_that_waits_for_its_day_waits_for_the_worker(world: Centre, client: Callable) -> None:
    change_id = waits_at_15(world, make_process(world), 3)
    body = client("process_manager").call("GET", f"/api/v1/process/changes/{change_id}")[1]
    assert (body["waiting_for"], body["holders"]) == ("worker", [])


def test_an_audience_named_for_a_later_day_is_told_now_and_let_in_on_the_day(world: Centre, smtp: FakeSmtp) -> None:
    process = make_process(world, unit="TEAM-A")
    change_id = make_change(world, step=8, process=process)
    do(world, "process_manager", "release_mail", change_id, effective_on=world.clock.today + timedelta(days=2),
       audience_unit="TEAM-B")
    do(world, "knowledge_editor", "release_kb", change_id)
    world.drain(index=False)

    def sees(login: str) -> bool:
        with world.look() as work:
            return may_see(world.actor(login), work.get(Process, process.id))

    assert (sees("agent"), sees("agent_b")) == (True, False)
    while send_waiting(world.db, world.settings):
        pass
    assert [mail for mail in smtp.to("agent_b@centre.test") if "2.0" in str(mail.message["Subject"])]
    new_day(world, days=3)
    assert (sees("agent"), sees("agent_b")) == (False, True)


def test_a_retired_process_that_comes_back_has_no_successor(world: Centre) -> None:
    process, heir = make_process(world), make_process(world, name="Heir")
    with world.look() as work:
        old = work.get(Process, process.id).published_version_id
    with world.begin("process_manager") as work:
        retire_process(work, process.id, reason="merged", today=world.clock.today, superseded_by_id=heir.id)
    with world.begin("process_manager") as work:
        revert_process(work, process.id, to_version_id=old, reason="a mistake", zone=ZONE, today=world.clock.today)
    with world.look() as work:
        row = work.get(Process, process.id)
    assert (row.retired_at, row.superseded_by_id, row.published_version_id) == (None, None, old)


def test_a_backlog_of_other_facts_does_not_hide_that_the_worker_has_work_for_this_request(world: Centre,
                                                                                         client: Callable) -> None:
    change_id = make_change(world, step=8)
    released(world, change_id)
    with world.begin("system") as work:
        work.permit(DELIVER)
        mine = work.session.scalars(select(Fact).where(Fact.kind == "process.change.version_released")).first()
        assert mine is not None and mine.payload["change_id"] == change_id
        for number in range(250):
            other = Fact(kind=mine.kind, payload={**mine.payload, "change_id": 1_000_000 + number}, at=mine.at)
            work.session.add(other)
            work.session.flush()
            work.session.add(Delivery(fact_id=other.id, reaction="x", state="pending", next_at=work.now))
        for row in work.session.scalars(select(Delivery).where(Delivery.fact_id <= mine.id)):
            if row.fact_id == mine.id:
                last = Fact(kind=mine.kind, payload=dict(mine.payload), at=mine.at)
                work.session.add(last)
                work.session.flush()
                row.fact_id = last.id
            else:
                row.state = "done"
    asked = f"/api/v1/process/changes/{change_id}"
    assert client("process_manager").call("GET", asked)[1]["waiting_for"] == "worker"
    with world.begin("system") as work:
        work.permit(DELIVER)
        for row in work.session.scalars(select(Delivery).where(Delivery.reaction != "x")):
            row.state = "done"
    assert client("process_manager").call("GET", asked)[1]["waiting_for"] == "people"
