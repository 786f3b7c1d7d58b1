"""Pages of themed optimisations: those of a year, the form, one with the processes it touches."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.forms import emptied
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.process.audits import showing, theme_queries, theme_verbs, themes
from kmsvc.process.audits.models import Optimisation
from kmsvc.process.audits.permissions import KEEP_THEMES, SEE_AUDITS
from kmsvc.process.audits.rules import OptimisationState
from kmsvc.process.audits.schemas import OptimisationFilters, OptimisationInput

blueprint = Blueprint("process_themes_pages", __name__, url_prefix="/process/audits/themes")
PAGE = 50
MOST_EXPORTED = 20_000


@blueprint.get("")
def index() -> str | Response:
    """Themed optimisations, newest year first, and how the year stands."""
    asked = query_data(OptimisationFilters)
    filters = {name: asked[name] for name in ("q", "year", "state")}
    with look() as work:
        work.permit(SEE_AUDITS)
        if asked["format"]:
            lines, rest = theme_queries.theme_lines(work.session, work.actor, **filters, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Themed optimisations"), showing.THEME_HEAD, showing.theme_rows(lines, today()),
                               name="themes", more=rest is not None)
        lines, following = theme_queries.theme_lines(work.session, work.actor, **filters, start=asked["cursor"] or 0, limit=PAGE)
        year = theme_queries.year_of(work.session, asked["year"] or today().year)
        return render_template(
            "process/audits/themes.html", asked=asked, lines=lines, next_cursor=following, show=showing, year=year, part="themes",
            total=theme_queries.count_themes(work.session, **filters), keeps=can(work.actor, KEEP_THEMES), today=today(),
            states=[(one.value, label(one)) for one in OptimisationState],
            years=[(one, one) for one in range(today().year + 1, today().year - 6, -1)])


@blueprint.get("/new")
def new() -> str:
    """The form of a new one."""
    return _form({"year": today().year, "quarter": (today().month + 2) // 3, "processes": request.args.getlist("process")})


def _form(typed: dict[str, Any], errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        work.permit(KEEP_THEMES)
        held = theme_verbs.choices(work)
        mine = work.actor.person_id
    return render_template("process/audits/theme_new.html", typed={"owner": mine, **typed}, errors=errors or {}, why=why, part="themes",
                           people=held["people"], processes=held["processes"])


@blueprint.post("")
def create() -> Response:
    """Begin it."""
    typed: dict[str, Any] = {**form_data(), "processes": request.form.getlist("processes")}
    try:
        data = load(OptimisationInput, typed)
        with begin() as work:
            row = themes.add_theme(work, themes.Theme(**data))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors, told.said), error.status)
    flash(sentence(N_("%(number)s is under way."), {"number": row.number}), "ok")
    return go(url_for(".show", theme_id=row.id))


@blueprint.get("/<int:theme_id>")
def show(theme_id: int) -> str:
    """One: why, what it touches, what came of it, what this person may do."""
    return _page(theme_id)


def _page(theme_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        card = theme_queries.theme_card(work.session, work.actor, theme_id)
        offers = {one.verb: one for one in theme_verbs.offers_for(work, work.get(Optimisation, theme_id), today())}
    return render_template("process/audits/theme.html", card=card, line=card.line, offers=offers, verbs=theme_verbs.VERBS,
                           refused=refused, show=showing, part="themes", today=today())


@blueprint.post("/<int:theme_id>/<any(write, touch, leave_out, open_change, close, drop, take_up):name>")
def act(theme_id: int, name: str) -> Response:
    """Do something with one; what was typed comes back with the reason when it is refused."""
    verb = theme_verbs.VERBS[name]
    typed = form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            done = theme_verbs.act(work, theme_id, name, data, today(), wanted_version(), emptied(typed))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(theme_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verb.said, done if isinstance(done, dict) else {}), "ok")
    return go(url_for(".show", theme_id=theme_id))
