"""What a cmi5 package talks to while it plays: its token, given out once, and the resources of xAPI it needs, below its own ticket."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request, url_for

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted
from kmsvc.core.texts import N_
from kmsvc.core.web import NOBODY, begin, form_data, go, load, look, settings
from kmsvc.core.work import Work
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.training.courses import cmi5
from kmsvc.training.courses.schemas import LaunchInput
from kmsvc.training.courses.stage import PLAY
from kmsvc.training.courses.tickets import Ticket, read_ticket

blueprint = Blueprint("training_lrs", __name__, url_prefix="/training")

LARGEST_BODY = 500_000
ALLOWED = "Authorization, Content-Type, X-Experience-API-Version, If-Match, If-None-Match"


def _answer(body: Any = None, status: int = 200, media_type: str = "application/json") -> Response:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) if body is not None else ""
    answer = Response(text, status=status, mimetype=media_type)
    # The frame is nobody's origin; the token is the right, no cookie is looked at.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = "ETag, X-Experience-API-Version, X-Experience-API-Consistent-Through"
    answer.headers["X-Experience-API-Version"] = "1.0.3"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/play/<ticket>/.lrs/<path:resource>", methods=["OPTIONS"], provide_automatic_options=False)
def preflight(ticket: str, resource: str) -> Response:
    """A browser asks whether the frame may speak to us."""
    read_ticket(ticket)
    answer = _answer(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "GET, PUT, POST, DELETE"
    answer.headers["Access-Control-Allow-Headers"] = ALLOWED
    answer.headers["Access-Control-Max-Age"] = "600"
    return answer


def _learner(ticket: Ticket) -> Actor:
    """The person of a ticket as acting party, as their rows are now."""
    with look(NOBODY) as work:
        person = work.session.get(Person, ticket.person_id)
        if person is None or person.state != "active":
            raise NotFound()
        return actor_of(work.session, person, login=person.login, via="token")


@blueprint.post("/learning/attempts/<int:attempt_id>/lessons/<int:taught_id>/launch")
def launch(attempt_id: int, taught_id: int) -> Response:
    """Launch an item of a cmi5 package: the page plays it with a secret that works once."""
    data = load(LaunchInput, form_data())
    with begin() as work:
        secret = cmi5.launch(work, attempt_id, taught_id, data["item"])
    return go(url_for("training_learning_pages.lesson", attempt_id=attempt_id, taught_id=taught_id, item=data["item"], go=secret))


@blueprint.post("/play/<ticket>/.lrs/fetch/<secret>")
def fetch(ticket: str, secret: str) -> Response:
    """The token of a launch, once."""
    held = read_ticket(ticket)
    with begin(_learner(held)) as work:
        token = cmi5.fetch(work, held, secret)
    if token is None:
        return _answer({"error-code": "1", "error-text": "The token was given out already, or the launch has ended."})
    return _answer({"auth-token": token})


@blueprint.route("/play/<ticket>/.lrs/<path:resource>", methods=["GET", "PUT", "POST", "DELETE"], provide_automatic_options=False)
def resources(ticket: str, resource: str) -> Response:
    """A resource of xAPI, with the token of the launch."""
    held = read_ticket(ticket)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if resource == "about":
        return _answer({"version": ["1.0.3"]})
    if scheme.lower() != "basic":
        raise NotPermitted()
    with begin(_learner(held)) as work:
        cmi5.held_launch(work, held, token.strip())
        if resource == "statements":
            return _statements(work, held)
        if resource in ("activities/state", "activities/profile", "agents/profile"):
            return _documents(work, held, resource.replace("/", "."))
    raise NotFound()


def _body() -> Any:
    if len(request.get_data(cache=True)) > LARGEST_BODY:
        raise InvalidInput({"statement": [N_("This is no statement, or it is too large.")]})
    try:
        return json.loads(request.get_data(as_text=True))
    except (ValueError, RecursionError):
        raise InvalidInput({"statement": [N_("This is no statement, or it is too large.")]}) from None


def _statements(work: Work, held: Ticket) -> Response:
    wanted = request.args.get("statementId")
    if request.method == "GET":
        return _answer(cmi5.statements(work, held, wanted))
    if request.method == "PUT":
        given = _body()
        if not isinstance(given, dict) or wanted is None or given.get("id", wanted) != wanted:
            raise InvalidInput({"id": [N_("The id of a statement is a UUID.")]})
        cmi5.put_statements(work, held, settings().base_url, [given | {"id": wanted}])
        return _answer(status=204)
    if request.method == "POST":
        given = _body()
        return _answer(cmi5.put_statements(work, held, settings().base_url, given if isinstance(given, list) else [given]))
    raise NotFound()


def _documents(work: Work, held: Ticket, resource: str) -> Response:
    name = request.args.get("stateId") or request.args.get("profileId")
    if name is None:
        return _answer([])
    if request.method == "GET":
        if name == cmi5.DATA:
            return _answer(cmi5.launch_data(work, held, settings().base_url + "/training/learning"))
        row = cmi5.document(work, held, resource, name)
        if row is None and name == cmi5.PREFERENCES:
            return _answer({"languagePreference": work.actor.language.replace("_", "-"), "audioPreference": "on"})
        if row is None:
            raise NotFound()
        return _answer(row.content, media_type=row.media_type or "application/octet-stream")
    content = None if request.method == "DELETE" else request.get_data(as_text=True)
    cmi5.put_document(work, held, resource, name, request.content_type or "application/octet-stream", content)
    return _answer(status=204)


def launch_address(ticket: str, held: Ticket, href: str, secret: str, name: str) -> str:
    """The address a cmi5 item is launched at."""
    base = f"{request.host_url.rstrip('/')}{request.script_root}{PLAY}{quote(ticket)}/.lrs/"
    said = urlencode({
        "endpoint": base, "fetch": f"{base}fetch/{secret}", "registration": cmi5.registration_of(held.attempt_id, held.lesson_id),
        "actor": json.dumps(cmi5.actor_of(held.person_id, name, settings().base_url)), "activityId": held.item})
    return href + ("&" if "?" in href else "?") + said
