"""Audits and findings in words: colours of states, rows of exports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kmsvc.core.i18n import fmt_date, is_chinese, label, sentence
from kmsvc.core.texts import N_
from kmsvc.standards.audits.queries import EngagementLine, FindingLine
from kmsvc.standards.audits.rules import (
    CheckResult,
    EngagementState,
    FindingState,
    Grade,
    ProgrammeState,
    Side,
)

HEAD = [N_("Number"), N_("Audit"), N_("Clauses"), N_("Lead"), N_("Who answers"), N_("From"), N_("To"), N_("State"),
        N_("Checked"), N_("Points"), N_("Findings"), N_("Open findings")]
FINDING_HEAD = [N_("Number"), N_("Audit finding"), N_("Clause"), N_("How grave"), N_("Audit engagement"), N_("State"), N_("Who answers"),
                N_("Who does it"),
                N_("To be done by"), N_("Published")]
_TONES = {
    **dict.fromkeys(("draft", "planned", "dropped", "withdrawn", "unseen"), "off"),
    **dict.fromkeys(("approved", "active", "running", "verified", "agreed", "hint"), "info"),
    **dict.fromkeys(("review", "acted", "proposed", "answered", "partly", "minor"), "warn"),
    **dict.fromkeys(("published", "fails", "major"), "bad"),
    **dict.fromkeys(("done", "completed", "closed", "effective", "conforms"), "ok")}
_STEPS = {"publish": N_("Published"), "correct": N_("Corrected"), "withdraw": N_("Withdrawn"), "restore": N_("It counts again"),
          "respond": N_("Responded"), "propose": N_("Action proposed"), "agree": N_("Action accepted"), "act": N_("Done"),
          "verify": N_("Was verified"), "send_back": N_("Sent back"), "effect_holds": N_("The effect holds"),
          "effect_fails": N_("It has come again"), "close": N_("Closed"), "reopen": N_("Opened again")}


def state_of(line: EngagementLine | FindingLine, today: date) -> tuple[str, str]:
    """Colour and word of where something stands."""
    kind = EngagementState if isinstance(line, EngagementLine) else FindingState
    if line.is_late(today):
        return "bad", f"{label(line.state, kind)} · {sentence(N_('Late'))}"
    return _TONES[line.state], label(line.state, kind)


def programme_state(state: str) -> tuple[str, str]:
    """Colour and word of a programme."""
    return _TONES[state], label(state, ProgrammeState)


def result_of(result: str | None) -> tuple[str, str]:
    """Colour and word of a point of a checklist."""
    return (_TONES[result], label(result, CheckResult)) if result else ("off", sentence(N_("Not checked yet")))


def grade_of(grade: str) -> tuple[str, str]:
    """Colour and word of how heavy a finding is."""
    return _TONES[grade], label(grade, Grade)


def step_of(verb: str) -> str:
    """What was done."""
    return sentence(_STEPS[verb])


def side_of(side: str | None) -> str:
    """For whom it was done."""
    return label(side, Side) if side else ""


def text_of(text: dict[str, Any]) -> str:
    """A point of a checklist in the reader's language."""
    return str(text["zh" if is_chinese() else "en"])


def rows(lines: list[EngagementLine], today: date) -> list[list[Any]]:
    """Audits as an export has them."""
    return [[one.number, one.title, ", ".join(f"#{name}" for name in one.clauses), one.lead, one.answerable, one.starts_on, one.ends_on,
             state_of(one, today)[1], one.checked, one.points, one.findings, one.open_findings] for one in lines]


def finding_rows(lines: list[FindingLine], today: date) -> list[list[Any]]:
    """Findings as an export has them."""
    return [[one.number, one.title, f"#{one.clause}", grade_of(one.grade)[1], one.engagement, state_of(one, today)[1], one.respondent,
             one.owner, one.due_on, _day(one.published_at)] for one in lines]


def _day(at: datetime | None) -> str:
    return fmt_date(at.date()) if at else ""
