"""Each act on the file of a trainer with its inputs and use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from kmsvc.core import forms
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.courses.models import Course
from kmsvc.training.trainers import usecases
from kmsvc.training.trainers.models import Authorisation, Trainer
from kmsvc.training.trainers.permissions import AUTHORISE_TRAINER, OBSERVE_TRAINER
from kmsvc.training.trainers.rules import CRITERIA, LONGEST


@dataclass(frozen=True)
class Verb:
    """An act. run(work, id, inputs, today, version); said: what the page says when it is done."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], date, int | None], Any]
    inputs: tuple[Input, ...]
    said: str
    back: bool = False
    icon: str = "check"

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Trainer{self.name.title()}")


_TABLE = (
    Verb("authorise", N_("Authorise to teach"), AUTHORISE_TRAINER,
         lambda work, one, data, today, version: usecases.authorise(work, one, **data, today=today, version=version),
         (Input("course", "line", N_("Number of the course"), hint=N_("Empty: every course.")),
          Input("topic", "line", N_("Topic"), most=LONGEST["topic"]),
          Input("from_on", "date", N_("Authorised from"), required=True, default="today"),
          Input("until_on", "date", N_("Authorised until"), required=True),
          Input("proof", "text", N_("Proof"), required=True, most=LONGEST["proof"])), N_("Authorised.")),
    Verb("renew", N_("Renew an authorisation"), AUTHORISE_TRAINER,
         lambda work, one, data, today, version: usecases.renew(work, one, **data, today=today, version=version),
         (Input("authorisation", "choice", N_("Which authorisation"), required=True, choices="authorisations"),
          Input("until_on", "date", N_("Authorised until"), required=True),
          Input("proof", "text", N_("New proof"), required=True, most=LONGEST["proof"],
                hint=N_("What shows it today: a trial lesson, an exam, a certificate."))), N_("Renewed."), icon="shield"),
    Verb("observe", N_("Note an observation"), OBSERVE_TRAINER,
         lambda work, one, data, today, version: usecases.observe(
             work, one, **{name: value for name, value in data.items() if name not in CRITERIA},
             marks={name: data.get(name) for name in CRITERIA}, version=version),
         (Input("seen_on", "date", N_("Day of the observation"), required=True, default="today", past_only=True),
          Input("course", "line", N_("What was taught")),
          *(Input(name, "whole", label) for name, label in CRITERIA.items()),
          Input("score", "whole", N_("Points, 0 to 100"), hint=N_("Only where the points above are not judged one by one.")),
          Input("note", "text", N_("What was seen"), required=True, most=LONGEST["text"])), N_("Noted."), icon="pen"),
    Verb("withdraw", N_("Withdraw an authorisation"), AUTHORISE_TRAINER,
         lambda work, one, data, today, version: usecases.withdraw(work, one, **data, today=today, version=version),
         (Input("authorisation", "choice", N_("Which authorisation"), required=True, choices="authorisations"),
          Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"])), N_("Withdrawn."), back=True, icon="x"),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def moment(work: Work, trainer_id: int) -> dict[str, Any]:
    """What can be chosen now."""
    rows = list(work.session.scalars(select(Authorisation).where(
        Authorisation.trainer_id == trainer_id, Authorisation.withdrawn_on.is_(None)).order_by(Authorisation.id.desc())))
    numbers = dict(work.session.execute(select(Course.id, Course.number).where(Course.id.in_(
        {one.course_id for one in rows if one.course_id}))).all())
    return {"authorisations": [(one.id, " ".join(filter(None, (
        numbers.get(one.course_id or 0, "*"), one.topic, f"{one.from_on} – {one.until_on}")))) for one in rows]}


def offers_for(work: Work, row: Trainer, today: date) -> tuple[Offer, ...]:
    """What this caller may do with the file now."""
    its = moment(work, row.id)
    mine = row.person_id == work.actor.person_id
    found = (offer(verb.name, verb.label, verb.inputs, its, today, back=verb.back) for verb in _TABLE
             if can(work.actor, verb.permission, row) and not (mine and not verb.back))
    return tuple(one for one in found if one is not None)


def act(work: Work, trainer_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Any:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    verb = VERBS[name]
    work.permit(verb.permission, work.get(Trainer, trainer_id))
    return verb.run(work, trainer_id, forms.check_against(verb.inputs, moment(work, trainer_id), data, today), today, version)
