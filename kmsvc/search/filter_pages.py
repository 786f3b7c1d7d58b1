"""What the search of a person is narrowed by, kept for the next time; what the search of a unit starts with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, request
from marshmallow import EXCLUDE, fields, validate

from kmsvc.core import cards
from kmsvc.core.callers import is_fragment
from kmsvc.core.i18n import sentence
from kmsvc.core.schemas import Choice, InputSchema, Line, Words
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, load, safe_target
from kmsvc.search.keeping import Chosen, forget, keep, known_marks, set_start
from kmsvc.search.scopes import DIMENSIONS

blueprint = Blueprint("search_filter_pages", __name__, url_prefix="/search/filters")


class FilterInput(InputSchema):
    """What to narrow by; nothing of it narrows nothing."""

    kind = Choice(later=lambda: cards.KINDS)
    category = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    product, region, channel, customer = Words(), Words(), Words(), Words()


class KeepForm(FilterInput):
    """The same from the page. inherit: back to what the unit starts with."""

    class Meta:
        unknown = EXCLUDE

    inherit = fields.Boolean(load_default=False)


def _sent() -> dict[str, Any]:
    return load(KeepForm, {key: request.form.getlist(key) if key in DIMENSIONS else request.form[key] for key in request.form})


def chosen_in(session: Any, data: dict[str, Any]) -> Chosen:
    """The choice in a loaded input."""
    return Chosen(data["kind"], data["category"], known_marks(session, {name: data[name] or () for name in DIMENSIONS}))


@blueprint.post("")
def keep_mine() -> Response:
    """Keep what this person's search is narrowed by; the page does not wait for it."""
    data = _sent()
    with begin() as work:
        if data["inherit"]:
            forget(work)
        else:
            keep(work, chosen_in(work.session, data))
    if is_fragment():
        return Response(status=204)
    return _back()


def _back() -> Response:
    """To the search, with the words that were typed."""
    words = request.form.get("q", "")[:200]
    return go(safe_target(request.form.get("then"), f"/search?{urlencode({'q': words})}" if words else "/search"))


@blueprint.post("/unit")
def set_units() -> Response:
    """Let the searches of this person's unit start with what is chosen here."""
    data = _sent()
    with begin() as work:
        chosen = chosen_in(work.session, data)
        set_start(work, chosen)
    flash(sentence(N_("The searches of your unit start with this now.") if chosen
                   else N_("The searches of your unit start without filters now.")), "ok")
    return _back()
