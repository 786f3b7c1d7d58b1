"""What pages show of guided flows: shapes and words, the path above a question, the tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.flows.counting import Counts, WalkLine
from kmsvc.knowledge.flows.queries import FlowLine
from kmsvc.knowledge.flows.rules import FlowState, Stop, WalkEnd
from kmsvc.markup.render import render

SHAPES = {FlowState.DRAFT: "info", FlowState.PUBLISHED: "ok", FlowState.RETIRED: "off"}
ENDS = {WalkEnd.OUTCOME: "ok", WalkEnd.NONE: "warn", WalkEnd.LEFT: "bad", WalkEnd.GOING: "go"}
HEAD = (N_("Number"), N_("Title"), N_("What it is for"), N_("State"), N_("Confidentiality"), N_("For whom"), N_("Questions"),
        N_("Version"), N_("Changed"))
COUNTS_HEAD = (N_("Node"), N_("Question or outcome"), N_("Choice"), N_("Times"), N_("Left here"), N_("None of these"),
               N_("Taken back"), N_("Seconds (median)"))
WALKS_HEAD = (N_("Began"), N_("Seconds"), N_("End"), N_("Last"), N_("Path"), N_("Contact number"), N_("Unit"), N_("Who"),
              N_("Version"))


def state_of(state: FlowState) -> tuple[str, str]:
    """Shape and word of a state."""
    return SHAPES[state], label(state)


def end_of(end: WalkEnd) -> tuple[str, str]:
    """Shape and word of how a walk ended."""
    return ENDS[end], label(end)


@lru_cache(maxsize=500)
def html_of(text: str) -> Markup:
    """A note or what is to be said, as it is shown."""
    return render(text)


def audience(unit: str) -> str:
    """For whom it is."""
    return unit or sentence(N_("The whole centre"))


def answer_of(stop: Stop) -> str:
    """What was chosen at a stop, in words."""
    return stop.answer or (sentence(N_("None of these")) if stop.choice == 0 else "")


def path_of(stops: Sequence[Stop]) -> str:
    """A path in one line."""
    return " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(answer_of(stop) for stop in stops if stop.choice is not None)


def export_rows(lines: Sequence[FlowLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[line.number, line.title, line.summary, label(line.state), label(line.confidentiality, Confidentiality),
             audience(line.unit), line.questions, line.ordinal, local(line.changed_at)] for line in lines]


def count_rows(found: Counts) -> list[list[Any]]:
    """The counts as a table to take away: a line for each node, and one for each of its choices."""
    rows: list[list[Any]] = []
    for one in found.nodes:
        rows.append([one.node.key, one.node.title, None, one.came, one.left, one.none, one.back, one.seconds])
        rows += [[one.node.key, None, choice.text, choice.times, None, None, None, None] for choice in one.choices]
    return rows


def walk_rows(lines: Sequence[WalkLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The walks as a table to take away."""
    return [[local(line.began_at), line.seconds, label(line.end), line.last, path_of(line.stops), line.contact, line.unit,
             line.person, line.ordinal] for line in lines]
