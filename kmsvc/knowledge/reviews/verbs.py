"""Each act on a review with its inputs and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews import rules, usecases
from kmsvc.knowledge.reviews.models import Review
from kmsvc.knowledge.reviews.permissions import JUDGE_REVIEW, PLAN_REVIEW, SIGN_REVIEW
from kmsvc.knowledge.reviews.queries import ItemLine, ReviewCard
from kmsvc.knowledge.reviews.rules import LONGEST, ReviewResult, ReviewVerdict


@dataclass(frozen=True)
class Around:
    """What a verb needs beside its inputs: the day and zone of the centre, the version the caller saw."""

    today: date
    zone: str
    version: int | None = None


@dataclass(frozen=True)
class Verb:
    """An act on a review. said: what the page says when it is done."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], Around], Review]
    inputs: tuple[Input, ...]
    said: str

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Review{self.name.title()}")


def _draw(work: Work, one: int, data: dict[str, Any], around: Around) -> Review:
    return usecases.draw_sample(work, one, today=around.today, zone=around.zone, version=around.version)


def _sign(work: Work, one: int, data: dict[str, Any], around: Around) -> Review:
    said = usecases.Conclusion(data["complete"], data["fit"], data["conclusion"], data["actions"], data["content_hash"])
    return usecases.sign_review(work, one, said, zone=around.zone, version=around.version)


def _cancel(work: Work, one: int, data: dict[str, Any], around: Around) -> Review:
    return usecases.cancel_review(work, one, reason=data["reason"], version=around.version)


_TABLE = (
    Verb("draw", N_("Draw the sample"), PLAN_REVIEW, _draw, (), N_("The sample is drawn. The reviewers were told.")),
    Verb("sign", N_("Conclude and sign"), SIGN_REVIEW, _sign, (
        Input("complete", "choice", N_("Is the knowledge complete?"), required=True, choices="verdicts"),
        Input("fit", "choice", N_("Is it fit for the work?"), required=True, choices="verdicts"),
        Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["conclusion"]),
        Input("actions", "text", N_("What follows from it"), most=LONGEST["actions"],
              hint=N_("What is done, by whom, until when; the articles to be mended are in the record already.")),
        Input("content_hash", "const", N_("Hash of what was shown"))),
        N_("Signed. From now on nothing in this review changes.")),
    Verb("cancel", N_("Give it up"), PLAN_REVIEW, _cancel, (
        Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"]),), N_("The review was given up.")),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}

JUDGE = (
    Input("needed", "choice", N_("Still needed"), required=True, choices="answers"),
    Input("correct", "choice", N_("Correct in fact"), required=True, choices="answers"),
    Input("complete", "choice", N_("Complete"), required=True, choices="answers"),
    Input("fit", "choice", N_("Fit for use on the phone"), required=True, choices="answers"),
    Input("findings", "text", N_("Findings"), most=LONGEST["findings"]),
    Input("result", "choice", N_("What is to become of it"), required=True, choices="results"),
    Input("due_on", "date", N_("By when its owner acts"), hint=N_("Left empty: thirty days from today.")),
)
JUDGE_SCHEMA = schema_of(JUDGE, "ReviewJudge")
YES = "yes"


def moment(today: date, content_hash: str = "") -> dict[str, Any]:
    """What can be chosen now."""
    return {"verdicts": [(one.value, one.label) for one in ReviewVerdict], "content_hash": content_hash,
            "answers": [(one.value, one.label) for one in (ReviewVerdict.YES, ReviewVerdict.NO)],
            "results": [(one.value, one.label) for one in ReviewResult],
            "default:due_on": None, "proposed": today + timedelta(days=rules.DAYS_TO_ACT)}


def offers_for(actor: Actor, row: Review, card: ReviewCard, today: date) -> tuple[Offer, ...]:
    """What this caller may do with it now. It can be signed when everything is judged, by somebody else than the only judge."""
    found = []
    now = moment(today, card.shown_hash)
    for verb in _TABLE:
        if not rules.makes_sense(verb.name, row.state) or not can(actor, verb.permission, row):
            continue
        if verb.name == "sign" and not _can_be_signed(actor, card):
            continue
        made = offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.name != "cancel", back=verb.name == "cancel")
        if made is not None:
            found.append(made)
    return tuple(found)


def _can_be_signed(actor: Actor, card: ReviewCard) -> bool:
    return card.line.drawn == card.line.judged and rules.may_sign(actor.person_id, [one.judged_by_id for one in card.items])


def judge_offer(actor: Actor, row: Review, item: ItemLine, today: date) -> Offer | None:
    """The form of one article, for who may judge it now."""
    if not rules.makes_sense("judge", row.state) or not can(actor, JUDGE_REVIEW, row):
        return None
    return offer("judge", N_("Judge this article"), JUDGE, moment(today), today, forward=item.result is None)


def act(work: Work, review_id: int, name: str, data: dict[str, Any], around: Around) -> Review:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    verb = VERBS[name]
    row = work.get(Review, review_id)
    work.permit(verb.permission, row)
    checked = forms.check_against(verb.inputs, moment(around.today), data, around.today)
    return verb.run(work, review_id, checked, around)


def judge(work: Work, review_id: int, item_id: int, data: dict[str, Any], around: Around) -> None:
    """Judge one article with loaded inputs."""
    work.permit(JUDGE_REVIEW, work.get(Review, review_id))
    checked = forms.check_against(JUDGE, moment(around.today), data, around.today)
    answers = {name: checked[name] == YES for name in rules.ANSWERS}
    usecases.judge_item(work, review_id, item_id, usecases.Judgement(
        answers, checked["result"], checked["findings"], checked["due_on"]), today=around.today, version=around.version)
