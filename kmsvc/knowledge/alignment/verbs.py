"""Each act on a process alignment review with its inputs and its use case: the one table behind buttons, `allowed`, routes and
commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.alignment import rules, usecases
from kmsvc.knowledge.alignment.models import Alignment
from kmsvc.knowledge.alignment.permissions import COACH, REPLY_ALIGNMENT
from kmsvc.knowledge.alignment.queries import AlignmentCard, ItemLine, visible
from kmsvc.knowledge.alignment.rules import LONGEST, Found, Question


@dataclass(frozen=True)
class Verb:
    """An act on a review. said: what the page says when it is done."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], int | None], Any]
    inputs: tuple[Input, ...]
    said: str

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Alignment{self.name.title()}")


def _sign(work: Work, one: int, data: dict[str, Any], version: int | None) -> Any:
    return usecases.sign_alignment(work, one, conclusion=data["conclusion"], agreed=data["agreed"], content_hash=data["content_hash"],
                                   version=version)


def _cancel(work: Work, one: int, data: dict[str, Any], version: int | None) -> Any:
    return usecases.cancel_alignment(work, one, reason=data["reason"], version=version)


def _reply(work: Work, one: int, data: dict[str, Any], version: int | None) -> Any:
    return usecases.reply_alignment(work, one, data["text"])


_TABLE = (
    Verb("sign", N_("Conclude and sign"), COACH, _sign, (
        Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["conclusion"]),
        Input("agreed", "text", N_("What was agreed"), most=LONGEST["agreed"],
              hint=N_("The next steps, agreed with whoever was reviewed.")),
        Input("content_hash", "const", N_("Hash of what was shown"))),
        N_("Signed. Those reviewed were told and may answer.")),
    Verb("cancel", N_("Give it up"), COACH, _cancel, (
        Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"]),), N_("The review was given up.")),
    Verb("reply", N_("Answer it"), REPLY_ALIGNMENT, _reply, (
        Input("text", "text", N_("Your answer"), required=True, most=LONGEST["text"]),), N_("Your answer stands with the review.")),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}
JUDGE = (
    *(Input(one.value, "choice", one.label, required=True, choices="answers") for one in Question),
    Input("note", "text", N_("Note"), most=LONGEST["note"], hint=N_("What went well, what would have been right.")),
)
JUDGE_SCHEMA = schema_of(JUDGE, "AlignmentJudge")


def moment(content_hash: str = "") -> dict[str, Any]:
    """What can be chosen now."""
    return {"answers": [(one.value, one.label) for one in Found], "content_hash": content_hash}


def offers_for(actor: Actor, row: Alignment, card: AlignmentCard, today: date) -> tuple[Offer, ...]:
    """What this caller may do with it now: signed when every contact is judged, answered by those whose contacts are in it."""
    found = []
    for verb in _TABLE:
        if not rules.makes_sense(verb.name, row.state) or not can(actor, verb.permission, row):
            continue
        if (verb.name == "sign" and card.line.judged < card.line.drawn) or (verb.name == "reply" and not card.mine):
            continue
        made = offer(verb.name, verb.label, verb.inputs, moment(card.shown_hash), today, forward=verb.name == "sign",
                     back=verb.name == "cancel")
        if made is not None:
            found.append(made)
    return tuple(found)


def judge_offer(actor: Actor, row: Alignment, item: ItemLine, today: date) -> Offer | None:
    """The form of one contact, for the coach while it can be judged; what the service knows is filled in."""
    if not rules.makes_sense("judge", row.state) or not can(actor, COACH, row):
        return None
    filled = {f"default:{name}": item.answers[name] or item.known[name] for name in item.known}
    return offer("judge", N_("Judge this contact"), JUDGE, moment() | filled, today, forward=item.judged_at is None)


def act(work: Work, alignment_id: int, name: str, data: dict[str, Any], today: date, version: int | None) -> Alignment:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    verb = VERBS[name]
    row, _ = visible(work.session, work.actor, alignment_id)
    work.permit(verb.permission, row)
    verb.run(work, alignment_id, forms.check_against(verb.inputs, moment(), data, today), version)
    return row


def judge(work: Work, alignment_id: int, item_id: int, data: dict[str, Any], today: date, version: int | None) -> None:
    """Judge one contact with loaded inputs."""
    row, _ = visible(work.session, work.actor, alignment_id)
    work.permit(COACH, row)
    checked = forms.check_against(JUDGE, moment(), data, today)
    usecases.judge_contact(work, alignment_id, item_id, {one.value: checked[one.value] for one in Question}, note=checked["note"],
                           version=version)
