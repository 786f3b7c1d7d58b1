"""Each act on a process with its inputs and its use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import forms
from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput
from kmsvc.core.forms import Choice, Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import Permission, can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import holders_of, person_by_login
from kmsvc.people.units.queries import open_units, root_unit, unit_by_code
from kmsvc.process.definitions import usecases
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import MANAGE_PROCESS, REVIEW_PROCESS, may_see
from kmsvc.process.definitions.queries import visible_process
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup


@dataclass(frozen=True)
class Around:
    """What a verb needs beside its inputs: the day in the centre, its time zone, the version the caller saw."""

    today: date
    zone: str
    version: int | None = None


@dataclass(frozen=True)
class Verb:
    """An act on a process. `when`: whether it makes sense in this state; `back`: it takes something out of force."""

    name: str
    label: str
    permission: Permission
    run: Callable[[Work, int, dict[str, Any], Around], Any]
    inputs: tuple[Input, ...]
    when: Callable[[Process], bool]
    back: bool = False

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"{self.name.title()}Process")


def _review(work: Work, process_id: int, data: dict[str, Any], around: Around) -> None:
    usecases.confirm_review(work, process_id, reason=data["reason"], today=around.today, version=around.version)


def _revert(work: Work, process_id: int, data: dict[str, Any], around: Around) -> None:
    version = work.session.scalars(select(ProcessVersion).where(
        ProcessVersion.process_id == process_id, ProcessVersion.ordinal == data["to_version"])).one()
    usecases.revert_process(work, process_id, to_version_id=version.id, reason=data["reason"], zone=around.zone,
                            today=around.today, version=around.version)


def _retire(work: Work, process_id: int, data: dict[str, Any], around: Around) -> None:
    usecases.retire_process(work, process_id, reason=data["reason"], today=around.today,
                            superseded_by_id=data.get("superseded_by"), version=around.version)


def _keep(work: Work, process_id: int, data: dict[str, Any], around: Around) -> None:
    person = person_by_login(work.session, str(data["owner"])) if data.get("owner") else None
    unit = unit_by_code(work.session, str(data["audience"])) if data.get("audience") else None
    root = root_unit(work.session)
    usecases.keep_process(
        work, process_id, version=around.version, owner_id=person.id if person else None, group=data.get("group"),
        klass=data.get("class"), review_months=_months(data.get("review_months")), reason=data.get("reason"),
        audience_unit_id=unit.id if unit is not None and (root is None or unit.id != root.id) else None)


def _months(months: int | None) -> int | None:
    if months is not None and not 1 <= months <= 12:
        raise InvalidInput({"review_months": [N_("Between 1 and 12 months: every process is reviewed at least yearly.")]})
    return months


_REASON = Input("reason", "text", N_("Reason"), required=True, most=2000)

_TABLE = (
    Verb("review", N_("Reviewed: confirmed, no change"), REVIEW_PROCESS, _review, (_REASON,),
         lambda process: process.published_version_id is not None),
    Verb("revert", N_("Bring back an earlier version"), MANAGE_PROCESS, _revert, (
        Input("to_version", "choice", N_("Version"), required=True, choices="earlier"), _REASON),
        lambda process: True, back=True),
    Verb("keep", N_("Change owner, group or audience"), MANAGE_PROCESS, _keep, (
        Input("owner", "choice", N_("Owner"), choices="owners"),
        Input("group", "choice", N_("Group"), choices="groups"),
        Input("class", "choice", N_("Class"), choices="classes"),
        Input("audience", "choice", N_("For whom"), choices="units"),
        Input("review_months", "whole", N_("Months between reviews")),
        Input("reason", "text", N_("Reason"), most=2000)), lambda process: True),
    Verb("retire", N_("Retire"), MANAGE_PROCESS, _retire, (
        _REASON, Input("superseded_by", "choice", N_("What takes its place"), choices="successors")),
        lambda process: process.retired_at is None, back=True),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in _TABLE}


def moment(session: Session, actor: Actor, process: Process) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    owners: list[Choice] = [(person.login, person.name) for person in holders_of(session, "business_owner") if person.login]
    units = open_units(session, process.audience_unit_id)
    live = {row.new_version_id for row in session.scalars(select(Publication).where(
        Publication.process_id == process.id, Publication.done_at.is_not(None)))}
    earlier = session.scalars(select(ProcessVersion).where(
        ProcessVersion.process_id == process.id, ProcessVersion.id.in_(live - {None, process.published_version_id}))
        .order_by(ProcessVersion.ordinal.desc()))
    others = session.scalars(select(Process).where(
        Process.published_version_id.is_not(None), Process.id != process.id).order_by(Process.number))
    owner = next((login for login, _ in owners if (found := person_by_login(session, str(login))) is not None
                  and found.id == process.owner_id), None)
    audience = next((unit.code for unit in units if unit.id == process.audience_unit_id), units[0].code if units else None)
    return {
        "owners": owners, "groups": [(one.value, one.label) for one in ProcessGroup],
        "classes": [(one.value, one.label) for one in ProcessClass], "units": [(unit.code, unit.name) for unit in units],
        "earlier": [(row.ordinal, f"V{row.label} {row.name}") for row in earlier],
        "successors": [(row.id, f"{row.number} {row.name}") for row in others if may_see(actor, row)],
        "default:owner": owner, "default:group": process.group, "default:class": process.klass,
        "default:audience": audience, "default:review_months": process.review_months,
    }


def offers_for(session: Session, actor: Actor, process: Process, today: date) -> tuple[Offer, ...]:
    """What this caller may do with the process now; an act whose needed choice would be empty is not offered."""
    wanted = [verb for verb in _TABLE if verb.when(process) and can(actor, verb.permission, process)]
    if not wanted:
        return ()
    now = moment(session, actor, process)
    offers = (offer(verb.name, verb.label, verb.inputs, now, today, back=verb.back) for verb in wanted)
    return tuple(one for one in offers if one is not None)


def act(work: Work, process_id: int, name: str, data: dict[str, Any], around: Around) -> Process:
    """Do an act with loaded inputs: the choices of the moment are checked, then its use case runs."""
    process = visible_process(work.session, work.actor, process_id)
    verb = VERBS[name]
    work.permit(verb.permission, process)
    checked = forms.check_against(verb.inputs, moment(work.session, work.actor, process), data, around.today)
    verb.run(work, process_id, checked, around)
    return process
