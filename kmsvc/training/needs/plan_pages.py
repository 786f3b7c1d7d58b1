"""Pages of what hurts, the annual plan, entries, suggestions, and the needs report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_, compared
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    safe_target,
    settings,
    today,
    wanted_version,
)
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import open_units
from kmsvc.training.needs import plan_queries, planning, queries, showing, usecases, verbs
from kmsvc.training.needs.models import AnnualLine, Suggestion
from kmsvc.training.needs.permissions import PLAN_YEAR, SEE_NEEDS, SUGGEST
from kmsvc.training.needs.plan_schemas import (
    EntriesFilters,
    EntryInput,
    LineInput,
    LinesFilters,
    NewLineInput,
    SuggestionInput,
    SuggestionsFilters,
    TakeUpInput,
    filters_of,
    line_text,
)
from kmsvc.training.needs.planlinks import link_of
from kmsvc.training.needs.realising import so_far
from kmsvc.training.needs.rules import EvaluationMethod, LineState, SourceKind, SuggestionState, quarter_of
from kmsvc.training.needs.schemas import HurtsQuery
from kmsvc.training.needs.sources import silent, what_hurts

blueprint = Blueprint("training_needs_plan_pages", __name__, url_prefix="/training/needs")

PAGE = 50
MOST_EXPORTED = 5_000
_SOURCES = [(one.value, one.label) for one in SourceKind]


def _sources() -> list[tuple[str, str]]:
    return [(code, sentence(words)) for code, words in _SOURCES]


@blueprint.get("/hurts")
def hurts() -> str | Response:
    """What hurts in a year, the worst first; ticked subjects become lines of the annual plan."""
    asked = query_data(HurtsQuery)
    if asked["format"]:
        with look() as work:
            work.permit(SEE_NEEDS)
            ranking = what_hurts(work.session, work.actor, asked["year"] or today().year, today(), asked["source"] or ())
            return list_answer(asked["format"], N_("What hurts"), showing.HURT_HEAD, showing.hurt_rows(ranking), name="what-hurts")
    return _hurts(asked["year"] or today().year, asked["source"] or (), (), {})


def _hurts(year: int, kinds: Collection[str], ticked: Collection[str], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(SEE_NEEDS)
        ranking = what_hurts(work.session, work.actor, year, today(), kinds)
        taken = {compared(one.subject): (one.id, one.number) for one in plan_queries.plan_lines(
            work.session, work.actor, plan_queries.LineFilters(year=year + 1), limit=1000)[0] if one.state != LineState.DROPPED}
        plans, nothing = can(work.actor, PLAN_YEAR), silent(work.session, work.actor, year, today())
        years = sorted({today().year, today().year - 1, *queries.years(work.session)}, reverse=True)
    base = url_for(".hurts", year=year)
    rows = [{"label": sentence(N_("All sources")), "href": base, "current": not kinds}] + [
        {"label": words, "href": f"{base}&source={code}", "current": code in kinds} for code, words in _sources()]
    return render_template("training/needs/hurts.html", ranking=ranking, year=year, years=years, plans=plans, taken=taken, ticked=ticked,
                           errors=errors, why=why, silent=nothing, source_rows=rows, show=showing, plan_year=year + 1)


@blueprint.post("/lines/from_hurts")
def take_up() -> Response:
    """Make lines of what is ticked."""
    typed: dict[str, Any] = {**form_data(), "keys": request.form.getlist("keys")}
    try:
        data = load(TakeUpInput, typed)
        with begin() as work:
            made = len(planning.take_up(work, data["of_year"], data["keys"], year=data["year"], today=today()))
    except Refusal as error:
        told = form_refused(error)
        year = int(typed["of_year"]) if str(typed.get("of_year", "")).isdecimal() else today().year
        return make_response(_hurts(min(max(year, 2000), 2200), (), typed["keys"], told.errors, told.why), error.status)
    flash(sentence(N_("%(count)s lines made. Give each its hours, cost and owner."), {"count": made}), "ok")
    return go(url_for(".lines", year=data["year"]))


@blueprint.get("/entries")
def entries() -> str | Response:
    """What was entered as hurting."""
    asked = query_data(EntriesFilters)
    chosen = {"q": asked["q"], "year": asked["year"], "source": asked["source"], "removed": bool(asked["removed"])}
    if asked["format"]:
        with look() as work:
            work.permit(SEE_NEEDS)
            found, rest = plan_queries.entry_lines(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            rows = [[one.year, showing.word(one.source, "source"), one.subject, one.count, one.note] for one in found]
            return list_answer(asked["format"], N_("Entries by hand"), showing.ENTRY_HEAD, rows, name="needs-entries",
                               more=rest is not None)
    return _entries(asked, chosen, {"year": asked["year"] or today().year}, {})


def _entries(asked: Mapping[str, Any], chosen: Mapping[str, Any], typed: Mapping[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(SEE_NEEDS)
        found, following = plan_queries.entry_lines(work.session, work.actor, **chosen, before=asked.get("cursor"), limit=PAGE)
        plans = can(work.actor, PLAN_YEAR)
    return render_template("training/needs/entries.html", asked=asked, lines=found, next_cursor=following, plans=plans, typed=typed,
                           errors=errors, sources=_sources(), show=showing)


@blueprint.post("/entries")
def add_entry() -> Response:
    """Enter what hurts."""
    typed = form_data()
    try:
        data = load(EntryInput, typed)
        with begin() as work:
            planning.add_entry(work, **data)
    except Refusal as error:
        return make_response(_entries({}, {}, typed, form_refused(error).errors), error.status)
    flash(sentence(N_("Entered.")), "ok")
    return go(url_for(".entries", year=data["year"]))


@blueprint.post("/entries/<int:entry_id>/remove")
def remove_entry(entry_id: int) -> Response:
    """Take it away."""
    with begin() as work:
        year = planning.remove_entry(work, entry_id, version=wanted_version()).year
    flash(sentence(N_("Taken away. It stands among those taken away and can be put back.")), "ok")
    return go(url_for(".entries", year=year))


@blueprint.post("/entries/<int:entry_id>/restore")
def restore_entry(entry_id: int) -> Response:
    """Put it back."""
    with begin() as work:
        year = planning.restore_entry(work, entry_id, version=wanted_version()).year
    flash(sentence(N_("Put back.")), "ok")
    return go(url_for(".entries", year=year))


@blueprint.get("/lines")
def lines() -> str | Response:
    """The annual plan of a year with its sums."""
    asked = query_data(LinesFilters)
    year = asked["year"] or today().year + (1 if quarter_of(today().month) == 4 else 0)
    chosen = filters_of({**asked, "year": year})
    with look() as work:
        work.permit(SEE_NEEDS)
        if asked["format"]:
            found, rest = plan_queries.plan_lines(work.session, work.actor, chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Annual plan"), showing.LINE_HEAD, showing.plan_rows(found),
                               name=f"annual-plan-{year}", more=rest is not None)
        found, following = plan_queries.plan_lines(work.session, work.actor, chosen, start=asked["cursor"] or 0, limit=PAGE)
        years = sorted({year, today().year, today().year + 1, *plan_queries.plan_years(work.session)}, reverse=True)
        return render_template("training/needs/lines.html", asked=asked, year=year, years=years, lines=found, next_cursor=following,
                               total=plan_queries.count_lines(work.session, work.actor, chosen), show=showing,
                               sums=plan_queries.sums_of(work.session, work.actor, year), plans=can(work.actor, PLAN_YEAR),
                               states=[(one.value, sentence(one.label)) for one in LineState])


@blueprint.get("/lines/new")
def new_line() -> str:
    """A line by hand."""
    require(current_actor(), PLAN_YEAR)
    year = request.args.get("year", "")
    known = int(year) if year.isascii() and year.isdecimal() and 2000 <= int(year[:5]) <= 2200 else today().year
    return _line(None, {"year": known, "quarter": 1, "heads": 0, "hours": 0, "cost": 0, "evaluation": EvaluationMethod.LEARNING.value},
                 {})


def _line(line_id: int | None, typed: Mapping[str, Any] | None, errors: dict[str, Any], why: str = "", *,
          refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        card = plan_queries.line_card(work.session, work.actor, line_id) if line_id is not None else None
        offers = {one.verb: one for one in verbs.line_offers(work.actor, card, today())} if card else {}
        may = can(work.actor, PLAN_YEAR) and (card is None or card.state in (LineState.PLANNED, LineState.RUNNING))
        units = [(one.id, one.name) for one in open_units(work.session)]
        people = [(one.login, one.name) for one in directory(work.session).active() if one.login]
        plan_link = link_of(work.session, work.actor, card) if card else None
        progress = so_far(work.session, card, work.now) if card else None
    if typed is None and card is not None:
        typed = {"subject": card.subject, "audience": card.audience, "unit": card.unit_id, "heads": card.heads, "hours": card.hours,
                 "cost": card.yuan, "quarter": card.quarter, "target": card.target, "evaluation": card.evaluation,
                 "owner": card.owner_login}
    return render_template("training/needs/line.html", line=card, typed=typed, errors=errors, why=why, may=may, offers=offers,
                           refused=refused, units=units, people=people, verbs=verbs.LINE_VERBS, show=showing, plan_link=plan_link,
                           progress=progress,
                           year=card.year if card else (typed or {}).get("year"),
                           methods=[(one.value, sentence(one.label)) for one in EvaluationMethod])


@blueprint.post("/lines")
def create_line() -> Response:
    """Add it."""
    typed = form_data()
    try:
        data = load(NewLineInput, typed)
        with begin() as work:
            row = planning.add_line(work, data["year"], line_text(data))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_line(None, typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s stands in the plan."), {"number": row.number}), "ok")
    return go(url_for(".lines", year=data["year"]))


@blueprint.get("/lines/<int:line_id>")
def line(line_id: int) -> str:
    """One line."""
    return _line(line_id, None, {})


@blueprint.post("/lines/<int:line_id>")
def change_line(line_id: int) -> Response:
    """Put it as given."""
    typed = form_data()
    try:
        data = load(LineInput, typed)
        with begin() as work:
            planning.change_line(work, line_id, line_text(data), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_line(line_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("Kept.")), "ok")
    return go(url_for(".line", line_id=line_id))


@blueprint.post("/lines/<int:line_id>/<any(deliver, drop, restore, make_plan, unlink_plan):name>")
def act_line(line_id: int, name: str) -> Response:
    """Deliver a step, drop it, put it back, make its training plan, take that off again."""
    typed = form_data()
    try:
        data = load(verbs.LINE_VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, verbs.LINE_VERBS, AnnualLine, line_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_line(line_id, None, {}, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.LINE_VERBS[name].said), "ok")
    return go(url_for(".line", line_id=line_id))


@blueprint.get("/suggestions")
def suggestions() -> str | Response:
    """Suggest a training; the own suggestions, or all."""
    asked = query_data(SuggestionsFilters)
    if asked["format"]:
        with look() as work:
            work.permit(SUGGEST)
            found, rest = plan_queries.suggestion_lines(work.session, work.actor, q=asked["q"], state=asked["state"],
                                                        limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Training suggestions"), showing.SUGGESTION_HEAD, showing.suggestion_rows(
                found, lambda at: local(at, settings().timezone)), name="training-suggestions", more=rest is not None)
    place = safe_target(request.args.get("from"), "")
    return _suggestions(asked, {"place": place[:300]}, {})


def _suggestions(asked: Mapping[str, Any], typed: Mapping[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(SUGGEST)
        chosen = {"q": asked.get("q"), "state": asked.get("state")}
        found, following = plan_queries.suggestion_lines(work.session, work.actor, **chosen, before=asked.get("cursor"), limit=PAGE)
        total = plan_queries.count_suggestions(work.session, work.actor, **chosen)
        sees = can(work.actor, SEE_NEEDS)
    return render_template("training/needs/suggestions.html", asked=asked, lines=found, next_cursor=following, total=total, typed=typed,
                           errors=errors, why=why, show=showing, sees=sees,
                           states=[(one.value, sentence(one.label)) for one in SuggestionState])


@blueprint.post("/suggestions")
def suggest() -> Response:
    """Send it."""
    typed = form_data()
    try:
        data = load(SuggestionInput, typed)
        with begin() as work:
            row = planning.suggest(work, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_suggestions({}, typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s is sent. You hear what becomes of it."), {"number": row.number}), "ok")
    return go(url_for(".suggestion", suggestion_id=row.id))


@blueprint.get("/suggestions/<int:suggestion_id>")
def suggestion(suggestion_id: int) -> str:
    """One suggestion."""
    return _suggestion(suggestion_id)


def _suggestion(suggestion_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        found = plan_queries.suggestion_line(work.session, work.actor, suggestion_id)
        offers = {one.verb: one for one in verbs.suggestion_offers(work.actor, today())}
    return render_template("training/needs/suggestion.html", line=found, offers=offers, refused=refused, show=showing,
                           verbs=verbs.SUGGESTION_VERBS)


@blueprint.post("/suggestions/<int:suggestion_id>/answer")
def answer_suggestion(suggestion_id: int) -> Response:
    """Answer it."""
    typed = form_data()
    try:
        data = load(verbs.SUGGESTION_VERBS["answer"].schema(), typed)
        with begin() as work:
            verbs.act(work, verbs.SUGGESTION_VERBS, Suggestion, suggestion_id, "answer", data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_suggestion(suggestion_id, refused=("answer", {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.SUGGESTION_VERBS["answer"].said), "ok")
    return go(url_for(".suggestion", suggestion_id=suggestion_id))


@blueprint.get("/<int:campaign_id>/report")
def report(campaign_id: int) -> str | Response:
    """The needs report: as it was signed, or as it would be signed now."""
    with look() as work:
        card = queries.campaign_card(work, campaign_id)
        if card.met_on is None:
            raise NotFound()
        record = card.record or usecases.report_of(work, queries.visible(work.session, work.actor, campaign_id), today())
    if request.args.get("format") in ("csv", "xlsx"):
        rows = [[place, one["subject"], one["score"], showing.word(part["source"], "source"), part["count"], part["note"]]
                for place, one in enumerate(record["ranking"], start=1) for part in one["parts"]]
        return table_answer(request.args["format"], card.line.number, [sentence(one) for one in showing.HURT_HEAD], rows,
                            name=f"{card.line.number}-report")
    return render_template("training/needs/report.html", card=card, record=record, show=showing)
