"""Pages of certificates: my passport, those of people and teams on any day, kinds and who needs them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import open_posts, open_units
from kmsvc.training.certificates import doing, queries, showing, usecases
from kmsvc.training.certificates.models import Certificate, CertificateNeed
from kmsvc.training.certificates.permissions import (
    AWARD_CERTIFICATE,
    KEEP_CERTIFICATES,
    REVOKE_CERTIFICATE,
    SEE_CERTIFICATES,
)
from kmsvc.training.certificates.schemas import KindInput, KindsQuery, PassportQuery

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


def _passport(person_id: int, why: str = "") -> str | Response:
    asked = query_data(PassportQuery)
    on: date = asked["on"] or today()
    with look() as work:
        card = queries.passport(work, person_id, on)
        teams = queries.teams(work.session, work.actor)
        revokes = can(work.actor, REVOKE_CERTIFICATE) and person_id != work.actor.person_id
        kinds = {str(row.id): row.name for row, _ in queries.kind_lines(work.session)}
        own = person_id == work.actor.person_id
    if asked["format"]:
        return list_answer(asked["format"], N_("Certificates"), showing.HEAD, showing.rows([card]), name="certificates", more=False)
    return render_template("training/certificates/person.html", card=card, teams=teams, revokes=revokes, kinds=kinds, own=own,
                           show=showing, on=on, why=why)


@blueprint.get("/teams/<int:unit_id>")
def team(unit_id: int) -> str | Response:
    """Who of a team may handle which queue."""
    asked = query_data(PassportQuery)
    on = asked["on"] or today()
    with look() as work:
        name, found = queries.team(work, unit_id, on)
        teams = queries.teams(work.session, work.actor)
    if asked["format"]:
        return list_answer(asked["format"], N_("Certificates"), showing.HEAD, showing.rows(found), name="certificates", more=False)
    return render_template("training/certificates/team.html", name=name, unit_id=unit_id, found=found, teams=teams, show=showing, on=on)


@blueprint.get("/kinds")
def kinds() -> str:
    """Kinds of certificates."""
    require(current_actor(), SEE_CERTIFICATES)
    asked = query_data(KindsQuery)
    with look() as work:
        found = queries.kind_lines(work.session, q=asked["q"], purpose=asked["purpose"])
        keeps = can(work.actor, KEEP_CERTIFICATES)
    return render_template("training/certificates/kinds.html", found=found, asked=asked, keeps=keeps, show=showing)


@blueprint.get("/kinds/new")
def new() -> str:
    """The form of a kind."""
    return _new({"early_days": 90, "grace_days": 0, "months": 12}, {})


def _new(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    require(current_actor(), KEEP_CERTIFICATES)
    return render_template("training/certificates/new.html", typed=typed, errors=errors, why=why, show=showing)


@blueprint.post("/kinds")
def make() -> Response:
    """Make a kind."""
    typed = form_data()
    try:
        data = load(KindInput, typed)
        with begin() as work:
            row = usecases.make_kind(work, usecases.KindDraft(**data))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_new(typed, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".kind", kind_id=row.id))


@blueprint.get("/kinds/<int:kind_id>")
def kind(kind_id: int) -> str:
    """One kind and who needs it."""
    return _kind(kind_id)


def _kind(kind_id: int, *, refused: tuple[str, dict[str, Any], dict[str, Any], str] | None = None) -> str:
    require(current_actor(), SEE_CERTIFICATES)
    with look() as work:
        row = queries.visible_kind(work.session, kind_id)
        needs = queries.need_lines(work.session, kind_id)
        chosen = _choices(work)
        keeps, awards = can(work.actor, KEEP_CERTIFICATES, row), can(work.actor, AWARD_CERTIFICATE, row)
    return render_template("training/certificates/kind.html", row=row, needs=needs, keeps=keeps, awards=awards, refused=refused,
                           show=showing, **chosen)


def _choices(work: Work) -> dict[str, Any]:
    return {"posts": [(one.id, one.name) for one in open_posts(work.session)],
            "units": [(one.id, one.name) for one in open_units(work.session)], "roles": showing.options(Role)}


def _act(table: dict[str, Any], name: str, one: int, kind_of: Any) -> Response:
    schema, act, said = table[name]
    typed = {key: value for key, value in form_data().items() if key != "version"}
    try:
        data = load(schema, typed)
        with begin() as work:
            act(work, one, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(kind_of((name, typed, told.errors, told.said)), error.status)
    flash(sentence(said), "ok")
    return make_response(kind_of(None))


@blueprint.post("/kinds/<int:kind_id>/<any(change, retire, restore, ask, award):name>")
def act_kind(kind_id: int, name: str) -> Response:
    """Change, retire or restore a kind, ask for it, note that somebody passed."""
    return _act(doing.KIND_ACTS, name, kind_id, lambda refused: _kind(kind_id, refused=refused) if refused else go(
        url_for(".kind", kind_id=kind_id)))


@blueprint.post("/needs/<int:need_id>/<any(change, end):name>")
def act_need(need_id: int, name: str) -> Response:
    """A requirement changed, or is asked for no longer."""
    with look() as work:
        work.permit(KEEP_CERTIFICATES)
        kind_id = work.get(CertificateNeed, need_id).kind_id
    return _act(doing.NEED_ACTS, name, need_id, lambda refused: _kind(
        kind_id, refused=(f"{name}-{need_id}", *refused[1:])) if refused else go(url_for(".kind", kind_id=kind_id)))


@blueprint.post("/held/<int:certificate_id>/<any(revoke, reinstate):name>")
def act_held(certificate_id: int, name: str) -> Response:
    """Revoke a certificate, or take that back."""
    with look() as work:
        work.permit(REVOKE_CERTIFICATE)
        person_id = work.get(Certificate, certificate_id).person_id
    return _act(doing.HELD_ACTS, name, certificate_id, lambda refused: _passport(person_id, refused[3]) if refused else go(
        url_for(".person", person_id=person_id)))
