"""Inputs and answers of surveys: plan, questionnaires, answers, interviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.training.needs.counting import FormFigure
from kmsvc.training.needs.designing import FormText
from kmsvc.training.needs.queries import CampaignCard, CampaignLine, FormLine, InterviewLine
from kmsvc.training.needs.rules import LONGEST, CampaignState, Grade, QuestionKind

STATES = [*(one.value for one in CampaignState), "live"]
CONFIRMS = ("yes", "partly", "no")
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}


class CampaignInput(InputSchema):
    """The survey of which year, and by when everybody answers."""

    year = Whole(required=True, validate=validate.Range(min=2000, max=2200), error_messages=NEEDED, metadata={"label": N_("Year")})
    due_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("Answers by")})
    purpose = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["purpose"]),
                   metadata={"label": N_("What to look at most")})


class QuestionInput(InputSchema):
    """A question of a questionnaire. key: of one that is there already; options: of single and multiple."""

    key = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Key of the question")})
    kind = fields.String(required=True, validate=validate.OneOf([one.value for one in QuestionKind]),
                         error_messages=NEEDED, metadata={"label": N_("Kind of question")})
    text = Line(required=True, validate=validate.Length(max=LONGEST["question"]), error_messages=NEEDED,
                metadata={"label": N_("Question asked")})
    options = fields.List(Line(validate=validate.Length(max=LONGEST["option"])), load_default=list,
                          metadata={"label": N_("Answers to choose from")})
    required = fields.Boolean(load_default=False, metadata={"label": N_("Must be answered")})
    wish = fields.Boolean(load_default=False, metadata={"label": N_("Counts as a wish")})


class FormInput(InputSchema):
    """A questionnaire. posts: ids; grades: codes; none is everybody."""

    title = Line(required=True, validate=validate.Length(min=1, max=LONGEST["title"]), error_messages=NEEDED,
                 metadata={"label": N_("Title of the questionnaire")})
    intro = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["intro"]),
                 metadata={"label": N_("What stands above the questions")})
    posts = fields.List(Whole(validate=validate.Range(min=1)), load_default=list, metadata={"label": N_("Posts")})
    grades = fields.List(fields.String(validate=validate.OneOf([one.value for one in Grade])), load_default=list,
                         metadata={"label": N_("Grades")})
    anonymous = fields.Boolean(load_default=True, metadata={"label": N_("Anonymous")})
    questions = fields.List(fields.Nested(QuestionInput), required=True, error_messages=NEEDED,
                            metadata={"label": N_("Questions of the questionnaire")})


class AnswerInput(InputSchema):
    """What is answered: key of the question -> an option, a list of options, 1 to 5, words."""

    answers = fields.Dict(keys=fields.String(validate=validate.Length(max=20)), required=True, error_messages=NEEDED,
                          metadata={"label": N_("Answers of the questionnaire")})


class InterviewInput(InputSchema):
    """What an interview said; or why it was not held."""

    held_on = Day(load_default=None, allow_none=True, metadata={"label": N_("Held on")})
    confirms = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(CONFIRMS),
                             metadata={"label": N_("Does it confirm the survey?")})
    note = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["note"]),
                metadata={"label": N_("Said in the interview")})
    skipped = Line(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST["reason"]),
                   metadata={"label": N_("Why it was not held")})


class CampaignFilters(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    state = Choice(STATES)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = Choice(["csv", "xlsx"])


class CampaignsQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    state = Choice(STATES)


class StatisticsQuery(InputSchema):
    """Which group is counted, or what stands behind a figure. by with group: a post or unit; key with value: an answer."""

    form = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    by = Choice(["post", "unit"])
    group = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    key = Line(load_default=None, allow_none=True, validate=validate.Length(max=20))
    value = Line(load_default=None, allow_none=True, validate=validate.Length(max=100))
    format = Choice(["csv", "xlsx"])


class HurtsQuery(InputSchema):
    """What hurts in a year, from every source or some."""

    year = Whole(load_default=None, allow_none=True, validate=validate.Range(min=2000, max=2200))
    source = Words(most=8)
    format = Choice(["csv", "xlsx"])


def form_text(data: Mapping[str, Any]) -> FormText:
    """The questionnaire in a loaded input."""
    return FormText(data["title"], data["questions"], data["posts"], data["grades"], data["anonymous"], data["intro"])


def line_json(line: CampaignLine) -> dict[str, Any]:
    """A survey in a list, as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "year": line.year, "state": line.state, "due_on": line.due_on,
            "asked": line.asked, "answered": line.answered, "interviews": line.interviews, "held": line.held,
            "planned_by": line.planned_by, "signed_by": line.signed_by or None, "signed_at": line.signed_at, "url": line.url}


def form_json(form: FormLine) -> dict[str, Any]:
    """A questionnaire, as JSON."""
    return {"id": form.id, "version": form.version, "title": form.title, "intro": form.intro, "posts": list(form.post_ids),
            "grades": list(form.grades), "anonymous": form.anonymous, "questions": [dict(one) for one in form.questions],
            "people": form.people, "answered": form.answered}


def interview_json(one: InterviewLine) -> dict[str, Any]:
    """An interview, as JSON."""
    return {"id": one.id, "version": one.version, "place": one.place, "person": one.person, "held_on": one.held_on,
            "confirms": one.confirms, "note": one.note, "skipped": one.skipped, "noted_by": one.noted_by or None,
            "noted_at": one.noted_at, "url": one.url}


def card_json(card: CampaignCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """A survey with the proof of its steps and what this caller may do."""
    return line_json(card.line) | {
        "purpose": card.purpose, "without_questionnaire": card.nobody, "forms": [form_json(one) for one in card.forms],
        "steps": [{"step": one.step, "verb": one.verb, "person": one.person or None, "at": one.at, "facts": dict(one.facts)}
                  for one in card.steps],
        "seed": card.seed, "share": card.share, "population": card.population, "draw_repeats": card.repeats, "met_on": card.met_on,
        "minutes": card.minutes, "decisions": card.decisions, "attendees": list(card.attendees), "conclusion": card.conclusion,
        "record": card.record, "reason": card.reason, "content_hash": card.content_hash, "whole": card.is_whole,
        "allowed": allowed_json(f"/api/v1/training/needs/{card.line.id}", offers)}


def figure_json(one: FormFigure) -> dict[str, Any]:
    """The figures of a questionnaire, as JSON."""
    return one.as_json() | {"id": one.id, "groups": {name: [{"id": key, "name": word, "answers": n} for key, word, n in its]
                                                     for name, its in one.groups.items()}}


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, with self-contained schemas."""
    return [{"verb": one.verb, "href": f"{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]
