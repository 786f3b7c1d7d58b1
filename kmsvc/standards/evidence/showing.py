"""Records and coverage in words, for pages and sheets."""

from __future__ import annotations

from typing import Any

from kmsvc.core.i18n import is_chinese, label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.standards.evidence.queries import CoverRow, ReadyRow
from kmsvc.standards.evidence.register import KINDS
from kmsvc.standards.evidence.rules import (
    Asked,
    CoverState,
    EvidenceRecord,
    EvidenceResult,
    Readiness,
    ReadyGap,
)

HEAD = (N_("Day"), N_("Clause"), N_("Kind"), N_("Number"), N_("Title"), N_("What it concerns"), N_("Result"), N_("Who"),
        N_("Recorded on"))
COVER_HEAD = (N_("Clause"), N_("What it asks for"), N_("Records"), N_("State"), N_("Asked for"), N_("Without proof"))
READY_HEAD = (N_("Clause"), N_("What it asks for"), N_("State"), N_("Asked for"), N_("What is missing"), N_("By"))
_READY = {Readiness.FAIL: "bad", Readiness.RISK: "warn", Readiness.READY: "ok", Readiness.FREE: "off"}
_SIGNS = {CoverState.MET: "ok", CoverState.MISSING: "bad", CoverState.THERE: "go", CoverState.NOTHING: "off"}
_OFF = {EvidenceResult.WITHDRAWN.value, EvidenceResult.EXPIRED.value, EvidenceResult.REFUSED.value,
        "retire", "rejected", "withdrawn", "closed_no_need"}


def kind_of(one: EvidenceRecord) -> str:
    """What kind of record it is."""
    return sentence(KINDS[one.kind].label)


def title_of(one: EvidenceRecord) -> str:
    """Its title; those that are words of the service in the reader's language."""
    return sentence(one.title_label) if one.title_label else one.title


def result_of(one: EvidenceRecord) -> tuple[str, str]:
    """(kind of mark, word) of what it says."""
    mark = "off" if one.result in _OFF else "go" if one.kind == "process_change" and one.result != "released2" else "ok"
    return mark, sentence(one.result_label or one.result)


def clause_title(row: CoverRow) -> str:
    """What a clause asks for, in the reader's language."""
    return row.title_zh if is_chinese() else row.title_en


def sign_of(row: CoverRow) -> tuple[str, str]:
    """(kind of mark, word) of how a clause stands."""
    state = row.cover.state
    return _SIGNS[state], label(state)


def asked_for(row: CoverRow) -> str:
    """What a clause asks for in a year, in words."""
    return "; ".join(_asked(
        line.rule.at_least, line.rule.for_each, [sentence(KINDS[kind].label) for kind in line.rule.kinds], line.found,
        line.subjects) for line in row.cover.lines if line.asks)


EACH = {"process": N_("%(n)s of %(kinds)s, for each of %(subjects)s processes in force"),
         "newcomer": N_("%(n)s of %(kinds)s in time, for each of %(subjects)s newcomers whose day has come")}
OF_CENTRE = N_("%(found)s of %(n)s a year: %(kinds)s")


def _asked(least: int, each: str | None, kinds: list[str], found: int, subjects: int) -> str:
    words = {"n": least, "kinds": listed(kinds), "found": found, "subjects": subjects}
    if each is not None:
        return sentence(EACH[each], words)
    return sentence(OF_CENTRE, words)


def lacking_of(row: CoverRow) -> list[Asked]:
    """What has no proof, by name."""
    return [one for line in row.cover.lines if line.rule.at_least for one in line.lacking if one[0]]


def row_of(one: EvidenceRecord) -> list[Any]:
    """A record as a row of a sheet."""
    return [one.happened_on, ", ".join(one.clauses), kind_of(one), one.number, title_of(one), one.subject, result_of(one)[1], one.who,
            one.recorded_at.date()]


def cover_row_of(row: CoverRow) -> list[Any]:
    """A clause as a row of a sheet."""
    return [row.clause, clause_title(row), row.cover.records, sign_of(row)[1], asked_for(row),
            listed(one.number for one in lacking_of(row))]


def ready_sign(row: ReadyRow) -> tuple[str, str]:
    """(kind of mark, word) of how a clause will stand."""
    return _READY[row.state], label(row.state)


def act_of(gap: ReadyGap) -> str:
    """What one does to close a gap."""
    return sentence(KINDS[gap.kind].act[0])


def missing_of(gap: ReadyGap) -> str:
    """What is missing, in words."""
    return f"{gap.asked.number} {gap.asked.title}".strip() or sentence(KINDS[gap.kind].label)


def ready_row_of(one: ReadyRow) -> list[Any]:
    """A clause as a row of a sheet."""
    return [one.row.clause, clause_title(one.row), ready_sign(one)[1], asked_for(one.row), listed(missing_of(gap) for gap in one.gaps),
            min((gap.by for gap in one.gaps), default=None)]
