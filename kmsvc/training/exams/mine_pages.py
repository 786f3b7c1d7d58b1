"""My exams: open now, to come, waiting for results, past with what was released; as a calendar file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import look, settings
from kmsvc.training.exams import mine, showing
from kmsvc.training.exams.permissions import SEE_MY_EXAMS
from kmsvc.training.plans.ical import written

blueprint = Blueprint("training_exams_mine", __name__, url_prefix="/training/exams/mine")


@blueprint.get("")
def index() -> str:
    """The own exams, by what is to be done."""
    with look() as work:
        work.permit(SEE_MY_EXAMS)
        held = mine.mine(work.session, work.actor.person_id or 0, work.now)
        return render_template("training/exams/mine.html", groups=held, show=showing, now=work.now)


@blueprint.get("/calendar")
def calendar() -> Response:
    """Exams to come as a calendar file."""
    with look() as work:
        work.permit(SEE_MY_EXAMS)
        held = mine.mine(work.session, work.actor.person_id or 0, work.now)
        body = written(mine.calendar_events([*held["open"], *held["ahead"]]), settings().base_url, sentence(N_("My exams")),
                       work.now)
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "attachment; filename=exams.ics"
    answer.headers["Cache-Control"] = "no-store"
    return answer
