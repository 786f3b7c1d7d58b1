"""Each act on a themed optimisation with its inputs and use case: the one table behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from kmsvc.core import forms
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.process.audits import themes
from kmsvc.process.audits.models import Optimisation
from kmsvc.process.audits.permissions import KEEP_THEMES
from kmsvc.process.audits.rules import LONGEST, OptimisationResult, OptimisationState
from kmsvc.process.audits.verbs import AuditVerb
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.permissions import may_see

O_ = OptimisationState
_PROCESS = Input("process", "choice", N_("Process"), required=True, choices="processes")


def _write(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    row = work.get(Optimisation, one)
    said = themes.Theme(row.year, data["quarter"], data["theme"], data["why"], data["expected"], data["owner"])
    return themes.write_theme(work, one, said, measured=data["measured"], version=version)


def _change(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    made = themes.open_change(work, one, process_id=data["process"], today=today, reason=data["reason"], version=version)
    return {"number": made.number}


_TABLE = (
    AuditVerb("write", N_("Change its words"), KEEP_THEMES, _write, (
        Input("theme", "line", N_("Theme"), required=True, most=LONGEST["theme"]),
        Input("quarter", "whole", N_("Quarter"), required=True),
        Input("owner", "choice", N_("Owner"), required=True, choices="people"),
        Input("why", "text", N_("Why, with figures"), required=True, most=LONGEST["why"]),
        Input("expected", "text", N_("Expected effect"), required=True, most=LONGEST["effect"]),
        Input("measured", "text", N_("Measured effect"), most=LONGEST["effect"])), O_.OPEN, N_("Kept."), N_("What is it about?"),
              icon="pen"),
    AuditVerb("touch", N_("Add a process"), KEEP_THEMES,
              lambda work, one, data, today, version: themes.touch(work, one, process_id=data["process"], version=version),
              (Input("process", "choice", N_("Process"), required=True, choices="further"),), O_.OPEN, N_("Added."),
              N_("Which process does the theme touch?"), icon="plus"),
    AuditVerb("leave_out", N_("Take a process out"), KEEP_THEMES,
              lambda work, one, data, today, version: themes.leave_out(work, one, process_id=data["process"], version=version),
              (Input("process", "choice", N_("Process"), required=True, choices="without"),), O_.OPEN, N_("Taken out."),
              N_("Which process does it not touch?"), back=True, icon="x"),
    AuditVerb("open_change", N_("Open a change request"), KEEP_THEMES, _change, (
        Input("process", "choice", N_("Process"), required=True, choices="without"),
        Input("reason", "text", N_("Reason"), most=LONGEST["why"], hint=N_("Left empty: the theme and why."))), O_.OPEN,
              N_("Change request %(number)s is open; it leads back here."), N_("Which process is to be changed?"), icon="branch"),
    AuditVerb("close", N_("Close with its result"), KEEP_THEMES,
              lambda work, one, data, today, version: themes.close_theme(
                  work, one, result=data["result"], measured=data["measured"], conclusion=data["conclusion"], today=today,
                  version=version), (
        Input("result", "choice", N_("Result"), required=True, choices="results"),
        Input("measured", "text", N_("Measured effect"), required=True, most=LONGEST["effect"]),
        Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["conclusion"])), O_.OPEN,
              N_("Closed. From now on nothing in it changes."), N_("What has it brought?"),
              N_("Afterwards nobody can change it."), icon="shield"),
    AuditVerb("drop", N_("Drop it"), KEEP_THEMES,
              lambda work, one, data, today, version: themes.drop_theme(work, one, reason=data["reason"], version=version),
              (Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"]),), O_.OPEN,
              N_("Dropped. It can be taken up again."), N_("Drop this optimisation?"), N_("It stays to be read."), back=True, icon="x"),
    AuditVerb("take_up", N_("Take it up again"), KEEP_THEMES,
              lambda work, one, data, today, version: themes.take_up(work, one, version=version), (), O_.DROPPED,
              N_("Under way again."), icon="swap"),
)
VERBS: dict[str, AuditVerb] = {verb.name: replace(verb, thing="Optimisation") for verb in _TABLE}


def choices(work: Work) -> dict[str, Any]:
    """Whom and what a theme may name."""
    return {"people": [(one.id, f"{one.name} {one.login}".strip()) for one in directory(work.session).active() if one.logins],
            "processes": [(one.id, f"{one.number} {one.name}") for one in work.session.scalars(select(Process).where(
                Process.retired_at.is_(None)).order_by(Process.number)) if may_see(work.actor, one)]}


def moment(work: Work, row: Optimisation) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    held = choices(work)
    touched = {one.process_id: one for one in themes.touched(work, row.id)}
    return held | {
        "further": [one for one in held["processes"] if one[0] not in touched],
        "without": [one for one in held["processes"] if one[0] in touched and touched[one[0]].change_id is None],
        "results": [(one.value, one.label) for one in OptimisationResult],
        **{f"default:{name}": getattr(row, name) for name in ("theme", "quarter", "why", "expected", "measured")},
        "default:owner": row.owner_id}


def offers_for(work: Work, row: Optimisation, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a themed optimisation now."""
    if not can(work.actor, KEEP_THEMES, row):
        return ()
    now = moment(work, row)
    found = (offer(verb.name, verb.label, verb.inputs, now, today, forward=verb.name == "close", back=verb.back) for verb in _TABLE
             if verb.state == row.state)
    return tuple(one for one in found if one is not None)


def act(work: Work, theme_id: int, name: str, data: dict[str, Any], today: date, version: int | None,
        blank: Collection[str] = ()) -> Any:
    """Do an act with loaded inputs. blank: fields of a form that were emptied."""
    verb = VERBS[name]
    row = themes.theme_to_change(work, theme_id, states=(verb.state,))
    now = forms.unless(blank, moment(work, row))
    if name in ("touch", "leave_out", "open_change"):  # what cannot be is refused by its own sentence
        now = now | {"further": now["processes"], "without": now["processes"]}
    return verb.run(work, theme_id, forms.check_against(verb.inputs, now, data, today), today, version)
