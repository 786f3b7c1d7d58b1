"""The bench of training needs: a survey at each place where a verb is due, an entry, a line, a suggestion of the agent's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.training.needs import answering, designing, planning, usecases
from kmsvc.training.needs.designing import FormText
from kmsvc.training.needs.models import Interview
from kmsvc.training.needs.planning import LineText
from tests.support.centre import PASSWORD

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
BASE = "/training/needs"
QUESTIONS: list[dict[str, Any]] = [{"key": "q1", "kind": "text", "text": "t", "required": True}]
LINE = {"subject": "s", "heads": 1, "hours": "1", "cost": "1", "quarter": 1}


def _both(path: str, body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"POST {door}{BASE}{path}": body for door in DOORS}


BODIES: dict[str, dict[str, Any]] = {
    **_both("/{campaign_id}/take_over", {}), **_both("/{campaign_id}/close", {}), **_both("/{campaign_id}/finish_interviews", {}),
    **_both("/{campaign_id}/draw", {"share": 10}), **_both("/{campaign_id}/cancel", {"reason": "r"}),
    f"POST {BASE}/{{campaign_id}}/sign": {"conclusion": "c", "password": PASSWORD},
    f"POST /api/v1{BASE}/{{campaign_id}}/sign": {"conclusion": "c"},
    f"POST {BASE}/{{campaign_id}}/answer": {"a-q1": "t"}, f"POST /api/v1{BASE}/{{campaign_id}}/answer": {"answers": {"q1": "t"}},
    f"POST {BASE}/{{campaign_id}}/forms": {"title": "t", "q1-kind": "text", "q1-text": "t"},
    f"POST {BASE}/{{campaign_id}}/forms/{{form_id}}": {"title": "t", "q1-kind": "text", "q1-text": "u"},
    f"POST /api/v1{BASE}/{{campaign_id}}/forms": {"title": "t", "questions": QUESTIONS},
    f"POST /api/v1{BASE}/{{campaign_id}}/forms/{{form_id}}": {"title": "t2", "questions": QUESTIONS},
    **_both("/{campaign_id}/forms/{form_id}/remove", {}),
    **_both("/lines", LINE | {"year": 2027}), **_both("/lines/{line_id}", LINE | {"subject": "other"}),
    **_both("/lines/{line_id}/deliver", {"note": "n"}), **_both("/lines/{line_id}/drop", {"reason": "r"}),
    **_both("/lines/{line_id}/restore", {}), **_both("/entries/{entry_id}/remove", {}), **_both("/entries/{entry_id}/restore", {}),
    **_both("/lines/from_hurts", {"of_year": 2026, "year": 2027, "keys": ["疼"]}),
    **_both("/entries", {"year": 2026, "source": "qa", "subject": "s", "count": 1}), **_both("/suggestions", {"subject": "s"}),
    **_both("/suggestions/{suggestion_id}/answer", {"verdict": "taken", "answer": "a"}),
}
LIST = "主题,来源,年度,次数\n新的,质检,2026,3\n".encode()
UPLOADS: dict[str, tuple[str, bytes]] = {f"POST {door}{BASE}/entries/import": ("needs.csv", LIST) for door in DOORS}


def add_rows(rows: Rows) -> None:
    """One survey in each state, each in a year of its own."""
    world, today = rows.world, rows.world.clock.today
    places = {"design": 2049, "send": 2032, "answer": 2033, "close": 2034, "draw": 2035, "note": 2036, "finish_interviews": 2037,
              "hold_meeting": 2038, "sign": 2039}
    ids: dict[str, int] = {}
    for verb, year in places.items():
        with world.begin("trainer") as work:
            ids[verb] = usecases.plan_campaign(work, year=year, due_on=today, today=today).id
        stage = list(places).index(verb)
        with world.begin("trainer") as work:
            form = designing.add_form(work, ids[verb], FormText("t", QUESTIONS, anonymous=False)).id
        if verb == "design":
            rows.values |= {"form_id": form}
        if stage >= 2:
            with world.begin("trainer") as work:
                usecases.send_campaign(work, ids[verb], due_on=today, today=today)
        if stage >= 3:
            with world.begin("marker") as work:
                answering.answer_needs(work, ids[verb], {"q1": "t"}, today=today)
        if stage >= 4:
            with world.begin("trainer") as work:
                usecases.close_campaign(work, ids[verb])
        if stage >= 5:
            with world.begin("trainer") as work:
                usecases.draw_interviews(work, ids[verb], share=1, seed="s")
        if stage >= 5:
            with world.begin("trainer") as work:
                held = work.session.scalars(select(Interview.id).where(Interview.campaign_id == ids[verb])).one()
            rows.values |= {"interview_id": held} if verb == "note" else {}
            if stage >= 6:
                with world.begin("trainer") as work:
                    answering.note_interview(work, ids[verb], held, today=today, held_on=today, confirms="yes", note="n")
        if stage >= 7:
            with world.begin("trainer") as work:
                usecases.finish_interviews(work, ids[verb])
        if stage >= 8:
            with world.begin("trainer") as work:
                usecases.hold_meeting(work, ids[verb], met_on=today, people=["manager"], minutes="m", decisions="d", today=today)
    rows.values |= {"campaign_id": ids["sign"]}
    for verb in ("send", "answer", "close", "draw", "finish_interviews", "hold_meeting", "sign"):
        rows.instead["campaign_id", verb] = ids[verb]
    rows.instead["campaign_id", "take_over"] = rows.instead["campaign_id", "forms"] = rows.instead["campaign_id", "new"] = ids["design"]
    rows.instead["campaign_id", "cancel"], rows.instead["campaign_id", "extend"] = ids["design"], ids["answer"]
    rows.instead["campaign_id", "<int:form_id>"] = rows.instead["campaign_id", "remove"] = ids["design"]
    rows.instead["campaign_id", "<int:interview_id>"] = ids["note"]
    with world.begin("trainer") as work:
        entry = planning.add_entry(work, year=2026, source="qa", subject="疼", count=3).id
        line = planning.add_line(work, 2026, LineText("s", 1, 60, 100, 1)).id
        dropped = planning.add_line(work, 2026, LineText("d", 1, 60, 100, 1)).id
        gone = planning.add_entry(work, year=2026, source="qa", subject="过去", count=3).id
    with world.begin("trainer") as work:
        planning.drop_line(work, dropped, reason="r")
        planning.remove_entry(work, gone)
    with world.begin("agent") as work:
        suggestion = planning.suggest(work, subject="s").id
    rows.values |= {"entry_id": entry, "suggestion_id": suggestion, "line_id": line}
    rows.instead["entry_id", "restore"], rows.instead["line_id", "restore"] = gone, dropped


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Days of the moment, and who sat in the meeting."""
    today = rows.world.clock.today
    name = route.name.replace("/api/v1", "")
    if name == f"POST {BASE}":
        return {"year": 2030, "due_on": str(today)}
    if name.startswith(f"POST {BASE}/{{campaign_id}}/"):
        if verb == "send":
            return {"due_on": str(today)}
        if verb == "extend":
            return {"due_on": str(today + timedelta(days=9)), "reason": "r"}
        if verb == "hold_meeting":
            return {"met_on": str(today), "people": "manager", "minutes": "m", "decisions": "d"}
        if "interview_id" in name:
            return {"held_on": str(today), "confirms": "no", "note": "other"}
    return None
