"""Change requests as pages: the list, the board, the form that asks for one, and the page of one request."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from marshmallow import fields, validate

from kmsvc.convert.sending import ended, list_answer
from kmsvc.core import past
from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import sentence
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, go, load, look, query_data, safe_target, settings, today, told_fields
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.knowledge.articles.showing import painter
from kmsvc.markup.fences import visible
from kmsvc.process.changes import asking, board, exports, queries, records, rules, usecases, view
from kmsvc.process.changes.comparison import signed_becomes
from kmsvc.process.changes.diff_rows import document_rows
from kmsvc.process.changes.enums import Trigger, Urgency
from kmsvc.process.changes.impact import impact
from kmsvc.process.changes.inputs import bar_of, form_rows
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.outcomes import outcomes_of
from kmsvc.process.changes.painting import full_text
from kmsvc.process.changes.past import lines_on, page_of
from kmsvc.process.changes.queries import ChangeLine
from kmsvc.process.changes.schemas import LIST_STATES, SubmitChange, submit_arguments
from kmsvc.process.changes.training import sees_who, training_of
from kmsvc.process.definitions.models import ProcessVersion
from kmsvc.process.definitions.queries import process_lines
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup

blueprint = Blueprint("process_changes_pages", __name__, url_prefix="/process/changes")
past.readable("process_changes_pages.index")

TABS = ("changes", "impact", "talk", "record")
MODES = ("inline", "side", "changes", "full")
PAGE = 40
TRAINING_HEAD = (N_("Name"), N_("Unit"), N_("Why missing"), N_("Training plan"))
ENUMS = {"Urgency": Urgency, "Trigger": Trigger, "State": rules.State, "Phase": rules.Phase,
         "ProcessGroup": ProcessGroup, "ProcessClass": ProcessClass}


class ListQuery(InputSchema):
    """Filters of the list. state: a state, `open` (also when left out), `closed` or `all`; who: `mine` or `asked`."""

    q = Line(load_default=None, validate=validate.Length(max=100))
    state = Choice(LIST_STATES)
    phase = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([one.value for one in rules.Phase]))
    process = Whole(load_default=None, allow_none=True)
    urgency = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([one.value for one in Urgency]))
    who = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["mine", "asked"]))
    as_of = Day(load_default=None, allow_none=True)
    cursor = Line(load_default=None, validate=validate.Length(max=20))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def asked_for() -> dict[str, Any]:
    """The filters of this address; one that makes no sense counts as not set."""
    try:
        return query_data(ListQuery)
    except InvalidInput as error:
        good = {name: value for name, value in request.args.items() if name not in error.fields}
        return load(ListQuery, good)


def _lines(work: Work, asked: dict[str, Any], limit: int) -> tuple[list[ChangeLine], int | None]:
    person, day = work.actor.person_id, asked["as_of"]
    if day is not None and day < today():
        return page_of(lines_on(
            work.session, work.actor, day, settings().timezone, q=asked["q"], state=asked["state"] or "open", phase=asked["phase"],
            process_id=asked["process"], urgency=asked["urgency"], asker_id=person if asked["who"] == "asked" else None),
            _whole(asked["cursor"]), limit)
    return queries.change_lines(
        work.session, work.actor, q=asked["q"], state=asked["state"] or "open", phase=asked["phase"],
        process_id=asked["process"], urgency=asked["urgency"], asker_id=person if asked["who"] == "asked" else None,
        only_mine=asked["who"] == "mine", before=_whole(asked["cursor"]), limit=limit)


@blueprint.get("")
def index() -> Response | str:
    """The list, newest first, with filters in the address and an export of what is shown."""
    asked = asked_for()
    zone, day = settings().timezone, min(asked["as_of"] or today(), today())
    with look() as work:
        if asked["format"]:
            lines, rest = _lines(work, asked | {"cursor": None}, exports.MOST_ROWS)
            headers, rows = exports.list_table(lines, day, zone)
            return exports.file_answer(asked["format"], f"changes-{day.isoformat()}", "changes", headers,
                                       ended(rows, len(lines), more=rest is not None))
        lines, following = _lines(work, asked, PAGE)
        processes = process_lines(work.session, work.actor)
    cards = {line.id: board.card_of(line, day, zone) for line in lines}
    return render_template("process/changes/index.html", lines=lines, cards=cards, following=following, asked=asked,
                           processes=processes, rules=rules, **ENUMS)


@blueprint.get("/board")
def show_board() -> str:
    """Five columns, one a phase."""
    asked = asked_for()
    with look() as work:
        columns = board.columns(work.session, work.actor, today(), settings().timezone, q=asked["q"],
                                process_id=asked["process"], urgency=asked["urgency"], only_mine=asked["who"] == "mine")
        processes = process_lines(work.session, work.actor)
    return render_template("process/changes/board.html", columns=columns, asked=asked, processes=processes,
                           people_text=view.people_text, **ENUMS)


@blueprint.get("/new")
def new() -> str:
    """The form that asks for a change; `from` is the page it was opened on."""
    typed = {name: request.args[name] for name in ("title", "reason") if request.args.get(name)}
    return _form(typed, {}, process_id=_whole(request.args.get("process")), place=request.args.get("from"))


def _form(typed: dict[str, Any], errors: dict[str, Any], *, process_id: int | None, place: str | None) -> str:
    with look() as work:
        start = asking.start_form(work.session, work.actor, place=place, process_id=process_id)
        text = typed.get("reason") or typed.get("title") or ""
        alike = asking.similar_changes(work.session, work.actor, text, process_id=start.process_id)
    return render_template("process/changes/new.html", start=start, typed=typed, errors=errors, alike=alike,
                           place=safe_target(place, ""), **ENUMS)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 16 else None


@blueprint.post("/new")
def submit() -> Response:
    """Submit it; what does not fit comes back with what was typed."""
    typed = {name: request.form[name] for name in request.form}
    try:
        arguments = submit_arguments(load(SubmitChange, asking.wanted_change(typed, safe_target(typed.get("from"), ""))))
        with begin() as work:
            change = usecases.submit_change(work, today=today(), **arguments)
    except InvalidInput as error:
        told = told_fields(error)
        inner = told.pop("new_process", None)
        told |= {f"new_{name}": said for name, said in inner.items()} if isinstance(inner, dict) else {}
        return make_response(_form(typed, told, process_id=_whole(typed.get("process_id")), place=typed.get("from")), 422)
    flash(sentence(N_("%(number)s was submitted. Its holder was told."), {"number": change.number}), "ok")
    return go(f"/process/changes/{change.id}")


@blueprint.get("/similar")
def similar() -> str:
    """Open requests like the text that is being typed."""
    with look() as work:
        text = (request.args.get("q") or request.args.get("reason") or "")[:4000]
        alike = asking.similar_changes(work.session, work.actor, text, process_id=_whole(request.args.get("process_id")))
    return render_template("process/changes/_similar.html", alike=alike, State=rules.State)


@blueprint.get("/<int:change_id>")
def show(change_id: int) -> str:
    """One request: steps, who has it, and one of four tabs."""
    tab = request.args.get("tab") if request.args.get("tab") in TABS else "changes"
    more: dict[str, Any] = {}
    with look() as work:
        page = view.request_view(work.session, work.actor, change_id, today=today(), now=work.now,
                                 zone=settings().timezone, old=_whole(request.args.get("old")),
                                 new=_whole(request.args.get("new")))
        more["asked_from"] = asking.place_shown(work.session, work.actor, page.card.place)
        more["records"] = records.field_records(work.session, page.change)
        if tab == "record":
            more["outcomes"], more["now"] = outcomes_of(work.session, page.change), work.now
        if tab == "impact":
            more["impact"] = impact(work.session, work.actor, page.change)
        # the choices of the forms in the bar are read while the database is open
        bar = bar_of(page.card.offers)
        forms = {offer.verb: form_rows(offer, today()) for offer in page.card.offers}
        # whoever signs reads the whole text first, as it will be published
        usual = "full" if "sign" in forms else "inline"
        mode = next((mode for mode in MODES if mode == request.args.get("view")), usual)
        more["becomes"] = signed_becomes(work.session, page.change) if "sign" in forms else None
        if page.comparison and tab == "changes":
            paint = painter(work.session, work.actor)
            more["blocks"], more["trailing"] = document_rows(page.comparison, mode, page.remarks, paint)
            version = work.get(ProcessVersion, page.comparison.new.id)
            more["text"] = full_text(work.session, work.actor, version) if mode == "full" else None
            more["purpose"] = visible(version.purpose or "", level_of(work.actor)).strip()
    return render_template(
        "process/changes/show.html", page=page, card=page.card, tab=tab, mode=mode, bar=bar, forms=forms,
        phases=view.phases(page, f"/process/changes/{change_id}"), now_line=view.now_line(page),
        gate=view.gate_text(page.card), choices=view.base_choices(page), thread_of=view.thread_of,
        days_text=view.days_text, standing_of=view.standing_of, people_text=view.people_text, label_of=view.fifteen.label_of,
        record_labels=records.LABELS, record_icons=records.ICONS, **more, **ENUMS)


@blueprint.get("/<int:change_id>/record.<form>")
def export_record(change_id: int, form: str) -> Response:
    """Who did each of the fifteen steps, when, how long, with which comment: one row a step."""
    zone = settings().timezone
    with look() as work:
        card = queries.change_card(work.session, work.actor, change_id, today())
        known = outcomes_of(work.session, work.get(Change, change_id))
        headers, rows = exports.record_table(view.fifteen.rows(card.history, card.state, work.now), known, work.now, zone)
    return exports.file_answer(form, f"{card.number}-record", card.number, headers, rows)


@blueprint.get("/<int:change_id>/records/<kind>/<int:record_id>")
def show_record(change_id: int, kind: str, record_id: int) -> str:
    """One thing recorded on the way."""
    with look() as work:
        change = queries.visible_change(work.session, work.actor, change_id)
        found = records.record_card(work.session, change, kind, record_id)
    return render_template("process/changes/record.html", change=change, record=found, labels=records.LABELS)


@blueprint.get("/<int:change_id>/training")
def show_training(change_id: int) -> str | Response:
    """How many of those affected are trained; who works on the change sees who is missing, and can take the list away."""
    with look() as work:
        change = queries.visible_change(work.session, work.actor, change_id)
        found, who = training_of(work.session, change, today()), sees_who(work.session, work.actor, change)
    if who and request.args.get("format") in ("csv", "xlsx"):
        return list_answer(request.args["format"], N_("Still to be trained"), TRAINING_HEAD, [
            [one.name, one.unit, sentence(one.why), one.plan.number if one.plan else ""] for one in found.missing],
            name=f"{change.number}-training")
    return render_template("process/changes/training.html", change=change, found=found, who=who)
