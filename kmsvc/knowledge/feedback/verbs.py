"""Each act on feedback with its inputs and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.feedback import rules, usecases
from kmsvc.knowledge.feedback.cards import parts
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.permissions import ANSWER_FEEDBACK, SEND_FEEDBACK
from kmsvc.knowledge.feedback.queries import later_versions, visible_feedback
from kmsvc.knowledge.feedback.usecases import Said


@dataclass(frozen=True)
class Around:
    """What a verb needs beside its inputs: the day in the centre and the version the caller saw."""

    today: date
    version: int | None = None


@dataclass(frozen=True)
class Verb:
    """An act on feedback. said: what the page says when it is done."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], Around], Feedback]
    inputs: tuple[Input, ...]
    said: str

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Feedback{self.name.title()}")


def _take(work: Work, one: int, data: dict[str, Any], around: Around) -> Feedback:
    return usecases.take_over(work, one, today=around.today, change=data["change"], version=around.version)


def _settle(work: Work, one: int, data: dict[str, Any], around: Around) -> Feedback:
    return usecases.settle(work, one, result_version_id=data["result"], version=around.version)


def _answer(work: Work, one: int, data: dict[str, Any], around: Around) -> Feedback:
    return usecases.answer_feedback(work, one, reason=data["reason"], version=around.version)


def _join(work: Work, one: int, data: dict[str, Any], around: Around) -> Feedback:
    return usecases.join_feedback(work, one, original=data["original"], version=around.version)


def _add(work: Work, one: int, data: dict[str, Any], around: Around) -> Feedback:
    return usecases.add_to_feedback(work, one, said=Said(note=data["note"], contact=data["contact"], block=data["block"]),
                                    version=around.version)


def _withdraw(work: Work, one: int, data: dict[str, Any], around: Around) -> Feedback:
    return usecases.withdraw_feedback(work, one, version=around.version)


NOTE = Input("note", "text", N_("Note"), most=rules.LONGEST["note"])
CONTACT = Input("contact", "line", N_("Number of the contact"), most=rules.LONGEST["contact"])
_TABLE = (
    Verb("take", N_("Take over"), _take, (Input(
        "change", "line", N_("Change request"), most=64,
        hint=N_("Its number, where it leads to one. Left empty: you edit the article yourself.")),),
        N_("It is yours now. Its sender was told.")),
    Verb("settle", N_("It is changed already"), _settle, (Input(
        "result", "choice", N_("Version that took it up"), required=True, choices="results"),),
        N_("Noted. Its sender was told.")),
    Verb("answer", N_("Reply, nothing changes"), _answer, (Input(
        "reason", "text", N_("Reply"), required=True, most=rules.LONGEST["answer"]),),
        N_("Your reply was sent.")),
    Verb("duplicate", N_("It was said before"), _join, (Input(
        "original", "line", N_("Number of the other one"), required=True, most=64),),
        N_("Joined. Its sender hears what comes of the other one.")),
    Verb("add", N_("Add to it"), _add, (NOTE, CONTACT, Input("block", "choice", N_("Which part"), choices="parts")),
         N_("Your words were added.")),
    Verb("withdraw", N_("Take it back"), _withdraw, (), N_("Taken back.")),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def moment(session: Session, actor: Actor, row: Feedback) -> dict[str, Any]:
    """What can be chosen now."""
    version = session.get(ArticleVersion, row.version_id)
    return {"results": [(one, f"V{label}") for one, label in later_versions(session, row).items()],
            "parts": parts(actor, version) if version is not None else [], "default:block": row.block_id}


def offers_for(session: Session, actor: Actor, row: Feedback, today: date) -> tuple[Offer, ...]:
    """What this caller may do with it now; an act whose needed choice would be empty is not offered."""
    article = session.get(Article, row.article_id)
    held = {rules.HANDLER: can(actor, ANSWER_FEEDBACK, article), rules.SENDER: can(actor, SEND_FEEDBACK, row)}
    wanted = [verb for verb in _TABLE if held[rules.VERBS[verb.name][0]]
              and rules.makes_sense(verb.name, row.state, has_change=row.change_id is not None)]
    now = moment(session, actor, row) if wanted else {}
    offers = (offer(verb.name, verb.label, verb.inputs, now, today) for verb in wanted)
    return tuple(one for one in offers if one is not None)


def act(work: Work, feedback_id: int, name: str, data: dict[str, Any], around: Around) -> Feedback:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    row = visible_feedback(work.session, work.actor, feedback_id)
    verb = VERBS[name]
    if rules.VERBS[name][0] == rules.HANDLER:
        work.permit(ANSWER_FEEDBACK, work.get(Article, row.article_id))
    else:
        work.permit(SEND_FEEDBACK, row)
    checked = forms.check_against(verb.inputs, moment(work.session, work.actor, row), data, around.today)
    return verb.run(work, feedback_id, checked, around)
