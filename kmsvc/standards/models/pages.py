"""Pages of standards: the list of editions, one with its clauses and levels, a clause; all of it out as files. Source: E1, E15, E19."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.standards.models import panels, queries, showing
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.permissions import KEEP_STANDARDS, READ_LICENSED, SEE_STANDARDS
from kmsvc.standards.models.rules import borders
from kmsvc.standards.models.schemas import (
    ClausesAsked,
    ModelFileAsked,
    ModelsAsked,
    TakeBackInput,
    TemplateAsked,
    filters_of,
)
from kmsvc.standards.models.sheets import COLUMNS, MAPPING, SHEETS, lines_of, mapping_lines
from kmsvc.standards.models.usecases import can_take_back, take_back

blueprint = Blueprint("standards_models_pages", __name__, url_prefix="/standards/models")
PAGE = 250


@blueprint.get("")
def index() -> str | Response:
    """Every standard with its editions."""
    asked = query_data(ModelsAsked)
    with look() as work:
        work.permit(SEE_STANDARDS)
        lines = queries.sought(queries.model_lines(work.session), asked["q"])
        if asked["format"]:
            return list_answer(asked["format"], N_("Standards as data"), showing.MODELS_HEAD, [showing.model_row(one) for one in lines],
                               name="standards")
        return render_template("standards/models/index.html", asked=asked, lines=lines, show=showing,
                               keeps=can(work.actor, KEEP_STANDARDS))


def seen_model(work: Work, model_id: int) -> StandardModel:
    """A standard, for whoever may see standards."""
    work.permit(SEE_STANDARDS)
    return work.get(StandardModel, model_id)


@blueprint.get("/<int:model_id>")
def show(model_id: int) -> str | Response:
    """One edition: its clauses by section, its levels and what they ask for."""
    return _page(model_id)


def _page(model_id: int, *, refused: tuple[dict[str, Any], dict[str, Any], str] | None = None) -> str | Response:
    asked = query_data(ClausesAsked)
    with look() as work:
        row = seen_model(work, model_id)
        every = queries.clauses_of(work.session, row.id)
        found = queries.narrowed(every, filters_of(asked), row.frame.get("signs", {}))
        if asked["format"]:
            return list_answer(asked["format"], showing.title_of(row), showing.CLAUSES_HEAD, [showing.clause_row(one) for one in found],
                               name=f"clauses-{row.code}")
        start = asked["cursor"] or 0
        sections = queries.sections_of(work.session, row.id)
        last = row.frame.get("last_chapter")
        return render_template(
            "standards/models/show.html", model=row, asked=asked, lines=found[start:start + PAGE], total=len(found), every=every,
            next_cursor=start + PAGE if start + PAGE < len(found) else None, show=showing,
            titles={one.number: showing.title_of_section(one) for one in sections},
            sections=[(one.number, f"{one.number} {showing.title_of_section(one)}") for one in sections],
            cycles=[(code, sentence(word)) for code, word in showing.CYCLES.items()], signs=row.frame.get("signs", {}),
            records=[(code, sentence(word)) for code, word in showing.RECORDS.items()],
            borders=borders(row.frame.get("levels", []), row.frame.get("bases", {}), sum(
                one.sub is None and one.section.partition(".")[0] == last for one in every)),
            editions=[one for one in queries.model_lines(work.session) if one.code == row.code],
            panels=panels.of_model(work, row, today()), keeps=can(work.actor, KEEP_STANDARDS), refused=refused,
            licensed=can(work.actor, READ_LICENSED), back=can_take_back(row))


@blueprint.get("/clauses/<int:clause_id>")
def clause(clause_id: int) -> str:
    """One clause: what it asks for, what proves it, and the doors from there."""
    with look() as work:
        work.permit(SEE_STANDARDS)
        one = work.get(Clause, clause_id)
        model = work.get(StandardModel, one.model_id)
        every = queries.clauses_of(work.session, model.id)
        at = next((place for place, it in enumerate(every) if it.id == one.id), None)
        texts = queries.licensed_texts(work.session, [one.id]) if can(work.actor, READ_LICENSED) else {}
        section = next((it for it in queries.sections_of(work.session, model.id) if it.number == one.section), None)
        return render_template(
            "standards/models/clause.html", clause=one, model=model, show=showing, text=texts.get(one.id),
            section=showing.title_of_section(section) if section else "", sign=model.frame.get("signs", {}).get(one.name),
            before=every[at - 1] if at else None, after=every[at + 1] if at is not None and at + 1 < len(every) else None,
            subs=[it for it in every if it.no == one.no and it.sub is not None] if one.sub is None else [],
            others=queries.correspondences(work.session, one.id), panels=panels.of_clause(work, one, model, today()))


@blueprint.get("/<int:model_id>/file")
def take_away(model_id: int) -> Response:
    """The whole edition as YAML, or its clauses or correspondences as a sheet; an import takes each again."""
    asked = query_data(ModelFileAsked)
    with look() as work:
        row = seen_model(work, model_id)
        if asked["licensed"]:
            work.permit(READ_LICENSED)
            work.permit(KEEP_STANDARDS)
        form = asked["format"] or "yaml"
        name = f"{row.code}-{row.edition}"
        if form == "yaml":
            answer = Response(queries.as_yaml(work.session, row, licensed=asked["licensed"]), mimetype="application/yaml")
            answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.yaml"
            answer.headers["Cache-Control"] = "no-store"
            return answer
        columns, rows = (MAPPING, mapping_lines(work.session, row)) if asked["sheet"] == "mappings" else (
            COLUMNS, lines_of(work.session, row, licensed=asked["licensed"]))
        return table_answer(form, showing.title_of(row), [sentence(head) for _, head, _ in columns], rows,
                            name=f"{name}-{asked['sheet'] or 'clauses'}")


@blueprint.get("/template")
def template() -> Response:
    """An empty sheet with the headings of the reader's language."""
    asked = query_data(TemplateAsked)
    with look() as work:
        work.permit(KEEP_STANDARDS)
    sheet = asked["sheet"] or "clauses"
    return table_answer(asked["format"] or "xlsx", sentence(N_("Standards as data")),
                        [sentence(head) for _, head, _ in SHEETS[sheet]], [], name=f"{sheet}-template")


@blueprint.post("/<int:model_id>/take_back")
def back(model_id: int) -> Response:
    """Take the last import back."""
    typed = form_data()
    try:
        data = load(TakeBackInput, {"reason": typed.get("reason", "")})
        with begin() as work:
            stays = take_back(work, model_id, reason=data["reason"], version=wanted_version())
    except NotFound:
        raise
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(model_id, refused=(typed, told.errors, told.said)), error.status)
    flash(sentence(N_("The last import is taken back.")), "ok")
    return go(url_for(".show", model_id=model_id) if stays else url_for(".index"))
