"""Pages of process audits: the years, the plan, one with its board, one process of it, the report on paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.files.queries import files_of
from kmsvc.people.sessions.proof import prove
from kmsvc.process.audits import queries, showing, things, usecases, verbs
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import JUDGE_PROCESS, LEAD_AUDIT, SEE_AUDITS
from kmsvc.process.audits.queries import AuditedLine
from kmsvc.process.audits.rules import QUESTIONS, AuditStand, ProcessAuditResult, ProcessAuditState
from kmsvc.process.audits.schemas import (
    STANDS,
    STATES,
    AuditedFilters,
    ProcessAuditFilters,
    ProcessAuditInput,
    wanted_of,
)

blueprint = Blueprint("process_audits_pages", __name__, url_prefix="/process/audits")
PAGE = 50
MOST_EXPORTED = 20_000
KEPT = ("q", "group", "auditor", "result", "stand", "answer")
"""the filters a board walks along; they stay in its address"""


@blueprint.get("")
def index() -> str | Response:
    """Process audits by year, newest first, with filters in the address and an export of what is shown."""
    asked = query_data(ProcessAuditFilters)
    filters = {name: asked[name] for name in ("q", "year", "state")}
    with look() as work:
        work.permit(SEE_AUDITS)
        if asked["format"]:
            lines, rest = queries.audit_lines(work.session, work.actor, **filters, limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Process audits"), showing.HEAD, showing.rows(lines), name="process-audits",
                               more=rest is not None)
        lines, following = queries.audit_lines(work.session, work.actor, **filters, start=asked["cursor"] or 0, limit=PAGE)
        return render_template(
            "process/audits/index.html", asked=asked, lines=lines, next_cursor=following, show=showing, part="audits",
            total=queries.count_audits(work.session, work.actor, **filters), years=queries.years(work.session),
            states=[(one, showing.state_of(one)[1]) for one in STATES], leads=can(work.actor, LEAD_AUDIT), today=today())


@blueprint.get("/new")
def new() -> str:
    """The form of a plan, for the first year without an audit."""
    with look() as work:
        work.permit(LEAD_AUDIT)
        lines, _ = queries.audit_lines(work.session, work.actor, limit=MOST_EXPORTED)
    there = {line.year for line in lines if line.state != ProcessAuditState.CANCELLED}
    year = next(one for one in range(today().year, today().year + 50) if one not in there)
    return _form({"year": year, "due_on": verbs.default_due(year)})


def _form(typed: dict[str, Any], errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        work.permit(LEAD_AUDIT)
        count = len(usecases.in_force(work))
    return render_template("process/audits/new.html", typed=typed, errors=errors or {}, why=why, count=count, part="audits")


@blueprint.post("")
def create() -> Response:
    """Plan it."""
    typed = form_data()
    try:
        data = load(ProcessAuditInput, typed)
        with begin() as work:
            row = usecases.plan_audit(work, **data)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors, told.said), error.status)
    flash(sentence(N_("%(number)s is planned. It begins when you say so."), {"number": row.number}), "ok")
    return go(url_for(".show", process_audit_id=row.id))


@blueprint.get("/<int:process_audit_id>")
def show(process_audit_id: int) -> str | Response:
    """One audit: how far it is, its processes with filters and export, what this person may do."""
    return _page(process_audit_id)


def _page(audit_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str | Response:
    asked = query_data(AuditedFilters) if request.method == "GET" else {**dict.fromkeys(AuditedFilters().fields), "cursor": 0}
    with look() as work:
        card = queries.audit_card(work.session, work.actor, audit_id)
        row = work.get(ProcessAudit, audit_id)
        offers = {one.verb: one for one in verbs.offers_for(work, row, today())}
        mine = next((one for one in card.items if one.auditor_id == work.actor.person_id and one.result is None), None)
    found = queries.chosen(card.items, wanted_of(asked))
    if asked["format"]:
        return table_answer(str(asked["format"]), card.line.number, [sentence(one) for one in showing.ITEM_HEAD],
                            showing.item_rows(found), name=card.line.number)
    start = asked["cursor"] or 0
    query = urlencode({name: asked[name] for name in KEPT if asked[name]})
    return render_template(
        "process/audits/show.html", card=card, line=card.line, items=found[start:start + PAGE], total=len(found), asked=asked,
        offers=offers, verbs=verbs.VERBS, refused=refused, show=showing, query=query, part="audits", today=today(),
        next_cursor=start + PAGE if start + PAGE < len(found) else None, following=mine,
        groups=[(one.key, showing.group_of(one.key)) for one in card.by_group],
        auditors=[(one.key, one.name or sentence(N_("Nobody yet"))) for one in card.by_auditor],
        results=[(one.value, label(one)) for one in ProcessAuditResult], stands=[(one, showing.stand_of(one)[1]) for one in STANDS],
        answers=[(one, sentence(N_("not %(what)s"), {"what": sentence(showing.SHORT[one])})) for one in QUESTIONS],
        State=ProcessAuditState, Stand=AuditStand)


@blueprint.get("/<int:process_audit_id>/report")
def report(process_audit_id: int) -> str:
    """The report, to be read and printed; every number opens to the processes it counts."""
    with look() as work:
        card = queries.audit_card(work.session, work.actor, process_audit_id)
        found = queries.report_shown(work.session, work.actor, process_audit_id)
    return render_template("process/audits/report.html", card=card, line=card.line, report=found, show=showing, part="audits",
                           Result=ProcessAuditResult, State=ProcessAuditState)


@blueprint.post("/<int:process_audit_id>/<any(start, assign, add_new, open_changes, sign, close, take_up, cancel):name>")
def act(process_audit_id: int, name: str) -> Response:
    """Do something with an audit; what was typed comes back with the reason when it is refused."""
    verb = verbs.VERBS[name]
    typed = {key: value for key, value in form_data().items() if key != "password"}
    try:
        if verb.signs:
            prove(request.form.get("password"), always=True)
        data = load(verb.schema(), typed)
        with begin() as work:
            done = verbs.act(work, process_audit_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(process_audit_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    said, values = verbs.filled(name, verb, done)
    flash(sentence(said, values), "ok")
    return go(url_for(".show", process_audit_id=values.get("id", process_audit_id)))


@blueprint.get("/items/<int:audited_id>")
def item(audited_id: int) -> str:
    """The board: one process with its form, the others of the list beside it."""
    return _item(audited_id)


def _asked() -> dict[str, Any]:
    given = {name: request.args[name] for name in KEPT if request.args.get(name)}
    return load(AuditedFilters, given)


def _beside(work: Work, one: AuditedLine, asked: dict[str, Any]) -> list[AuditedLine]:
    """The processes one walks along: those of the filter; without one the own ones, else all."""
    items = queries.audit_card(work.session, work.actor, one.audit_id).items
    if any(asked[name] for name in KEPT):
        found = queries.chosen(items, wanted_of(asked))
    else:
        found = [it for it in items if it.auditor_id == work.actor.person_id]
    return found if any(it.id == one.id for it in found) else list(items)


def _item(item_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    asked = _asked()
    with look() as work:
        line = queries.item_card(work.session, work.actor, item_id)
        row = work.get(ProcessAuditItem, item_id)
        audit = work.get(ProcessAudit, row.audit_id)
        offers = {one.verb: one for one in verbs.item_offers(work, audit, row, today())}
        beside = _beside(work, line, asked)
        known = queries.known_of(work.session, line)
        why_not = _why_not(line, audit, can(work.actor, JUDGE_PROCESS, row))
        files, adds = files_of(work.session, work.actor, things.ITEM, item_id), things.adds(work.session, work.actor, item_id)
    at = next(place for place, one in enumerate(beside) if one.id == item_id)
    query = {name: asked[name] for name in KEPT if asked[name]}
    typed = refused[1] if refused and refused[0] == "judge" else {
        **{name: None if value is None else "yes" if value else "no" for name, value in line.answers.items()},
        "findings": line.findings, "result": line.result, "action": line.action, "due_on": line.due_on,
        "record": (line.proof["url"] if line.proof["kind"] == "link" else line.proof["number"]) if line.proof else None}
    return render_template(
        "process/audits/item.html", one=line, audit=audit, offers=offers, verbs=verbs.ITEM_VERBS, typed=typed, refused=refused,
        errors=typed.get("errors") or {}, beside=beside, at=at, known=known, show=showing, query=query, why_not=why_not, part="audits",
        before=beside[at - 1] if at else None, after=beside[at + 1] if at + 1 < len(beside) else None, today=today(),
        files=files, adds=adds,
        judged=sum(it.result is not None for it in beside), questions=QUESTIONS, Result=ProcessAuditResult, words=urlencode(query))


def _why_not(line: AuditedLine, audit: ProcessAudit, mine: bool) -> str:
    """Why there is no form, in one sentence."""
    if audit.state != ProcessAuditState.RUNNING:
        return sentence(N_("The audit is not running; nothing is judged now."))
    if line.owner_id is not None and line.owner_id == current_actor().person_id:
        return sentence(N_("You own this process: somebody else audits it."))
    if not mine:
        return sentence(N_("%(person)s audits this process."), {"person": line.auditor}) if line.auditor else sentence(
            N_("Nobody audits this process yet; who leads the audit gives it to somebody."))
    if line.change is not None or line.signed_at is not None:
        return sentence(N_("Its result stands: it was signed, or its change request was opened."))
    return ""


@blueprint.post("/items/<int:audited_id>/<any(judge, undo, give, open_change, withdraw):name>")
def act_on_item(audited_id: int, name: str) -> Response:
    """Do something with one process; after a result the next one without one is opened."""
    verb = verbs.ITEM_VERBS[name]
    typed = form_data()
    try:
        data = load(verb.schema(), typed)
        with begin() as work:
            done = verbs.act_on_item(work, audited_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_item(audited_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    said, values = verbs.filled(name, verb, done)
    query: dict[str, Any] = {key: request.args[key] for key in KEPT if request.args.get(key)}
    flash(sentence(said, values), "ok")
    if name != "judge":
        return go(url_for(".item", audited_id=audited_id, **query))
    return go(_next_of(audited_id, query))


def _next_of(item_id: int, query: dict[str, Any]) -> str:
    with look() as work:
        line = queries.item_card(work.session, work.actor, item_id)
        beside = _beside(work, line, load(AuditedFilters, query))
    at = next(place for place, one in enumerate(beside) if one.id == item_id)
    following = next((one for one in [*beside[at + 1:], *beside[:at]]
                      if one.result is None and one.auditor_id == current_actor().person_id), None)
    if following is None:
        return url_for(".show", process_audit_id=line.audit_id)
    return url_for(".item", audited_id=following.id, **query)

