"""Each act on a link with its inputs and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.contacts import rules, usecases
from kmsvc.knowledge.contacts.models import ContactLink
from kmsvc.knowledge.contacts.permissions import CHECK_CONTACT, LINK_CONTACT
from kmsvc.knowledge.contacts.queries import LinkLine
from kmsvc.knowledge.contacts.rules import Accuracy


@dataclass(frozen=True)
class Verb:
    """An act on a link. said: what the page says when it is done."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any]], ContactLink]
    inputs: tuple[Input, ...]
    said: str

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Contact{self.name.title()}")


def _number(work: Work, one: int, data: dict[str, Any]) -> ContactLink:
    return usecases.note_number(work, one, data["contact"])


def _withdraw(work: Work, one: int, data: dict[str, Any]) -> ContactLink:
    return usecases.withdraw_link(work, one)


def _check(work: Work, one: int, data: dict[str, Any]) -> ContactLink:
    return usecases.check_link(work, one, accurate=data["accuracy"] == Accuracy.ACCURATE, note=data["note"])


_TABLE = (
    Verb("number", N_("Note the contact"), _number, (
        Input("contact", "line", N_("Contact number"), most=rules.LONGEST["contact"]),), N_("Noted.")),
    Verb("withdraw", N_("Take it back"), _withdraw, (), N_("The link is taken back.")),
    Verb("check", N_("Say whether it is accurate"), _check, (
        Input("accuracy", "choice", N_("Accurate?"), required=True, choices="accuracies"),
        Input("note", "line", N_("Remark"), most=rules.LONGEST["note"],
              hint=N_("Where it is not accurate: what would have been right."))), N_("Noted.")),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}
MOMENT: dict[str, Any] = {"accuracies": [(one.value, one.label) for one in (Accuracy.ACCURATE, Accuracy.INACCURATE)]}


def offers_for(actor: Actor, line: LinkLine, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a link now."""
    held = {rules.OWNER: can(actor, LINK_CONTACT) and line.mine, rules.JUDGE: can(actor, CHECK_CONTACT)}
    found = [offer(verb.name, verb.label, verb.inputs, MOMENT, today, back=verb.name == "withdraw") for verb in _TABLE
             if held[rules.VERBS[verb.name]] and rules.makes_sense(verb.name, withdrawn=line.withdrawn_at is not None, mine=line.mine)]
    return tuple(one for one in found if one is not None)


def act(work: Work, link_id: int, name: str, data: dict[str, Any], today: date) -> ContactLink:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    verb = VERBS[name]
    work.permit(CHECK_CONTACT if rules.VERBS[name] == rules.JUDGE else LINK_CONTACT)
    return verb.run(work, link_id, forms.check_against(verb.inputs, MOMENT, data, today))
