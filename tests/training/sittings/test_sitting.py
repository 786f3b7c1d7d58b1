"""A sitting from its begin to its end: what is kept, what is acknowledged, what is late, and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.schedule import mind_the_sittings
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.sittings import queries
from kmsvc.training.sittings.models import Answer, FocusLossRow, Sitting, SittingDevice, SittingItem
from kmsvc.training.sittings.rules import Saving
from kmsvc.training.sittings.steering import annul, extend, reopen
from kmsvc.training.sittings.usecases import (
    Came,
    Receipt,
    check_answers,
    hear,
    note_focus,
    save_answers,
    submit,
    time_out,
)
from tests.support.centre import Centre
from tests.training.sittings.exams import RIGHT, begin, make_exam


def row_of(world: Centre, sitting_id: int) -> Sitting:
    with world.look() as work:
        return work.get(Sitting, sitting_id)


def save(world: Centre, sitting_id: int, *came: Came, login: str = "agent", device: str = "one") -> Receipt:
    with world.look(login) as work:
        items = queries.items_of(work.session, queries.own_card(work.session, work.actor, sitting_id, work.now))
    check_answers(items, came)
    with world.begin(login) as work:
        return save_answers(work, sitting_id, came, items, device)


def became(receipt: Receipt) -> list[Saving]:
    return [one for _, one in receipt.saved]


def facts(world: Centre, kind: str) -> list[dict[str, Any]]:
    with world.look() as work:
        return list(work.session.scalars(select(Fact.payload).where(Fact.kind == kind).order_by(Fact.id)))


def answers(world: Centre, sitting_id: int) -> dict[int, Any]:
    with world.look("agent") as work:
        card = queries.own_card(work.session, work.actor, sitting_id, work.now)
        return {one.place: one.answer for one in queries.kept_answers(work.session, card)}


def test_beginning_freezes_the_paper_and_twice_is_once(world: Centre) -> None:
    exam = make_exam(world)
    first = begin(world, exam)
    assert begin(world, exam) == first
    with world.look() as work:
        items = list(work.session.scalars(select(SittingItem).where(SittingItem.sitting_id == first).order_by(SittingItem.place)))
        assert [one.place for one in items] == list(range(1, 11))
        assert {one.stand for one in items} == {"running"}
        assert work.get(Sitting, first).most == 20
    assert facts(world, "training.sitting.begun") == [{"sitting_id": first, "exam_id": exam}]


def test_who_is_not_invited_finds_no_exam_and_nobody_begins_outside_the_window(world: Centre) -> None:
    exam = make_exam(world, opens_in=timedelta(minutes=10), window=timedelta(hours=1))
    with pytest.raises(NotFound):
        begin(world, exam, "agent_b")
    with pytest.raises(RuleBroken, match="not open yet"):
        begin(world, exam)
    world.clock.move(minutes=70)
    with pytest.raises(RuleBroken, match="closed"):
        begin(world, exam)
    world.clock.move(minutes=-1)
    assert begin(world, exam)


def test_who_makes_up_sits_in_the_second_window(world: Centre) -> None:
    later = world.clock.now + timedelta(days=2)
    exam = make_exam(world, make_up_opens_at=later, make_up_closes_at=later + timedelta(hours=1))
    with world.begin("operator") as work:
        from kmsvc.people.units.permissions import MANAGE_UNITS
        work.permit(MANAGE_UNITS)
        one = work.session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == exam)).one()
        one.made_up, one.extra_percent = True, 50
    with pytest.raises(RuleBroken, match="not open yet"):
        begin(world, exam)
    world.clock.move(days=2)
    row = row_of(world, begin(world, exam))
    assert (row.length_s, row.window_ends_at) == (45 * 60, later + timedelta(hours=1))


def test_every_kind_of_answer_is_kept_and_comes_back_on_another_device(world: Centre) -> None:
    sitting = begin(world, make_exam(world))
    came = [Came(place, number, answer) for number, (place, answer) in enumerate(RIGHT.items(), 1)]
    receipt = save(world, sitting, *came)
    assert became(receipt) == [Saving.STORE] * len(RIGHT)
    assert receipt.before == 0 < receipt.mark
    assert (receipt.number, receipt.at) == (len(RIGHT), world.clock.now)
    assert answers(world, sitting) == RIGHT
    with world.look() as work:
        assert {row.value["answer"] == RIGHT[1] for row in queries.answers_of(work.session, [sitting]).values()} == {True, False}


@pytest.mark.parametrize(("place", "answer"), [
    (1, "nowhere"), (1, ["x"]), (2, ["nowhere"]), (2, "x"), (3, "yes"), (4, {"9": "x"}), (4, "x"), (5, ["7"]), (5, True), (6, [1]),
    (7, {"a": "b"}), (7, []), (8, 5), (8, "x" * 501), (9, {"z": "x"}), (9, []), (10, "path"), (11, None)])
def test_what_is_no_answer_is_refused_by_its_place_and_nothing_is_kept(world: Centre, place: int, answer: Any) -> None:
    sitting = begin(world, make_exam(world))
    with pytest.raises(InvalidInput) as refused:
        save(world, sitting, Came(1, 1, RIGHT[1]), Came(place, 2, answer))
    assert list(refused.value.fields) == [str(place)]
    assert answers(world, sitting) == {}


def test_r_e4_the_newer_answer_counts_whatever_comes_later(world: Centre) -> None:
    """R-E4: replays are acknowledged again, older ones overwrite nothing, two under one number leave what is kept."""
    sitting = begin(world, make_exam(world))
    assert became(save(world, sitting, Came(3, 1, True))) == [Saving.STORE]
    assert became(save(world, sitting, Came(3, 5, False), device="two")) == [Saving.STORE]
    assert became(save(world, sitting, Came(3, 5, False))) == [Saving.AGAIN]
    assert became(save(world, sitting, Came(3, 5, True))) == [Saving.CLASH]
    assert became(save(world, sitting, Came(3, 2, True))) == [Saving.OLDER]
    assert answers(world, sitting) == {3: False}
    assert save(world, sitting, Came(3, 6, None, True)).number == 6
    assert answers(world, sitting) == {3: None}
    with pytest.raises(InvalidInput):
        save(world, sitting, Came(3, 2**30, True))


def test_answers_are_only_ever_added(world: Centre) -> None:
    from sqlalchemy import update
    from sqlalchemy.exc import DBAPIError

    sitting = begin(world, make_exam(world))
    save(world, sitting, Came(3, 1, True))
    with pytest.raises(DBAPIError, match="answers are kept"), world.begin("operator") as work:
        work.session.execute(update(Answer).values(number=7))


def test_r_e2_a_second_submission_changes_nothing(world: Centre) -> None:
    """R-E2: the first counts; its instant, its event and its answers stay."""
    sitting = begin(world, make_exam(world))
    save(world, sitting, Came(3, 1, True))
    world.clock.move(minutes=3)
    with world.begin("agent") as work:
        assert submit(work, sitting)[1] is True
    ended = row_of(world, sitting).ended_at
    world.clock.move(minutes=3)
    with world.begin("agent") as work:
        assert submit(work, sitting)[1] is False
    assert row_of(world, sitting).ended_at == ended
    assert became(save(world, sitting, Came(3, 2, False))) == [Saving.ENDED]
    assert became(save(world, sitting, Came(3, 1, True))) == [Saving.AGAIN]
    assert len(facts(world, "training.sitting.handed_in")) == 1


def test_r_e3_grace_is_taken_and_late_is_refused_and_handed_in(world: Centre) -> None:
    """R-E3: up to the last second of the grace, then never; the sitting counts as handed in when its time was up."""
    sitting = begin(world, make_exam(world, minutes=30, grace_s=60))
    world.clock.move(minutes=31)
    assert became(save(world, sitting, Came(3, 1, True))) == [Saving.STORE]
    world.clock.move(seconds=1)
    assert became(save(world, sitting, Came(3, 2, False))) == [Saving.LATE]
    row = row_of(world, sitting)
    assert (row.state, row.ended_at) == ("timed_out", row.begun_at + timedelta(minutes=30))
    with world.begin("agent") as work:
        assert submit(work, sitting)[1] is False
    assert answers(world, sitting) == {3: True}
    assert [one["how"] for one in facts(world, "training.sitting.handed_in")] == ["timed_out"]


def test_r_e3_a_server_clock_set_back_adds_no_second(world: Centre) -> None:
    """R-E3: what counted once counts; the steady clock and the latest instant bound the wall clock from below."""
    sitting = begin(world, make_exam(world, minutes=30))
    world.clock.move(minutes=20)
    assert save(world, sitting, Came(3, 1, True)).at == world.clock.now
    reached = world.clock.now
    world.clock.move(minutes=-15)
    receipt = save(world, sitting, Came(3, 2, False))
    assert receipt.at >= reached
    assert receipt.end.ends_at == row_of(world, sitting).begun_at + timedelta(minutes=30)
    with world.begin("agent") as work:
        hear(work, sitting, "one")
    world.clock.move(minutes=26, seconds=2)
    assert became(save(world, sitting, Came(3, 3, True))) == [Saving.LATE]


def test_r_e3_a_server_clock_that_stands_still_adds_no_second(world: Centre, steady: list[float]) -> None:
    """R-E3: half an hour of the steady clock is half an hour."""
    sitting = begin(world, make_exam(world, minutes=30))
    steady[0] += 31 * 60
    assert became(save(world, sitting, Came(3, 1, True))) == [Saving.STORE]
    steady[0] += 1
    world.clock.move(hours=-1)
    assert became(save(world, sitting, Came(3, 2, False))) == [Saving.LATE]


def test_the_worker_hands_in_what_nobody_looks_at(world: Centre) -> None:
    from threading import Event
    from types import SimpleNamespace

    sitting = begin(world, make_exam(world))
    worker: Any = SimpleNamespace(db=world.db, stopping=Event())
    mind_the_sittings(worker)
    assert row_of(world, sitting).state == "running"
    world.clock.move(minutes=31, seconds=1)
    mind_the_sittings(worker)
    mind_the_sittings(worker)
    assert row_of(world, sitting).state == "timed_out"
    assert len(facts(world, "training.sitting.handed_in")) == 1
    with world.begin("system") as work:
        assert time_out(work, sitting) is False


def test_more_time_reopening_and_annulling_are_acts_with_a_reason(world: Centre) -> None:
    """R-E3: an extension is an audited act."""
    exam = make_exam(world)
    sitting = begin(world, exam)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        extend(work, sitting, minutes=5, reason=" ")
    with pytest.raises(NotPermitted), world.begin("class_teacher") as work:
        extend(work, sitting, minutes=5, reason="停电")
    with world.begin("trainer") as work:
        extend(work, sitting, minutes=5, reason="停电")
    world.clock.move(minutes=34)
    assert became(save(world, sitting, Came(3, 1, True))) == [Saving.STORE]
    with world.begin("agent") as work:
        submit(work, sitting)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        extend(work, sitting, minutes=5, reason="停电")
    world.clock.move(minutes=90)
    with world.begin("trainer") as work:
        reopen(work, sitting, minutes=10, reason="误交卷")
    with world.look("agent") as work:
        assert queries.own_card(work.session, work.actor, sitting, work.now).left_s == 600
    assert became(save(world, sitting, Came(3, 2, False))) == [Saving.STORE]
    with world.begin("trainer") as work:
        annul(work, sitting, reason="替考")
    assert row_of(world, sitting).state == "void"
    again = begin(world, exam)
    assert again != sitting and row_of(world, again).attempt == 2
    from kmsvc.core.audit import AuditEntry
    with world.look() as work:
        reasons = set(work.session.scalars(select(AuditEntry.reason).where(
            AuditEntry.subject == "training_sitting", AuditEntry.subject_id == str(sitting), AuditEntry.act == "update")))
    assert {"停电", "误交卷", "替考"} <= reasons


def test_nobody_steers_their_own_sitting_and_none_after_the_release(world: Centre) -> None:
    exam = make_exam(world, people=("agent", "everything"))
    own = begin(world, exam, "everything")
    with pytest.raises(NotPermitted), world.begin("everything") as work:
        extend(work, own, minutes=5, reason="为自己")
    sitting = begin(world, exam)
    with world.begin("agent") as work:
        submit(work, sitting)
    with world.begin("operator") as work:
        from kmsvc.people.units.permissions import MANAGE_UNITS
        work.permit(MANAGE_UNITS)
        work.get(Exam, exam).state = "released"
    with pytest.raises(RuleBroken, match="released"), world.begin("trainer") as work:
        reopen(work, sitting, minutes=5, reason="迟了")


def test_a_sitting_is_its_candidates_alone(world: Centre) -> None:
    sitting = begin(world, make_exam(world, people=("agent", "agent_b")))
    for login in ("agent_b", "trainer", "admin", "everything"):
        with pytest.raises(NotFound), world.look(login) as work:
            queries.own_card(work.session, work.actor, sitting, work.now)
        with pytest.raises(NotFound), world.begin(login) as work:
            submit(work, sitting)
    with pytest.raises(NotFound), world.begin("trainer") as work:
        hear(work, sitting, "x")


def test_leaving_the_page_is_noted_and_ends_nothing(world: Centre) -> None:
    sitting = begin(world, make_exam(world))
    with world.begin("agent") as work:
        note_focus(work, sitting, "left", "one")
    world.clock.move(seconds=40)
    with world.begin("agent") as work:
        note_focus(work, sitting, "back", "one", away_s=40)
        work.session.flush()
        note_focus(work, sitting, "back", "one", away_s=10)
    with world.begin("agent") as work:
        note_focus(work, sitting, "copied", "one")
    with world.look() as work:
        rows = list(work.session.scalars(select(FocusLossRow).order_by(FocusLossRow.id)))
        assert [(one.act, int((one.back_at - one.left_at).total_seconds())) for one in rows if one.back_at] == [
            ("left", 40), ("left", 10), ("copied", 0)]
    assert row_of(world, sitting).state == "running"


def test_a_window_is_heard_of_now_and_then(world: Centre) -> None:
    sitting = begin(world, make_exam(world))
    for _ in range(3):
        with world.begin("agent") as work:
            hear(work, sitting, "one")
        world.clock.move(seconds=30)
    with world.look() as work:
        one = work.session.scalars(select(SittingDevice)).one()
        assert (one.seen_at - one.first_at).total_seconds() == 60
