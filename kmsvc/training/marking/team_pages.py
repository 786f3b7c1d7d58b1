"""Pages of a team's exams: how far its people are, and their results once they are released; each look at names is noted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template

from kmsvc.convert.sending import list_answer
from kmsvc.core.api import cursor_id
from kmsvc.core.i18n import label, local
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, look, query_data, settings
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.showing import state_of
from kmsvc.training.marking import showing, teams
from kmsvc.training.marking.looking import note_results
from kmsvc.training.marking.schemas import TeamQuery

blueprint = Blueprint("training_team_pages", __name__, url_prefix="/training/marking/team")
PAGE = 50
MOST_EXPORTED = 5_000
LIST_HEAD = (N_("Number"), N_("Exam"), N_("State"), N_("Opens"), N_("People"), N_("Begun"), N_("Papers handed in"), N_("Passed"))
TEAM_HEAD = (N_("Person"), N_("Unit"), N_("Where they stand"), N_("Exam attempt"), N_("Handed in at"), N_("Points"), N_("Of"),
             N_("Per cent"))


@blueprint.get("")
def index() -> str | Response:
    """Exams with people of the team on their list."""
    asked = query_data(TeamQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        rows, total = teams.team_exams(work.session, work.actor, work.now, q=asked["q"], skip=0 if asked["format"] else start,
                                       limit=MOST_EXPORTED if asked["format"] else PAGE)
    if asked["format"]:
        return list_answer(asked["format"], N_("Exams of my team"), LIST_HEAD, [
            [one.number, one.title, state_of(one.state, one.phase)[1], local(one.opens_at, settings().timezone), one.people, one.begun,
             one.handed_in, one.passed] for one in rows], name="team", more=total > MOST_EXPORTED)
    return render_template("training/marking/team.html", rows=rows, total=total, asked=asked, state_of=state_of,
                           next_cursor=start + PAGE if start + PAGE < total else None)


def lines_of(exam_id: int, asked: dict[str, Any]) -> tuple[Exam, list[teams.TeamLine]]:
    """The people of the team in an exam; that they were looked at is noted first (R-A8)."""
    with begin() as work:
        exam = teams.team_exam(work.session, work.actor, exam_id)
        lines = teams.team_lines(work.session, work.actor, exam, work.now)
        note_results(work, exam)
    words = (asked["q"] or "").casefold()
    return exam, [one for one in lines if (not words or words in one.name.casefold() or words in one.unit.casefold())
                  and (not asked["stand"] or one.stand == asked["stand"])]


@blueprint.get("/<int:marked_id>")
def show(marked_id: int) -> str | Response:
    """Who of the team stands where in one exam."""
    asked = query_data(TeamQuery)
    exam, lines = lines_of(marked_id, asked)
    if asked["format"]:
        return list_answer(asked["format"], N_("Exams of my team"), TEAM_HEAD, [
            [one.name, one.unit, label(one.stand), one.attempts, local(one.ended_at, settings().timezone) if one.ended_at else "",
             showing.points(one.score), showing.points(one.most), showing.percent(one.percent)] for one in lines], name=exam.number)
    return render_template("training/marking/team_exam.html", exam=exam, lines=lines, asked=asked, show=showing,
                           stands=[(one.value, label(one)) for one in teams.TeamStand])
