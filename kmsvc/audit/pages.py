"""The audit trail for people: search, one entry before and after, export, verification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from marshmallow import EXCLUDE

from kmsvc.audit.permissions import SEE_TRAIL
from kmsvc.audit.queries import EntryCard, all_entries, entries, entry, subjects
from kmsvc.audit.readable import Told, told
from kmsvc.audit.schemas import TrailQuery, filter_of
from kmsvc.audit.verification import last_check, verify_now
from kmsvc.audit.wording import Act, NoPerson, Via, subject_label
from kmsvc.convert.sending import table_answer
from kmsvc.core.acts import note_act
from kmsvc.core.api import cursor_id
from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import fmt_when, label, local, sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    database,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    told_fields,
)
from kmsvc.people.sessions.proof import prove

blueprint = Blueprint("audit_pages", __name__, url_prefix="/audit")
ROWS_IN_EXPORT = 50_000
HEADINGS = (N_("Entry"), N_("When"), N_("Who"), N_("Account"), N_("By way of"), N_("Act"), N_("What"), N_("Number"), N_("Before"),
            N_("After"), N_("Reason"), N_("Sign-in session"), N_("Request number"), N_("Hash"))


@blueprint.get("")
def index() -> Response | str:
    """Entries that fit, newest first."""
    return _page(query_data(TrailQuery))


def _page(asked: dict[str, Any], errors: dict[str, Any] | None = None) -> str:
    with look() as work:
        work.permit(SEE_TRAIL)
        cards = entries(work.session, work.actor, filter_of(asked), settings().timezone, before=cursor_id(asked["cursor"]),
                        limit=asked["limit"])
        said = told(work.session, cards)
        tables = sorted(((name, sentence(subject_label(name))) for name in subjects(work.session)), key=lambda row: row[1])
    return render_template("audit/index.html", entries=cards, following=cards[-1].seq if len(cards) == asked["limit"] else None,
                           asked=asked, tables=tables, acts=[(act.value, label(act)) for act in Act], Act=Act, Via=Via,
                           NoPerson=NoPerson, told=said, check=last_check(settings()), errors=errors or {})


@blueprint.get("/<int:seq>")
def show(seq: int) -> str:
    """One entry: before, after, why, by which session and request."""
    with look() as work:
        work.permit(SEE_TRAIL)
        card = entry(work.session, work.actor, seq)
        said = told(work.session, [card])[seq]
    return render_template("audit/show.html", entry=card, Act=Act, Via=Via, NoPerson=NoPerson, told=said)


@blueprint.post("/export")
def export() -> Response:
    """What the filter shows, as CSV or XLSX; asks for a fresh password."""
    typed = form_data()
    form = "xlsx" if typed.get("format") == "xlsx" else "csv"
    asked = load(TrailQuery(unknown=EXCLUDE), typed)
    try:
        prove(request.form.get("password"))
    except InvalidInput as error:
        return make_response(_page(asked, told_fields(error)), 422)
    with look() as work:
        work.permit(SEE_TRAIL)
        found = all_entries(work.session, work.actor, filter_of(asked), settings().timezone, ROWS_IN_EXPORT)
        rows = [_line(card, said) for part in batched(found, 500) for said in (told(work.session, part),)
                for card in part]
        now = work.now
    with begin() as work:
        work.permit(SEE_TRAIL)
        note_act(work, "export", "core_audit", "0", {name: str(value) for name, value in asked.items() if value} | {
            "format": form, "entries": len(rows)})
    note = sentence(N_("%(name)s, %(when)s"), {"name": current_actor().name, "when": fmt_when(now)})
    return table_answer(form, sentence(N_("Audit trail")), [sentence(one) for one in HEADINGS], rows,
                        name="audit-trail", note=note)


def batched(cards: Iterable[EntryCard], size: int) -> Iterator[list[EntryCard]]:
    """The entries in parts of this size, so that names are asked for once a part."""
    rest = iter(cards)
    while part := list(islice(rest, size)):
        yield part


def _line(card: EntryCard, told_ones: dict[int, Told]) -> list[Any]:
    said = told_ones[card.seq]
    return [card.seq, local(card.at, settings().timezone), label(card.name, NoPerson), card.login,
            label(card.via, Via), label(card.act, Act), said.what, said.of or said.number,
            _side(card, said, 2), _side(card, said, 3), card.reason or "",
            card.session_ref or "", card.request_id or "", card.hash]


def _side(card: EntryCard, said: Told, side: int) -> str:
    if card.hidden:
        return sentence(N_("hidden"))
    return "\n".join(f"{row[1]}: {row[side]}" for row in said.rows if row[side] is not None)


@blueprint.post("/verify")
def verify() -> Response:
    """Walk the whole chain now."""
    found = verify_now(database(), settings(), current_actor())
    if found.ok:
        flash(sentence(N_("The trail is whole: %(entries)s entries fit together."), {"entries": found.entries}), "ok")
    else:
        flash(sentence(N_("The trail does not fit from entry %(seq)s on."), {"seq": found.first_bad}), "bad")
    return go("/audit")
