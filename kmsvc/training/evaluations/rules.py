"""What an evaluation asks and goes through, whom its result is told, how figures are counted: tables and pure functions.

Source: domain section 5.5."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Labelled


class EvaluationState(Labelled):
    """Where an evaluation stands: the five steps of the source, then told."""

    METHOD = "method", N_("1 The method is chosen")
    STRATEGY = "strategy", N_("2 The strategy is set")
    TOOLS = "tools", N_("3 Means and tools are designed")
    COLLECTING = "collecting", N_("4 Data are collected")
    ANALYSING = "analysing", N_("5 Data are analysed and counted")
    REPORTED = "reported", N_("Result told")
    CANCELLED = "cancelled", N_("Evaluation given up")


class Factor(Labelled):
    """The six factors of a training."""

    CONTENT = "content", N_("Content of the training")
    TRAINER = "trainer", N_("Trainer of the training")
    TIME = "time", N_("Time of the training")
    METHOD = "method", N_("Way of teaching")
    ENVIRONMENT = "environment", N_("Room and surroundings")
    RULES = "rules", N_("Training rules")


class Level(Labelled):
    """The four levels of Kirkpatrick."""

    REACTION = "reaction", N_("1 Reaction")
    LEARNING = "learning", N_("2 Learning")
    BEHAVIOUR = "behaviour", N_("3 Behaviour")
    RESULT = "result", N_("4 Result")


class Audience(Labelled):
    """Whom a result is told."""

    TRAINEES = "trainees", N_("Trainees")
    SUPERIORS = "superiors", N_("Their superiors")
    DEVELOPERS = "developers", N_("Training developers")
    TOP = "top", N_("Top management")


class SubjectKind(Labelled):
    """What is evaluated."""

    COURSE = "course", N_("Course to evaluate")
    PLAN = "plan", N_("Training plan to evaluate")
    SESSION = "session", N_("Session to evaluate")
    OTHER = "other", N_("Another training")


class Part(Labelled):
    """What of a training is adjusted."""

    CONTENT = "content", N_("Adjust the content")
    TEACHING = "teaching", N_("Adjust the way of teaching")
    CLASSROOM = "classroom", N_("React to the classroom")


class AdjustmentState(Labelled):
    """Where an adjustment stands."""

    OPEN = "open", N_("Adjustment to be made")
    DONE = "done", N_("Adjustment made")
    DROPPED = "dropped", N_("Adjustment dropped")


S = EvaluationState
VERBS: dict[str, frozenset[EvaluationState]] = {
    "choose_method": frozenset({S.METHOD, S.STRATEGY, S.TOOLS}), "set_strategy": frozenset({S.STRATEGY, S.TOOLS}),
    "design_tools": frozenset({S.TOOLS}), "collect": frozenset({S.TOOLS}), "rate": frozenset({S.COLLECTING}),
    "finish": frozenset({S.COLLECTING}), "report": frozenset({S.ANALYSING}),
    "cancel": frozenset({S.METHOD, S.STRATEGY, S.TOOLS, S.COLLECTING, S.ANALYSING}),
}
STEP_OF = {"begin": 1, "choose_method": 1, "set_strategy": 2, "design_tools": 3, "collect": 4, "finish": 5, "report": 5, "cancel": 0}
STEPS: tuple[tuple[int, str], ...] = (
    (1, N_("Choose the method")), (2, N_("Set the strategy")), (3, N_("Design means and tools")), (4, N_("Collect data")),
    (5, N_("Analyse and count")))
LONGEST = {"title": 200, "text": 4000, "said": 1000, "reason": 500, "indicator": 200, "unit": 20, "period": 60, "source": 200}
MARKS = (1, 2, 3, 4, 5)
LEAST = 5
"""answers from which anonymous ratings have figures"""


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state."""
    return state in VERBS[verb]


def checked_marks(factors: Collection[str], marks: Mapping[str, object]) -> dict[str, int]:
    """1 to 5 for each factor that is asked; InvalidInput names those that are missing or no mark."""
    wrong: dict[str, list[str]] = {}
    held: dict[str, int] = {}
    for name in factors:
        value = marks.get(name)
        if value in (None, ""):
            wrong[name] = [N_("This is needed.")]
        elif isinstance(value, bool) or str(value) not in {str(one) for one in MARKS}:
            wrong[name] = [N_("A mark from 1 to 5 is needed here.")]
        else:
            held[name] = int(str(value))
    if wrong:
        raise InvalidInput(wrong)
    return held


@dataclass(frozen=True)
class FactorFigure:
    """What the ratings of a factor come to. spread: how many gave 1, 2, 3, 4, 5."""

    factor: str
    n: int
    mean: float | None
    spread: tuple[int, ...]


def counted(factors: Iterable[str], ratings: Iterable[Mapping[str, int]], *, anonymous: bool) -> list[FactorFigure] | None:
    """The figures of each factor; None where they are anonymous and fewer than five."""
    held = list(ratings)
    if anonymous and len(held) < LEAST:
        return None
    found = []
    for name in factors:
        marks = [one[name] for one in held if name in one]
        found.append(FactorFigure(name, len(marks), round(sum(marks) / len(marks), 2) if marks else None,
                                  tuple(marks.count(mark) for mark in MARKS)))
    return found


@dataclass(frozen=True)
class Measured:
    """One figure of a level: what is measured, before and after. n: how many cases; note: where from; url: what it counts."""

    level: str
    indicator: str
    before: float | None
    after: float | None
    unit: str = ""
    n: int | None = None
    note: str = ""
    url: str = ""
    id: int | None = None

    @property
    def change(self) -> float | None:
        """After less before."""
        return round(self.after - self.before, 4) if self.before is not None and self.after is not None else None
