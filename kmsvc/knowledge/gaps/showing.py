"""What the pages of gaps show: shapes and words of states and signs, the formula, the table to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.knowledge.gaps.queries import PERIODS, GapCard, GapLine
from kmsvc.knowledge.gaps.reporting import Answered
from kmsvc.knowledge.gaps.rules import BY_PERSON, BY_REPORT, HALF_LIFE, GapSign, GapState
from kmsvc.search.showing import category_label

SHAPES = {GapState.OPEN: "due", GapState.WRITING: "go", GapState.CHANGING: "go", GapState.CLOSED: "ok", GapState.DISMISSED: "off",
          GapState.MERGED: "idle"}
STATE_FILTERS = {"live": N_("Everything that is open"), "late": N_("Beyond its day")}
EXPORT_HEAD = (N_("Number"), N_("Searched for"), N_("State"), N_("Weight"), N_("Searches"), N_("Nothing found"),
               N_("Found, but nothing opened"), N_("Reported"), N_("People"), N_("Different searches"), N_("Found in the replay"),
               N_("First"), N_("Last"), N_("Category"), N_("Who closes it"), N_("By when"))


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of a state."""
    state = GapState(code)
    return SHAPES[state], label(state)


def state_word(code: str) -> str:
    """The word of a choice of the filter."""
    return sentence(STATE_FILTERS[code]) if code in STATE_FILTERS else label(GapState(code))


def sign_word(code: str) -> str:
    """How it showed, in words."""
    return label(GapSign(code))


def periods() -> list[tuple[int, str]]:
    """The choices of the period."""
    return [(one, ngettext("searched in the last %(num)d day", "searched in the last %(num)d days", one)) for one in PERIODS]


def formula(card: GapCard, today: date) -> str:
    """How the weight comes about, with its numbers."""
    weight = card.weight
    if weight is None:
        return ""
    ago = max(0, (today - weight.last_on).days)
    return _("(%(searches)s searches + %(by_person)s × %(people)s people + %(by_report)s × %(reports)s reports) × ½ for each "
             "%(days)s days since the last search, %(ago)s days ago = %(weight)s",
             searches=weight.searches, by_person=BY_PERSON, people=weight.people, by_report=BY_REPORT, reports=weight.reports,
             days=HALF_LIFE, ago=ago, weight=weight.at(today))


def thanks(done: Answered) -> str:
    """What the reporter reads at once."""
    if done.unfiltered:
        return ngettext("Without the filter there is %(num)d result. Nothing was reported.",
                        "Without the filter there are %(num)d results. Nothing was reported.", done.unfiltered)
    if done.state == GapState.DISMISSED:
        return _("%(number)s: this is not ours to answer. %(reason)s", number=done.number, reason=done.reason or "")
    if done.others:
        return ngettext("Noted: %(number)s, together with the same question of %(num)d other person. You hear when it is found.",
                        "Noted: %(number)s, together with the same question of %(num)d other people. You hear when it is found.",
                        done.others, number=done.number)
    return _("Noted: %(number)s. You hear when it is found.", number=done.number)


def export_rows(lines: Sequence[GapLine]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[line.number, line.title, label(line.state, GapState), line.weight, line.searches, line.zero, line.unopened,
             line.reported, line.people, line.queries, line.hits, line.first_on, line.last_on,
             category_label(line.category) if line.category else "", line.owner, line.due_on] for line in lines]
