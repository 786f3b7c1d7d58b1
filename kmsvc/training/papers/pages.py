"""Pages of papers: the list, the editor with its grid and its check, picking by hand, one paper, its preview, printing it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint as Door
from flask import Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal, Stale
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import ReasonInput
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
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.training.papers import queries, showing, usecases
from kmsvc.training.papers.blueprint import Blueprint as Plan
from kmsvc.training.papers.giving import BankTooSmall, rows_of
from kmsvc.training.papers.keeping import blueprint_of
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.permissions import SEE_PAPERS, WRITE_PAPER
from kmsvc.training.papers.pool import BANDS
from kmsvc.training.papers.returning import kept_fields, write_one
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.schemas import (
    KINDS,
    CheckInput,
    PaperFilters,
    PaperInput,
    PickFilters,
    PickInput,
    PreviewQuery,
    SeedInput,
    bank_ids,
    blueprint_in,
    draft_of,
    from_form,
)
from kmsvc.training.questions.kinds import Kind
from kmsvc.training.questions.rules import Band

blueprint = Door("training_papers_pages", __name__, url_prefix="/training/papers")

PAGE = 50
USUAL_KINDS = ("single", "multiple", "true_false", "fill_in", "short_answer")
USUAL_POINTS = {"single": "2", "multiple": "4", "true_false": "2", "fill_in": "2", "numeric": "2", "ordering": "4", "matching": "4",
                "short_answer": "10", "case": "20", "file": "20"}
WAYS = ((PaperWay.EACH, N_("By topic and type; everybody gets another paper, all equally difficult.")),
        (PaperWay.FIXED, N_("By topic and type; the same questions for everybody.")),
        (PaperWay.PICKED, N_("Question by question, for short tests.")))
SAID = {"ready": N_("The paper is ready to be used."), "reopen": N_("The paper is being written again."),
        "withdraw": N_("The paper is withdrawn. It can be opened again."), "copy": N_("A copy was made."),
        "compose": N_("The paper is composed anew."), "refresh": N_("Every question is taken as it counts now.")}


@blueprint.get("")
def index() -> str | Response:
    """Papers, changed last first, with an export of what is shown."""
    require(current_actor(), SEE_PAPERS)
    asked = query_data(PaperFilters)
    start = asked["cursor"]
    with look() as work:
        lines, total = queries.paper_lines(work.session, q=asked["q"], state=asked["state"], way=asked["way"],
                                           skip=0 if asked["format"] else start, limit=5_000 if asked["format"] else PAGE)
    if asked["format"]:
        rows = showing.rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Papers"), showing.HEAD, rows, name="papers", more=total > len(lines))
    return render_template(
        "training/papers/index.html", asked=asked, lines=lines, total=total, show=showing, may_write=can(current_actor(), WRITE_PAPER),
        next_cursor=start + PAGE if start + PAGE < total else None,
        states=[(one.value, sentence(one.label)) for one in PaperState], ways=[(one.value, sentence(one.label)) for one in PaperWay])


@blueprint.get("/new")
def new() -> str:
    """The editor of a new one; `way` and `title` in the address are what it begins with."""
    require(current_actor(), WRITE_PAPER)
    way = request.args.get("way")
    kept = kept_fields()
    return _form({"pass_percent": "80", **({} if kept else {"share-easy": "30", "share-middle": "50", "share-hard": "20"}), **kept,
                  "title": request.args.get("title", "")[:200],
                  "way": way if way in {one.value for one in PaperWay} else PaperWay.EACH.value},
                 request.args.getlist("banks")[:100], {})


def _form(typed: dict[str, Any], banks: list[str], errors: dict[str, Any], *, row: PaperRow | None = None, why: str = "",
          version: int | None = None) -> str:
    with look() as work:
        chosen = [int(one) for one in banks if one.isdecimal()]
        checked = _checked(work, typed, banks)
        kinds = [one for one in KINDS if one in USUAL_KINDS or any(f"-{one}" in name and str(typed[name]).strip() not in ("", "0")
                                                                   for name in typed if name.startswith("c-"))
                 or one in request.args.getlist("kind")]
        counts = {("any" if topic is None else topic, kind): count for (topic, kind), count in _counts(typed).items()}
        grid = queries.grid_of(work.session, chosen, {(None if topic == "any" else topic, kind): count
                                                      for (topic, kind), count in counts.items()}, kinds)
        return render_template(
            "training/papers/edit.html", typed=typed, errors=errors, row=row, why=why, version=version, grid=grid, kinds=kinds,
            others=[one for one in KINDS if one not in kinds], usual=USUAL_POINTS, show=showing, bands=list(Band), Kind=Kind,
            banks=queries.banks_open(work.session), chosen=banks, wizard=request.values.get("wizard", "")[:1000], **checked,
            ways=[(way.value, sentence(way.label), sentence(note)) for way, note in WAYS])


def _counts(typed: dict[str, Any]) -> dict[tuple[str | None, str], int]:
    """What the fields of a grid say, those that are numbers."""
    found = {}
    for one in from_form(typed, [])["cells"]:
        if one["count"].isdecimal() and len(one["count"]) < 6:
            found[one["topic"], one["kind"]] = int(one["count"])
    return found


def _checked(work: Work, typed: dict[str, Any], banks: list[str]) -> dict[str, Any]:
    """The check of what stands in the form; nothing where it cannot be read yet."""
    held = from_form(typed, banks)
    wanted = {name: held[name] for name in ("banks", "cells", "shares", "points_wanted", "pass_percent")
              if held.get(name) not in (None, "")}
    nothing: dict[str, Any] = {"check": None, "sentences": [], "lacks": [], "short": {}}
    try:
        data = load(CheckInput, wanted)
        it = blueprint_in(data)
        if not it.cells or typed.get("way") == PaperWay.PICKED:
            return nothing
        found = queries.check(work.session, it, bank_ids(data["banks"]))
    except InvalidInput as error:
        return nothing | {"sentences": [sentence(error.sentence)]}
    topics = queries.topic_names(work.session)
    return {"check": found, "sentences": showing.sentences_of(found, topics), "lacks": showing.to_write(found, topics),
            "short": _short(found, it)}


def _short(found: queries.Check, it: Plan) -> dict[str, int]:
    """field of the grid -> how many questions it lacks."""
    short: dict[str, int] = {}
    for one in found.found.orders if found.found is not None else ():
        cell = it.cells[one.cell]
        name = f"{cell.topic or 'any'}-{cell.kind}"
        short[name] = short.get(name, 0) + one.count
    return short


@blueprint.post("/check")
def check() -> str:
    """The check of a form at every change: totals, what the bank lacks, the stock of each field."""
    require(current_actor(), WRITE_PAPER)
    banks, typed = request.form.getlist("banks"), form_data()
    with look() as work:
        return render_template("training/papers/_check.html", typed=typed, show=showing, bands=list(Band), swapped=True,
                               counts=[name[2:] for name in typed if name.startswith("c-")], **_checked(work, typed, banks))


@blueprint.post("")
def create() -> Response:
    """Make it; what was typed comes back when it is refused. Picked ones go on to their questions."""
    return _save(None)


@blueprint.get("/<int:paper_id>/edit")
def edit_page(paper_id: int) -> str:
    """The editor of an existing one."""
    with look() as work:
        row = queries.paper_row(work.session, paper_id, work.actor)
        work.permit(WRITE_PAPER, row)
    if "kept" in request.args:
        version = request.args.get("version", "")
        return _form(kept_fields() | {"way": request.args.get("way", row.way)}, request.args.getlist("banks")[:100], {}, row=row,
                     version=int(version[:9]) if version.isdecimal() else row.version)
    return _form(typed_of(row), [str(one) for one in row.banks], {}, row=row, version=row.version)


def typed_of(row: PaperRow) -> dict[str, Any]:
    """The form of a kept paper."""
    typed: dict[str, Any] = {"title": row.title, "about": row.about, "way": row.way, "pass_percent": row.pass_percent, "seed": row.seed,
                             "tolerance": row.tolerance}
    if row.blueprint is not None:
        it = blueprint_of(row.blueprint, row.pass_percent)
        for cell in it.cells:
            name = f"c-{cell.topic or 'any'}-{cell.kind or 'single'}"
            typed[name] = int(typed.get(name, 0)) + cell.count
            typed[f"p-{cell.kind or 'single'}"] = format(cell.points.normalize(), "f")
        if it.shares is not None:
            typed |= {f"share-{band}": share for band, share in zip(BANDS, it.shares, strict=True)}
        typed["points_wanted"] = "" if it.total is None else str(it.total)
    return typed


@blueprint.post("/<int:paper_id>/edit")
def edit(paper_id: int) -> Response:
    """Change it."""
    return _save(paper_id)


def _save(paper_id: int | None) -> Response:
    typed, banks, version = form_data(), request.form.getlist("banks"), wanted_version()
    if asked := typed.pop("write", ""):
        require(current_actor(), WRITE_PAPER)
        return write_one(typed, banks, paper_id, asked)
    wizard, then = typed.pop("wizard", ""), typed.pop("and", "")
    held: PaperRow | None = None
    if paper_id is not None:
        with look() as work:
            held = queries.paper_row(work.session, paper_id, work.actor)
            work.permit(WRITE_PAPER, held)
    try:
        data = load(PaperInput, from_form(typed, banks))
        with begin() as work:
            if paper_id is None:
                row = usecases.make_paper(work, draft_of(data))
            else:
                row = usecases.change_paper(work, paper_id, draft_of(data), version=version)
            if row.way == PaperWay.FIXED and not rows_of(work.session, row.id):
                usecases.compose_fixed(work, row.id)
            if then == "ready" and row.way != PaperWay.PICKED:
                usecases.ready(work, row.id)
    except Stale as error:
        said = sentence(N_("Somebody changed it meanwhile. Look at it again."))
        return make_response(_form(typed, banks, {}, row=held, why=said, version=error.version), 409)
    except BankTooSmall as error:
        with look() as work:
            told = showing.short_said(error.found, blueprint_in(data), queries.topic_names(work.session))
        return make_response(_form(typed, banks, {}, row=held, why=" ".join(told), version=version), error.status)
    except Refusal as error:
        told_to = form_refused(error)
        return make_response(_form(typed, banks, told_to.errors, row=held, why=told_to.why, version=version), error.status)
    flash(sentence(N_("%(number)s is kept."), {"number": row.number}), "ok")
    if row.way == PaperWay.PICKED and paper_id is None:
        return go(url_for(".pick_page", paper_id=row.id, wizard=wizard or None))
    if wizard:
        return go(f"{request.script_root}/training/exams/new?{urlencode([*parse_qsl(wizard)[:10], ('paper', row.id)])}")
    return go(url_for(".show", paper_id=row.id))


@blueprint.get("/<int:paper_id>")
def show(paper_id: int) -> str | Response:
    """One paper: its blueprint or its questions, what is short or stale, what may be done."""
    return _page(paper_id)


def _page(paper_id: int, why: str = "") -> str:
    with look() as work:
        work.permit(SEE_PAPERS)
        row, line = queries.paper_row(work.session, paper_id, work.actor), queries.paper_line(work.session, paper_id)
        asked = queries.questions_asked(work.session, row)
        it = None if row.blueprint is None else blueprint_of(row.blueprint, row.pass_percent)
        found = None if it is None else queries.check(work.session, it, row.banks)
        topics = queries.topic_names(work.session)
        named = dict(queries.banks_open(work.session))
        return render_template(
            "training/papers/show.html", row=row, line=line, asked=asked, it=it, check=found, why=why, show=showing, topics=topics,
            sentences=showing.sentences_of(found, topics) if found is not None else [], bands=list(Band),
            lacks=showing.to_write(found, topics) if found is not None else [],
            may_write=can(work.actor, WRITE_PAPER), banks=[named.get(one, str(one)) for one in row.banks],
            exams=queries.used_by(work.session, paper_id),
            stale=sum(one.stale for one in asked), usual=PaperWay)


@blueprint.get("/<int:paper_id>/pick")
def pick_page(paper_id: int) -> str:
    """Pick questions: what stands in the paper, and a searchable list of those that could."""
    return _pick(paper_id)


def _pick(paper_id: int, *, why: str = "") -> str:
    asked = query_data(PickFilters)
    with look() as work:
        row = queries.paper_row(work.session, paper_id, work.actor)
        work.permit(WRITE_PAPER, row)
        held = queries.questions_asked(work.session, row)
        lines, total = queries.choosable(work.session, q=asked["q"], topic=asked["topic"], kind=asked["kind"], band=asked["band"],
                                         banks=row.banks, without=[one.id for one in held], skip=asked["cursor"], limit=PAGE)
        line = queries.paper_line(work.session, paper_id)
        topics = [(int(one), name) for one, name in queries.topic_names(work.session).items()]
    following = asked["cursor"] + PAGE
    return render_template("training/papers/pick.html", row=row, line=line, held=held, lines=lines, total=total, asked=asked, why=why,
                           topics=topics, show=showing, kinds=[(one.value, sentence(one.label)) for one in Kind],
                           bands=[(one.value, sentence(one.label)) for one in Band], wizard=request.values.get("wizard", "")[:1000],
                           next_cursor=following if following < total else None)


@blueprint.post("/<int:paper_id>/pick")
def pick(paper_id: int) -> Response:
    """The questions as they stand in the form, in their order, with those ticked in the list behind them; or one put in or out."""
    form, version = request.form, wanted_version()
    wanted = [{"question_id": one, "points": form.get(f"points-{one}") or None} for one in form.getlist("question")
              if one not in form.getlist("out")]
    wanted += [{"question_id": one} for one in form.getlist("into")]
    if (moved := form.get("up")) is not None:
        at = next((place for place, one in enumerate(wanted) if one["question_id"] == moved), 0)
        if at:
            wanted[at - 1], wanted[at] = wanted[at], wanted[at - 1]
    try:
        data = load(PickInput, {"questions": wanted})
        with begin() as work:
            usecases.pick(work, paper_id, [(one["question_id"], one["points"]) for one in data["questions"]], version=version)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_pick(paper_id, why=told.said), error.status)
    return go(f"{url_for('.pick_page', paper_id=paper_id)}?{urlencode(request.args.to_dict())}")


@blueprint.post("/<int:paper_id>/<any(ready, reopen, withdraw, copy, compose, refresh):verb>")
def act(paper_id: int, verb: str) -> Response:
    """Make it ready, open it again, withdraw, copy, compose or refresh it."""
    typed = form_data()
    wizard = typed.pop("wizard", "")
    try:
        with begin() as work:
            if verb == "compose":
                shown = usecases.compose_fixed(work, paper_id, seed=load(SeedInput, typed)["seed"], version=wanted_version())
            elif verb == "withdraw":
                shown = usecases.withdraw(work, paper_id, reason=load(ReasonInput, typed)["reason"], version=wanted_version())
            elif verb == "copy":
                shown = usecases.copy_paper(work, paper_id)
            elif verb == "refresh":
                usecases.refresh(work, paper_id)
                shown = work.get(PaperRow, paper_id)
            else:
                shown = {"ready": usecases.ready, "reopen": usecases.reopen}[verb](work, paper_id, version=wanted_version())
    except BankTooSmall as error:
        with look() as work:
            row = queries.paper_row(work.session, paper_id, work.actor)
            told = _told(work, row, error)
        return make_response(_page(paper_id, told), error.status)
    except Refusal as error:
        return make_response(_page(paper_id, form_refused(error).said), error.status)
    flash(sentence(SAID[verb]), "ok")
    if wizard and verb == "ready":
        return go(f"{request.script_root}/training/exams/new?{urlencode([*parse_qsl(wizard)[:10], ('paper', shown.id)])}")
    return go(url_for(".show", paper_id=shown.id))


def _told(work: Work, row: PaperRow, error: BankTooSmall) -> str:
    """What the bank lacks, each thing with its number."""
    it = blueprint_of(row.blueprint or {}, row.pass_percent)
    return " ".join(showing.short_said(error.found, it, queries.topic_names(work.session)))


@blueprint.get("/<int:paper_id>/preview")
def preview(paper_id: int) -> str | Response:
    """A paper as people would get it: three of them side by side where everybody gets another one, with equal difficulty shown."""
    asked = query_data(PreviewQuery)
    with look() as work:
        work.permit(SEE_PAPERS)
        row = queries.paper_row(work.session, paper_id, work.actor)
        try:
            found = queries.preview(work.session, row, seed=asked["seed"])
        except BankTooSmall as error:
            return make_response(_page(paper_id, _told(work, row, error)), error.status)
        counts = [{band: sum(one.band == band for one in its) for band in BANDS} for its in found.papers]
        return render_template("training/papers/preview.html", row=row, line=queries.paper_line(work.session, paper_id), found=found,
                               counts=counts, bands=list(Band), show=showing,
                               points=[sum((one.points for one in its), Decimal(0)) for its in found.papers])


@blueprint.get("/<int:paper_id>/print")
def print_page(paper_id: int) -> str | Response:
    """The paper on paper, as a candidate sees it; with its key for who may write papers. Of one that differs for each, the first."""
    asked = query_data(PreviewQuery)
    with look() as work:
        work.permit(SEE_PAPERS)
        row = queries.paper_row(work.session, paper_id, work.actor)
        if asked["key"]:
            work.permit(WRITE_PAPER, row)
        try:
            found = queries.preview(work.session, row, people=(1,), seed=asked["seed"])
        except BankTooSmall as error:
            return make_response(_page(paper_id, _told(work, row, error)), error.status)
        sheets = showing.sheets(queries.contents(work.session, [one.version_id for one in found.papers[0]]), found.papers[0],
                                key=asked["key"])
        return render_template("training/papers/print.html", row=row, line=queries.paper_line(work.session, paper_id), sheets=sheets,
                               show=showing, seed=found.seed, key=asked["key"])
