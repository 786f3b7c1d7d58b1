"""Inputs and answers of self-assessments as scripts see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, Day, InputSchema, Line, PageQuery, Text, Whole, Words
from kmsvc.core.texts import N_
from kmsvc.standards.assessments.campaign_rules import LONGEST, AnswerState, ImprovementState, RoundState
from kmsvc.standards.assessments.figures import Explained
from kmsvc.standards.assessments.models import ClauseAnswer
from kmsvc.standards.assessments.plan_queries import PlanCard, PlanLine
from kmsvc.standards.assessments.queries import AnswerLine, RoundCard, RoundLine
from kmsvc.standards.assessments.rounds import RoundPlan
from kmsvc.standards.assessments.rules import Item, name_of
from kmsvc.standards.assessments.simulating import Change, Simulated
from kmsvc.standards.assessments.standing import Part, Standing

NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
_YEAR = validate.Range(min=2000, max=2200)
_ID = validate.Range(min=1)
STATES = [one.value for one in RoundState]
ANSWER_STATES = ["gaps", "unproven", *(one.value for one in AnswerState)]
PLAN_STATES = ["open", *(one.value for one in ImprovementState)]
MARK_FILTERS = [f"{side}{mark}" for side in "cf" for mark in (10, 5, 0)]


def _more(label: str, **more: Any) -> dict[str, Any]:
    return {"load_default": None, "allow_none": True, "metadata": {"label": label}, **more}


class SelfAssessmentInput(InputSchema):
    """A round. sections: `1.1, 2`, the whole standard where empty; carry: answers of the earlier round are proposed."""

    title = Line(required=True, validate=validate.Length(max=LONGEST["title"]), error_messages=NEEDED, metadata={"label": N_("Title")})
    model = Line(required=True, validate=validate.Length(max=64), error_messages=NEEDED, metadata={"label": N_("Standard")})
    edition = Line(**_more(N_("Edition"), validate=validate.Length(max=64)))
    basis = Line(**_more(N_("How items are counted"), validate=validate.Length(max=64)))
    sections = Words(metadata={"label": N_("Only these sections")})
    lead = Whole(required=True, validate=_ID, error_messages=NEEDED, metadata={"label": N_("Who looks at the answers")})
    due_on = Day(required=True, error_messages=NEEDED, metadata={"label": N_("To be closed by")})
    target = Line(**_more(N_("Level aimed at"), validate=validate.Length(max=64)))
    unit = Whole(**_more(N_("Only this unit"), validate=_ID))
    earlier = Whole(**_more(N_("Earlier round"), validate=_ID))
    carry = fields.Boolean(load_default=False, metadata={"label": N_("Carry its answers over")})
    is_baseline = fields.Boolean(load_default=False, metadata={"label": N_("It is the baseline that later rounds are compared with")})
    purpose = Text(**_more(N_("What it is for"), validate=validate.Length(max=LONGEST["text"])))


def plan_of(data: dict[str, Any]) -> RoundPlan:
    """Loaded inputs as what a round is about."""
    return RoundPlan(**{name: value for name, value in data.items() if name not in ("model", "sections")}, code=data["model"],
                     sections=tuple(data["sections"] or ()))


class MarksFile(InputSchema):
    """A file of marks: one part named `file`, csv or xlsx, with the headings no, sub, c, f (and reason, strengths, gaps)."""

    dry_run = fields.Boolean(load_default=False, metadata={"label": N_("Only look")})


class RoundsNarrowed(InputSchema):
    """What the list of rounds is narrowed to. year: in which they are to be closed."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES, metadata={"label": N_("State")})
    year = Whole(load_default=None, allow_none=True, validate=_YEAR, metadata={"label": N_("Year")})
    model = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Standard")})


class AnswersNarrowed(InputSchema):
    """What answers are narrowed to. respondent: a person, 0 for nobody; mark: c10, f5 …; state: gaps are marks below 10, unproven has no
    record named."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(ANSWER_STATES, metadata={"label": N_("State")})
    section = Line(load_default=None, allow_none=True, validate=validate.Length(max=20), metadata={"label": N_("Section")})
    respondent = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0), metadata={"label": N_("Respondent")})
    mark = Choice(MARK_FILTERS, metadata={"label": N_("Side and mark")})


class PlansNarrowed(InputSchema):
    """What items of plans are narrowed to. own: those that one improves oneself."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(PLAN_STATES, metadata={"label": N_("State")})
    round = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Self-assessment")})
    own = fields.Boolean(load_default=False, metadata={"label": N_("Mine")})


class _Paged(InputSchema):
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0))
    format = Choice(["csv", "xlsx"])


class RoundsAsked(RoundsNarrowed, _Paged):
    """The filters of the page, all in the address."""


class RoundsQuery(PageQuery, RoundsNarrowed):
    """Filters of the list."""


class AnswersAsked(AnswersNarrowed, _Paged):
    """The filters of the page, all in the address."""


class AnswersQuery(PageQuery, AnswersNarrowed):
    """Filters of the list."""


class MineAsked(InputSchema):
    """The queue of one's own clauses. round: only of this one."""

    round = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Self-assessment")})


class PlansAsked(PlansNarrowed, _Paged):
    """The filters of the page, all in the address."""


class PlansQuery(PageQuery, PlansNarrowed):
    """Filters of the list."""


class SimulationQuery(InputSchema):
    """What is missing to a level. target: the next one where empty; items: what is done, like `12c 110.2f`, the whole way where it is
    not said, nothing where it is empty."""

    target = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Level aimed at")})
    items = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=4_000),
                          metadata={"label": N_("Marks to be raised")})


class ComparisonQuery(InputSchema):
    """The round a round is compared with; the one it names as earlier where empty."""

    other = Whole(load_default=None, allow_none=True, validate=_ID, metadata={"label": N_("Compared with the round")})


def allowed_json(base: str, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """What may be done, as the contract has it."""
    return [{"verb": one.verb, "href": f"/api/v1{base}/{one.verb}", "method": "POST", "forward": one.forward, "schema": one.schema}
            for one in offers]


def number(share: Fraction | None) -> float | None:
    """A share from 0 to 1."""
    return None if share is None else round(float(share), 6)


def round_json(one: RoundLine) -> dict[str, Any]:
    """A round in a list, as JSON."""
    return {**asdict(one), "unit": one.unit or None, "url": one.url}


def part_json(one: Part) -> dict[str, Any]:
    """A chapter or section of a round."""
    return {"number": one.number, "title_zh": one.title_zh, "title_en": one.title_en, "assessed": one.progress.assessed,
            "met": one.progress.met, "items": one.progress.of, "c_rate": number(one.c), "f_rate": number(one.f), "points": one.points,
            "most": one.most}


def standing_json(it: Standing) -> dict[str, Any]:
    """How a round stands; rates from 0 to 1. level: by marks alone; attained: with the rule of one level at a time."""
    return {"basis": it.scored.basis, "assessed": it.progress.assessed, "met": it.progress.met, "items": it.progress.of,
            "total": it.scored.total, "max_total": it.scored.max_total, "level": it.scored.level if it.whole else None,
            "earlier": it.earlier, "attained": it.attained, "whole": it.whole,
            "rates": {"c_rate": number(it.scored.rates.c), "f_rate": number(it.scored.rates.f), "c_rate_5": number(it.scored.rates.c_5),
                      "f_rate_5": number(it.scored.rates.f_5)},
            "checks": [{"level": one.level.level, "passed": one.passed, "failed": list(one.failed)} for one in it.scored.checks],
            "chapters": [part_json(one) for one in it.chapters], "sections": [part_json(one) for one in it.sections]}


def round_card_json(card: RoundCard, standing: Standing, offers: Sequence[Offer], *, sees: bool) -> dict[str, Any]:
    """One round and what this caller may do. How it stands and who answers is for those who see rounds."""
    row = card.row
    body = round_json(card.line) | {
        "purpose": row.purpose, "sections": row.sections, "unit_id": row.unit_id, "earlier_id": row.earlier_id, "reason": row.reason,
        "conclusion": row.conclusion, "opened_at": row.opened_at, "closed_at": row.closed_at, "made_by": row.made_by_id,
        "allowed": allowed_json(card.line.url, offers)}
    if not sees:
        return body
    return body | {
        "standing": standing_json(standing),
        "people": [{"person_id": person, "name": name or None, "states": dict(states)} for person, name, states in card.by_person],
        "results": [{"no": one.no, "closed_on": one.closed_on, "level": one.level, "conclusion": one.conclusion, "digest": one.digest,
                     "by": one.by_id, "at": one.at, "total": one.body["total"], "max_total": one.body["max_total"],
                     "assessed": one.body["assessed"], "met": one.body["met"]} for one in card.results]}


def answer_json(one: AnswerLine) -> dict[str, Any]:
    """An answer in a list, as JSON."""
    return {**asdict(one), "url": one.url}


def answer_card_json(line: AnswerLine, row: ClauseAnswer, offers: Sequence[Offer]) -> dict[str, Any]:
    """One answer and what this caller may do."""
    return answer_json(line) | {
        "reason": row.reason, "strengths": row.strengths, "effort_days": row.effort_days, "aimed_by": row.due_on, "proof": row.proof,
        "carried": row.carried, "remark": row.remark, "answered_by": row.answered_by_id, "answered_at": row.answered_at,
        "judged_by": row.judged_by_id, "judged_at": row.judged_at, "allowed": allowed_json(line.url, offers)}


def plan_json(one: PlanLine) -> dict[str, Any]:
    """An item of a plan in a list, as JSON."""
    return {**asdict(one), "url": one.url}


def plan_card_json(card: PlanCard, offers: Sequence[Offer]) -> dict[str, Any]:
    """One item of a plan with what was done, oldest first, and what this caller may do."""
    return plan_json(card.line) | {
        "answer_id": card.answer.id, "gaps": card.answer.gaps, "made_by": card.row.made_by_id, "made_at": card.row.made_at,
        "steps": [{"step": one.step, "note": one.note, "on": one.day, "by": one.by_id, "at": one.at} for one in card.steps],
        "allowed": allowed_json(card.line.url, offers)}


def explained_json(it: Explained) -> dict[str, Any]:
    """A figure, opened."""
    return {"figure": it.figure.value, "value": it.value, "counted": [
        {"names": list(one.names), "adds": one.adds} for one in it.counted], "excluded": list(it.excluded.names)}


def simulated_json(it: Simulated) -> dict[str, Any]:
    """What is missing to a level, a way there, and what chosen marks would give."""
    scored = it.forecast.scored
    return {"target": it.target, "missing": [
        {"check": one.check, "asked": one.asked, "have": one.have, "lacks": one.lacks} for one in it.missing],
        "reachable": it.way is not None, "way": [
            {"item": f"{name_of(Item(*one.key, last=False))}{one.side}", "now": one.now, "effort": float(one.effort), "check": one.check}
            for one in it.way or ()],
        "chosen": [f"{name}{side}" for name, side in it.chosen], "effort_days": float(it.effort), "estimated": it.estimated,
        "forecast": {"total": scored.total, "max_total": scored.max_total, "level": scored.level, "attained": it.forecast.level,
                     "checks": [{"level": one.level.level, "passed": one.passed, "failed": list(one.failed)} for one in scored.checks]}}


def change_json(one: Change) -> dict[str, Any]:
    """How the marks of an item differ."""
    return {"name": one.name, "before": asdict(one.before), "after": asdict(one.after), "points": one.points}
