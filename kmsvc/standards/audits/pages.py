"""Pages of audits: the year, one audit with its checklist, its report, findings."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.forms import emptied
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.files.queries import files_of
from kmsvc.standards.audits import auditing, planning, queries, showing, things, verbs
from kmsvc.standards.audits.api import filters_of
from kmsvc.standards.audits.models import CheckPoint, Engagement, Finding
from kmsvc.standards.audits.permissions import DO_ENGAGEMENT, PLAN_AUDITS, SEE_ENGAGEMENTS, SEE_OWN_FINDINGS
from kmsvc.standards.audits.rules import (
    FINDING,
    SUBJECTS,
    CheckResult,
    EngagementState,
    FindingState,
    Grade,
    NoteKind,
)
from kmsvc.standards.audits.schemas import (
    AuditProgrammeInput,
    CheckInput,
    EngagementInput,
    EngagementsAsked,
    FindingsAsked,
    PointAsked,
)

blueprint = Blueprint("standards_audits_pages", __name__, url_prefix="/standards/audits")
PAGE = 50
MOST_EXPORTED = 20_000
CLAUSES = sorted(((name, f"#{name}") for _, _, names in SUBJECTS for name in names), key=lambda it: int(it[0]))
Refused = tuple[str, dict[str, Any], str]


@blueprint.get("")
def index() -> str | Response:
    """Audits, newest year first, and the programme of each year."""
    actor = current_actor()
    asked = query_data(EngagementsAsked)
    filters = {name: asked[name] for name in ("q", "year", "state", "clause")}
    with look() as work:
        work.permit(SEE_ENGAGEMENTS)
        if asked["format"]:
            lines, rest = queries.engagement_lines(work.session, actor, **filters, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Audits"), showing.HEAD, showing.rows(lines, today()), name="audits",
                               more=rest is not None)
        lines, following = queries.engagement_lines(work.session, actor, **filters, start=asked["cursor"] or 0, limit=PAGE)
        held = queries.programmes(work.session, actor)
        return render_template(
            "standards/audits/index.html", asked=asked, lines=lines, next_cursor=following, show=showing, part="audits", today=today(),
            total=queries.count_engagements(work.session, **filters), programmes=held, plans=can(actor, PLAN_AUDITS),
            clauses=CLAUSES, states=[(one.value, label(one)) for one in EngagementState], years=[(one.year, one.year) for one in held],
            open_findings=queries.count_findings(work.session, actor, queries.FindingFilters(state="open")))


@blueprint.get("/programmes/new")
def new_programme() -> str:
    """The form of a year's programme."""
    return _programme_form({"year": today().year, "title": sentence(N_("Audit programme %(year)s"), {"year": today().year})})


def _programme_form(typed: dict[str, Any], errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        work.permit(PLAN_AUDITS)
    return render_template("standards/audits/programme_new.html", typed=typed, errors=errors or {}, why=why, part="audits")


@blueprint.post("/programmes")
def create_programme() -> Response:
    """Draft it, with the audits that are asked for yearly."""
    typed = form_data()
    try:
        data = load(AuditProgrammeInput, typed)
        with begin() as work:
            row = planning.begin_programme(work, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_programme_form(typed, told.errors, told.said), error.status)
    flash(sentence(N_("%(number)s is drafted with the audits of the year. Say who audits what."), {"number": row.number}), "ok")
    return go(url_for(".programme", programme_id=row.id))


@blueprint.get("/programmes/<int:programme_id>")
def programme(programme_id: int) -> str:
    """The programme of a year with its audits."""
    return _programme(programme_id)


def _programme(programme_id: int, refused: Refused | None = None, typed: dict[str, Any] | None = None,
               errors: dict[str, Any] | None = None) -> str:
    with look() as work:
        row = queries.programme_of(work.session, work.actor, programme_id)
        lines, _ = queries.engagement_lines(work.session, work.actor, programme=row.id, limit=200)
        people, first = queries.names_of(work.session, (row.made_by_id, row.approved_by_id)), max(today(), date(row.year, 1, 1))
        return render_template(
            "standards/audits/programme.html", row=row, lines=lines, show=showing, part="audits", today=today(), refused=refused,
            offers={one.verb: one for one in verbs.programme_offers(work, row, today())}, verbs=verbs.PROGRAMME_VERBS, people=people,
            plans=can(work.actor, PLAN_AUDITS), typed=typed or {"starts_on": first, "ends_on": first}, errors=errors or {})


@blueprint.post("/programmes/<int:programme_id>/<any(write, approve, activate, take_back, discard, complete, resume):name>")
def act_on_programme(programme_id: int, name: str) -> Response:
    """Do something with a programme."""
    verb, typed = verbs.PROGRAMME_VERBS[name], form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            verbs.act_on_programme(work, programme_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_programme(programme_id, (name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verb.said), "ok")
    return go(url_for(".index") if name == "discard" else url_for(".programme", programme_id=programme_id))


@blueprint.post("/programmes/<int:programme_id>/add")
def add(programme_id: int) -> Response:
    """One more audit."""
    typed = form_data()
    try:
        data = load(EngagementInput, typed)
        with begin() as work:
            row = planning.add_engagement(work, programme_id, version=wanted_version(), **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_programme(programme_id, ("add", {}, told.said), typed, told.errors), error.status)
    flash(sentence(N_("%(number)s was added."), {"number": row.number}), "ok")
    return go(url_for(".show", engagement_id=row.id))


@blueprint.get("/<int:engagement_id>")
def show(engagement_id: int) -> str:
    """One audit: checklist, samples, findings, report; `?point=` opens the judgement of a point, `?finding_of=` a finding about it."""
    asked = query_data(PointAsked)
    return _page(engagement_id, opened=asked["point"], about=asked["finding_of"])


def _page(engagement_id: int, refused: Refused | None = None, template: str = "show", opened: int | None = None,
          about: int | None = None) -> str:
    with look() as work:
        card = queries.engagement_card(work.session, work.actor, engagement_id)
        return render_template(
            f"standards/audits/{template}.html", card=card, line=card.line, show=showing, part="audits", today=today(), refused=refused,
            about=about,
            offers={one.verb: one for one in verbs.engagement_offers(work, card.row, today(), about)}, verbs=verbs.ENGAGEMENT_VERBS,
            checks=verbs.checks(work.actor, card.row), opened=opened,
            results=[(one.value, label(one)) for one in CheckResult], kinds=[(one.value, label(one)) for one in NoteKind])


@blueprint.get("/<int:engagement_id>/report")
def report(engagement_id: int) -> str:
    """The frozen report, to be read and printed."""
    return _page(engagement_id, template="report")


_ACTS = "staff, start, draw, draft, to_review, finish, back_to_work, drop, take_up"


@blueprint.post(f"/<int:engagement_id>/<any({_ACTS}):name>")
def act(engagement_id: int, name: str) -> Response:
    """Do something with an audit; what was typed comes back with the reason when it is refused."""
    verb, typed = verbs.ENGAGEMENT_VERBS[name], form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            done = verbs.act_on_engagement(work, engagement_id, name, data, today(), wanted_version(), emptied(typed))
            made = done.id if isinstance(done, Finding) else None
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(engagement_id, (name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verb.said, done if isinstance(done, dict) else {}), "ok")
    return go(url_for(".finding", finding_id=made) if made else url_for(".show", engagement_id=engagement_id))


@blueprint.post("/points/<int:check_id>/check")
def check(check_id: int) -> Response:
    """Judge a point of a checklist."""
    typed = form_data()
    with look() as work:
        engagement_id = work.get(CheckPoint, check_id).engagement_id
        work.permit(DO_ENGAGEMENT, work.get(Engagement, engagement_id))
    try:
        data = load(CheckInput, typed)
        with begin() as work:
            done = auditing.check(work, check_id, version=wanted_version(), **data)
            following = auditing.next_unchecked(work, done) if done.result else None
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(engagement_id, (f"check-{check_id}", {**typed, "errors": told.errors}, told.said)), error.status)
    if following is None:
        flash(sentence(N_("Kept.")), "ok")
        return go(url_for(".show", engagement_id=engagement_id, _anchor=f"point-{check_id}"))
    return go(url_for(".show", engagement_id=engagement_id, point=following))  # no anchor: it would take the cursor out of the question


@blueprint.get("/findings")
def findings() -> str | Response:
    """Findings this person may see."""
    actor = current_actor()
    asked = query_data(FindingsAsked)
    chosen = filters_of(asked)
    with look() as work:
        sees = can(actor, SEE_ENGAGEMENTS)
        work.permit(SEE_ENGAGEMENTS if sees else SEE_OWN_FINDINGS)
        if asked["format"]:
            lines, rest = queries.finding_lines(work.session, actor, chosen, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Findings"), showing.FINDING_HEAD, showing.finding_rows(lines, today()),
                               name="findings", more=rest is not None)
        lines, following = queries.finding_lines(work.session, actor, chosen, start=asked["cursor"] or 0, limit=PAGE)
        return render_template(
            "standards/audits/findings.html", asked=asked, lines=lines, next_cursor=following, show=showing, part="findings",
            today=today(), total=queries.count_findings(work.session, actor, chosen), sees=sees,
            states=[("open", sentence(N_("All that are open"))), *((one.value, label(one)) for one in FindingState)],
            grades=[(one.value, label(one)) for one in Grade], clauses=CLAUSES)


@blueprint.get("/findings/<int:finding_id>")
def finding(finding_id: int) -> str:
    """One finding: its words and revisions, response, action, history."""
    return _finding(finding_id)


def _finding(finding_id: int, refused: Refused | None = None) -> str:
    with look() as work:
        card = queries.finding_card(work.session, work.actor, finding_id)
        files, adds = files_of(work.session, work.actor, FINDING, finding_id), things.adds(work.session, work.actor, finding_id)
        return render_template(
            "standards/audits/finding.html", files=files, adds=adds, card=card, line=card.line, row=card.row, show=showing,
            part="findings", today=today(), refused=refused,
            offers={one.verb: one for one in verbs.finding_offers(work, card.row, today())},
            verbs=verbs.FINDING_VERBS, sees_audit=can(work.actor, SEE_ENGAGEMENTS) or queries.answers_for(work.actor, card.engagement))


_FINDING_ACTS = ("write, discard, publish, respond, propose, agree, act, verify, send_back, effect, close, correct, withdraw, restore, "
                 "reopen")


@blueprint.post(f"/findings/<int:finding_id>/<any({_FINDING_ACTS}):name>")
def act_on_finding(finding_id: int, name: str) -> Response:
    """Do something with a finding."""
    verb, typed = verbs.FINDING_VERBS[name], form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            back = work.get(Finding, finding_id).engagement_id
            verbs.act_on_finding(work, finding_id, name, data, today(), wanted_version(), emptied(typed))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_finding(finding_id, (name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verb.said), "ok")
    return go(url_for(".show", engagement_id=back) if name == "discard" else url_for(".finding", finding_id=finding_id))
