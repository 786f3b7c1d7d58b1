"""Self-assessments in words and drawings: colours of states and marks, rows of exports, the radar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.texts import N_
from kmsvc.standards.assessments.campaign_rules import AnswerState, ImprovementState, RoundState
from kmsvc.standards.assessments.figures import Figure, shown
from kmsvc.standards.assessments.plan_queries import PlanLine
from kmsvc.standards.assessments.queries import AnswerLine, RoundLine
from kmsvc.standards.assessments.rules import Check
from kmsvc.standards.assessments.standing import Part, Standing
from kmsvc.standards.models.models import Clause
from kmsvc.standards.models.showing import BASES

HEAD = [N_("Number"), N_("Self-assessment"), N_("Standard"), N_("Edition"), N_("Unit"), N_("Who looks at the answers"),
        N_("To be closed by"), N_("State"), N_("Assessed"), N_("Met"), N_("Number of items"), N_("Level"), N_("Points"), N_("Closed")]
ANSWER_HEAD = [N_("Clause"), N_("Section"), N_("What it asks for"), N_("Respondent"), N_("State"), N_("C"), N_("F"), N_("C aimed at"),
               N_("F aimed at"), N_("Records named"), N_("What is missing")]
PLAN_HEAD = [N_("Number"), N_("Improvement"), N_("Clause"), N_("Self-assessment"), N_("Step"), N_("C"), N_("F"), N_("C aimed at"),
             N_("F aimed at"), N_("Days of work"), N_("Who improves it"), N_("To be done by"), N_("Done on")]
MARK_CARDS = (
    (10, N_("fully"), {"c": N_("A written method covers all that is asked for."),
                       "f": N_("It is done everywhere, and records show it.")}),
    (5, N_("partly"), {"c": N_("A method is there, parts of it are missing."),
                       "f": N_("It is done in part, or records have holes.")}),
    (0, N_("not"), {"c": N_("There is no method."), "f": N_("It is not done, or nothing shows it.")}))
SIDES = {"c": N_("Method (C)"), "f": N_("Execution (F)")}
_TONES: dict[str, str] = {
    "draft": "off", "open": "info", "review": "warn", "closed": "ok", "answered": "info", "submitted": "warn", "returned": "bad",
    "accepted": "ok", "compare": "info", "find": "info", "coach": "info", "raise": "info", "done": "ok", "dropped": "off"}
_STEPS = {"back": N_("Once more the step before"), "drop": N_("Left out"), "take_up": N_("Taken up again")}
RELATIONS = {"kept": N_("Carried over from #%(from)s of %(round)s: confirm it."),
             "split": N_("Carried over from #%(from)s of %(round)s, which was split: look again."),
             "merged": N_("Carried over from #%(from)s of %(round)s, merged here: look again."),
             "new": N_("New in this edition: nothing is carried over.")}


def state_of(line: RoundLine, today: date) -> tuple[str, str]:
    """Colour and word of where a round stands."""
    if line.is_late(today):
        return "bad", f"{label(line.state, RoundState)} \u00b7 {sentence(N_('Late'))}"
    return _TONES[line.state], label(line.state, RoundState)


def answer_state(state: str) -> tuple[str, str]:
    """Colour and word of where an answer stands."""
    return "idle" if state == AnswerState.OPEN else _TONES[state], label(state, AnswerState)


def plan_state(line: PlanLine, today: date) -> tuple[str, str]:
    """Colour and word of the step an item of a plan is in."""
    if line.is_late(today):
        return "bad", f"{label(line.state, ImprovementState)} \u00b7 {sentence(N_('Late'))}"
    return _TONES[line.state], label(line.state, ImprovementState)


def step_of(step: str) -> str:
    """What was done, in words."""
    return sentence(_STEPS[step]) if step in _STEPS else label(step, ImprovementState)


def title_of(one: Clause | AnswerLine | Part | Any) -> str:
    """What it is called in the reader's language."""
    return str(one.title_zh if is_chinese() else one.title_en)


def basis_of(basis: str) -> str:
    """How items are counted, in words."""
    return sentence(BASES[basis]) if basis in BASES else basis


def mark_of(mark: int | None) -> tuple[str, str]:
    """Colour and text of a mark."""
    return ("idle", "\u2013") if mark is None else ({10: "ok", 5: "warn", 0: "bad"}[mark], str(mark))


def carried_of(carried: Mapping[str, Any]) -> str:
    """Where the marks of an answer came from."""
    return sentence(RELATIONS[carried["relation"]], {"from": ", ".join(carried["from"]), "round": carried["round"]})


def asked_of(check: Check) -> list[tuple[str, Figure, str]]:
    """What a level asks for: (check, the figure it is about, least)."""
    level = check.level
    rates = (("c_rate", level.c_min), ("f_rate", level.f_min), ("c_rate_5", level.c_min_5), ("f_rate_5", level.f_min_5))
    found = [(name, Figure(name), shown(least)) for name, least in rates if least is not None]
    return found + ([("total", Figure.TOTAL, str(level.total_min))] if level.total_min is not None else [])


def value_of(held: Standing, figure: Figure) -> str:
    """A figure as text."""
    rates = held.scored.rates
    return {Figure.C_RATE: shown(rates.c), Figure.F_RATE: shown(rates.f), Figure.C_RATE_5: shown(rates.c_5),
            Figure.F_RATE_5: shown(rates.f_5), Figure.TOTAL: f"{held.scored.total} / {held.scored.max_total}",
            Figure.LEVEL: held.attained or "\u2013", Figure.ASSESSED: shown(held.progress.share(held.progress.assessed)),
            Figure.MET: shown(held.progress.share(held.progress.met))}[figure]


def percent(share: Fraction | None) -> int:
    """A share as a whole number of percent, cut."""
    return 0 if share is None else int(share * 100)


def heat(c: int | None, f: int | None) -> str:
    """The bucket of a cell: n without marks, 0 to 4 by points."""
    return "n" if c is None or f is None else str((c + f) // 5)


def rows(lines: Sequence[RoundLine], today: date) -> list[list[Any]]:
    """Rounds as an export has them."""
    return [[one.number, one.title, one.model, one.edition, one.unit, one.lead, one.due_on, state_of(one, today)[1], one.assessed,
             one.met, one.items, one.level, one.total, one.closed_on] for one in lines]


def answer_rows(lines: Sequence[AnswerLine]) -> list[list[Any]]:
    """Answers as an export has them."""
    return [[f"#{one.name}", one.section, title_of(one), one.respondent, answer_state(one.state)[1], one.c, one.f, one.target_c,
             one.target_f, one.proofs, one.gaps] for one in lines]


def plan_rows(lines: Sequence[PlanLine], today: date) -> list[list[Any]]:
    """Items of plans as an export has them."""
    return [[one.number, one.title, f"#{one.name}", one.round, plan_state(one, today)[1], one.c, one.f, one.aim_c, one.aim_f,
             one.effort_days, one.owner, one.due_on, one.done_on] for one in lines]
