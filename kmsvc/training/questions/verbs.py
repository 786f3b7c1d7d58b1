"""Each act on a question with its inputs and its use case: the one table behind buttons, `allowed`, routes and commands."""

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
from kmsvc.knowledge.citations.citing import marked_among
from kmsvc.training.questions import rules, usecases
from kmsvc.training.questions.listing import Line, line
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.questions.permissions import WRITE_QUESTIONS
from kmsvc.training.questions.queries import bank_names, topic_names
from kmsvc.training.questions.usecases import QUESTION


@dataclass(frozen=True)
class Verb:
    """An act on a question. said: what the page says when it is done; back: it takes something out."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], int | None], QuestionRow]
    inputs: tuple[Input, ...]
    said: str
    back: bool = False

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Question{self.name.title()}")


def _activate(work: Work, one: int, data: dict[str, Any], version: int | None) -> QuestionRow:
    return usecases.activate(work, one, version=version)


def _unflag(work: Work, one: int, data: dict[str, Any], version: int | None) -> QuestionRow:
    return usecases.unflag(work, one, note=data.get("note") or "", version=version)


def _flag(work: Work, one: int, data: dict[str, Any], version: int | None) -> QuestionRow:
    return usecases.flag(work, one, note=data["note"], version=version)


def _move(work: Work, one: int, data: dict[str, Any], version: int | None) -> QuestionRow:
    return usecases.move(work, one, bank_id=data.get("bank"), topic_id=data.get("topic"), version=version)


def _withdraw(work: Work, one: int, data: dict[str, Any], version: int | None) -> QuestionRow:
    return usecases.withdraw(work, one, reason=data["reason"], version=version)


_TABLE = (
    Verb("activate", N_("Put it into the pool"), _activate, (), N_("It may be asked from now on.")),
    Verb("unflag", N_("Still right"), _unflag, (Input("note", "line", N_("What you found"), most=500),), N_("It is back in the pool.")),
    Verb("flag", N_("Take it out of the pool"), _flag, (Input("note", "line", N_("What is doubtful"), required=True, most=500),),
         N_("It is asked no more until somebody says that it is still right."), back=True),
    Verb("move", N_("Move"), _move, (Input("bank", "choice", N_("Question bank"), choices="banks"),
                                     Input("topic", "choice", N_("Topic"), choices="topics")), N_("It was moved.")),
    Verb("withdraw", N_("Withdraw"), _withdraw, (Input("reason", "line", N_("Reason"), required=True, most=500),),
         N_("It is asked no more. It can be put back."), back=True),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def moment(session: Session, row: Line) -> dict[str, Any]:
    """What can be chosen now."""
    return {"banks": list(bank_names(session).items()), "topics": list(topic_names(session).items()), "default:bank": row.bank_id,
            "default:topic": row.topic_id}


def offers_for(session: Session, actor: Actor, row: Line, today: date) -> tuple[Offer, ...]:
    """What this caller may do with it now. One whose paragraphs wait to be looked at comes back by its citations."""
    if not can(actor, WRITE_QUESTIONS):
        return ()
    now = moment(session, row)
    waits = bool(marked_among(session, QUESTION, [row.id]))
    wanted = [verb for verb in _TABLE if (verb.name == "move" and row.state != rules.State.WITHDRAWN)
              or (verb.name in rules.VERBS and rules.makes_sense(verb.name, row.state) and not (verb.name == "unflag" and waits))]
    made = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.name in ("activate", "unflag"), back=verb.back)
            for verb in wanted)
    return tuple(one for one in made if one is not None)


def act(work: Work, question_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> QuestionRow:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    row = line(work.session, work.actor, question_id)
    work.permit(WRITE_QUESTIONS)
    verb = VERBS[name]
    return verb.run(work, question_id, forms.check_against(verb.inputs, moment(work.session, row), data, today), version)
