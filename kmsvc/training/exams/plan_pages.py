"""The wizard of an exam: what is asked, who sits it, by which rules, check and announce. Each step is an address of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.errors import InvalidInput, NotFound, Refusal, Stale
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.exams import doing, queries, showing, usecases
from kmsvc.training.exams.checking import checklist
from kmsvc.training.exams.clashes import against, clashes_of, results_in
from kmsvc.training.exams.filling import FIGURES, LABELS, TIMES, differences
from kmsvc.training.exams.finding import RULES, found_by
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.permissions import PLAN_EXAM
from kmsvc.training.exams.rules import SAID
from kmsvc.training.exams.schemas import ExamInput, RulesInput, changes_of, in_zone
from kmsvc.training.exams.states import ExamState
from kmsvc.training.exams.templates import PRESETS, ExamTemplate
from kmsvc.training.exams.usecases import Wish
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.queries import can_be_asked, paper_lines

blueprint = Blueprint("training_exams_planning", __name__, url_prefix="/training/exams")
MOST_PAPERS = 300
MOST_TRIED = 12
"""papers that are looked at before one is proposed"""
FIRST_HOUR = 9
CARRIED = ("rule", "value", "proves")
"""what a list of people gives the wizard along: the rule by which they come onto the exam, and the certificate it proves"""


def _typed_first(zone: str, now: datetime) -> dict[str, Any]:
    """What the first step begins with: what the address says, else tomorrow at nine with the weekly template."""
    wanted = {name: request.args.get(name, "")[:200] for name in ("title", "template", "paper", "opens_at", "copy", *CARRIED)}
    tomorrow = (now.astimezone(ZoneInfo(zone)) + timedelta(days=1)).replace(hour=FIRST_HOUR, minute=0)
    at = wanted["opens_at"][:16].replace(" ", "T")
    if at <= now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M"):
        at = ""  # a slot that is over proposes nothing
    template = wanted["template"] if wanted["template"] in {one.value for one in ExamTemplate} else ExamTemplate.WEEKLY.value
    return {"title": wanted["title"], "template": template, "paper": wanted["paper"], "what": "existing",
            "opens_at": at or tomorrow.strftime("%Y-%m-%dT%H:%M"), **{name: wanted[name] for name in CARRIED}}


@blueprint.get("/new")
def new() -> str:
    """Step one; `opens_at`, `template`, `paper` and `title` in the address fill it, as the calendar does."""
    require(current_actor(), PLAN_EXAM)
    with look() as work:
        now = work.now
    return _first(_typed_first(settings().timezone, now), {})


def _first(typed: dict[str, Any], errors: dict[str, Any], *, row: Exam | None = None, why: str = "", version: int | None = None) -> str:
    with look() as work:
        lines, _ = paper_lines(work.session, limit=MOST_PAPERS)
        papers = [one for one in lines if one.state != "withdrawn" or str(one.id) == str(typed.get("paper"))]
        typed.setdefault("what", "existing")
        if not typed.get("paper"):
            typed["paper"] = _usable_paper(work.session, typed.get("template"), [one.id for one in papers])
        last = work.session.scalars(select(Exam).where(Exam.state != "cancelled").order_by(
            Exam.made_at.desc(), Exam.id.desc()).limit(1)).first()
        return render_template(
            "training/exams/what.html", typed=typed, errors=errors, row=row, why=why, version=version, exam_id=row.id if row else None,
            papers=[(one.id, f"{one.number} {one.title}", showing.paper_note(one)) for one in papers], now=1, last=last,
            last_at=showing.typed_time(usecases.a_week_later(last, work.now), settings().timezone) if last else "",
            templates=[(one.value, sentence(one.label), showing.preset_note(PRESETS[one])) for one in ExamTemplate])


def _usable_paper(session: Session, template: Any, papers: Sequence[int]) -> int | str:
    """The paper to begin with: the one that the latest exam of this template used, then the one changed last, of those an exam could be
    announced with now; where there is none, one that can be mended."""
    used = session.scalars(select(Exam.paper_id).where(Exam.template == template).order_by(Exam.id.desc()).limit(MOST_TRIED)).all()
    wanted = [one for one in dict.fromkeys([*used, *papers]) if one in papers][:MOST_TRIED]
    return next((one for one in wanted if can_be_asked(session, one)), wanted[0] if wanted else "")


@blueprint.post("")
def create() -> Response:
    """Keep the plan and go on to its people; a new paper is made first where one was asked for."""
    typed = form_data()
    if typed.get("what") in ("each", "picked"):
        kept = {name: typed.get(name, "") for name in ("title", "template", "opens_at", *CARRIED) if typed.get(name) or name == "title"}
        asked = urlencode({"way": typed["what"], "title": kept["title"], "wizard": urlencode(kept)})
        return go(f"{request.script_root}/training/papers/new?{asked}")
    zone = settings().timezone
    try:
        data = load(ExamInput, {name: value for name, value in typed.items() if name not in ("what", "rule", "value") and (
            value or name == "title")})
        changes = changes_of(data, zone)
        with begin() as work:
            if in_zone(data["opens_at"], zone) <= work.now:
                raise InvalidInput({"opens_at": [SAID["past"]]})
            row = usecases.plan_exam(work, Wish(data["title"], data["paper"], in_zone(data["opens_at"], zone), data.get("template"), {
                name: value for name, value in changes.items() if name not in ("title", "paper_id", "template", "opens_at")}), zone=zone)
            if typed.get("rule"):
                doing.add_by_rule(work, row.id, typed["rule"], typed.get("value", ""), today(), sentence)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_first(typed, told.errors, why=told.why), error.status)
    return go(url_for(".step", exam_id=row.id, plan_step=2))


@blueprint.get("/<int:exam_id>/plan/<int:plan_step>")
def step(exam_id: int, plan_step: int) -> str | Response:
    """A step of the plan."""
    if not 1 <= plan_step <= 4:
        raise NotFound()
    with look() as work:
        row = queries.visible(work.session, work.actor, exam_id)
        work.permit(PLAN_EXAM, row)
    if plan_step == 4 and row.state != ExamState.DRAFT:
        return go(url_for("training_exams_pages.show", exam_id=exam_id))  # what was announced is checked no more
    if plan_step == 1:
        return _first(_typed_of(row), {}, row=row, version=row.version)
    return {2: _who, 3: _rules, 4: _last}[plan_step](exam_id)


def _typed_of(row: Exam) -> dict[str, Any]:
    zone = settings().timezone
    typed: dict[str, Any] = {"title": row.title, "about": row.about, "template": row.template or "", "paper": row.paper_id}
    for name in TIMES:
        typed[name] = showing.typed_time(getattr(row, name), zone)
    for name in FIGURES:
        value = getattr(row, name)
        typed[name] = f"{value.normalize():f}" if name in ("border", "limit") else value
    return typed


def _who(exam_id: int) -> str:
    with look() as work:
        row = queries.visible(work.session, work.actor, exam_id)
        cards = queries.candidates_of(work.session, row)
        rules = [(rule, sentence(rule.label), rule.choices(work.session)) for rule in RULES.values()]
        clashes, ahead = clashes_of(work.session, row), _ahead(work, row, {one.person_id for one in cards})
        noted = results_in(row, clashes, ahead["clashes"] if ahead else {})
        page = render_template("training/exams/who.html", row=row, cards=cards, clashes=clashes, now=2, exam_id=exam_id,
                               rules=[one for one in rules if one[2]], show=showing, ahead=ahead)
    shown(noted, Place.PAGE)
    return page


def _ahead(work: Work, row: Exam, there: set[int]) -> dict[str, Any] | None:
    """Whom the rule in the address would bring, with what speaks against each; nothing is done yet."""
    rule, value = request.args.get("rule", ""), request.args.get("value", "")
    if not rule:
        return None
    try:
        ids, words = found_by(work.session, rule, value, today(), sentence)
    except InvalidInput:
        return None
    people = directory(work.session).people
    new = [people[one] for one in ids if one in people and one not in there and people[one].is_active]
    clashes = against(work.session, row, [one.id for one in new])
    return {"rule": rule, "value": value, "words": words, "people": sorted(new, key=lambda one: (one.id not in clashes, one.name)),
            "there": len(there & set(ids)), "clashes": clashes,
            "free": "\n".join(one.logins[0] for one in new if one.id not in clashes and one.logins)}


def _rules(exam_id: int, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None, why: str = "",
           version: int | None = None) -> str:
    with look() as work:
        row = queries.visible(work.session, work.actor, exam_id)
        held = {name: getattr(row, name) for name in LABELS}
        people = directory(work.session)
        fit = [one for one in people.active() if one.logins and ("training.marking.mark" in one.permissions or "marker" in one.role_names
                                                                 or "trainer" in one.role_names)]
        return render_template(
            "training/exams/rules.html", row=row, typed=typed or _typed_of(row), errors=errors or {}, why=why,
            version=version or row.version,
            differing=differences(held, settings().timezone), labels=LABELS, now=3, exam_id=exam_id, show=showing,
            rooms="\n".join(f"{one.name} {one.seats}" for one in queries.rooms_of(work.session, exam_id)),
            markers=[(one.login, one.name) for one in fit], marking=[people.people[one].login for one in queries.markers_of(
                work.session, exam_id) if one in people.people], times=TIMES,
            settling=[(code, sentence(words)) for code, words in showing.SETTLING.items()],
            shows=[(code, sentence(words)) for code, words in showing.SHOWS.items()])


def _last(exam_id: int) -> str:
    with look() as work:
        row = queries.visible(work.session, work.actor, exam_id)
        points = checklist(work, row, settings().timezone)
        return render_template("training/exams/check.html", row=row, points=points, now=4, exam_id=exam_id, show=showing,
                               line=queries.exam_line(work.session, work.actor, exam_id, work.now),
                               blocked=sum(one.kind == "bad" for one in points), marks=showing.timeline(row, work.now),
                               paper=work.get(PaperRow, row.paper_id), today=today())


@blueprint.post("/<int:exam_id>/plan/<int:plan_step>")
def save(exam_id: int, plan_step: int) -> Response:
    """Keep step one or three and go on; what was typed comes back when it is refused."""
    if plan_step not in (1, 3):
        raise NotFound()
    typed, zone = form_data(), settings().timezone
    wanted = {name: value for name, value in typed.items() if name not in ("what", "next")}
    if plan_step == 3:
        wanted["author_may_mark"] = "1" if typed.get("author_may_mark") else "0"
    row: Exam | None = None
    try:
        with look() as work:
            row = queries.visible(work.session, work.actor, exam_id)
        data = load(RulesInput, {name: (None if value == "" and name.startswith(("make_up", "template")) else value)
                                 for name, value in wanted.items() if value != "" or name.startswith(("make_up", "template", "title"))})
        changes = changes_of(data, zone)
        changes = {name: value for name, value in changes.items() if not _same_minute(getattr(row, name), value)}
        with begin() as work:
            usecases.change_exam(work, exam_id, changes, zone=zone, reason=data["reason"], version=wanted_version())
    except Refusal as error:
        if isinstance(error, Stale) or row is None:
            raise
        told = form_refused(error)
        page = (_first(typed, told.errors, row=row, why=told.why, version=wanted_version()) if plan_step == 1
                else _rules(exam_id, typed=typed, errors=told.errors, why=told.why, version=wanted_version()))
        return make_response(page, error.status)
    if typed.get("next") == "stay":
        flash(sentence(N_("The changes are kept.")), "ok")
        return go(url_for(".step", exam_id=exam_id, plan_step=plan_step))
    if row.state != "draft":
        flash(sentence(N_("The changes are kept.")), "ok")
        return go(url_for("training_exams_pages.show", exam_id=exam_id))
    return go(url_for(".step", exam_id=exam_id, plan_step=plan_step + 1))


def _same_minute(held: Any, given: Any) -> bool:
    """A field for day and time holds no seconds: an instant of the same minute was not changed."""
    if isinstance(held, datetime) and isinstance(given, datetime):
        return held.replace(second=0, microsecond=0) == given
    return bool(held == given)
