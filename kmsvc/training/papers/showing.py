"""Words and marks of papers for pages and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import render
from kmsvc.training.papers.blueprint import Blueprint, Feasibility
from kmsvc.training.papers.queries import Asked, Check, PaperLine
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.schemas import said_flaws
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    Case,
    Choice,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)
from kmsvc.training.questions.rules import Band
from kmsvc.training.questions.storing import from_json

HEAD = (N_("Number"), N_("Title"), N_("How questions come in"), N_("Number of questions"), N_("Total of points"),
        N_("Pass mark in per cent"),
        N_("Minutes"), N_("Exams"), N_("Keeper"), N_("State"), N_("Changed"))
_STATES = {"draft": "idle", "ready": "ok", "withdrawn": "off"}


def state_of(state: str) -> tuple[str, str]:
    """(mark, words) of a state."""
    return _STATES[state], sentence(PaperState(state).label)


def way_of(way: str) -> str:
    """The words of a way."""
    return sentence(PaperWay(way).label)


Say = Callable[[str, dict[str, Any]], str]


def kind_of(kind: str | None, say: Say = sentence) -> str:
    """The words of a type of question."""
    return say(Kind(kind).label if kind else N_("any type"), {})


def band_of(band: str | None, say: Say = sentence) -> str:
    """The words of a difficulty."""
    return say(Band(band).label, {}) if band else ""


def plain(points: Decimal) -> str:
    """Points without zeros behind the point."""
    return format(points.normalize(), "f")


def short_said(found: Feasibility, blueprint: Blueprint, topics: Mapping[str, str], say: Say = sentence) -> list[str]:
    """Each thing the bank lacks, with its exact number: «short answer 1 short in identity check». say: how a source is said."""
    told = []
    for one in found.orders:
        cell = blueprint.cells[one.cell]
        values = {"kind": kind_of(cell.kind, say), "count": one.count, "band": band_of(one.band, say),
                  "topic": topics.get(cell.topic or "", "") if cell.topic else say(N_("any topic"), {})}
        told.append(say(N_("%(kind)s, %(band)s: %(count)s short in %(topic)s") if one.band
                        else N_("%(kind)s: %(count)s short in %(topic)s"), values))
    return told


def to_write(found: Check, topics: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what the bank lacks, how the form of one such question begins: parts of an address) of each thing it lacks."""
    if found.found is None:
        return []
    cells = [found.blueprint.cells[one.cell] for one in found.found.orders]
    said = short_said(found.found, found.blueprint, topics)
    return [(words, urlencode([(name, value) for name, value in (("kind", cell.kind), ("topic", cell.topic), ("band", one.band), (
        "points", plain(cell.points))) if value])) for words, cell, one in zip(said, cells, found.found.orders, strict=True)]


def sentences_of(found: Check, topics: Mapping[str, str], say: Say = sentence) -> list[str]:
    """Everything that keeps a blueprint from being composed, in the reader's language."""
    if found.flaws:
        return [say(source, dict(params)) for source, params in said_flaws(found)]
    assert found.found is not None
    return short_said(found.found, found.blueprint, topics, say)


def rows(lines: list[PaperLine], when: Callable[[Any], Any]) -> list[list[Any]]:
    """Papers as rows of an export."""
    return [[one.number, one.title, way_of(one.way), one.questions, plain(one.total), one.pass_percent, one.minutes, one.exams,
             one.keeper, state_of(one.state)[1], when(one.changed_at)] for one in lines]


@dataclass(frozen=True)
class Sheet:
    """A question on paper. options: (letter, words); blanks: lines to write on; parts: of a case; answer: the key in words, empty where
    it is not shown."""

    place: str
    kind: str
    points: Any
    stem: Markup
    options: tuple[tuple[str, Markup], ...] = ()
    lefts: tuple[Markup, ...] = ()
    lines: int = 0
    parts: tuple[Sheet, ...] = ()
    answer: str = ""


def sheets(contents: Mapping[int, dict[str, Any]], asked: Sequence[Asked], *, key: bool = False) -> list[Sheet]:
    """Questions of a paper as they are printed, in their order. key: with their answers, for who may see them."""
    return [_sheet(str(one.place), one.points, from_json(contents[one.version_id]), key) for one in asked]


def _sheet(place: str, points: Any, question: Question, key: bool) -> Sheet:
    body, stem = question.body, render(BLANK_MARK.sub("\uff3f\uff3f\uff3f\uff3f", question.stem))
    made = Sheet(place, question.kind.value, points, stem, answer=answer_of(question) if key else "")
    if isinstance(body, Choice):
        return replace(made, options=_lettered(body.options))
    if isinstance(body, Ordering):
        return replace(made, options=_lettered(tuple(sorted(body.items, key=lambda one: one.id))), lines=1)
    if isinstance(body, Matching):
        return replace(made, lefts=tuple(render(one.text) for one in body.lefts), options=_lettered(
            tuple(sorted(body.rights, key=lambda one: one.id))))
    if isinstance(body, Case):
        return replace(made, parts=tuple(_sheet(f"{place}.{number}", None, part.question, key)
                                         for number, part in enumerate(body.parts, 1)))
    return replace(made, lines=6 if isinstance(body, ShortAnswer) else 1 if isinstance(body, Numeric) else 0)


def _lettered(options: Sequence[Option]) -> tuple[tuple[str, Markup], ...]:
    return tuple((chr(65 + place) if place < 26 else str(place + 1), render(one.text)) for place, one in enumerate(options))


def answer_of(question: Question) -> str:
    """The key of a question in words, for who may see it."""
    body = question.body
    if isinstance(body, Choice):
        return "".join(chr(65 + place) for place, one in enumerate(body.options) if one.id in body.keys)
    if isinstance(body, TrueFalse):
        return sentence(N_("True")) if body.key else sentence(N_("False"))
    if isinstance(body, FillIn):
        return "; ".join(" / ".join(one.accepted) for one in body.blanks)
    if isinstance(body, Numeric):
        return "" if body.value is None else f"{body.value} {body.unit}".strip()
    if isinstance(body, Ordering):
        return " → ".join(one.text for one in body.items)
    if isinstance(body, Matching):
        said = {one.id: one.text for one in (*body.lefts, *body.rights)}
        return "; ".join(f"{said.get(left, '')} — {said.get(right, '')}" for left, right in body.key)
    return getattr(body, "model_answer", "")
