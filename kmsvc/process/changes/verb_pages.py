"""The verbs of a change request as pages: a form each, and the desk where texts are written.

Refusals are those of the JSON door; what was typed always comes back, and after a collision both texts do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, render_template, request
from markupsafe import Markup

from kmsvc.core.api import jsonable
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, Refusal, RuleBroken, Stale
from kmsvc.core.i18n import label, sentence
from kmsvc.core.offers import Offer
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    body_json,
    form_data,
    go,
    load,
    look,
    problem,
    safe_target,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.markup.render import render
from kmsvc.people.accounts.queries import names
from kmsvc.people.sessions.proof import prove
from kmsvc.people.sessions.usecases import TooManyGuesses
from kmsvc.process.changes import queries, rules, scenes, talk
from kmsvc.process.changes.comparison import paragraph, signed_becomes
from kmsvc.process.changes.doing import run_verb
from kmsvc.process.changes.fieldsteps import once_a_round
from kmsvc.process.changes.impact import research_of
from kmsvc.process.changes.inputs import SEVERAL, WRITING, Row, form_rows, picked
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.moves import refusal
from kmsvc.process.changes.painting import full_text
from kmsvc.process.changes.permissions import BY_VERB
from kmsvc.process.changes.queries import ChangeCard
from kmsvc.process.changes.records import field_records
from kmsvc.process.changes.usecases import add_affected_unit
from kmsvc.process.changes.verbs import LONG, VERBS
from kmsvc.process.changes.writing import save_draft
from kmsvc.process.definitions.models import ProcessVersion

blueprint = Blueprint("process_changes_verb_pages", __name__, url_prefix="/process/changes")

TEXTS = ("name", "purpose", "body", "note")
REPEATED = ("record_sample", "record_feedback", "plan_training", "record_sit_in")
"""Verbs done several times in a row: «save and next» leads to the empty form."""
ALSO_ASKED = {"record_sample": once_a_round}


@dataclass(frozen=True)
class Asked:
    """One verb on its page. offer is None when it cannot be done (any more); signs: the version a signature is for,
    `becomes` what it is published as; text: what is signed or reviewed, as it will be published; quoted: the paragraph a
    comment is about."""

    card: ChangeCard
    verb: str
    offer: Offer | None
    rows: list[Row]
    signs: dict[str, str] | None
    text: Markup | None
    about: str
    quoted: str | None


def _asked(work: Work, change_id: int, verb: str, typed: dict[str, Any] | None) -> Asked:
    card = queries.change_card(work.session, work.actor, change_id, today())
    offer = next((one for one in card.offers if one.verb == verb), None)
    rows = form_rows(offer, today(), typed) if offer else []
    change = work.get(Change, change_id)
    shown = work.session.get(ProcessVersion, card.candidate_id) if offer and verb in ("sign", "give_verdict") and (
        card.candidate_id) else None
    signs = {"name": shown.name, "label": shown.label, "content_hash": shown.content_hash,
             "becomes": signed_becomes(work.session, change)} if shown and verb == "sign" else None
    text = full_text(work.session, work.actor, shown) if shown else None
    quoted = paragraph(work.session, work.actor, change, (typed or {}).get("block_id")) if verb == "comment" else None
    return Asked(card, verb, offer, rows, signs, text, sentence(VERBS[verb].rule.label), quoted)


def _page(change_id: int, verb: str, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
          error: Refusal | None = None, status: int = 200) -> Response:
    with look() as work:
        asked = _asked(work, change_id, verb, typed)
        if asked.offer is None and error is None:
            raise why_not(work, change_id, verb)
    said = sentence(error.sentence, error.params) if error else None
    lost = [(sentence(one.label), typed[one.name]) for one in VERBS[verb].inputs
            if typed and one.kind in ("line", "text") and typed.get(one.name)]
    moved = isinstance(error, Stale)
    return make_response(render_template("process/changes/verb.html", asked=asked, card=asked.card, errors=errors or {},
                                         said=said, lost=lost, moved=moved, State=rules.State), status)


def why_not(work: Work, change_id: int, verb: str) -> Refusal:
    """The refusal that doing this verb now would give, for the page that would ask for it."""
    change = queries.visible_change(work.session, work.actor, change_id)
    if not can(work.actor, BY_VERB[verb], change):
        return NotPermitted()
    return refusal(scenes.scene_of(work.session, change), scenes.me(work.actor), verb)


def ask(change_id: int, verb: str) -> Response:
    """The form of a verb."""
    if verb in WRITING:
        return write(change_id)
    typed = {name: value for name, value in request.args.items() if name in {one.name for one in VERBS[verb].inputs}}
    return _page(change_id, verb, typed=_with_defaults(change_id, verb, typed) if typed else None)


def _with_defaults(change_id: int, verb: str, typed: dict[str, Any]) -> dict[str, Any]:
    with look() as work:
        rows = _asked(work, change_id, verb, None).rows
    return {row.name: row.value for row in rows if row.value is not None} | typed


def do(change_id: int, verb: str) -> Response:
    """Do it, then back to the request; refused, the form comes back with what was typed."""
    names = {one.name for one in VERBS[verb].inputs}
    typed = picked(VERBS[verb], {name: value for name, value in form_data().items() if name in names})
    shown = typed | ({SEVERAL[verb]: request.form.getlist(SEVERAL[verb])} if verb in SEVERAL else {})
    again = _write_page if verb in WRITING else _page
    try:
        data = load(VERBS[verb].schema(), typed)
        version = wanted_version()
        if verb == "sign":
            prove(request.form.get("password"), always=True)
        with begin() as work:
            before = queries.visible_change(work.session, work.actor, change_id).state
            if verb in ALSO_ASKED:
                ALSO_ASKED[verb](work, change_id, **data)
            change = run_verb(work, change_id, VERBS[verb], data, version, today=today(), zone=settings().timezone)
            for code in request.form.getlist(SEVERAL[verb])[1:] if verb in SEVERAL else ():
                add_affected_unit(work, change_id, unit=code)
            work.session.flush()
            said = _said(change, verb, before)
    except InvalidInput as error:
        return again(change_id, verb, typed=shown, errors=told_fields(error), status=error.status)
    except TooManyGuesses as error:
        return again(change_id, verb, typed=shown, errors={"password": [sentence(error.sentence, error.params)]},
                     status=error.status)
    except (Stale, RuleBroken, NotPermitted) as error:
        return again(change_id, verb, typed=shown, error=error, status=error.status)
    flash(said, "ok")
    if verb in REPEATED and request.form.get("again"):
        return go(f"/process/changes/{change_id}/{verb}")
    return go(safe_target(request.form.get("then"), f"/process/changes/{change_id}" + (
        "?tab=talk" if verb == "comment" else "")))


def _said(change: Change, verb: str, before: str) -> str:
    done = sentence(VERBS[verb].rule.label)
    if change.state == before:
        return sentence(N_("%(verb)s: done."), {"verb": done})
    if not rules.is_open(change.state):
        return sentence(N_("%(verb)s: done. %(state)s."), {"verb": done, "state": label(change.state, rules.State)})
    step = rules.BY_STATE[change.state]
    return sentence(N_("%(verb)s: done. Now at step %(step)s, %(label)s."),
                    {"verb": done, "step": step.number, "label": label(step.state)})


@blueprint.get("/<int:change_id>/write")
def write(change_id: int) -> Response:
    """The desk: the text, what is still to answer beside it."""
    return _write_page(change_id, "save_draft")


def _write_page(change_id: int, verb: str, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
                error: Refusal | None = None, status: int = 200) -> Response:
    with look() as work:
        card = queries.change_card(work.session, work.actor, change_id, today())
        offers = {offer.verb: offer for offer in card.offers}
        if not offers.keys() & WRITING:
            if error is not None:
                return _page(change_id, verb, typed=typed, error=error, status=status)
            raise why_not(work, change_id, verb)
        change = work.get(Change, change_id)
        research = research_of(work.session, change)
        desk = scenes.text_on_the_desk(work.session, change)
        remarks = [one for one in talk.remarks(work.session, change) if one.wants_answer]
        items = [one for one in field_records(work.session, change) if one.kind == "feedback_item"]
        said = sentence(error.sentence, error.params) if error else None
        if isinstance(error, Stale):
            said = _who_was_faster(work, change)
    return make_response(render_template(
        "process/changes/write.html", card=card, offers=offers, desk=desk, remarks=remarks, items=items, said=said, research=research,
        typed={**desk, **(typed or {})}, errors=errors or {}, both=isinstance(error, Stale),
        theirs={name: desk.get(name, "") for name in TEXTS},
        saved_at=change.draft_saved_at if change.draft else None), status)


def _writer(work: Work, change: Change) -> tuple[str | None, bool]:
    """Who typed the text on the desk, and whether that is the caller."""
    by = (change.draft or {}).get("by")
    return names(work.session, [by]).get(by or 0), by is not None and by == work.actor.person_id


def _who_was_faster(work: Work, change: Change) -> str:
    name, own = _writer(work, change)
    if own:
        return sentence(N_("You saved another text in another window meanwhile. This one is still here: compare both and choose."))
    if name:
        return sentence(N_("%(who)s saved another text meanwhile. Yours is still here: compare both and choose."), {"who": name})
    return sentence(N_("This was saved somewhere else meanwhile. Your text is still here: compare both and choose."))


@blueprint.post("/<int:change_id>/preview")
def preview(change_id: int) -> str:
    """The typed text as readers will see it."""
    with look() as work:
        queries.visible_change(work.session, work.actor, change_id)
    return str(render(request.form.get("body", "")[:LONG], labels={
        "say": sentence(N_("May be said")), "internal": sentence(N_("Internal only")), "secret": sentence(N_("Secret"))}))


def autosave(change_id: int) -> Response:
    """Keep what is typed: JSON for the editor with the new version, 409 with both texts; a form goes back to the desk."""
    if not request.is_json:
        return do(change_id, "save_draft")
    sent: dict[str, Any] = {}
    try:
        body = body_json()
        sent = {name: body[name] for name in TEXTS if body.get(name) is not None}
        version = body.get("version")
        data = load(VERBS["save_draft"].schema(), sent)
        with begin() as work:
            queries.visible_change(work.session, work.actor, change_id)
            change = save_draft(work, change_id, **data, version=version if isinstance(version, int) else None)
        return jsonify({"version": change.version, "saved_at": jsonable(change.draft_saved_at)})
    except Stale as error:
        with look() as work:
            change = queries.visible_change(work.session, work.actor, change_id)
            desk = scenes.text_on_the_desk(work.session, change)
            error.mine, error.theirs = sent, {name: desk.get(name, "") for name in TEXTS}
            error.version = change.version
            answer = problem(error)
            answer.set_data(json.dumps(answer.get_json() | {"said": _who_was_faster(work, change)}))
        return answer
    except NotFound:
        raise
    except Refusal as error:
        return problem(error)


def _view(name: str) -> Any:
    def view(change_id: int) -> Response:
        if request.method == "POST":
            return autosave(change_id) if name == "save_draft" else do(change_id, name)
        return ask(change_id, name)
    view.__doc__ = VERBS[name].rule.label
    return view


for _name in VERBS:
    blueprint.add_url_rule(f"/<int:change_id>/{_name}", endpoint=_name, view_func=_view(_name), methods=["GET", "POST"])
