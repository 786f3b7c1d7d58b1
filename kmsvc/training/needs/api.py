"""Surveys as JSON: the list, one with the proof of its steps and what may be done, questionnaires, answers, figures, interviews."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.needs import answering, counting, designing, queries, usecases, verbs
from kmsvc.training.needs.models import Campaign
from kmsvc.training.needs.permissions import SEE_NEEDS
from kmsvc.training.needs.schemas import (
    AnswerInput,
    CampaignInput,
    CampaignsQuery,
    FormInput,
    InterviewInput,
    StatisticsQuery,
    card_json,
    figure_json,
    form_json,
    form_text,
    interview_json,
    line_json,
)

blueprint = Blueprint("training_needs_api", __name__, url_prefix="/api/v1/training/needs")


@blueprint.get("")
@says(query=CampaignsQuery)
def list_campaigns() -> Response:
    """Surveys, newest first."""
    require(current_actor(), SEE_NEEDS)
    asked = query_data(CampaignsQuery)
    with look() as work:
        lines, following = queries.campaign_lines(work.session, work.actor, q=asked["q"], year=asked["year"], state=asked["state"],
                                                  before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=CampaignInput, status=201)
def create() -> Response:
    """Begin the survey of a year."""
    data = load(CampaignInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.plan_campaign(work, year=data["year"], due_on=data["due_on"], purpose=data["purpose"], today=today())
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:campaign_id>")
def show(campaign_id: int) -> Response:
    """One survey with the proof of its steps and what this caller may do with it now."""
    with look() as work:
        body = _whole(work, campaign_id)
        return reply(body, version=body["version"])


def _whole(work: Work, campaign_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.campaign_card(work, campaign_id)
    return card_json(card, verbs.offers_for(work.actor, queries.visible(work.session, work.actor, campaign_id), card, today()))


@blueprint.get("/<int:campaign_id>/forms")
def list_forms(campaign_id: int) -> Response:
    """Its questionnaires."""
    with look() as work:
        return reply(page([form_json(one) for one in queries.campaign_card(work, campaign_id).forms]))


def _form(work: Work, campaign_id: int, form_id: int) -> dict[str, Any]:
    work.session.flush()
    found = next((one for one in queries.campaign_card(work, campaign_id).forms if one.id == form_id), None)
    if found is None:
        raise NotFound()
    return form_json(found)


@blueprint.post("/<int:campaign_id>/forms")
@says(body=FormInput)
def add_form(campaign_id: int) -> Response:
    """Add a questionnaire."""
    data = load(FormInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = designing.add_form(work, campaign_id, form_text(data))
        return _form(work, campaign_id, row.id), 200, row.version
    return posting(effect)


@blueprint.get("/<int:campaign_id>/forms/<int:form_id>")
def show_form(campaign_id: int, form_id: int) -> Response:
    """One questionnaire."""
    with look() as work:
        body = _form(work, campaign_id, form_id)
        return reply(body, version=body["version"])


@blueprint.post("/<int:campaign_id>/forms/<int:form_id>")
@says(body=FormInput)
def change_form(campaign_id: int, form_id: int) -> Response:
    """Put a questionnaire as given."""
    data, version = load(FormInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        designing.change_form(work, campaign_id, form_id, form_text(data), version=version)
        body = _form(work, campaign_id, form_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _form(work, campaign_id, form_id))


@blueprint.post("/<int:campaign_id>/forms/<int:form_id>/remove")
def remove_form(campaign_id: int, form_id: int) -> Response:
    """Take a questionnaire away."""
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        designing.remove_form(work, campaign_id, form_id, version=version)
        return _whole(work, campaign_id), 200, None
    return posting(effect)


@blueprint.get("/<int:campaign_id>/answer")
def my_form(campaign_id: int) -> Response:
    """The questionnaire this caller was sent; with the answers, where it is named."""
    with look() as work:
        return reply(_mine(work, campaign_id))


def _mine(work: Work, campaign_id: int) -> dict[str, Any]:
    campaign, asked, form = answering.my_form(work, campaign_id)
    return {"id": campaign.id, "number": campaign.number, "state": campaign.state, "due_on": campaign.due_on, "title": form.title,
            "intro": form.intro, "anonymous": form.anonymous, "questions": form.questions, "answered_on": asked.answered_on,
            "answers": answering.my_answers(work, asked)}


@blueprint.post("/<int:campaign_id>/answer")
@says(body=AnswerInput)
def answer(campaign_id: int) -> Response:
    """Answer it. An Idempotency-Key keeps the answer of this call, in which nothing anonymous stands."""
    data = load(AnswerInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        answering.answer_needs(work, campaign_id, data["answers"], today=today())
        work.session.flush()
        return _mine(work, campaign_id), 200, None
    return posting(effect)


@blueprint.get("/<int:campaign_id>/statistics")
@says(query=StatisticsQuery)
def statistics(campaign_id: int) -> Response:
    """Figures of each questionnaire, or of one post or unit; with `key` what stands behind a figure."""
    asked = query_data(StatisticsQuery)
    with look() as work:
        row = queries.visible(work.session, work.actor, campaign_id)
        forms = [one for one in usecases.forms_of(work, row.id) if asked["form"] in (None, one.id)] if row.closed_at else []
        group = (asked["by"], asked["group"]) if asked["by"] and asked["group"] else (None, None)
        if asked["key"]:
            found = counting.behind(work.session, forms[0], asked["key"], asked["value"], *group) if asked["form"] and forms else None
            if found is None:
                raise NotFound()
            return reply({"n": found.n, "of": found.of, "people": found.people,
                          "groups": [{"name": name, "n": n} for name, n in found.groups]})
        return reply(page([figure_json(counting.figures_of(work.session, one, *group)) for one in forms]))


@blueprint.get("/<int:campaign_id>/interviews")
def list_interviews(campaign_id: int) -> Response:
    """Those drawn, in the order of the draw."""
    with look() as work:
        row = queries.visible(work.session, work.actor, campaign_id)
        return reply(page([interview_json(one) for one in queries.interview_lines(work.session, row)]))


@blueprint.get("/<int:campaign_id>/interviews/<int:interview_id>")
def show_interview(campaign_id: int, interview_id: int) -> Response:
    """One interview."""
    with look() as work:
        _, line = queries.interview_of(work.session, work.actor, campaign_id, interview_id)
        return reply(interview_json(line), version=line.version)


@blueprint.post("/<int:campaign_id>/interviews/<int:interview_id>")
@says(body=InterviewInput)
def note_interview(campaign_id: int, interview_id: int) -> Response:
    """Keep what it said, or why it was not held."""
    data, version = load(InterviewInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        answering.note_interview(work, campaign_id, interview_id, today=today(), version=version, **data)
        work.session.flush()
        line = queries.interview_of(work.session, work.actor, campaign_id, interview_id)[1]
        return interview_json(line), 200, line.version
    return posting(effect, theirs=lambda work: interview_json(queries.interview_of(work.session, work.actor, campaign_id,
                                                                                   interview_id)[1]))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(campaign_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, verbs.VERBS, Campaign, campaign_id, name, data, today(), version)
            return _whole(work, row.id), 200, row.version
        return posting(effect, theirs=lambda work: _whole(work, campaign_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:campaign_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
