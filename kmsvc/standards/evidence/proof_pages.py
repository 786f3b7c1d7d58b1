"""Pages of files and links as proof: the list, the form, one with its life."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core import past
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.evidence import proofs, queries
from kmsvc.standards.evidence.permissions import KEEP_PROOF
from kmsvc.standards.evidence.proof_api import received
from kmsvc.standards.evidence.proof_queries import ProofCard, history, proof_card, proof_cards
from kmsvc.standards.evidence.proof_rules import Freshness, ProofReview
from kmsvc.standards.evidence.proof_schemas import (
    ProofChange,
    ProofGiven,
    ProofInput,
    ProofReason,
    ProofRemark,
    ProofsAsked,
    filters_of,
    may_look,
    moment_of,
    text_of,
)
from kmsvc.standards.evidence.rules import MODEL

blueprint = Blueprint("standards_proofs_pages", __name__, url_prefix="/standards/evidence/files")
PAGE = 50
past.readable("standards_proofs_pages.index")
MOST_EXPORTED = 20_000
HEAD = (N_("Number"), N_("Title"), N_("Clauses"), N_("Day it speaks of"), N_("Valid from"), N_("Valid until"), N_("How fresh"),
        N_("Review"), N_("Who answers for it"), N_("File"), N_("Address"), N_("SHA-256"), N_("Added"), N_("Added by"))
_FRESH = {Freshness.FRESH: "ok", Freshness.EXPIRING: "warn", Freshness.EXPIRED: "bad", Freshness.WITHDRAWN: "off"}
_REVIEW = {ProofReview.OPEN: "idle", ProofReview.ACCEPTED: "ok", ProofReview.REFUSED: "bad"}
STEPS = {"add": N_("Added"), "revise": N_("Revised"), "withdraw": N_("Withdrawn"), "restore": N_("Put back"), "accept": N_("Accepted"),
         "refuse": N_("Not accepted"), "give": N_("Given to somebody else")}
VERBS = {
    "accept": (ProofRemark, lambda work, one, data, version: proofs.look_through(
        work, one, accepted=True, reason=data["reason"], version=version), N_("Accepted.")),
    "refuse": (ProofReason, lambda work, one, data, version: proofs.look_through(
        work, one, accepted=False, reason=data["reason"], version=version), N_("Not accepted, with your reason.")),
    "give": (ProofGiven, lambda work, one, data, version: proofs.give(
        work, one, owner=data["owner"], reason=data["reason"], version=version), N_("Given.")),
    "withdraw": (ProofReason, lambda work, one, data, version: proofs.withdraw(
        work, one, reason=data["reason"], version=version), N_("Withdrawn. It can be put back.")),
    "restore": (ProofReason, lambda work, one, data, version: proofs.restore(
        work, one, reason=data["reason"], version=version), N_("Put back.")),
}


def fresh_sign(one: ProofCard) -> tuple[str, str]:
    """(kind of mark, word) of how fresh it is."""
    return _FRESH[one.fresh], label(one.fresh)


def review_sign(one: ProofCard) -> tuple[str, str]:
    """(kind of mark, word) of what somebody else found."""
    review = ProofReview(one.review)
    return _REVIEW[review], label(review)


def _row(one: ProofCard) -> list[Any]:
    return [one.number, one.title, ", ".join(one.clauses), one.evidence_on, one.valid_from, one.valid_to, fresh_sign(one)[1],
            review_sign(one)[1], one.owner, one.file_name, one.url, one.sha256, one.added_at.date(), one.added_by]


@blueprint.get("")
def index() -> str | Response:
    """Files and links as proof; what expires first stands first."""
    asked = query_data(ProofsAsked)
    with look() as work:
        every = proof_cards(work.session, work.actor, filters_of(asked | {"fresh": None}), *moment_of(asked))
        found = [one for one in every if asked["fresh"] in (None, one.fresh)]
        if asked["format"]:
            return list_answer(asked["format"], N_("Files and links as proof"), HEAD, [_row(one) for one in found[:MOST_EXPORTED]],
                               name="proof", more=len(found) > MOST_EXPORTED)
        start = asked["cursor"] or 0
        return render_template(
            "standards/evidence/files.html", asked=asked, lines=found[start:start + PAGE], total=len(found), fresh_sign=fresh_sign,
            next_cursor=start + PAGE if start + PAGE < len(found) else None, review_sign=review_sign,
            keeps=can(work.actor, KEEP_PROOF),
            fresh=[("", sentence(N_("All"))), *((one.value, label(one)) for one in Freshness)],
            counts={one.value: sum(card.fresh is one for card in every) for one in Freshness}, every=len(every),
            reviews=[(one.value, label(one)) for one in ProofReview],
            owners=sorted({(one.owner_id, one.owner) for one in every}, key=lambda it: it[1]),
            clauses=_clauses(work.session, {name for one in every for name in one.clauses}))


def _clauses(session: Any, names: set[str]) -> list[tuple[str, str]]:
    return [(one.name, f"#{one.name} {one.title_zh if is_chinese() else one.title_en}") for one in queries.clauses_in(session, MODEL)
            if one.name in names]


@blueprint.get("/new")
def new() -> str:
    """The form of a new one."""
    require(current_actor(), KEEP_PROOF)
    return _form({"clauses": query_data(ProofsAsked)["clause"] or "", "evidence_on": today()})


def _form(typed: dict[str, Any], errors: dict[str, Any] | None = None, said: str = "", card: ProofCard | None = None) -> str:
    with look() as work:
        people = [(one.id, one.name) for one in directory(work.session).active() if one.logins]
        return render_template("standards/evidence/file_edit.html", typed=typed, errors=errors or {}, said=said, card=card,
                               people=people, own=work.actor.person_id)


@blueprint.post("")
def add() -> Response:
    """Add a file or a link."""
    require(current_actor(), KEEP_PROOF)
    typed = form_data()
    try:
        data = load(ProofInput, typed)
        stored = received()
        with begin() as work:
            proof_id = proofs.add_proof(work, text_of(data), today=today(), owner=data["owner"], stored=stored).id
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors, told.why), error.status)
    flash(sentence(N_("Added. Somebody else looks at it next.")), "ok")
    return go(url_for(".show", proof_id=proof_id))


@blueprint.get("/<int:proof_id>")
def show(proof_id: int) -> str:
    """One with its revisions and its history."""
    return _page(proof_id)


def _page(proof_id: int, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        card = proof_card(work.session, work.actor, proof_id, today())
        return render_template(
            "standards/evidence/file.html", card=card, past=history(work.session, work.actor, proof_id), refused=refused,
            fresh_sign=fresh_sign, review_sign=review_sign, keeps=can(work.actor, KEEP_PROOF), looks=may_look(work.actor, card),
            steps=STEPS, people=[(one.id, one.name) for one in directory(work.session).active()
                                 if one.logins and one.id != card.owner_id],
            clauses=_clauses(work.session, set(card.clauses)))


@blueprint.get("/<int:proof_id>/revise")
def revision(proof_id: int) -> str:
    """The form of a revision."""
    with look() as work:
        require(work.actor, KEEP_PROOF)
        card = proof_card(work.session, work.actor, proof_id, today())
    return _form({"title": card.title, "clauses": ", ".join(card.clauses), "evidence_on": card.evidence_on,
                  "valid_from": card.valid_from, "valid_to": card.valid_to, "url": card.url or "", "note": card.note or ""}, card=card)


@blueprint.post("/<int:proof_id>/revise")
def revise(proof_id: int) -> Response:
    """Put a newer file, link or wording in its place."""
    require(current_actor(), KEEP_PROOF)
    typed = form_data()
    try:
        data = load(ProofChange, typed)
        stored = received()
        with begin() as work:
            proofs.revise_proof(work, proof_id, text_of(data), today=today(), stored=stored, version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        with look() as work:
            card = proof_card(work.session, work.actor, proof_id, today())
        return make_response(_form(typed, told.errors, told.why, card), error.status)
    flash(sentence(N_("Revised. The old one stays; somebody else looks at the new one.")), "ok")
    return go(url_for(".show", proof_id=proof_id))


@blueprint.post("/<int:proof_id>/<any(accept, refuse, give, withdraw, restore):name>")
def act(proof_id: int, name: str) -> Response:
    """Do something with a proof."""
    schema, run, said = VERBS[name]
    typed = form_data()
    try:
        data = load(schema, typed)
        with begin() as work:
            run(work, proof_id, data, wanted_version())  # type: ignore[no-untyped-call]
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(proof_id, (name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", proof_id=proof_id))
