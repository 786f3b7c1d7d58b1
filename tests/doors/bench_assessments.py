"""The bench of self-assessments: a round in each state with answers in each state, items of a plan. Compliance runs them, the supervisor
answers and improves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.operations.setup import install_standards
from kmsvc.standards.assessments import answering, planning, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.facts import improvements
from kmsvc.standards.assessments.planning import Aim
from kmsvc.standards.assessments.rounds import RoundPlan
from kmsvc.standards.assessments.standing import answers_of
from kmsvc.standards.evidence.queries import year_span
from kmsvc.standards.models.queries import model_by_code

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/standards/assessments"
REASON = {"reason": "r"}
SAID = {"c": 10, "f": 5, "reason": "r", "gaps": "g"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    "/{assessment_id}/assign": {}, "/{assessment_id}/accept_all": {}, "/{assessment_id}/give_back": REASON,
    "/{assessment_id}/close": {"conclusion": "c"}, "/{assessment_id}/reopen": REASON,
    "/{assessment_id}/plan": {"items": "3c", "due_on": "2026-12-01"}, "/{assessment_id}/submit": {},
    "/answers/{answer_id}/save": SAID, "/answers/{answer_id}/return": {"remark": "r"},
    "/plans/{improvement_id}/advance": {"note": "n"}, "/plans/{improvement_id}/step_back": REASON,
    "/plans/{improvement_id}/leave_out": REASON, "/plans/{improvement_id}/take_up": REASON}.items()}
MARKS = b"no,sub,c,f,reason,gaps\n5,,5,5,r,g\n"
UPLOADS = {f"POST {door}{BASE}/{{assessment_id}}/import": ("marks.csv", MARKS) for door in ("", "/api/v1")}
QUERIES: dict[str, str] = {}


def add_rows(rows: Rows) -> None:
    """Rows in the states in which their routes have something to do."""
    world = rows.world
    today, people = world.clock.today, world.people
    install_standards(world.db)

    def begun(title: str, *, state: str) -> tuple[int, dict[str, int]]:
        with world.begin("compliance") as work:
            row = rounds.begin_round(work, RoundPlan(title, people["compliance"], today + timedelta(days=30), "cc-cmm-oc-2017",
                                                     sections=["1.1"], earlier=rows.values.get("closed_round")), today=today)
            rounds.assign(work, row.id, person=people["supervisor"])
            ids = {one.name: one.id for one in answers_of(work.session, row.id)}
            if state != "draft":
                rounds.open_round(work, row.id)
        if state in ("answered", "submitted", "review", "closed"):
            with world.begin("supervisor") as work:
                for name, one in ids.items():
                    answering.save(work, one, Said(5, 5, "r", gaps="g") if name != "4" else Said(10, 10, "r"))
                if state != "answered":
                    answering.submit(work, row.id)
        if state in ("review", "closed"):
            with world.begin("compliance") as work:
                answering.accept_all(work, row.id)
                rounds.to_review(work, row.id)
                if state == "closed":
                    rounds.close(work, row.id, conclusion="c", today=today)
        return row.id, ids
    closed, _ = begun("closed", state="closed")
    rows.values["closed_round"] = closed
    with world.begin("compliance") as work:
        items = planning.plan(work, closed, [
            Aim(name, 10, 10, people["supervisor"], today + timedelta(days=30)) for name in ("1", "2", "3")], today=today)
        first, moved, dropped = (one.id for one in items)
        planning.leave_out(work, dropped, reason="r", today=today)
    with world.begin("supervisor") as work:
        for _ in range(4):
            planning.advance(work, moved, note="n", today=today)
    one, ids = begun("open", state="open")
    draft, _ = begun("draft", state="draft")
    answered, _ = begun("answered", state="answered")
    submitted, waiting = begun("submitted", state="submitted")
    review, _ = begun("review", state="review")
    with world.look() as work:
        ccso = model_by_code(work.session, "ccso-2022")
        [shown] = [it for it in improvements(work.session, year_span(today.year, today, world.settings.timezone)) if "2" in it.clauses]
    with world.begin("supervisor") as work:
        answering.add_proof(work, ids["2"], key=f"improvement:{shown.id}", today=today)
    other, more = begun("proof", state="open")
    assert ccso is not None
    rows.values |= {"standard_id": ccso.id, "assessment_id": one, "answer_id": ids["1"], "improvement_id": first, "figure_name": "total",
                    "proof_key": f"improvement:{shown.id}", "earlier_round": closed, "other_round": other}
    rows.instead |= {
        **{("assessment_id", verb): draft for verb in ("open", "discard", "assign_owners")}, ("assessment_id", "submit"): answered,
        ("assessment_id", "accept_all"): submitted, ("assessment_id", "to_review"): submitted,
        **{("assessment_id", verb): review for verb in ("give_back", "close")}, ("assessment_id", "reopen"): closed,
        **{("answer_id", verb): waiting["1"] for verb in ("take_back", "accept", "return")},
        ("answer_id", "unprove"): ids["2"], ("answer_id", "prove"): more["2"],
        ("improvement_id", "step_back"): moved, ("improvement_id", "take_up"): dropped}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Who answers, who leads, which record."""
    if not route.rule.startswith((BASE, "/api/v1" + BASE)):
        return None
    people = rows.world.people
    if route.name in (f"POST {BASE}", f"POST /api/v1{BASE}"):
        return {"title": "t", "model": "cc-cmm-oc-2017", "lead": people["compliance"], "due_on": "2026-12-01", "sections": "1.1"}
    if verb == "assign":
        return {"person": people["compliance"]}
    if verb in ("prove", "unprove"):
        return {"key": rows.values["proof_key"]}
    if verb == "write":
        return {"title": "other", "lead": people["compliance"], "due_on": "2026-12-01"}
    if verb == "change":
        return {"title": "other", "owner": people["supervisor"], "due_on": "2026-12-01"}
    return None
