"""What the routes of the bench take: bodies that load, queries, files.

A noun of its own file joins by `bench_areas.py`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from kmsvc.knowledge.reviews.rules import ANSWERS
from tests.doors.bench_areas import AREAS
from tests.doors.bench_rows import FLOW, PICTURE, Rows
from tests.support.centre import PASSWORD

if TYPE_CHECKING:
    from tests.doors.bench import Route

ARTICLES = b'{"title": "t", "body": "b"}\n'
WORDS = b"term,sayings\nrefund,money back\n"
SEARCHES = b"query,article\nhow,KB-0001\n"
ACCOUNTS = b"login,name,email,roles,unit\nnewcomer,New Comer,,agent,TEAM-A\n"

REASON = {"reason": "so it is"}
JUDGED = dict.fromkeys(ANSWERS, "yes") | {"result": "keep"}
QUERIES: dict[str, str] = {
    "GET /api/v1/files": "?subject=article:{article_id}", "POST /files": "?subject=article:{article_id}",
    "POST /api/v1/files": "?subject=article:{article_id}",
    "GET /api/v1/search": "?q=退款", "GET /api/v1/search/suggest": "?q=退款", "GET /search": "?q=退款",
    "GET /search/live": "?q=退款", "GET /search/answer": "?kind=article&id={article_id}",
    "GET /search/kept": "?kind=article&id={article_id}", "GET /search/kept/several": "?keys=article:{article_id}",
    "GET /process/changes/similar": "?title=退款",
    "GET /process/definitions/{process_id}/compare": "?old=1&new=4",
    "GET /knowledge/articles/{article_id}/compare": "?old=1&new=2",
    "GET /knowledge/relations/twins/{relation_id}/switch": "?from={article_id}",
}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("POST /knowledge/learning/{learned_id}/off", "POST /knowledge/learning/reset"), REASON),
    "POST /sign-in": {"login": "agent", "password": PASSWORD},
    **dict.fromkeys(("POST /knowledge/vocabulary", "POST /api/v1/knowledge/vocabulary",
                     "POST /knowledge/vocabulary/{term_id}/edit", "POST /api/v1/knowledge/vocabulary/{term_id}/edit"),
                    {"term": "refund", "sayings": "money back"}),
    **dict.fromkeys(("POST /knowledge/flows", "POST /api/v1/knowledge/flows", "POST /knowledge/flows/{flow_id}/edit",
                     "POST /api/v1/knowledge/flows/{flow_id}/edit"), {"title": "u", "body": FLOW}),
    **dict.fromkeys(("POST /knowledge/flows/{flow_id}/revert", "POST /api/v1/knowledge/flows/{flow_id}/revert"),
                    {"ordinal": 2, **REASON}),
    "POST /knowledge/flows/{flow_id}/retire": REASON, "POST /knowledge/flows/walks/{walk_id}/choose": {"at": 0, "choice": 2},
    "POST /knowledge/flows/walks/{walk_id}/contact": {"contact": "C-1"},
    **dict.fromkeys(("POST /knowledge/exports", "POST /api/v1/knowledge/exports"), REASON),
    "POST /knowledge/vocabulary/{term_id}/remove": REASON, "POST /knowledge/bench/{search_id}/remove": REASON,
    "POST /audit/export": {"format": "csv", "password": PASSWORD},
    "POST /api/v1/people/accounts": {"login": "newcomer", "name": "New Comer"},
    "POST /api/v1/people/accounts/{person_id}/add_login": {"login": "another"},
    "POST /api/v1/people/me/password": {"old": PASSWORD, "new": PASSWORD + "-next"},
    "POST /api/v1/people/posts": {"code": "P1", "name": "Post"},
    "POST /api/v1/people/readers": {"code": "G1", "name": "Group", "roles": ["trainer"]},
    "POST /people/readers": {"code": "G1", "name": "Group", "roles": "trainer"},
    "POST /api/v1/people/units": {"code": "U1", "name": "Unit", "parent": "CENTRE"},
    "POST /api/v1/process/changes": {"title": "t", "reason": "r", "process_id": 1},
    "POST /api/v1/process/definitions/{process_id}/revert": {"to_version": 1, **REASON},
    "POST /api/v1/operations/settings/{name}/set": {"value": 7},
    "POST /people/accounts": {"login": "newcomer", "name": "New Comer", "password": PASSWORD},
    "POST /people/accounts/{person_id}/add_login": {"login": "another", "password": PASSWORD},
    "POST /people/accounts/{person_id}/edit": {"name": "New Name"},
    "POST /people/accounts/{person_id}/password": {"password": PASSWORD},
    "POST /people/accounts/{person_id}/suspend": {**REASON, "password": PASSWORD},
    "POST /people/accounts/{person_id}/resume": {**REASON, "password": PASSWORD},
    "POST /people/accounts/{person_id}/erase": {**REASON, "confirm": "somebody", "password": PASSWORD},
    "POST /api/v1/people/accounts/{person_id}/erase": {**REASON, "confirm": "somebody"},
    "POST /people/accounts/{person_id}/end_sessions": REASON,
    "POST /people/me/password": {"old": PASSWORD, "new": PASSWORD + "-next", "again": PASSWORD + "-next"},
    "POST /people/me/prove": {"password": PASSWORD},
    "POST /people/me/tokens": {"name": "mine", "days": 7, "password": PASSWORD},
    "POST /people/units": {"code": "U1", "name": "Unit", "parent": "CENTRE"},
    "POST /people/units/posts": {"code": "P1", "name": "Post"},
    "POST /operations/settings/{name}": {"value": "7"},
    "POST /process/definitions/new": {"name": "Night calls", "group": "production", "class": "business",
                                      "owner": "business_owner"},
    "POST /process/changes/new": {"title": "t", "reason": "r", "process_id": 1},
    "POST /process/definitions/{process_id}/review": REASON,
    "POST /process/definitions/{process_id}/retire": REASON,
    "POST /process/definitions/{process_id}/revert": {"to_version": 1, **REASON},
    "POST /knowledge/articles/new": {"title": "t", "body": "b"},
    "POST /knowledge/articles/{article_id}/edit": {"title": "t", "body": "b"},
    "POST /knowledge/articles/{article_id}/confirm": {"version_id": 2},
    "POST /knowledge/articles/{article_id}/retire": REASON,
    "POST /knowledge/articles/{article_id}/revert": {"to_version_id": 2, **REASON},
    "POST /knowledge/feedback/versions/{version_id}": {"kind": "unclear"},
    "POST /knowledge/gaps/report": {"q": "zebra"},
    "POST /knowledge/health/pairs/{article_id}/{other_id}/distinct": REASON,
    **dict.fromkeys(("POST /knowledge/bulletins", "POST /api/v1/knowledge/bulletins",
                     "POST /knowledge/bulletins/{bulletin_id}/correct", "POST /api/v1/knowledge/bulletins/{bulletin_id}/correct"),
                    {"title": "t", "ends_at": "2026-03-20T18:00"}),
    "POST /knowledge/bulletins/{bulletin_id}/end": REASON,
    "POST /search/opened": {"q": "退款", "found": 1},
}
UPLOADS: dict[str, tuple[str, bytes]] = {
    "POST /api/v1/files": ("picture.png", PICTURE), "POST /files": ("picture.png", PICTURE),
    "POST /people/accounts/import": ("staff.csv", ACCOUNTS),
    "POST /api/v1/people/accounts/import": ("staff.csv", ACCOUNTS),
    "POST /knowledge/articles/import": ("articles.jsonl", ARTICLES),
    "POST /knowledge/flows/import": ("flow.json", json.dumps({"title": "t", "body": FLOW}).encode()),
    "POST /knowledge/vocabulary/import": ("words.csv", WORDS), "POST /api/v1/knowledge/vocabulary/import": ("words.csv", WORDS),
    "POST /knowledge/bench/import": ("searches.csv", SEARCHES), "POST /api/v1/knowledge/bench/import": ("searches.csv", SEARCHES),
    "POST /api/v1/knowledge/articles/import": ("articles.jsonl", ARTICLES),
}

for _area in AREAS:
    QUERIES |= getattr(_area, "QUERIES", {})
    BODIES |= getattr(_area, "BODIES", {})
    UPLOADS |= getattr(_area, "UPLOADS", {})


def body_of(rows: Rows, route: Route, says: Mapping[str, Any]) -> dict[str, Any]:
    """A body that the route takes, with choices of the moment; `says` is what its door declares of itself."""
    verb = route.rule.rsplit("/", 1)[-1]
    for area in AREAS:
        told = area.body(rows, route, verb) if hasattr(area, "body") else None
        if told is not None:
            return dict(told)
    if "change_id" in route.arguments and verb in rows.changes:
        return rows.changes[verb][1] | ({"password": PASSWORD} if verb == "sign" and not route.is_api else {})
    if route.name in ("POST /knowledge/bench", "POST /api/v1/knowledge/bench"):
        return {"query": "another", "article": rows.number}
    if route.rule.endswith("/<int:flow_id>/begin"):
        return {"version_id": rows.flow_version, "choice": 1}
    if route.name == "POST /access/open":
        return {"kind": "article", "id": rows.guarded[0]}
    if route.name == "POST /access/tried":
        return {"act": "copy_refused", "text": "article:{}:{}".format(*rows.guarded)}
    if route.rule.endswith("/shelf/pins"):
        return {"article": rows.third, "until": rows.world.clock.today.isoformat(), "reason": "r"}
    if route.rule.endswith("/relations/articles/<int:article_id>"):
        return {"word": "see_also", "other": rows.third}
    if route.rule.endswith("/twins/<int:relation_id>/equal"):
        return dict(rows.twins)
    if route.rule.endswith("/twins/<int:relation_id>/withdraw"):
        return {"check_id": rows.check.id if rows.check is not None else 0}
    if route.name in BODIES:
        return dict(BODIES[route.name])
    if route.name in ("POST /knowledge/health/acts", "POST /api/v1/knowledge/health/acts"):
        return {"act": "category", "category": "shelf", "ids": [rows.put_in_order], **REASON,
                "sure": True if route.is_api else "1"}
    if "/health/" in route.rule and verb in ("right", "join"):
        return {"sign": "unused", **REASON} if verb == "right" else {"keep": rows.values["article_id"], **REASON}
    if route.name in ("POST /knowledge/reviews", "POST /api/v1/knowledge/reviews"):
        return {"year": 2026, "reviewers": ["manager"] if route.is_api else "manager"}
    if route.rule.endswith("/reviews/checklist"):
        return {"zh": "c", "en": "d"}
    if "review_id" in route.arguments:
        return {"cancel": REASON, "judge": JUDGED, "sign": {"complete": "yes", "fit": "yes", "conclusion": "c"} | (
            {} if route.is_api else {"password": PASSWORD})}.get(verb, {})
    if "gap_id" in route.arguments:
        return {"draft": {"title": "t"}, "answer": {"article": rows.number}, "merge": {"into": rows.other_gap},
                "assign": {"owner": rows.world.people["knowledge_editor"], "due_on": "2027-01-04"}, "dismiss": REASON,
                "change": {"change": rows.change_number}}.get(verb, {})
    if "feedback_id" in route.arguments:
        return {"answer": REASON, "duplicate": {"original": rows.same}, "settle": {"result": 0}}.get(verb, {})
    if route.name == "POST /api/v1/knowledge/feedback":
        return {"kind": "wrong", "version_id": rows.values["version_id"]}
    schema = says.get("body")
    return example(schema()) if schema is not None else {}


def example(schema: Schema) -> dict[str, Any]:
    """The smallest body a schema takes."""
    return {one.data_key or name: _value(one) for name, one in schema.fields.items() if one.required}


def _value(one: fields.Field[Any]) -> Any:
    for check in ([one.validate] if callable(one.validate) else one.validate or ()):
        if isinstance(check, validate.OneOf):
            return list(check.choices)[0]
    if isinstance(one, fields.Nested):
        return example(one.schema)
    if isinstance(one, fields.Boolean):
        return True
    if isinstance(one, fields.Integer):
        return 1
    if isinstance(one, fields.List):
        return []
    if isinstance(one, fields.Date):
        return "2026-03-05"
    return "as told"
