"""What every door of the web half shares: the caller, units of work, refusals as pages or problems, safe headers.

A handler is about ten lines: load the input, open the work, call one use case or query, answer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Request, Response, current_app, g, jsonify, redirect, render_template, request
from marshmallow import EXCLUDE, Schema, ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NotFoundHere

from kmsvc.core.actors import Actor
from kmsvc.core.addresses import beyond
from kmsvc.core.callers import is_api as is_api
from kmsvc.core.callers import is_background, is_form_script, is_fragment, wants_problem
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput, NotPermitted, Refusal, Stale
from kmsvc.core.i18n import sentence
from kmsvc.core.telling import labels_of, lines_of, said_name, title_of, told
from kmsvc.core.telling import told_fields as told_fields  # for the doors
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work, is_busy, is_disk_full

CSP = ("default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
       "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
SAFE = {"GET", "HEAD", "OPTIONS"}
NOBODY = Actor(login="", name="", via="nobody", permissions=frozenset())


class SignInNeeded(Refusal):
    """The page or call is for people who signed in."""

    status = 401
    code = "sign_in_needed"
    sentence = N_("Sign in first.")


def database() -> Database:
    """The application's database."""
    found: Database = current_app.extensions["kmsvc.db"]
    return found


def settings() -> Any:
    """The machine's settings."""
    return current_app.extensions["kmsvc.settings"]


def current_actor() -> Actor:
    """Who calls; raises SignInNeeded for a stranger."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise SignInNeeded()
    return actor


def maybe_actor() -> Actor | None:
    """Who calls, or None."""
    found: Actor | None = g.get("actor")
    return found


def today() -> date:
    """The calendar day in the centre's zone."""
    return local_date(database().clock(), settings().timezone)


@contextmanager
def begin(actor: Actor | None = None) -> Iterator[Work]:
    """A writing unit for the caller of this request."""
    with database().begin(actor or current_actor()) as work:
        yield work


@contextmanager
def look(actor: Actor | None = None) -> Iterator[Work]:
    """A reading unit for the caller of this request."""
    with database().look(actor or current_actor()) as work:
        yield work


def load(schema: Schema | type[Schema], data: Any | None = None) -> dict[str, Any]:
    """The request's form or JSON through a schema; InvalidInput with the fields' sentences."""
    made = schema() if isinstance(schema, type) else schema
    if data is None:
        data = body_json() if request.is_json or is_api() else form_data()
    try:
        found: dict[str, Any] = made.load(data)
    except ValidationError as error:
        own = {one.data_key or name: str(one.metadata["label"]) for name, one in made.fields.items() if "label" in one.metadata}
        raise InvalidInput(error.normalized_messages(), labels=own) from error
    return found


def form_data() -> dict[str, Any]:
    """The posted form as a mapping, without the fields that belong to the door (version, token, then)."""
    return {key: request.form[key] for key in request.form if key not in ("version", "form_token", "then")}


def query_data(schema: Schema | type[Schema]) -> dict[str, Any]:
    """The query string through a schema. A page takes no notice of words it does not know: links grow old, and mails add some."""
    made = schema() if isinstance(schema, type) else schema
    if not is_api():
        made.unknown = EXCLUDE
    return load(made, {key: request.args[key] for key in request.args})


class BadJson(Refusal):
    """The body is not JSON, nests too deeply or names a key twice."""

    status = 400
    code = "bad_json"
    sentence = N_("The body is not readable JSON.")


def body_json() -> Any:
    """The JSON body: no duplicate keys, no deep nesting, an object."""
    raw = request.get_data(cache=True)
    if not raw:
        return {}
    if len(raw) > 2_000_000:
        raise InvalidInput(sentence=N_("The body is larger than 2 MB."))
    try:
        text = raw.decode("utf-8")
        if _depth(text) > 40:
            raise BadJson()
        found = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadJson() from error
    if not isinstance(found, dict):
        raise BadJson()
    return found


def _depth(text: str) -> int:
    deepest = depth = 0
    inside = escaped = False
    for char in text:
        if inside:
            escaped = char == "\\" and not escaped
            if char == '"' and not escaped:
                inside = False
            continue
        if char == '"':
            inside, escaped = True, False
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > 60:
                break
        elif char in "]}":
            depth -= 1
    return deepest


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def safe_target(target: str | None, fallback: str = "/") -> str:
    """A place on this site to go to next; anything else becomes `fallback` (R-C6)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    if any(ord(char) < 0x20 or char == "\\" for char in target):
        return fallback
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else fallback


def go(target: str) -> Response:
    """Redirect after a post; a script gets the place in a header, for it would follow a redirect unseen."""
    place = safe_target(target)
    if is_fragment() or is_form_script():
        answer = Response(status=204)
        answer.headers["HX-Redirect"] = place
        return answer
    found: Response = redirect(place, 303)  # type: ignore[assignment]
    return found


def etag(version: int) -> str:
    """The ETag of an object's version."""
    return f'"v{version}"'


def wanted_version() -> int | None:
    """The version the client last saw: If-Match, or the form's hidden field; None when it names none."""
    header = request.headers.get("If-Match")
    text = header.strip().removeprefix("W/").strip('"').removeprefix("v") if header and header.strip() != "*" else (
        request.form.get("version") if not is_api() else None)
    if text is None or text == "":
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Stale(mine=text)
    return int(text)


def problem(error: Refusal) -> Response:
    """A refusal as problem+json (RFC 9457)."""
    body = {
        "type": f"about:blank#{error.code}", "title": title_of(error.status),
        "status": error.status, "detail": sentence(error.sentence, error.params), "code": error.code,
        "fields": told(getattr(error, "fields", {})), "request_id": g.get("request_id"),
    }
    if isinstance(error, InvalidInput) and error.fields:
        body["labels"] = labels_of(error)
    if isinstance(error, Stale):
        body |= {"mine": error.mine, "theirs": error.theirs, "version": error.version}
    answer = jsonify(body)
    answer.status_code = error.status
    answer.content_type = "application/problem+json"
    _retry_hint(answer, error)
    return answer


def _retry_hint(answer: Response, error: Refusal) -> None:
    if error.status == 503:
        answer.headers["Retry-After"] = "2"
    if error.status == 429:
        answer.headers["Retry-After"] = str(error.params.get("seconds", 5))


def refusal_page(error: Refusal) -> Response:
    """A refusal as a page, or as a fragment's toast. A script that lost its session is told so where it is."""
    if error.status == 401 and is_background():
        return problem(error)
    if error.status == 401:
        return go("/sign-in?" + urlencode({"then": _page_asked_for()}, safe="/"))
    html = render_template(f"errors/{error.status if error.status in _PAGES else 500}.html", error=error,
                           detail=sentence(error.sentence, error.params), request_id=g.get("request_id"),
                           fields=lines_of(error),
                           said_name=said_name)
    answer = Response(html, status=error.status, mimetype="text/html")
    _retry_hint(answer, error)
    return answer


def _page_asked_for() -> str:
    """The page to come back to after signing in: this one, or the one whose form was sent."""
    if request.method in SAFE:
        return safe_target(request.full_path.rstrip("?"))
    source = urlsplit(request.headers.get("Referer", ""))
    return safe_target(source._replace(scheme="", netloc="", fragment="").geturl()) if source.netloc == request.host else "/"


_PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 507}


class Trouble(Refusal):
    """Something failed inside; the request id leads to the log."""

    status = 500
    code = "internal"
    sentence = N_("Something went wrong here. Nothing of yours was lost; the number below leads us to the cause.")


class Busy(Refusal):
    """The database is away or too busy for a moment."""

    status = 503
    code = "busy"
    sentence = N_("The service is busy for a moment. Try again in a few seconds; nothing was saved twice.")


class NoRoom(Refusal):
    """No disk space is left: reading goes on, writing waits."""

    status = 507
    code = "no_room"
    sentence = N_("There is no room left on the disk. Reading goes on; nothing was saved.")


def install(app: Flask, *, public: Callable[[Request], bool], foreign: Callable[[Request], bool] = lambda req: False) -> None:
    """Request ids, the origin check, headers and error answers for an application. foreign: addresses that look at no cookie, so
    that it does not matter which page asks."""

    @app.before_request
    def _open() -> None:
        g.request_id = secrets.token_hex(8)
        g.one_look = ExitStack()
        g.one_look.enter_context(database().one_look())
        if request.method not in SAFE and not request.headers.get("Authorization") and not foreign(request):
            check_origin(request)

    @app.teardown_request
    def _close(error: BaseException | None) -> None:
        held: ExitStack | None = g.pop("one_look", None)
        if held is not None:
            held.close()

    @app.after_request
    def _headers(answer: Response) -> Response:
        head = answer.headers
        head.setdefault("Content-Security-Policy", CSP)
        head.setdefault("X-Content-Type-Options", "nosniff")
        head.setdefault("X-Frame-Options", "DENY")
        head.setdefault("Referrer-Policy", "same-origin")
        head.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        head.setdefault("X-Request-Id", g.get("request_id", ""))
        if settings().https:
            head.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if answer.mimetype == "text/html":
            head.setdefault("Cache-Control", "no-store")
            head.add("Vary", "HX-Request")
        elif is_api():
            head.setdefault("Cache-Control", "private, no-cache")
        return answer

    def refuse(error: Refusal) -> Response:
        return problem(error) if wants_problem() else refusal_page(error)

    @app.errorhandler(Refusal)
    def _refusal(error: Refusal) -> Response:
        return refuse(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.code == 405 and any(map(beyond, request.path.split("/"))):
            error = NotFoundHere()  # no id is that large: where one address takes two methods, the map of routes says 405
        made = Refusal(_HTTP_SENTENCES.get(error.code or 500), code=f"http_{error.code}")
        made.status = error.code or 500
        if error.response is not None and made.status < 400:
            return error.response  # type: ignore[return-value]
        answer = refuse(made)
        if error.code == 405 and getattr(error, "valid_methods", None):
            answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
        return answer

    @app.errorhandler(DBAPIError)
    def _database(error: DBAPIError) -> Response:
        if is_disk_full(error):
            return refuse(NoRoom())
        if is_busy(error):
            app.logger.warning("database busy: %s", type(error.orig).__name__)
            return refuse(Busy())
        if isinstance(error, IntegrityError):  # two did the same at once, and the other one won
            app.logger.warning("database clash, request %s", g.get("request_id"))
            return refuse(Stale())
        app.logger.exception("database error, request %s", g.get("request_id"))
        return refuse(Trouble())

    @app.errorhandler(OSError)
    def _machine(error: OSError) -> Response:
        if is_disk_full(error):
            return refuse(NoRoom())
        app.logger.exception("machine error, request %s", g.get("request_id"))
        return refuse(Trouble())

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        if isinstance(error, PoolTimeout | PendingRollbackError):
            return refuse(Busy())  # no connection to be had, or it was lost in the middle of a unit
        app.logger.exception("unexpected, request %s", g.get("request_id"))
        return refuse(Trouble())


_HTTP_SENTENCES = {
    400: N_("This request cannot be read."), 404: N_("There is nothing here, or it is not for you."),
    405: N_("This address does not take that method."), 413: N_("This is too large."),
    415: N_("This kind of content is not taken here."), 429: N_("Too many requests; wait a moment."),
}


def check_origin(req: Request) -> None:
    """Refuse an unsafe request a foreign page may have sent (R-I9): same-origin by Sec-Fetch-Site, else Origin or Referer."""
    site = req.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise NotPermitted(N_("This request came from another site."))
        return
    source = req.headers.get("Origin") or req.headers.get("Referer")
    if source is None or urlsplit(source).netloc != req.host:
        raise NotPermitted(N_("This request came from another site."))
