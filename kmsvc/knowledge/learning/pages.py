"""Pages of learning from use: what it changed, its log, what is switched off; switch off and on, reset and take the reset back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import table_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.options import value
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, go, load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.knowledge.learning import queries, usecases
from kmsvc.knowledge.learning.limits import LEAST_PEOPLE, MOST_PLACES, ON
from kmsvc.knowledge.learning.permissions import KEEP_LEARNED
from kmsvc.knowledge.learning.queries import LearnedView
from kmsvc.knowledge.learning.rules import Cause
from kmsvc.knowledge.learning.schemas import HEAD, LearnedFilters, WhyInput, export_rows

blueprint = Blueprint("knowledge_learning_pages", __name__, url_prefix="/knowledge/learning")

PAGE = 50


@blueprint.get("")
def index() -> str | Response:
    """What use has moved, or the log, or what is switched off."""
    return _page("")


def _page(why: str, errors: Mapping[str, Any] | None = None) -> str | Response:
    require(current_actor(), KEEP_LEARNED)
    asked = query_data(LearnedFilters)
    view = LearnedView(asked["view"] or LearnedView.NOW)
    with look() as work:
        start, some = (0, queries.MOST) if asked["format"] else (asked["cursor"], PAGE)
        lines = queries.learned_lines(work.session, work.actor, view, asked["q"], start=start, limit=some)
        if asked["format"]:
            return table_answer(asked["format"], label(view), [sentence(one) for one in HEAD],
                                export_rows(lines, lambda at: local(at, settings().timezone)), name=f"learned-{today().isoformat()}")
        total = queries.count_learned(work.session, work.actor, view, asked["q"])
        return render_template(
            "knowledge/learning/index.html", asked=asked, view=view, views=list(LearnedView), lines=lines,
            total=total, next_cursor=start + PAGE if start + PAGE < total else None, why=why, Cause=Cause,
            errors=errors or {}, typed=request.form.get("reason"), sent=request.path if errors else "",
            is_on=value(work.session, ON), least=value(work.session, LEAST_PEOPLE), most=value(work.session, MOST_PLACES),
            reset=queries.reset_that_stands(work.session))


@blueprint.post("/<int:learned_id>/off")
def off(learned_id: int) -> Response:
    """Not this one."""
    return _act(lambda work: usecases.switch_off(work, learned_id, reason=load(WhyInput)["reason"]),
                N_("Switched off. The next search goes by it."))


@blueprint.post("/off/<int:off_id>/on")
def on(off_id: int) -> Response:
    """This one again."""
    return _act(lambda work: usecases.switch_on(work, off_id),
                N_("It may be moved up again; what use says is worked out within the hour."))


@blueprint.post("/reset")
def reset() -> Response:
    """Forget all."""
    return _act(lambda work: usecases.reset(work, reason=load(WhyInput)["reason"]),
                N_("All that was learned is forgotten. It can be taken back."))


@blueprint.post("/reset/<int:reset_id>/undo")
def undo(reset_id: int) -> Response:
    """Take the reset back."""
    return _act(lambda work: usecases.undo_reset(work, reset_id), N_("The reset is taken back; what was learned stands again."))


def _act(run: Callable[[Work], Any], said: str) -> Response:
    try:
        with begin() as work:
            run(work)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(told.why, told.errors), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".index"))
