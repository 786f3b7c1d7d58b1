"""Each act on a gap with its inputs and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from kmsvc.core.workdays import workdays_after
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.gaps import rules, usecases
from kmsvc.knowledge.gaps.asking import Asked
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.permissions import HANDLE_GAP, SEE_GAPS
from kmsvc.knowledge.gaps.replaying import keep_replay
from kmsvc.people.accounts.directory import directory

DAYS = 10
"""working days that are proposed to close a gap"""
FORWARD = frozenset({"draft", "answer", "change", "merge", "dismiss", "replay"})


@dataclass(frozen=True)
class Around:
    """What a verb needs beside its inputs: the day in the centre, the version the caller saw, what the index finds now."""

    today: date
    version: int | None = None
    asked: Mapping[str, Asked] | None = None


@dataclass(frozen=True)
class Verb:
    """An act on a gap. said: what the page says when it is done."""

    name: str
    label: str
    run: Callable[[Work, int, dict[str, Any], Around], Gap]
    inputs: tuple[Input, ...]
    said: str

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"Gap{self.name.title()}")


def _assign(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.assign_gap(work, one, owner_id=data["owner"], due_on=data["due_on"], today=around.today, version=around.version)


def _draft(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.draft_answer(work, one, title=data["title"], body=data["body"] or f"## {data['title']}\n", version=around.version)


def _answer(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.name_answer(work, one, article=data["article"], version=around.version)


def _change(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.link_request(work, one, change=data["change"], version=around.version)


def _merge(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.merge_gap(work, one, into=data["into"], today=around.today, version=around.version)


def _dismiss(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.dismiss_gap(work, one, reason=data["reason"], version=around.version)


def _reopen(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    return usecases.reopen_gap(work, one, reason=data["reason"], today=around.today, version=around.version)


def _replay(work: Work, one: int, data: dict[str, Any], around: Around) -> Gap:
    gap = work.get(Gap, one, lock=True, version=around.version)
    keep_replay(work, gap, around.asked or {}, around.today)
    return gap


_TABLE = (
    Verb("draft", N_("Write the answer"), _draft, (
        Input("title", "line", N_("Title"), required=True, most=200),
        Input("body", "text", N_("Text"), most=100_000)),
        N_("A draft is there; the searches stand in it as what customers call it. Write the answer and publish it.")),
    Verb("assign", N_("Assign"), _assign, (
        Input("owner", "choice", N_("Who closes it"), required=True, choices="owners"),
        Input("due_on", "date", N_("By when"), required=True)),
        N_("Assigned. The gap stands in that person's day.")),
    Verb("answer", N_("An article answers it"), _answer, (Input(
        "article", "line", N_("Number of the article"), required=True, most=64,
        hint=N_("The gap is closed when every search finds it among the first five.")),),
        N_("Noted. The searches are replayed against this article.")),
    Verb("change", N_("A change is under way"), _change, (Input(
        "change", "line", N_("Number of the change request"), required=True, most=64),),
        N_("Noted. The gap waits for this change.")),
    Verb("merge", N_("Join to another gap"), _merge, (Input(
        "into", "line", N_("Number of the other gap"), required=True, most=64),),
        N_("Joined. Opened again, it has its searches back.")),
    Verb("dismiss", N_("Not ours to answer"), _dismiss, (Input(
        "reason", "text", N_("Reason"), required=True, most=rules.LONGEST_REASON,
        hint=N_("Who reported it reads this.")),),
        N_("Dismissed. Who reported it was told why.")),
    Verb("replay", N_("Replay the searches"), _replay, (), N_("The searches were asked again.")),
    Verb("reopen", N_("Open again"), _reopen, (Input("reason", "line", N_("Reason"), most=rules.LONGEST_REASON),),
         N_("The gap is open again.")),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def moment(session: Session, row: Gap, today: date) -> dict[str, Any]:
    """What can be chosen now, and what is proposed."""
    people = [(one.id, one.name) for one in directory(session).active() if HANDLE_GAP.name in one.permissions and one.logins]
    return {"owners": people, "default:owner": row.owner_id, "default:due_on": row.due_on or workdays_after(today, DAYS),
            "default:title": row.title}


def offers_for(session: Session, actor: Actor, row: Gap, today: date) -> tuple[Offer, ...]:
    """What this caller may do with it now."""
    if not can(actor, HANDLE_GAP, row):
        return ()
    now = moment(session, row, today)
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.name in FORWARD, back=verb.name == "reopen")
             for verb in _TABLE if rules.makes_sense(verb.name, row.state) and (verb.name != "draft" or can(actor, EDIT_ARTICLE)))
    return tuple(one for one in found if one is not None)


def act(work: Work, gap_id: int, name: str, data: dict[str, Any], around: Around) -> Gap:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    work.permit(SEE_GAPS)
    work.permit(HANDLE_GAP)
    row = work.get(Gap, gap_id)
    checked = forms.check_against(VERBS[name].inputs, moment(work.session, row, around.today), data, around.today)
    return VERBS[name].run(work, gap_id, checked, around)
