"""A team's exams as JSON: how far its people are, and their results once they are released; each look at names is noted."""

from __future__ import annotations

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import look, query_data
from kmsvc.training.marking import teams
from kmsvc.training.marking.schemas import TeamPeopleQuery, TeamQuery, team_exam_json, team_line_json
from kmsvc.training.marking.team_pages import lines_of

blueprint = Blueprint("training_team_api", __name__, url_prefix="/api/v1/training/marking/team")


@blueprint.get("")
@says(query=TeamQuery)
def list_exams() -> Response:
    """Exams with people of the team on their list, the latest first."""
    asked = query_data(TeamQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        rows, total = teams.team_exams(work.session, work.actor, work.now, q=asked["q"], skip=start, limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([team_exam_json(one) for one in rows], following if following < total else None, total=total))


@blueprint.get("/<int:marked_id>")
@says(query=TeamPeopleQuery)
def show_exam(marked_id: int) -> Response:
    """Who of the team stands where in one exam, with results once they are released; the look is noted."""
    asked = query_data(TeamPeopleQuery)
    exam, lines = lines_of(marked_id, asked)
    return reply({"id": exam.id, "number": exam.number, "title": exam.title, "state": exam.state,
                  "people": [team_line_json(one) for one in lines]})
