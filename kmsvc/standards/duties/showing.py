"""Duties in words, for pages and sheets."""

from __future__ import annotations

from typing import Any

from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.texts import N_
from kmsvc.standards.duties.queries import DutyCard
from kmsvc.standards.duties.rules import DutyState
from kmsvc.standards.duties.usecases import RULES
from kmsvc.standards.duties.verbs import VERBS
from kmsvc.standards.duties.wheel import WheelRow

HEAD = (N_("Number"), N_("Clause"), N_("Duty"), N_("What it concerns"), N_("Period"), N_("Due on"), N_("Best done on"), N_("State"),
        N_("Who answers for it"), N_("Done on"), N_("Records"))
_SIGNS = {DutyState.DONE: "ok", DutyState.OPEN: "idle", DutyState.WAIVED: "off", DutyState.CANCELLED: "off", DutyState.MOOT: "off"}
_SETTLED = N_("The service noted that it is done")


def name_of(one: DutyCard | WheelRow) -> str:
    """What a duty is called in the reader's language."""
    if one.name_zh or one.name_en:
        return one.name_zh if is_chinese() else one.name_en
    rule = RULES.get(one.code)
    return sentence(rule.label) if rule is not None else one.code


def period_of(one: DutyCard) -> str:
    """The period in words; that of other parts of the service is shown where it is a year or a day, not where it is a key of theirs."""
    return one.period if one.rule_id is not None or one.period[:1].isdigit() else ""


def sign_of(one: DutyCard) -> tuple[str, str]:
    """(kind of mark, word) of where it stands."""
    if one.late:
        return "bad", sentence(N_("Late"))
    return _SIGNS[DutyState(one.state)], label(one.state, DutyState)


def step_of(verb: str) -> str:
    """A step of the history in words."""
    return sentence(VERBS[verb].label if verb in VERBS else _SETTLED)


def row_of(one: DutyCard) -> list[Any]:
    """A duty as a row of a sheet."""
    return [one.number, one.clause, name_of(one), one.subject, period_of(one), one.due_on, one.planned_on, sign_of(one)[1], one.owner,
            one.done_on, " ".join(record["number"] for record in one.records)]


def every(months: int | None) -> str:
    """How often, in words; months None: upon events."""
    if months is None:
        return sentence(N_("Upon events and by other parts"))
    known = {1: N_("Every month"), 3: N_("Every quarter"), 6: N_("Every half-year"), 12: N_("Every year"), 24: N_("Every two years")}
    return sentence(known[months]) if months in known else sentence(N_("Every %(n)s months"), {"n": months})
