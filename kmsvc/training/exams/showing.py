"""Words and marks of exams for pages and answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import CandidateCard, ExamLine
from kmsvc.training.exams.states import ExamPhase, ExamState
from kmsvc.training.exams.templates import ExamTemplate, Preset
from kmsvc.training.papers.queries import PaperLine

HEAD = (N_("Number"), N_("Title"), N_("Template"), N_("Paper"), N_("Opens"), N_("Closes"), N_("Minutes"), N_("Candidates"),
        N_("Handed in so far"), N_("Pass mark in per cent"), N_("Owner"), N_("State"))
PEOPLE_HEAD = (N_("Name of the candidate"), N_("Why on the list"), N_("Room"), N_("Opens"), N_("Closes"), N_("Minutes"), N_("Make-up"),
               N_("Sitting"))
_STATES = {"draft": "idle", "released": "ok", "final": "ok", "cancelled": "off"}
_PHASES = {"ahead": "info", "open": "go", "between": "info", "closed": "due", "review": "ok", "over": "ok"}
SETTLING = {"mean": N_("The mean of both"), "higher": N_("The higher one"), "second": N_("The second one")}
SHOWS = {"score": N_("Their score"), "marks": N_("Each question with one's answer and mark"),
         "answers": N_("Marks, keys and explanations")}
SAT = {"running": ("go", N_("Being sat")), "submitted": ("ok", N_("Paper handed in")),
       "timed_out": ("ok", N_("Handed in when time was up"))}


def state_of(state: str, phase: str | None) -> tuple[str, str]:
    """(mark, words) of a state; of an announced exam of its phase."""
    if state == ExamState.PUBLISHED and phase is not None:
        return _PHASES[phase], sentence(ExamPhase(phase).label)
    return _STATES.get(state, "info"), sentence(ExamState(state).label)


def filter_words(code: str) -> str:
    """The words of a state or phase a list can be narrowed to."""
    return sentence(ExamState(code).label if code in {one.value for one in ExamState} else ExamPhase(code).label)


def template_of(template: str | None) -> str:
    """The words of a template."""
    return sentence(ExamTemplate(template).label) if template else sentence(N_("Without a template"))


@dataclass(frozen=True)
class Mark:
    """A point of the timeline. kind: done, now or ahead."""

    label: str
    at: datetime
    until: datetime | None
    kind: str


def timeline(row: Exam, now: datetime) -> list[Mark]:
    """The whole life of an exam on one line."""
    points: list[tuple[str, datetime | None, datetime | None]] = [
        (N_("Announced"), row.published_at, None), (N_("Exam"), row.opens_at, row.closes_at),
        (N_("Make-up"), row.make_up_opens_at, row.make_up_closes_at), (N_("Results come out"), row.released_at or row.release_at, None),
        (N_("Review and appeals"), row.review_opens_at, row.review_closes_at), (N_("Final"), row.final_at, None)]
    found = []
    for label, at, until in points:
        if at is not None:
            kind = "ahead" if now < at else "now" if until is not None and now < until else "done"
            if label == N_("Results come out") and row.released_at is None:
                kind = "ahead"
            found.append(Mark(sentence(label), at, until, kind))
    return found


def typed_time(at: datetime | None, zone: str) -> str:
    """An instant as a field for day and time holds it."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def rows(lines: Sequence[ExamLine], when: Callable[[datetime], Any]) -> list[list[Any]]:
    """Exams as rows of an export."""
    return [[one.number, one.title, template_of(one.template), one.paper, when(one.opens_at), when(one.closes_at), one.duration_min,
             one.candidates, one.counts.over, one.pass_percent, one.owner, state_of(one.state, one.phase)[1]] for one in lines]


def people_rows(cards: Sequence[CandidateCard], when: Callable[[datetime], Any]) -> list[list[Any]]:
    """Candidates as rows of an export."""
    return [[one.name, one.because or "", one.room or "", when(one.window.opens_at), when(one.window.closes_at), -(-one.length_s // 60),
             sentence(N_("yes")) if one.made_up else "", sentence(SAT[one.sat][1]) if one.sat in SAT else ""] for one in cards]


def paper_note(line: PaperLine) -> str:
    """What a paper is, in a few words."""
    return sentence(N_("%(questions)s questions, %(points)s points, about %(minutes)s minutes"), {
        "questions": line.questions, "points": f"{line.total.normalize():f}", "minutes": line.minutes})


def preset_note(preset: Preset) -> str:
    """What a template fills in, in a few words."""
    return sentence(N_("%(minutes)s minutes, passes with %(percent)s %%, %(attempts)s attempts, results after %(days)s working days"), {
        "minutes": preset.duration_min, "percent": preset.pass_percent, "attempts": preset.attempts, "days": preset.release_days})
