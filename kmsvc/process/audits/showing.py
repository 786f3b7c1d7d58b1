"""Process audits and themed optimisations in words, for pages and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.process.audits.queries import AuditedLine, AuditLine
from kmsvc.process.audits.rules import (
    QUESTIONS,
    AuditStand,
    OptimisationResult,
    OptimisationState,
    ProcessAuditResult,
    ProcessAuditState,
)
from kmsvc.process.audits.theme_queries import ThemeLine, ThemeYear
from kmsvc.process.changes.rules import State
from kmsvc.process.definitions.rules import ProcessGroup

SHAPES = {ProcessAuditState.PLANNED: "idle", ProcessAuditState.RUNNING: "go", ProcessAuditState.CLOSED: "ok",
          ProcessAuditState.CANCELLED: "off"}
RESULT_SHAPES = {ProcessAuditResult.KEEP: "ok", ProcessAuditResult.UPDATE: "warn", ProcessAuditResult.WITHDRAW: "off"}
STAND_SHAPES = {AuditStand.UNASSIGNED: "bad", AuditStand.WAITING: "idle", AuditStand.TO_SIGN: "due", AuditStand.TO_FOLLOW: "due",
                AuditStand.DONE: "ok"}
THEME_SHAPES = {OptimisationState.OPEN: "go", OptimisationState.CLOSED: "ok", OptimisationState.DROPPED: "off"}
THEME_RESULTS = {OptimisationResult.REACHED: "ok", OptimisationResult.PARTLY: "warn", OptimisationResult.MISSED: "bad"}
ASKED = {"needed": N_("Still needed?"), "correct": N_("Correct?"), "followed": N_("Followed in daily work?")}
SHORT = {"needed": N_("still needed"), "correct": N_("correct"), "followed": N_("followed")}
HEAD = (N_("Number"), N_("Year"), N_("State"), N_("Due"), N_("Began"), N_("Processes"), N_("With a result"),
        *(one.label for one in ProcessAuditResult), N_("Closed on"), N_("Closed by"))
ITEM_HEAD = (N_("Number"), N_("Process"), N_("Version"), N_("Process group"), N_("Owner"), N_("Audited by"), *ASKED.values(),
             N_("Notes"), N_("Proof"), N_("Result"), N_("What is to be done"), N_("By when"), N_("Judged by"), N_("Change request"),
             N_("Signed by"),
             N_("What it waits for"))
THEME_HEAD = (N_("Number"), N_("Year"), N_("Quarter"), N_("Theme"), N_("Owner"), N_("State"), N_("Processes"), N_("Change requests"),
              N_("Result"), N_("Closed on"))


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of the state of an audit."""
    return SHAPES[ProcessAuditState(code)], label(code, ProcessAuditState)


def result_of(code: str) -> tuple[str, str]:
    """Shape and word of a result."""
    return RESULT_SHAPES[ProcessAuditResult(code)], label(code, ProcessAuditResult)


def stand_of(code: str) -> tuple[str, str]:
    """Shape and word of what a process waits for."""
    return STAND_SHAPES[AuditStand(code)], label(code, AuditStand)


def theme_state(line: ThemeLine, today: date) -> tuple[str, str]:
    """Shape and word of where a themed optimisation stands."""
    if line.is_late(today):
        return "bad", sentence(N_("Its quarter is over"))
    if line.result:
        return THEME_RESULTS[OptimisationResult(line.result)], label(line.result, OptimisationResult)
    return THEME_SHAPES[OptimisationState(line.state)], label(line.state, OptimisationState)


def group_of(code: str) -> str:
    """The name of a process group."""
    return label(code, ProcessGroup)


def change_state(code: str) -> str:
    """The word of the state of a change request."""
    return label(code, State)


def year_said(year: ThemeYear) -> str:
    """«2 of 3–4 done»."""
    asked = str(year.least) if year.least >= year.most else f"{year.least}–{year.most}"  # noqa: RUF001 (a range is written so)
    return sentence(N_("%(done)s of %(asked)s done"), {"done": year.done, "asked": asked})


def yes_no(answer: bool | None) -> str:
    """An answer in words."""
    return "" if answer is None else sentence(N_("Yes")) if answer else sentence(N_("No"))


def noes(one: AuditedLine) -> list[str]:
    """What was answered with no."""
    return [sentence(SHORT[name]) for name in QUESTIONS if one.answers[name] is False]


def rows(lines: Sequence[AuditLine]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[one.number, one.year, state_of(one.state)[1], one.due_on, one.started_on, one.processes, one.judged, *one.results.values(),
             one.closed_on, one.closed_by] for one in lines]


def item_rows(items: Sequence[AuditedLine]) -> list[list[Any]]:
    """The processes of an audit as a table to take away."""
    return [[one.number, one.name, one.label, group_of(one.group), one.owner, one.auditor,
             *(yes_no(one.answers[it]) for it in QUESTIONS), one.findings, one.proof["number"] if one.proof else None,
             result_of(one.result)[1] if one.result else None, one.action, one.due_on, one.judged_by,
             one.change[1] if one.change else None, one.signed_by, stand_of(one.stand)[1]] for one in items]


def theme_rows(lines: Sequence[ThemeLine], today: date) -> list[list[Any]]:
    """Themed optimisations as a table to take away."""
    return [[one.number, one.year, one.quarter, one.theme, one.owner, label(one.state, OptimisationState), one.processes, one.changes,
             label(one.result, OptimisationResult) if one.result else None, one.closed_on] for one in lines]
