"""Pages around secret text: it is opened by a word of its own and noted; what a page stops is noted; the log."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from kmsvc.access import showing
from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET, SEE_ACCESS
from kmsvc.access.queries import access_lines, count_access
from kmsvc.access.rules import TRIED, Act, Place, touched
from kmsvc.access.schemas import AccessList, OpenSecret, Tried, filter_of
from kmsvc.access.usecases import note
from kmsvc.convert.sending import list_answer
from kmsvc.core import cards
from kmsvc.core.callers import is_fragment
from kmsvc.core.cards import SecretText
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, load, look, query_data, settings
from kmsvc.core.work import Work

blueprint = Blueprint("access_pages", __name__, url_prefix="/access")

PAGE = 50
MOST_EXPORTED = 50_000


@blueprint.get("")
def index() -> str | Response:
    """The log: who was shown which secret text when, and who tried to copy or print it."""
    asked = query_data(AccessList)
    wanted = filter_of(asked)
    with look() as work:
        work.permit(SEE_ACCESS)
        lines, following = access_lines(work.session, work.actor, wanted, settings().timezone,
                                        before=None if asked["format"] else asked["cursor"],
                                        limit=MOST_EXPORTED if asked["format"] else PAGE)
        total = count_access(work.session, wanted, settings().timezone)
    if asked["format"]:
        rows = showing.export_rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Access to secret text"), showing.EXPORT_HEAD, rows,
                           name="access", more=following is not None)
    return render_template("access/index.html", asked=asked, lines=lines, next_cursor=following, total=total, show=showing, Act=Act,
                           Place=Place)


@blueprint.post("/open")
def open_secret() -> Response:
    """Show secret words beside the results; a browser without scripts is led to the page instead."""
    data = load(OpenSecret)
    with look() as work:
        secret = _secret(work, data["kind"], data["id"], data["version_id"])
        card = cards.card(work.session, work.actor, data["kind"], data["id"])
        html = showing.blocks_html(secret)
        now, may_print = work.now, can(work.actor, PRINT_SECRET)
    if not is_fragment():
        return go(card.url if card else "/search")  # the page shows the words and notes it
    shown(secret, Place.ANSWER)
    return make_response(render_template("access/_opened.html", secret=secret, blocks=html, now=now, may_print=may_print))


@blueprint.post("/tried")
def tried() -> Response:
    """Note what the page stopped: copying, or printing without the right; and that something was sent to print."""
    data = load(Tried)
    kind, ref_id, version_id = data["text"].split(":")
    with look() as work:
        secret = _secret(work, kind, int(ref_id), int(version_id))
    with begin() as work:
        note(work, next(act for act in TRIED if act == data["act"]), secret, blocks=touched(data["blocks"], secret.ids))
    return Response(status=204)


def _secret(work: Work, kind: str, ref_id: int, version_id: int | None) -> SecretText:
    described = cards.KINDS.get(kind)
    found = described.secret(work.session, work.actor, ref_id, version_id) if described and described.secret else None
    if found is None:
        raise NotFound()
    return found
