"""What pages of marking show: shapes and words of states, rows of exports, texts of questions as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import render
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking.appeal_queries import AppealLine
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.calibration import CalibrationStand, DriftSign
from kmsvc.training.marking.measuring import SAID
from kmsvc.training.marking.results import ResultLine
from kmsvc.training.marking.rules import GAPS, MarkingPart, MarkStand, ScoreCause
from kmsvc.training.marking.teams import TeamStand
from kmsvc.training.marking.watching import ExamLine
from kmsvc.training.questions.scoring import Verdict

APPEALS = {AppealState.OPEN: "warn", AppealState.UPHELD: "ok", AppealState.DECLINED: "bad", AppealState.WITHDRAWN: "off"}
VERDICTS = {Verdict.RIGHT: "ok", Verdict.PARTLY: "warn", Verdict.WRONG: "bad", Verdict.MANUAL: "info"}
SAMPLES = {CalibrationStand.NEAR: "ok", CalibrationStand.OPEN: "warn", CalibrationStand.FAR: "bad"}
EXAM_HEAD = (N_("Number"), N_("Exam"), N_("State"), N_("Closed"), N_("Papers handed in"), N_("Answers"), N_("Waiting"), N_("Appeals"))
RESULT_HEAD = (N_("Person"), N_("Unit"), N_("Exam attempt"), N_("Handed in at"), N_("Points"), N_("Of"), N_("Per cent"), N_("Passed"),
               N_("Changed after the release"))
OWN_HEAD = (N_("Number"), N_("Exam"), N_("Exam attempt"), N_("Handed in at"), N_("Points"), N_("Of"), N_("Passed"))
APPEAL_HEAD = (N_("Number"), N_("Exam"), N_("Exam question"), N_("State"), N_("Filed"), N_("Decide by"), N_("Before"), N_("After"),
               N_("Of"))
YES, NO = N_("yes"), N_("no")


@lru_cache(maxsize=4_000)
def html_of(text: str, root: str = "") -> Markup:
    """A text of a question as HTML; its pictures by the door for who may see it."""
    return render(text, attachment_url=lambda sha: f"{root}/training/sittings/pictures/{sha}")


def points(value: Decimal | None) -> str:
    """Points without needless zeros; a dash where there are none yet."""
    return "\u2014" if value is None else f"{value.normalize():f}"


def percent(value: Any) -> str:
    """Per cent with one decimal at most."""
    return "\u2014" if value is None else f"{float(value):.1f}".removesuffix(".0") + " %"


STANDS = {TeamStand.AHEAD: "idle", TeamStand.OPEN: "warn", TeamStand.SITTING: "go", TeamStand.WAITING: "info", TeamStand.PASSED: "ok",
          TeamStand.FAILED: "bad", TeamStand.MISSED: "bad"}


def team_stand(stand: TeamStand) -> tuple[str, str]:
    """Shape and word of where somebody of a team stands."""
    return STANDS[stand], label(stand)


def exam_state(line: ExamLine) -> tuple[str, str]:
    """Shape and word: what an exam waits for."""
    if line.state == ExamState.PUBLISHED:
        if line.waiting:
            return "warn", sentence(N_("Being marked"))
        return ("go", sentence(N_("Ready to release"))) if line.over else ("idle", sentence(N_("Still to be sat")))
    return ("ok" if line.state == ExamState.RELEASED else "off"), label(ExamState(line.state))


def appeal_state(state: str) -> tuple[str, str]:
    """Shape and word of an appeal."""
    return APPEALS[AppealState(state)], label(AppealState(state))


def verdict(code: str | None) -> tuple[str, str]:
    """Shape and word of what the machine said."""
    if code is None:
        return "idle", "\u2014"
    return VERDICTS.get(Verdict(code), "idle"), label(Verdict(code))


def sample_state(stand: str) -> tuple[str, str]:
    """Shape and word of how near somebody is."""
    return SAMPLES[CalibrationStand(stand)], label(CalibrationStand(stand))


def passed(value: bool | None) -> tuple[str, str]:
    """Shape and word."""
    if value is None:
        return "idle", sentence(N_("Not known yet"))
    return ("ok", sentence(N_("Passed"))) if value else ("bad", sentence(N_("Not passed")))


def part_word(part: str) -> str:
    """What somebody does with an answer."""
    return label(MarkingPart(part))


def stand_word(stand: str) -> str:
    """What an answer waits for."""
    return label(MarkStand(stand))


def cause_word(cause: str) -> str:
    """Why a score changed."""
    return label(ScoreCause(cause))


def drift_word(sign: str) -> str:
    """Which way somebody drifts."""
    return label(DriftSign(sign))


def flag_word(code: str) -> str:
    """Why a question is suspicious."""
    return sentence(SAID[code])


def gap_lines(gaps: dict[str, int]) -> list[str]:
    """What is missing before a release, as sentences."""
    return [sentence(GAPS[code], {"count": count}) for code, count in gaps.items()]


def exam_rows(lines: Iterable[ExamLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[one.number, one.title, exam_state(one)[1], local(one.closes_at), one.sat, one.all, one.waiting, one.appeals]
            for one in lines]


def result_rows(lines: Iterable[ResultLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Results by name as a table to take away."""
    return [[one.person, one.unit, one.attempt, local(one.ended_at) if one.ended_at else "", points(one.score), points(one.most),
             percent(one.percent), passed(one.passed)[1], sentence(YES if one.changed else NO)] for one in lines]


def own_rows(lines: Iterable[ResultLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """One's own results as a table to take away."""
    return [[one.number, one.title, one.attempt, local(one.ended_at) if one.ended_at else "", points(one.score), points(one.most),
             passed(one.passed)[1]] for one in lines]


def appeal_rows(lines: Iterable[AppealLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Appeals as a table to take away."""
    return [[one.number, f"{one.exam_number} {one.title}", one.place, appeal_state(one.state)[1], local(one.filed_at), one.decide_by,
             points(one.old), points(one.new), points(one.worth)] for one in lines]
