"""What holds of every route there is: safe headers, no request from another site, no tale of the inside in an error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kmsvc.app import create_app
from kmsvc.core.web import CSP, safe_target
from kmsvc.core.work import Database
from kmsvc.settings import Settings
from tests.doors.bench import STRANGER, Bench, Route, routes
from tests.support.centre import PASSWORD
from tests.support.clients import Caller

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Referer": "https://evil.example/localhost"},
    {"Origin": "http://localhost.evil.example"},
    {},
)
INSIDE = re.compile(
    r"Traceback|File \"|sqlalchemy|psycopg|sqlite3|(?-i:SELECT .* FROM|INSERT INTO)|/srv/|/site-packages/|\.py\b"
    r"|werkzeug|jinja2",
    re.IGNORECASE,
)


def every(bench: Bench, wanted: Callable[[Route], bool] = lambda route: True) -> Iterator[Route]:
    """The routes of the bench."""
    return (route for route in routes(bench.app) if wanted(route))


def test_r_c2_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in CSP
    assert "nonce" not in CSP
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in CSP


def test_r_i9_no_unsafe_act_is_taken_from_another_site(bench: Bench) -> None:
    """R-I9: each unsafe route refuses a foreign origin, and no origin at all, when a cookie speaks for the caller."""
    wrong = []
    no_cookie = "/training/play/{ticket}/.lrs/fetch/{secret}"  # asked from a frame without an origin; only its own secret speaks
    for route in every(bench, lambda route: route.method != "GET" and not route.name.endswith(no_cookie)):
        caller = bench.callers["everything", "cookie"]
        kept = caller.environ_base.pop("HTTP_SEC_FETCH_SITE")
        try:
            for headers in FOREIGN:
                answer = bench.call(route, "everything", headers=headers)
                if answer.status_code != 403:
                    wrong.append(f"{route.name} with {headers}: {answer.status_code}")
        finally:
            caller.environ_base["HTTP_SEC_FETCH_SITE"] = kept
    assert not wrong, "\n".join(wrong)


def test_r_i9_the_own_origin_is_enough(bench: Bench) -> None:
    caller = bench.callers["agent", "cookie"]
    kept = caller.environ_base.pop("HTTP_SEC_FETCH_SITE")
    try:
        answer = caller.post("/preferences", data={"language": "en"}, headers={"Origin": "http://localhost"})
        assert answer.status_code == 303
    finally:
        caller.environ_base["HTTP_SEC_FETCH_SITE"] = kept


def test_r_n4_no_error_tells_of_the_inside(bench: Bench) -> None:
    """R-N4: whatever is refused carries a request id, never a stack, a statement or a path."""
    wrong = []
    for route in every(bench):
        for who, body in (("everything", {"nonsense": "😀", "reason": "'; DROP TABLE x; --"}), (STRANGER, {})):
            answer = bench.call(route, who, body=body)
            if answer.status_code < 400:
                continue
            text = answer.get_data(as_text=True)
            if INSIDE.search(re.sub(r"/static/[^\"]+", "", text)):
                wrong.append(f"{route.name}: {INSIDE.search(text)}")
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append(f"{route.name}: {answer.status_code}")
            if route.is_api and json.loads(text)["request_id"] != answer.headers["X-Request-Id"]:
                wrong.append(f"{route.name}: no request id")
    assert not wrong, "\n".join(wrong)


def test_r_n4_an_error_inside_is_a_number_and_a_sentence(bench: Bench) -> None:
    """R-N4: even what nobody foresaw says nothing of the inside."""
    route = next(route for route in every(bench) if route.name == "GET /api/v1/people/me")
    view = bench.app.view_functions[route.endpoint]

    def broken() -> None:
        raise RuntimeError("SELECT secret FROM /srv/kmsvc/core/work.py")

    bench.app.view_functions[route.endpoint] = broken
    try:
        answer = bench.call(route, "agent")
    finally:
        bench.app.view_functions[route.endpoint] = view
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "secret" not in answer.get_data(as_text=True)
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


AWAY = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "/\\/evil.example", "https://evil.example", "https:evil.example", "https:/evil.example",
    "https:///evil.example", "http:evil.example", "HTTPS://evil.example", "javascript:alert(1)",
    "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://evil.example",
    "evil.example", "evil.example/path", "./evil", "../evil", "?next=//evil", "#x", "", " ",
    "\t//evil.example", " //evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r\nLocation: //evil.example", "/\x00/evil.example", "/\x0b/evil.example", "//evil.example@localhost",
    "//localhost@evil.example", "//localhost.evil.example", "//127.0.0.1:1", "http://localhost@evil.example",
    "http://localhost:80@evil.example/", "blob:http://x/1", "/%5cevil\\", "\u2028//evil.example",
]


@pytest.mark.parametrize("target", AWAY)
def test_r_c6_a_redirect_never_leaves_the_site(bench: Bench, target: str) -> None:
    """R-C6: wherever `then` names another place, one stays here."""
    assert safe_target(target) == "/"
    caller = bench.callers["agent", "cookie"]
    for answer in (
        caller.get("/sign-in", query_string={"then": target}),
        caller.post("/preferences", data={"then": target, "theme": "dark"}),
    ):
        assert answer.status_code == 303
        assert answer.headers["Location"] in ("/", "http://localhost/"), target


def test_r_c6_a_place_of_this_site_is_kept() -> None:
    for target in ("/", "/process/changes/17?tab=talk#c", "/search?q=%E9%80%80%E6%AC%BE", "/a//b"):
        assert safe_target(target) == target


def test_r_c2_over_https_the_browser_is_told_to_stay_there(settings: Settings, db: Database) -> None:
    """R-C2: HSTS, a Secure host-only cookie and no way to frame, when people come by https."""
    app = create_app(replace(settings, base_url="https://km.example"), db=db)
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": "agent", "password": PASSWORD}, base_url="https://km.example",
                         headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if "kmsvc" in one]
    assert cookie.startswith("__Host-kmsvc=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


def test_every_field_of_the_api_document_has_a_type(client: Callable[..., Caller]) -> None:
    """Issue: OpenAPI is complete; a generated client must not have to take «anything»."""
    document = client("agent", by="token").get("/api/v1/openapi.json").get_json()
    typed = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum"}
    bare = [f"{name}.{field}" for name, schema in document["components"]["schemas"].items()
            for field, said in schema.get("properties", {}).items() if not typed & set(said)]
    assert not bare
