"""What the pages of evaluations show: shapes and words, tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.training.evaluations.queries import AdjustmentLine, EvaluationLine, StepLine
from kmsvc.training.evaluations.rules import (
    STEPS,
    AdjustmentState,
    Audience,
    EvaluationState,
    Factor,
    Level,
    Part,
    SubjectKind,
)

_SHAPES = {EvaluationState.REPORTED: "ok", EvaluationState.CANCELLED: "off"}
_ADJUSTMENT_SHAPES = {AdjustmentState.OPEN: "due", AdjustmentState.DONE: "ok", AdjustmentState.DROPPED: "off"}
_KINDS: dict[str, Any] = {"factor": Factor, "level": Level, "audience": Audience, "part": Part, "subject": SubjectKind}
HEAD = (N_("Number"), N_("Title of the training"), N_("What is evaluated"), N_("Held on"), N_("Took part"), N_("Have answered"),
        N_("State"))
ADJUSTMENT_HEAD = (N_("Number"), N_("Title of the training"), N_("What is adjusted"), N_("What is done otherwise"),
                   N_("Why it is adjusted"), N_("Due"), N_("Owner"), N_("State"), N_("Done on"), N_("What was done, or why not"))
LEVEL_HEAD = (N_("Level of the effect"), N_("What is measured"), N_("Before the training"), N_("After the training"), N_("Change"),
              N_("Unit of measure"),
              N_("Cases"), N_("Where it is known from"))


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of the state of an evaluation."""
    state = EvaluationState(code)
    return _SHAPES.get(state, "go"), label(state)


def adjustment_state(code: str) -> tuple[str, str]:
    """Shape and word of the state of an adjustment."""
    return _ADJUSTMENT_SHAPES[AdjustmentState(code)], label(AdjustmentState(code))


def word(code: str, kind: str) -> str:
    """The word of a code. kind: factor, level, audience, part, subject."""
    return label(_KINDS[kind](code))


def step_words(one: StepLine) -> str:
    """What a step says of itself, in one line."""
    said = {"begin": N_("Evaluation of «%(title)s» begun"), "choose_method": N_("Method chosen"),
            "set_strategy": N_("Strategy set, %(people)s people"), "design_tools": N_("Tools designed, answers by %(due_on)s"),
            "collect": N_("%(people)s people asked"), "finish": N_("%(answers)s of %(people)s answers counted"),
            "report": N_("Told to %(trainees)s trainees, %(superiors)s superiors, %(developers)s developers, %(top)s of management"),
            "cancel": N_("Given up: %(reason)s")}
    return sentence(said[one.verb], dict(one.facts))


def story(steps: Sequence[StepLine], state: str, when: Callable[[datetime], str]) -> list[dict[str, Any]]:
    """The five steps with what was done in each."""
    order = (EvaluationState.METHOD, EvaluationState.STRATEGY, EvaluationState.TOOLS, EvaluationState.COLLECTING,
             EvaluationState.ANALYSING)
    now = order.index(EvaluationState(state)) + 1 if state in order else 6 if state == EvaluationState.REPORTED else 0
    rows = []
    for number, name in STEPS:
        its = [one for one in steps if one.step == number]
        rows.append({"kind": "ok" if its and now > number else "go" if now == number else "idle",
                     "title": f"{number} {sentence(name)}", "note": "",
                     "lines": [f"{step_words(one)} · {one.person or '—'} · {when(one.at)}" for one in its[-3:]]})
    return rows


def rows(lines: Sequence[EvaluationLine]) -> list[list[Any]]:
    """Evaluations as a table to take away."""
    return [[one.number, one.title, word(one.subject_kind, "subject"), one.held_on, one.people, one.answers, state_of(one.state)[1]]
            for one in lines]


def adjustment_rows(lines: Sequence[AdjustmentLine]) -> list[list[Any]]:
    """Adjustments as a table to take away."""
    return [[one.number, one.title, word(one.part, "part"), one.what, one.why, one.due_on, one.owner, adjustment_state(one.state)[1],
             one.done_on, one.result] for one in lines]


def figure(value: float | None) -> str:
    """A figure without needless places, a dash for none."""
    return "—" if value is None else f"{value:g}"
