"""The bench of audits: the programme of a year under way, drafts of others; an audit in each state; a finding for each act. The auditor
leads, compliance audits beside, the supervisor answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from kmsvc.operations.setup import install_standards
from kmsvc.standards.audits import auditing, findings, planning, undoing
from kmsvc.standards.audits.models import CheckPoint
from kmsvc.standards.audits.planning import Staffing

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/standards/audits"
REASON = {"reason": "r"}
DAYS = {"starts_on": "2026-03-02", "ends_on": "2026-03-20"}
WORDS = {"clause": "42", "grade": "minor", "title": "t", "text": "x"}
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in ("", "/api/v1") for path, body in {
    "/programmes": {"year": 2031, "title": "t"}, "/programmes/{programme_id}/add": {"title": "t", "clauses": "42", **DAYS},
    "/programmes/{programme_id}/write": {"title": "other"}, "/programmes/{programme_id}/complete": {"conclusion": "c"},
    "/programmes/{programme_id}/resume": REASON, "/programmes/{programme_id}/take_back": REASON,
    "/{engagement_id}/drop": REASON, "/{engagement_id}/back_to_work": REASON,
    "/{engagement_id}/finish": {"conclusion": "c"}, "/{engagement_id}/draw": {"clause": "42", "size": 1},
    "/{engagement_id}/draft": WORDS, "/points/{check_id}/check": {"result": "fails", "note": "n"},
    "/findings/{finding_id}/respond": {"containment": "c", "why1": "w"}, "/findings/{finding_id}/act": {"proof": "p"},
    "/findings/{finding_id}/verify": {"note": "n"}, "/findings/{finding_id}/effect": {"holds": "yes", "note": "n"},
    "/findings/{finding_id}/close": {"justification": "j"}, "/findings/{finding_id}/correct": {
        "grade": "major", "title": "t", "text": "y", **REASON},
    **{f"/findings/{{finding_id}}/{name}": REASON for name in ("send_back", "withdraw", "restore", "reopen")}}.items()}
QUERIES: dict[str, str] = {}
ORDER = ("publish", "respond", "propose", "agree", "act", "verify", "effect", "close")
NEEDS = {"respond": 1, "propose": 2, "agree": 3, "act": 4, "verify": 5, "send_back": 5, "effect": 6, "close": 7, "reopen": 8,
         "correct": 1, "withdraw": 1, "write": 0, "discard": 0, "publish": 0}
"""act -> after how many of the acts in `ORDER` it makes sense"""


def add_rows(rows: Rows) -> None:
    """Rows in the states in which their routes have something to do."""
    world = rows.world
    today, people = world.clock.today, world.people
    install_standards(world.db)
    with world.begin("compliance") as work:
        made = {year: planning.begin_programme(work, year=year, title="t").id for year in (2026, 2027, 2028, 2029, 2030)}
    with world.begin("manager") as work:
        for year in (2026, 2028, 2029, 2030):
            planning.approve_programme(work, made[year])
    audits = {}
    with world.begin("compliance") as work:
        for year in (2026, 2029, 2030):
            planning.activate_programme(work, made[year])
        for year in (2029, 2030):
            for one in planning.audits_of(work, made[year]):
                undoing.drop_engagement(work, one, reason="r")
        planning.complete_programme(work, made[2030], conclusion="c")
        for name in ("running", "planned", "dropped", "checked", "review"):
            audits[name] = planning.add_engagement(work, made[2026], title=name, clauses=["42"], starts_on=today, ends_on=today).id
            planning.staff(work, audits[name], Staffing(
                people["auditor"], [people["compliance"]], people["supervisor"], today, today))
        undoing.drop_engagement(work, audits["dropped"], reason="r")
    with world.begin("auditor") as work:
        auditing.start(work, audits["running"])
        for name in ("checked", "review"):
            auditing.start(work, audits[name])
            for row in auditing.points_of(work, audits[name]):
                auditing.check(work, row.id, result="conforms")
        auditing.to_review(work, audits["review"])
        point: CheckPoint = auditing.points_of(work, audits["running"])[0]
    found = {many: _finding(rows, audits["running"], many) for many in sorted(set(NEEDS.values()))}
    gone = _finding(rows, audits["running"], 1)
    with world.begin("auditor") as work:
        findings.withdraw(work, gone, reason="r", today=today)
    rows.values |= {"programme_id": made[2026], "engagement_id": audits["running"], "check_id": point.id, "finding_id": found[1],
                    "audit_clause": "42"}
    rows.instead |= {("programme_id", "approve"): made[2027], ("programme_id", "save_draft"): made[2027],
                     ("finding_id", "save_draft"): found[0],
                     ("programme_id", "activate"): made[2028], ("programme_id", "take_back"): made[2028],
                     ("programme_id", "discard"): made[2027], ("programme_id", "complete"): made[2029],
                     ("programme_id", "resume"): made[2030], ("finding_id", "restore"): gone,
                     **{("finding_id", verb): found[many] for verb, many in NEEDS.items()},
                     **{("engagement_id", verb): audits[name] for verb, name in (
                         ("start", "planned"), ("drop", "planned"), ("take_up", "dropped"), ("finish", "review"),
                         ("to_review", "checked"),
                         ("back_to_work", "review"))}}


def _finding(rows: Rows, audit: int, many: int) -> int:
    """A finding that has gone so many steps."""
    world, today = rows.world, rows.world.clock.today
    with world.begin("auditor") as work:
        one = findings.draft_finding(work, audit, **WORDS).id
    acts: dict[str, tuple[str, Any]] = {
        "publish": ("auditor", findings.publish), "respond": ("supervisor", findings.respond),
        "propose": ("supervisor", findings.propose), "agree": ("auditor", findings.agree), "act": ("supervisor", findings.act),
        "verify": ("compliance", findings.verify),
        "effect": ("compliance", findings.effect), "close": ("auditor", findings.close)}
    given: dict[str, dict[str, Any]] = {
        "respond": {"whys": ["w"], "containment": "c"}, "act": {"proof": "p", "done_on": today}, "verify": {"note": "n"},
        "propose": {"correction": "c", "prevention": None, "owner": world.people["supervisor"], "due_on": date(2026, 12, 1)},
        "effect": {"holds": True, "note": "n"}, "close": {"justification": "j"}}
    for name in ORDER[:many]:
        login, run = acts[name]
        with world.begin(login) as work:
            run(work, one, today=today, **given.get(name, {}))
    return one


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Who audits, who answers, who does it."""
    if not route.rule.startswith((BASE, "/api/v1" + BASE)):
        return None
    people = rows.world.people
    if verb == "staff":
        return {"lead": people["auditor"], "second": people["compliance"], "answerable": people["supervisor"], **DAYS}
    if verb == "write" and "findings" in route.rule:
        return WORDS | {"title": "another", "respondent": people["supervisor"]}
    if verb == "propose":
        return {"correction": "c", "owner": people["supervisor"], "due_on": "2026-12-01"}
    return None
