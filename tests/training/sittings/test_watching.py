"""Who watches an exam: the board, acts by one click with a reason, the protocol, and answers only with a noted look (R-A8)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.core.audit import AuditEntry
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.exams.models import Exam, ExamCandidate, ExamMarker
from kmsvc.training.sittings.board import Happening, protocol, sittings_of
from kmsvc.training.sittings.usecases import Came, hear, note_focus, submit
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.sittings.exams import RIGHT, begin, make_exam
from tests.training.sittings.test_sitting import row_of, save

Clients = Callable[..., Caller]
WORDS = "先道歉，再说明。"


@pytest.fixture
def watched(world: Centre) -> tuple[int, int, int]:
    """(exam, a sitting that runs, one that is handed in); a third person has not begun."""
    exam = make_exam(world, people=("agent", "agent_b", "team_leader"))
    runs, done = begin(world, exam), begin(world, exam, "agent_b")
    save(world, runs, Came(1, 1, RIGHT[1]), Came(8, 2, WORDS), Came(2, 3, None, True))
    with world.begin("agent_b") as work:
        submit(work, done)
    return exam, runs, done


def lines(caller: Caller, exam: int, **query: str) -> dict[str, Any]:
    found = caller.get(f"/api/v1/training/sittings/board/{exam}", query_string=query).get_json()
    return {one["name"]: one for one in found["items"]}


def test_the_board_says_where_everybody_stands_and_holds_no_answer(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    exam, _, _ = watched
    trainer = client("trainer")
    found = lines(trainer, exam)
    assert {name: one["stand"] for name, one in found.items()} == {
        "Agent": "sitting", "Agent B": "submitted", "Team Leader": "not_begun"}
    assert (found["Agent"]["answered"], found["Agent"]["questions"], found["Agent"]["left_s"]) == (2, 10, 1800)
    assert found["Agent"]["allowed"] == ["extend", "annul"]
    assert found["Agent B"]["allowed"] == ["reopen", "annul"]
    world.clock.move(seconds=90)
    assert lines(trainer, exam)["Agent"]["stand"] == "sitting"
    world.clock.move(seconds=20)
    assert lines(trainer, exam)["Agent"]["stand"] == "gone"
    with world.begin("agent") as work:
        hear(work, watched[1], "one")
    assert lines(trainer, exam)["Agent"]["stand"] == "sitting"
    assert list(lines(trainer, exam, stand="submitted")) == ["Agent B"]
    assert list(lines(trainer, exam, q="team")) == ["Team Leader"]
    for address in (f"/training/sittings/board/{exam}", f"/training/sittings/board/{exam}?format=csv",
                    f"/training/sittings/board/{exam}/protocol", f"/training/sittings/{watched[1]}/protocol",
                    f"/api/v1/training/sittings/board/{exam}", f"/api/v1/training/sittings/board/{exam}/protocol"):
        answer = trainer.get(address)
        assert answer.status_code == 200, address
        assert WORDS not in answer.get_data(as_text=True), address
    assert trainer.get(f"/training/sittings/board/{exam}", headers={"HX-Request": "true"}).get_data(as_text=True).lstrip().startswith(
        '<div id="board"')


def test_time_that_is_up_is_found_by_whoever_looks(world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    exam, runs, _ = watched
    world.clock.move(minutes=32)
    assert lines(client("trainer"), exam)["Agent"]["stand"] == "timed_out"
    assert row_of(world, runs).state == "timed_out"


def test_one_click_with_a_reason_gives_time_and_what_was_typed_stays(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    exam, runs, done = watched
    trainer = client("trainer")
    refused = trainer.post(f"/training/sittings/{runs}/extend", data={"board": str(exam), "minutes": "15", "reason": ""})
    assert refused.status_code == 422
    assert '<option value="15" selected' in refused.get_data(as_text=True)
    assert trainer.post(f"/training/sittings/{runs}/extend", data={
        "board": str(exam), "minutes": "15", "reason": "停电"}).status_code == 303
    assert row_of(world, runs).more_s == 900
    assert trainer.post(f"/training/sittings/{done}/reopen", data={"minutes": "5", "reason": "误交卷"}).location.endswith(
        f"/training/sittings/{done}/protocol")
    assert row_of(world, done).state == "running"
    assert trainer.post(f"/training/sittings/{done}/reopen", data={"minutes": "5", "reason": "再来"}).status_code == 409
    status, body = trainer.call("POST", f"/api/v1/training/sittings/{done}/annul", {"reason": "替考"})
    assert (status, body["state"], [one["verb"] for one in body["allowed"]]) == (200, "void", ["restore"])
    for login in ("agent", "class_teacher", "admin", "auditor"):
        status, _ = client(login).call("POST", f"/api/v1/training/sittings/{runs}/extend", {"minutes": 5, "reason": "x"})
        assert status in (403, 404), login


def test_who_may_go_on_and_whose_sitting_counts_no_more_hears_of_it(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    _, _, done = watched
    trainer = client("trainer")
    trainer.call("POST", f"/api/v1/training/sittings/{done}/reopen", {"minutes": 10, "reason": "误交卷"})
    world.drain()
    trainer.call("POST", f"/api/v1/training/sittings/{done}/annul", {"reason": "替考"})
    world.drain()
    told = client("agent_b").get("/api/v1/notices").get_json()["items"]
    assert {one["kind"] for one in told} == {"training.sitting.reopened", "training.sitting.annulled"}


def test_the_protocol_tells_what_happened_by_whom_and_why(world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    exam, runs, done = watched
    trainer = client("trainer")
    world.clock.move(seconds=30)
    with world.begin("agent") as work:
        hear(work, runs, "two")
        note_focus(work, runs, "left", "two")
    world.clock.move(seconds=12)
    with world.begin("agent") as work:
        note_focus(work, runs, "back", "two")
    trainer.call("POST", f"/api/v1/training/sittings/{runs}/extend", {"minutes": 10, "reason": "网络中断"})
    trainer.call("POST", f"/api/v1/training/sittings/{done}/reopen", {"minutes": 10, "reason": "误交卷"})
    with world.look("trainer") as work:
        told = [(one.what, one.name, one.by, one.reason, one.minutes) for one in protocol(
            work.session, work.actor, sittings_of(work.session, exam))]
    assert (Happening.EXTENDED, "Agent", "Trainer", "网络中断", 10) in told
    assert (Happening.REOPENED, "Agent B", "Trainer", "误交卷", None) in told
    assert [one[0] for one in told if one[1] == "Agent"] == [Happening.BEGUN, Happening.OPENED, Happening.LEFT, Happening.EXTENDED]
    assert [one[0] for one in told if one[1] == "Agent B"] == [Happening.BEGUN, Happening.SUBMITTED, Happening.REOPENED]
    taken = trainer.get(f"/training/sittings/board/{exam}/protocol?format=csv").get_data(as_text=True)
    assert "网络中断" in taken and "误交卷" in taken
    focus = lines(trainer, exam)["Agent"]["left"]
    assert focus == {"times": 1, "total_s": 12, "longest_s": 12}


def looks(world: Centre) -> list[tuple[str, int, str]]:
    with world.look() as work:
        return [(one.login, one.ref_id, one.place) for one in work.session.scalars(select(AccessEntry).where(
            AccessEntry.kind == "sitting").order_by(AccessEntry.id))]


def test_r_a8_answers_are_read_only_with_a_right_and_each_look_is_noted(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    """R-A8: administrators of users read no answers; whoever may leaves a line first, by page and by program."""
    _, runs, _ = watched
    addresses = (f"/training/sittings/{runs}/given", f"/api/v1/training/sittings/{runs}/given")
    for login in ("admin", "agent_b", "team_leader", "class_teacher", "supervisor", "marker", "agent"):
        for address in addresses:
            answer = client(login).get(address)
            assert answer.status_code == 404, (login, address)
            assert WORDS not in answer.get_data(as_text=True)
    assert looks(world) == []
    for address in addresses:
        assert WORDS in client("auditor").get(address).get_data(as_text=True)
    assert looks(world) == [("auditor", runs, "page"), ("auditor", runs, "program")]
    log = client("compliance").get("/api/v1/access", query_string={"kind": "sitting"}).get_json()
    assert [one["login"] for one in log["items"]] == ["auditor", "auditor"]
    trail = client("admin").get("/api/v1/audit").get_data(as_text=True)
    assert WORDS not in trail


def test_r_a8_an_administrator_needs_a_grant_that_stands_in_the_trail(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    """R-A8: a role more is a line in the trail, and the look a line in the log."""
    _, runs, _ = watched
    admin = client("admin")
    assert admin.get(f"/api/v1/training/sittings/{runs}/given").status_code == 404
    with world.begin("operator") as work:
        work.because("复核考试投诉")
        change_person(work, world.people["admin"], roles=["admin", "auditor"])
    admin = client("admin")  # other rights end running sessions
    assert admin.get(f"/api/v1/training/sittings/{runs}/given").status_code == 200
    with world.look() as work:
        granted = list(work.session.execute(select(AuditEntry.act, AuditEntry.reason).where(
            AuditEntry.subject == "people_role_grant", AuditEntry.reason.is_not(None))))
    assert [tuple(one) for one in granted] == [("insert", "复核考试投诉")]
    assert looks(world) == [("admin", runs, "program")]


def test_r_a8_a_file_that_was_handed_in_is_an_answer_too(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    """R-A8: its own door notes the look; by the door of all files it is for its candidate and for who marks it."""
    _, runs, _ = watched
    sent = client("agent").post(f"/files?subject=sitting:{runs}", data={"file": (io.BytesIO(WORDS.encode()), "r.txt")})
    assert sent.status_code == 201
    place, plain = f"/training/sittings/{runs}/handed_in/{sent.get_json()['id']}", sent.get_json()["url"]
    assert WORDS in client("agent").get(plain).get_data(as_text=True)
    for login in ("admin", "agent_b", "class_teacher", "auditor", "trainer"):
        assert client(login).get(plain).status_code == 404, login
    for login in ("admin", "agent_b", "class_teacher", "agent"):
        assert client(login).get(place).status_code == 404, login
    assert looks(world) == []
    assert WORDS in client("auditor").get(place).get_data(as_text=True)
    assert looks(world) == [("auditor", runs, "page")]
    other = client("agent_b").post(f"/files?subject=sitting:{runs}", data={"file": (io.BytesIO(b"x"), "x.txt")})
    assert other.status_code == 404


def test_r_a8_who_marks_or_sits_an_exam_reads_no_names_beside_answers_before_the_release(
        world: Centre, client: Clients, watched: tuple[int, int, int]) -> None:
    """R-A8: the blind stay blind: the page with a name is not for the markers of this exam, nor for who sits it too."""
    exam, runs, _ = watched
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        work.session.add(ExamMarker(exam_id=exam, person_id=world.people["trainer"]))
        work.session.add(ExamCandidate(exam_id=exam, person_id=world.people["compliance"]))
    assert client("trainer").get(f"/training/sittings/{runs}/given").status_code == 404
    assert client("compliance").get(f"/training/sittings/{runs}/given").status_code == 404
    assert client("auditor").get(f"/training/sittings/{runs}/given").status_code == 200
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        work.get(Exam, exam).state = "released"
    assert client("trainer").get(f"/training/sittings/{runs}/given").status_code == 200
