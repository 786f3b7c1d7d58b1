"""Every route that writes is called with something it takes, and the audit trail has grown by what it did."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.knowledge.articles.models import Article, ArticleVersion
from tests.doors.bench import STRANGER, Bench, Route, routes
from tests.doors.bench_bodies import UPLOADS
from tests.doors.compare import entries_written
from tests.doors.rights import table
from tests.support.centre import PASSWORD

# What changes no governed row, and why. Everything else must leave an entry.
NO_TRACE = {
    "POST /training/courses/pieces": "bytes on their way; the lesson that takes them leaves an entry",
    "POST /training/learning/attempts/{attempt_id}/lessons/{taught_id}/launch": "a launch is no governed row",
    "PUT /training/play/{ticket}/.lrs/{resource}": "statements are a log of their own, and need the token of a launch",
    "POST /training/play/{ticket}/.lrs/{resource}": "the same",
    "DELETE /training/play/{ticket}/.lrs/{resource}": "the same",
    "POST /training/play/{ticket}/.lrs/fetch/{secret}": "the same",
    "POST /training/learning/attempts/{attempt_id}/lessons/{taught_id}/package": "refused here: this lesson is no package",
    "POST /sign-in": "a session is no governed row",
    "POST /sign-out": "a session is no governed row",
    "POST /sign-in/code": "a session is no governed row",
    **dict.fromkeys((f"POST {door}/people/me/factor/{verb}" for door in ("", "/api/v1") for verb in ("confirm", "renew", "remove")),
                    "refused here: the code does not fit; tests/people shows what they do"),
    **dict.fromkeys((f"POST {door}/standards/rooms/{{room_id}}/{verb}" for door in ("", "/api/v1") for verb in ("draw", "mark", "ask")),
                    "for the guest of the room alone; tests/standards/rooms shows its entry"),
    **dict.fromkeys((f"POST {door}/standards/rooms/requests/{{request_id}}/{verb}" for door in ("", "/api/v1")
                     for verb in ("accept", "send_back", "withdraw")), "the same"),
    "POST /standards/assessments/{assessment_id}/import": "a dry run comes first; the import of its token leaves the entries",
    **dict.fromkeys((f"POST {door}/standards/assessments/{{assessment_id}}/assign_owners" for door in ("", "/api/v1")),
                    "nobody owns a duty here; tests/standards/assessments shows what it gives to whom"),
    "POST /people/me/prove": "a session is no governed row",
    "POST /people/me/sessions/{session_id}/end": "a session is no governed row",
    "POST /people/me/sessions/end_others": "a session is no governed row",
    "POST /api/v1/people/me/sessions/{session_id}/end": "a session is no governed row",
    "POST /people/accounts/{person_id}/sessions/{session_id}/end": "a session is no governed row",
    "POST /people/accounts/{person_id}/end_sessions": "a session is no governed row",
    "POST /api/v1/people/accounts/{person_id}/end_sessions": "a session is no governed row",
    "POST /demo/switch-role": "only a demo has it",
    "POST /preferences": "language and theme of a browser; a person's own language is the JSON route's",
    "POST /api/v1/notices/read": "one's own inbox",
    "POST /api/v1/notices/{notice_id}/read": "one's own inbox",
    "POST /notices/read": "one's own inbox",
    "POST /notices/{notice_id}/read": "one's own inbox",
    "POST /notices/{notice_id}/open": "one's own inbox",
    "POST /search/opened": "the log of searches",
    **dict.fromkeys((f"POST {door}/hooks/{{hook_id}}/{verb}" for door in ("", "/api/v1")
                     for verb in ("test", "retry", "deliveries/{sent_id}/retry")), "the outbox of a hook, which has its own log"),
    **dict.fromkeys((f"POST {place}" for place in (
        "/api/v1/knowledge/contacts", "/knowledge/contacts/link", "/knowledge/contacts/{link_id}/number",
        "/knowledge/contacts/{link_id}/withdraw", "/api/v1/knowledge/contacts/{link_id}/number",
        "/api/v1/knowledge/contacts/{link_id}/withdraw")), "the log of links, from which customers' numbers are forgotten"),
    "POST /knowledge/contacts/current": "kept by the browser alone",
    **dict.fromkeys((f"POST /api/v1/training/sittings/{{sitting_id}}/{verb}" for verb in ("answers", "beat", "focus")),
                    "answers are rows that are only added, windows and glances a log of their own"),
    **dict.fromkeys((f"POST {door}/training/marking/{{marked_id}}/questions/{{asked_id}}/{verb}" for door, verb in (
        ("", "mark"), ("", "undo"), ("", "leave"), ("/api/v1", "next"), ("/api/v1", "mark"), ("/api/v1", "undo"))),
                    "marks are rows that are only added, a log of their own"),
    **dict.fromkeys((f"POST {door}/training/marking/{{marked_id}}/questions/{{asked_id}}/again" for door in ("", "/api/v1")),
                    "nobody of the bench has marked a sample; tests/training/marking shows its entry"),
    **dict.fromkeys((f"POST {door}/training/marking/samples/{{example_id}}/restore" for door in ("", "/api/v1")),
                    "the sample of the bench is in use"),
    **dict.fromkeys((f"POST {door}/training/marking/results/{{result_id}}/look" for door in ("", "/api/v1")),
                    "the log of looks; tests/training/marking shows its lines"),
    **dict.fromkeys((f"POST {door}/training/practice{place}" for door in ("", "/api/v1") for place in (
        "", "/{run_id}/answer", "/{run_id}/judge", "/{run_id}/hand_in", "/{run_id}/end", "/mistakes/{card_id}/known",
        "/mistakes/{card_id}/again")), "practice is nobody else's business and counts nowhere"),
    **dict.fromkeys((f"POST {door}/training/papers/check" for door in ("", "/api/v1")), "reads"),
    **dict.fromkeys((f"POST {door}/training/exams/{{exam_id}}/redraw" for door in ("", "/api/v1")),
                    "the exam says when; the papers follow from its seed"),
    **dict.fromkeys((f"POST {door}/knowledge/flows/{place}" for door in ("", "/api/v1") for place in (
        "{flow_id}/begin", "walks/{walk_id}/choose", "walks/{walk_id}/contact")), "the log of walks"),
    **dict.fromkeys(("POST /knowledge/shelf/favourites/{article_id}", "POST /api/v1/knowledge/shelf/favourites/{article_id}"),
                    "favourites are nobody else's business"),
    "POST /access/open": "the log of secret text; tests/access shows its lines",
    "POST /access/tried": "the log of secret text; tests/access shows its lines",
    "POST /audit/verify": "reads",
    "POST /api/v1/audit/verify": "reads",
    "POST /knowledge/articles/import": "keeps the files and looks at them; the import itself leaves its entries",
    "POST /knowledge/articles/import/{token}": "a thread does it; tests/knowledge shows its entries",
    "POST /knowledge/articles/import/{token}/stop": "a file of the import, no row",
    "POST /knowledge/articles/import/{token}/columns": "reads the files once more; the import itself leaves its entries",
    "POST /training/questions/import": "keeps the files and shows what would happen; the import itself leaves its entries",
    "POST /knowledge/templates/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /search/filters": "what somebody's own search is narrowed by is nobody else's",
    "POST /api/v1/search/filters": "what somebody's own search is narrowed by is nobody else's",
    "POST /training/certificates/batches/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /training/evaluations/effects/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /training/plans/{plan_id}/people/list": "shows what would happen; putting them on the plan leaves its entries",
    "POST /training/plans/busy/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /training/onboarding/results/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /training/plans/sessions/{meeting_id}/sign-in": "takes the ticket of the own phone; tests/training/plans shows its entry",
    "POST /training/needs/entries/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /knowledge/scopes/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /knowledge/vocabulary/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /knowledge/bench/import": "keeps the file and shows what would happen; the import itself leaves its entries",
    "POST /api/v1/knowledge/bench/run": "there is no index on the bench; tests/knowledge shows its entry",
    **dict.fromkeys(("POST /knowledge/feedback/{feedback_id}/add", "POST /api/v1/knowledge/feedback/{feedback_id}/add"),
                    "the bench adds what is there already; tests/knowledge shows its entry"),
    **dict.fromkeys(("POST /knowledge/feedback/{feedback_id}/settle", "POST /api/v1/knowledge/feedback/{feedback_id}/settle"),
                    "no later version is there to settle it with; tests/knowledge shows its entry"),
    **dict.fromkeys(("POST /knowledge/gaps/report", "POST /api/v1/knowledge/gaps/report", "POST /knowledge/gaps/{gap_id}/replay",
                     "POST /api/v1/knowledge/gaps/{gap_id}/replay"),
                    "there is no index on the bench; tests/knowledge shows the entry of the gap"),
    **dict.fromkeys(("POST /knowledge/gaps/{gap_id}/reopen", "POST /api/v1/knowledge/gaps/{gap_id}/reopen"),
                    "the gap of the bench is open; tests/knowledge shows its entry"),
    **dict.fromkeys(("POST /knowledge/health/articles/{article_id}/right", "POST /api/v1/knowledge/health/articles/{article_id}/right"),
                    "the sign of the bench goes with the first look at the article; tests/knowledge shows the word"),
    **dict.fromkeys(("POST /knowledge/health/pairs/{article_id}/{other_id}/join",
                     "POST /api/v1/knowledge/health/pairs/{article_id}/{other_id}/join"),
                    "the article of the bench has a draft that waits; tests/knowledge shows what becomes of the two"),
    "POST /people/accounts/import": "keeps the file; the import itself leaves its entries",
    "POST /standards/models/import": "keeps the file; the import itself leaves its entries",
    "POST /operations/deliveries/{delivery_id}/retry": "nothing failed on the bench; tests/operations shows its entry",
    "POST /api/v1/operations/deliveries/{delivery_id}/retry": "nothing failed on the bench; tests/operations shows its entry",
    "POST /operations/retry": "nothing failed on the bench; tests/operations shows its entry",
    "POST /api/v1/operations/retry": "nothing failed on the bench; tests/operations shows its entry",
}


def changed_by(bench: Bench, route: Route) -> dict[str, Any]:
    """Address and body for routes that would find nothing to change with what the bench sends."""
    verb = route.rule.rsplit("/", 1)[-1]
    person = bench.world.people["suspended"]
    if verb == "resume":
        return {"path": bench.path(route, "admin", person_id=person), "body": {"reason": "is back"}}
    if verb == "erase":
        return {"path": bench.path(route, "admin", person_id=person),
                "body": {"reason": "asked for it", "confirm": "suspended", **({} if route.is_api else {"password": PASSWORD})}}
    if route.name == "POST /api/v1/people/accounts/{person_id}/edit":
        return {"body": {"name": "Another Name"}}
    if verb == "keep" and "process_id" in route.arguments:
        return {"body": {"review_months": 6, "reason": "it changes fast"}}
    if "article_id" in route.arguments and verb in ("confirm", "revert"):
        with bench.world.look() as work:
            article = work.get(Article, bench.values["article_id"])
            first = work.session.scalars(select(ArticleVersion.id).where(ArticleVersion.article_id == article.id)
                                         .order_by(ArticleVersion.id)).first()
        return {"body": {"version_id": article.published_version_id} if verb == "confirm"
                else {"to_version_id": first, "reason": "was right"}}
    return {}


def first_done(bench: Bench, route: Route) -> tuple[int, int]:
    """(status, entries) of the first caller whose request was done; of the last one tried when none was."""
    status, count = 0, 0
    for column in sorted(table().get(route.name, frozenset()) - {STRANGER, "suspended"}):
        with entries_written(bench) as written:
            status = bench.call(route, column, **changed_by(bench, route)).status_code
        count = sum(written)
        if status < 400 and count:
            break
    return status, count


def test_r_w6_every_writing_route_leaves_an_entry(bench: Bench) -> None:
    """R-W6: each unsafe route, called with what it takes by somebody who may, writes into the trail."""
    silent = []
    for route in routes(bench.app):
        if route.method == "GET" or route.name in NO_TRACE or route.name.endswith("/preview"):
            continue
        if route.name in UPLOADS and "files" in route.name:
            continue  # the bench sends a file it has already; the next test sends a new one
        status, count = first_done(bench, route)
        if not count:
            silent.append(f"{route.name}: answered {status} and wrote no entry")
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize("place", ["/files", "/api/v1/files"])
def test_r_w6_a_new_file_leaves_an_entry(bench: Bench, place: str) -> None:
    """R-W6: the file and what it belongs to."""
    with entries_written(bench) as written:
        answer = bench.callers["knowledge_editor", "cookie"].post(
            f"{place}?subject=article:{bench.values['article_id']}", data={"file": (io.BytesIO(b"new words"), "new.txt")},
            content_type="multipart/form-data")
    assert answer.status_code in (201, 303) and sum(written) >= 1


def test_r_w6_exceptions_name_routes_that_exist(bench: Bench) -> None:
    """R-W6: an exception for a route that is gone is an exception too many."""
    known = {route.name for route in routes(bench.app)}
    assert set(NO_TRACE) - known == set()
