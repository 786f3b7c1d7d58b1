"""Pages of passports: mine, those of people and teams on any day, a certificate on paper, whether a paper is genuine."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from markupsafe import Markup

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core import past
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    wanted_version,
)
from kmsvc.training.certificates import doing, proving, queries, showing, things
from kmsvc.training.certificates.models import Certificate, Passing
from kmsvc.training.certificates.permissions import AWARD_CERTIFICATE, REVOKE_CERTIFICATE, SEE_CERTIFICATES
from kmsvc.training.certificates.schemas import PassportQuery, VerifyQuery

past.readable("training_certificates_pages.person", "on")
past.readable("training_certificates_pages.team", "on")
blueprint = Blueprint("training_certificates_pages", __name__, url_prefix="/training/certificates")


@blueprint.get("")
def index() -> str | Response:
    """My certificates and the queues they open."""
    actor = current_actor()
    require(actor, SEE_CERTIFICATES)
    if actor.person_id is None:
        raise NotFound()
    return _passport(actor.person_id)


@blueprint.get("/people/<int:person_id>")
def person(person_id: int) -> str | Response:
    """The passport of one person."""
    return _passport(person_id)


@blueprint.get("/people/<int:person_id>/print")
def print_passport(person_id: int) -> str | Response:
    """The same on paper."""
    return _passport(person_id, paper=True)


def _passport(person_id: int, why: str = "", *, paper: bool = False) -> str | Response:
    asked = query_data(PassportQuery)
    on: date = asked["on"] or today()
    with look() as work:
        card = queries.passport(work, person_id, on)
        own = person_id == work.actor.person_id
        noted = things.look_at_person(work.session, work.actor, person_id, on.isoformat())
        teams = queries.teams(work.session, work.actor)
        revokes = can(work.actor, REVOKE_CERTIFICATE) and not own
        awards = can(work.actor, AWARD_CERTIFICATE) and not own
        kinds = {str(row.id): row.name for row, _ in queries.kind_lines(work.session)}
        files = things.files_of_person(work.session, person_id)
    shown(noted, Place.PAGE)
    if asked["format"]:
        return list_answer(asked["format"], N_("Certificates"), showing.HEAD, showing.rows([card]), name="certificates", more=False)
    return render_template("training/certificates/passport_paper.html" if paper else "training/certificates/person.html", card=card,
                           teams=teams, revokes=revokes, awards=awards, kinds=kinds, own=own, show=showing, on=on, why=why, files=files,
                           is_today=on == today(), part="mine" if own else "teams")


@blueprint.get("/teams")
def team_of_mine() -> Response:
    """The team one sees first: the own unit where one may."""
    with look() as work:
        found = queries.teams(work.session, work.actor)
        own = work.actor.unit_id
    if not found:
        raise NotFound()
    return go(url_for(".team", unit_id=own if own in dict(found) else found[0][0]))


@blueprint.get("/teams/<int:unit_id>")
def team(unit_id: int) -> str | Response:
    """Who of a team may handle which queue."""
    asked = query_data(PassportQuery)
    on = asked["on"] or today()
    with look() as work:
        name, found = queries.team(work, unit_id, on)
        teams = queries.teams(work.session, work.actor)
        noted = things.look_at_team(work.session, unit_id, on.isoformat())
        kinds = {str(row.id): row.name for row, _ in queries.kind_lines(work.session)}
    shown(noted, Place.PAGE)
    if asked["format"]:
        return list_answer(asked["format"], N_("Certificates"), showing.HEAD, showing.rows(found), name="certificates", more=False)
    wanted = (request.args.get("q") or "").strip().casefold()[:100]
    gaps = request.args.get("gaps") == "1"
    lines = [one for one in found if wanted in one.person.casefold() and not (gaps and not one.missing)]
    return render_template("training/certificates/team.html", name=name, unit_id=unit_id, found=lines, everybody=found, teams=teams,
                           kinds=kinds, show=showing, on=on, is_today=on == today(), q=request.args.get("q"), gaps=gaps, part="teams")


@blueprint.get("/held/<int:certificate_id>/print")
def print_one(certificate_id: int) -> str:
    """A certificate on paper, with the code that proves it."""
    with look() as work:
        paper = proving.paper_of(work, certificate_id, today())
        noted = things.look_at_person(work.session, work.actor, paper.person_id, paper.number)
    shown(noted, Place.PAGE)
    address = f"{settings().base_url}/training/certificates/verify?code={paper.number}-{paper.code}"
    return render_template("training/certificates/paper.html", paper=paper, address=address, today=today(),
                           square=Markup(proving.square(address)), part="mine")  # noqa: S704 (our own drawing of our own address)


@blueprint.get("/verify")
def verify() -> str | Response:
    """Whether a certificate on paper is genuine, and whether it counts today."""
    asked = query_data(VerifyQuery)
    require(current_actor(), SEE_CERTIFICATES)
    paper, errors, noted = None, {}, None
    if asked["code"]:
        with look() as work:
            try:
                paper = proving.verified(work, asked["code"], today())
                noted = things.look_at_person(work.session, work.actor, paper.person_id, paper.number)
            except InvalidInput as error:
                errors = form_refused(error).errors
    shown(noted, Place.PAGE)
    page = render_template("training/certificates/verify.html", paper=paper, errors=errors, code=asked["code"], show=showing,
                           part="verify")
    return make_response(page, 422) if errors else page


def _act(table: dict[str, Any], name: str, one: int, person_id: int) -> Response:
    schema, act, said = table[name]
    typed = {key: value for key, value in form_data().items() if key != "version"}
    try:
        data = load(schema, typed)
        with begin() as work:
            act(work, one, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_passport(person_id, told.why or told.said), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".person", person_id=person_id))


@blueprint.post("/held/<int:certificate_id>/<any(revoke, reinstate):name>")
def act_held(certificate_id: int, name: str) -> Response:
    """Revoke a certificate, or take that back."""
    with look() as work:
        work.permit(REVOKE_CERTIFICATE)
        person_id = work.get(Certificate, certificate_id).person_id
    return _act(doing.HELD_ACTS, name, certificate_id, person_id)


@blueprint.post("/passings/<int:passing_id>/<any(take_back, give_back):name>")
def act_passing(passing_id: int, name: str) -> Response:
    """Let one passing count no more, or again."""
    with look() as work:
        work.permit(REVOKE_CERTIFICATE)
        person_id = work.get(Certificate, work.get(Passing, passing_id).certificate_id).person_id
    return _act(doing.PASSING_ACTS, name, passing_id, person_id)
