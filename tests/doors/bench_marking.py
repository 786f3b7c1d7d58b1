"""The bench of marking: the agent sat five exams. In one an answer is in the marker's hand, with a file, a sample, corrected keys; one
can be released; one has a substitute; one is released with an appeal; of one nobody may appeal any more."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.files.models import Attachment, StoredFile
from kmsvc.files.store import keep
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.marking.appealing import file_appeal
from kmsvc.training.marking.automatic import mark_sitting
from kmsvc.training.marking.desk import Points, give_mark, take_next
from kmsvc.training.marking.models import Regrade
from kmsvc.training.marking.rekeying import ask_regrade, digest_of, report_of
from kmsvc.training.marking.releasing import release
from kmsvc.training.marking.samples import add_sample
from kmsvc.training.marking.settling import handle_of
from kmsvc.training.marking.staffing import appoint
from kmsvc.training.questions.kinds import FileAnswer, Question
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.sittings import queries
from kmsvc.training.sittings.models import Answer, Sitting, SittingItem
from kmsvc.training.sittings.usecases import Came, save_answers, submit
from tests.support.clock import ZONE
from tests.training.marking.marked import CLOSED, OPEN, OTHER_KEY, WRONG
from tests.training.sittings.exams import begin, make_exam, new_version

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
DESK = "/training/marking/{marked_id}/questions/{asked_id}"
FILE = Question("交上记录。", FileAnswer((), "样例"), "", Decimal(4))


def _both(rule: str, page: dict[str, Any], program: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    return {f"POST {rule}": page, f"POST /api/v1{rule}": page if program is None else program}


BODIES: dict[str, dict[str, Any]] = {
    **_both(f"{DESK}/samples", {"answer": "a", "line:": "1", "why": "w"}, {"answer": "a", "lines": {"": "1"}, "why": "w"}),
    **_both("/training/marking/samples/{example_id}/mark", {"line:": "2"}, {"lines": {"": "2"}}),
    **{f"POST {door}/training/marking/samples/{{example_id}}/{verb}": {} for door in DOORS for verb in ("remove", "restore")},
    **_both("/training/marking/results/{result_id}/look", {"reason": "r"}),
    **_both("/training/marking/results/{result_id}/items/{place}/appeal", {"reason": "r"}),
    **_both("/training/marking/results/{result_id}/items/{place}/correct", {"points": "3", "reason": "r"}),
    **_both("/training/marking/appeals/{appeal_id}/uphold", {"points": "3", "reason": "r"}),
    **_both("/training/marking/appeals/{appeal_id}/decline", {"reason": "r"}),
    **_both("/training/marking/appeals/{appeal_id}/withdraw", {}), **_both("/training/marking/appeals/{appeal_id}/say", {"words": "w"}),
    **_both("/training/marking/regrades/{regrade_id}/drop", {"reason": "r"}),
    **{f"POST {door}/training/marking/{{marked_id}}/{verb}": {} for door in DOORS for verb in ("release", "finish")},
    f"POST /api/v1{DESK}/next": {}, **_both(f"{DESK}/undo", {}), f"POST {DESK}/leave": {},
    **_both("/training/marking/substitutes/{substitute_id}/end", {}),
}
QUERIES = {"GET /api/v1/training/marking/appeals/{appeal_id}/effect": "?points=3"}


def _sat(rows: Rows, questions: tuple[Question, ...], answers: tuple[Any, ...], markers: tuple[str, ...],
         **more: Any) -> tuple[int, int]:
    """An exam the agent has handed in, over since an hour; the exam and the sitting."""
    world = rows.world
    exam = make_exam(world, questions=questions, points=Decimal(4), border=Decimal(-1), limit=Decimal(1), shows="answers", **more)
    sitting = begin(world, exam)
    with world.look("agent") as work:
        items = queries.items_of(work.session, queries.own_card(work.session, work.actor, sitting, work.now))
    with world.begin("agent") as work:
        save_answers(work, sitting, [Came(no, no, one) for no, one in enumerate(answers, 1) if one is not None], items, "d")
    with world.begin("agent") as work:
        submit(work, sitting)
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        row = work.get(Exam, exam)
        row.opens_at, row.closes_at = work.now - timedelta(hours=9), work.now - timedelta(hours=1)
        work.session.add_all(ExamMarker(exam_id=exam, person_id=world.people[one]) for one in markers)
    return exam, sitting


def _judged(rows: Rows, exam: int, sitting: int, question: int | None = None) -> None:
    with rows.world.begin("system") as work:
        mark_sitting(work, sitting)
    if question is not None:
        with rows.world.begin("marker") as work:
            found = take_next(work, exam, question)
            assert found is not None
            give_mark(work, exam, question, found.handle, Points({"": Decimal(1)}, "mark"))


def _asked(rows: Rows, sitting: int) -> list[int]:
    with rows.world.look() as work:
        return list(work.session.scalars(select(SittingItem.question_id).where(SittingItem.sitting_id == sitting).order_by(
            SittingItem.place)))


def add_rows(rows: Rows) -> None:
    """The five exams."""
    _desk(rows)
    world = rows.world
    ready, sitting = _sat(rows, (CLOSED,), (WRONG,), ("marker",))
    _judged(rows, ready, sitting)
    rows.instead["marked_id", "release"] = ready
    with world.begin("trainer") as work:
        rows.values["substitute_id"] = appoint(work, ready, for_id=world.people["marker"], person_id=world.people["trainer"],
                                               reason="r").id
    over, sitting = _sat(rows, (CLOSED,), (WRONG,), ("marker",), appeal_days=0)
    _judged(rows, over, sitting)
    contested, result = _sat(rows, (CLOSED, OPEN), (WRONG, "x"), ("marker", "manager"))
    _judged(rows, contested, result, _asked(rows, result)[1])
    for exam in (over, contested):
        with world.begin("trainer") as work:
            release(work, exam, zone=ZONE)
    rows.instead["marked_id", "finish"] = over
    with world.begin("agent") as work:
        rows.values |= {"result_id": result, "place": 1, "appeal_id": file_appeal(work, result, 2, reason="r", zone=ZONE).id}


def _desk(rows: Rows) -> None:
    world = rows.world
    exam, sitting = _sat(rows, (CLOSED, OPEN, OPEN, FILE, CLOSED), (WRONG, "x", "y", None, WRONG), ("marker", "trainer"))
    asked = _asked(rows, sitting)
    stored = keep(world.settings.files_dir, io.BytesIO(b"text"), "a.txt")
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        if work.session.get(StoredFile, stored.sha256) is None:
            work.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=work.now))
            work.session.flush()
        kept = Attachment(sha256=stored.sha256, name="a.txt", subject_kind="sitting", subject_id=sitting,
                          person_id=world.people["agent"], added_at=work.now)
        work.session.add(kept)
        work.session.flush()
        item = work.session.scalars(select(SittingItem).where(SittingItem.sitting_id == sitting, SittingItem.place == 4)).one()
        work.session.add(Answer(item_id=item.id, sitting_id=sitting, number=9, given=True, digest="d", at=work.now, device="d",
                                value={"answer": {"attachment": kept.id, "name": "a.txt"}, "flag": False}))
        rows.values["handle"] = handle_of(work.get(Sitting, sitting), item.id)
        for question in (asked[0], asked[4]):
            new_version(work, work.get(QuestionRow, question), OTHER_KEY, 2)
    _judged(rows, exam, sitting)
    with world.begin("marker") as work:
        found = take_next(work, exam, asked[1])
        assert found is not None
        rows.other_answer = found.handle  # type: ignore[attr-defined]
    with world.begin("trainer") as work:
        rows.values["regrade_id"] = ask_regrade(work, exam, asked[0], why="w").id
        # whoever wrote it knows it already, so the operator did
    with world.begin("operator") as work:
        rows.values["example_id"] = add_sample(work, exam, asked[2], answer="a", lines={"": Decimal(2)}, why="w").id
    rows.values |= {"marked_id": exam, "asked_id": asked[1]}
    rows.instead["asked_id", "<handle>"] = asked[3]
    rows.instead["asked_id", "<int:example_id>"] = asked[2]
    rows.rekeyed = asked[4]  # type: ignore[attr-defined]


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Answers, people and questions have numbers of the moment."""
    people = rows.world.people
    rule = route.name.removeprefix("POST ").removeprefix("/api/v1")
    if rule == f"{DESK}/mark":
        lines = {"lines": {"": "1"}} if route.is_api else {"line:": "1"}
        return {"answer": rows.other_answer, "part": "mark", **lines}  # type: ignore[attr-defined]
    if rule == f"{DESK}/again":
        return {"person": people["marker"], "reason": "r"}
    if rule == "/training/marking/{marked_id}/substitutes":
        return {"whose": people["marker"], "person": people["everything"], "reason": "r"}
    if rule == "/training/marking/{marked_id}/regrades":
        return {"question": rows.rekeyed, "why": "w"}  # type: ignore[attr-defined]
    if rule == "/training/marking/appeals/{appeal_id}/hand_over":
        return {"person": people["trainer"]}
    if rule == "/training/marking/regrades/{regrade_id}/confirm":
        with rows.world.look() as work:
            return {"digest": digest_of(report_of(work.session, work.get(Regrade, rows.values["regrade_id"])))}
    return None
