"""The bench of questions: one in the pool that cites an article, one flagged, one draft; banks and topics, one of each removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.training.questions import banks, usecases
from kmsvc.training.questions.kinds import Choice, Question, TrueFalse, options_of
from kmsvc.training.questions.storing import to_json
from kmsvc.training.questions.usecases import Around

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
BASE = "/training/questions"
_OPTIONS = options_of(["one", "two"])
SINGLE = Question("which?", Choice(_OPTIONS, (_OPTIONS[0].id,)))
WORDS = {name: value for name, value in to_json(Question("true?", TrueFalse(True))).items() if name != "schema"}
FORM = {"kind": "true_false", "stem": "true?", "key": "true", "points": "1"}
BODIES: dict[str, dict[str, Any]] = {
    name: given for door in DOORS for name, given in {
        f"POST {door}{BASE}/{{question_id}}/flag": {"note": "n"}, f"POST {door}{BASE}/{{question_id}}/withdraw": {"reason": "r"},
        f"POST {door}{BASE}/banks": {"name": "new"}, f"POST {door}{BASE}/banks/{{bank_id}}/edit": {"name": "other"},
        f"POST {door}{BASE}/topics": {"name": "new"}, f"POST {door}{BASE}/topics/{{topic_id}}/edit": {"name": "other"},
        f"POST {door}{BASE}/import": {"bank": "imported"},
    }.items()} | {
    f"POST {BASE}/{{question_id}}/edit": FORM, f"POST /api/v1{BASE}/{{question_id}}/edit": {"question": WORDS},
    f"POST {BASE}/import/{{token}}": {"bank": "imported"},
}
SHEET = b"stem,A,B,key\nwhich of them?,1,2,A\n"
UPLOADS: dict[str, tuple[str, bytes]] = {f"POST {door}{BASE}/import": ("q.csv", SHEET) for door in DOORS}
QUERIES = {f"GET {BASE}/import/{{token}}": "?bank=imported"}


def add_rows(rows: Rows) -> None:
    """Questions, banks, topics."""
    with rows.world.begin("trainer") as work:
        bank, gone = banks.make_bank(work, "bank"), banks.make_bank(work, "gone")
        empty = banks.make_bank(work, "empty")
        topic, old = banks.make_topic(work, "topic"), banks.make_topic(work, "old")
        banks.remove_bank(work, gone.id)
        banks.remove_topic(work, old.id)
        one = usecases.write_question(work, bank.id, SINGLE, Around(refs=[Ref("article", rows.values["article_id"])]), active=True)
        flagged, draft = (usecases.write_question(work, bank.id, Question(f"{number}?", TrueFalse(True)), active=number == 1)
                          for number in (1, 2))
        usecases.flag(work, flagged.id, note="n")
        rows.values |= {"question_id": one.id, "bank_id": bank.id, "topic_id": topic.id, "no": 1}
        rows.instead |= {("question_id", "unflag"): flagged.id, ("question_id", "activate"): draft.id,
                         ("bank_id", "restore"): gone.id, ("bank_id", "remove"): empty.id, ("topic_id", "restore"): old.id}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """The bank has a number of the moment."""
    if route.name == f"POST {BASE}":
        return FORM | {"bank": rows.values["bank_id"]}
    if route.name == f"POST /api/v1{BASE}":
        return {"bank": rows.values["bank_id"], "question": WORDS}
    if "question_id" in route.arguments and verb == "move":
        return {"topic": rows.values["topic_id"]}
    return None
