"""Pages of licences: the list, one person with proof and history, granting, suspending, ending."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    wanted_version,
)
from kmsvc.knowledge.articles import lists
from kmsvc.knowledge.articles.showing import category_name
from kmsvc.knowledge.licences import queries, usecases
from kmsvc.knowledge.licences.limits import limits_now
from kmsvc.knowledge.licences.permissions import GRANT, SEE_ALL, SEE_LICENCE
from kmsvc.knowledge.licences.proof import WORDS, figures_json, proof_of, since_day
from kmsvc.knowledge.licences.rules import MAY, Advice, Level, LicenceState, above, advice
from kmsvc.knowledge.licences.schemas import GrantInput, LicenceList, LicenceReason
from kmsvc.people.accounts.directory import directory

blueprint = Blueprint("knowledge_licences_pages", __name__, url_prefix="/knowledge/licences")

PAGE, MOST_EXPORTED = 50, 20_000
STATES = {"valid": "ok", "suspended": "warn", "lapsed": "off", "ended": "off"}
ADVICE = {"raise": "info", "keep": "ok", "lower": "warn", "thin": "idle"}
SAID = {"suspend": N_("Suspended. It gives nothing until it is resumed."), "resume": N_("Resumed."),
        "end": N_("Ended. Its row stays in the history.")}
HEAD = (N_("Person"), N_("Level"), N_("Category"), N_("State"), N_("Valid until"), N_("Granted by"), N_("Granted"), N_("Reason"),
        N_("Ended"), N_("Why it ended"))


@blueprint.get("")
def index() -> str | Response:
    """Licences, newest first; who may not see all of them sees the own page."""
    asked = query_data(LicenceList)
    chosen = {name: asked[name] for name in ("q", "level", "state")}
    with look() as work:
        session, actor = work.session, work.actor
        if not can(actor, SEE_ALL):
            if actor.person_id is None:
                raise NotFound()
            return go(url_for(".person", person_id=actor.person_id))
        limit = MOST_EXPORTED if asked["format"] else PAGE
        lines, following = queries.licence_page(session, actor, today(), **chosen, limit=limit,
                                                before=None if asked["format"] else asked["cursor"])
        total = queries.count_licences(session, actor, today(), **chosen)
    if asked["format"]:
        return _export(asked["format"], lines, more=following is not None)
    return render_template("knowledge/licences/index.html", asked=asked, lines=lines, next_cursor=following, total=total,
                           may_grant=can(actor, GRANT), marks=STATES, levels=Level, states=LicenceState, category_label=category_name)


def _export(form: str, lines: list[queries.LicenceLine], *, more: bool) -> Response:
    zone = settings().timezone
    table = [(one.person, label(one.level, Level), one.category, label(one.state, LicenceState), one.valid_until, one.granted_by,
              local(one.granted_at, zone), one.reason, local(one.ended_at, zone) if one.ended_at else None, one.end_reason)
             for one in lines]
    return list_answer(form, N_("Licences to write"), HEAD, table, name="licences", more=more)


@blueprint.get("/new")
def new() -> str:
    """Grant a licence to somebody; `person` is a login."""
    return _form({"person": request.args.get("person", "")[:64], "level": request.args.get("level", Level.CANDIDATE.value)}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any], said: str = "") -> str:
    with look() as work:
        require(work.actor, GRANT)
        people = [(one.login, f"{one.name} ({one.login})") for one in directory(work.session).active()
                  if one.logins and one.id != work.actor.person_id]
        shelves = [(name, category_name(name)) for name, _ in lists.shelves(work.session, work.actor)]
        until = usecases.default_until(work, today())
    return render_template("knowledge/licences/new.html", typed=typed, errors=errors, said=said, people=people, shelves=shelves,
                           until=until, levels=Level, may=MAY)


@blueprint.post("")
def grant() -> Response | str:
    """Grant it."""
    try:
        data = load(GrantInput)
        with begin() as work:
            row = usecases.grant_to(work, today=today(), **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(form_data(), told.errors, told.why), error.status)
    flash(sentence(N_("Granted. The holder hears of it.")), "ok")
    return go(url_for(".person", person_id=row.person_id))


@blueprint.get("/people/<int:person_id>")
def person(person_id: int) -> str:
    """One person: licences, what the proof speaks for, every figure with its rows, the history."""
    return _page(person_id)


def _page(person_id: int, refused: tuple[str, dict[str, Any], str, int] | None = None) -> str:
    with look() as work:
        session, actor = work.session, work.actor
        entry = directory(session).people.get(person_id)
        if entry is None or not can(actor, SEE_LICENCE, person_id):
            raise NotFound()
        lines = queries.licences_of(session, person_id, today())
        proof = proof_of(session, person_id, since_day(session, today()), today())
        standing = [one for one in lines if one.state != LicenceState.ENDED]
        best = max((Level(one.level) for one in standing), key=list(Level).index, default=Level.CANDIDATE)
        says, why = advice(best, proof.figures, limits_now(session))
    return render_template(
        "knowledge/licences/person.html", entry=entry, lines=lines, standing=standing, proof=proof, figures=figures_json(proof),
        says=says, why=why, words=WORDS, marks=STATES, advice_marks=ADVICE, advices=Advice, levels=Level, states=LicenceState, may=MAY,
        may_grant=can(actor, GRANT) and person_id != actor.person_id, refused=refused, limits=limits_now(session),
        next_level=above(best) if says == Advice.RAISE else None, category_label=category_name)


@blueprint.post("/<int:licence_id>/<any(suspend, resume, end):name>")
def act(licence_id: int, name: str) -> Response:
    """Suspend, resume or end a licence, with a reason."""
    with look() as work:
        person_id = queries.licence_line(work.session, work.actor, licence_id, today()).person_id
    try:
        data = load(LicenceReason)
        with begin() as work:
            usecases.VERBS[name](work, licence_id, reason=data["reason"], version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        said = sentence(N_("Somebody changed it meanwhile. Look at it again.")) if isinstance(error, Stale) else told.said
        return make_response(_page(person_id, (name, {**request.form, "errors": told.errors}, said, licence_id)), error.status)
    flash(sentence(SAID[name]), "ok")
    return go(url_for(".person", person_id=person_id))
