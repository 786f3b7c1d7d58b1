"""The inputs of an offered verb as rows of a form, made from the same description that serves JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core.forms import Input
from kmsvc.core.i18n import sentence
from kmsvc.core.offers import Offer
from kmsvc.process.changes.verbs import Verb

WRITING = frozenset({"submit_draft", "submit_correction", "review_again", "submit_update", "save_draft"})
SIDE = frozenset({"comment", "save_draft", "assign_author"})
RADIO = frozenset({"verdicts", "sample_results", "taught_verdicts", "feedback_sources", "feedback_routes"})
PEOPLE = frozenset({"assistants", "authors", "owners", "trainers"})  # picked by typing, nobody stands chosen
SEVERAL = {"record_research": "affected_unit"}  # verb -> a choice the page takes several of
UNSEEN = frozenset({"block_id"})  # comes with the link that opened the form
_LOGIN = re.compile(r"^.*\(([^()\s]+)\)\s*$", re.DOTALL)
TYPES = {"line": "text", "text": "textarea", "date": "date", "choice": "select", "whole": "number", "yes": "checkbox",
         "const": "hidden"}


@dataclass(frozen=True)
class Row:
    """One field of a verb's form, as the `field` macro takes it."""

    name: str
    type: str
    label: str
    value: Any
    required: bool
    options: Sequence[tuple[Any, str]]
    empty: str | None
    rows: int
    attrs: Mapping[str, Any]


def form_rows(offer: Offer, today: date, typed: Mapping[str, Any] | None = None) -> list[Row]:
    """The fields of a verb with what was typed, else the default of the moment."""
    return [_row(one, offer, today, typed) for one in offer.inputs]


def picked(verb: Verb, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was posted, with the login of a person who was picked by name: `Li Na · trainer · Team A (lina)` -> `lina`."""
    people = {one.name for one in verb.inputs if one.choices in PEOPLE}
    return {name: _LOGIN.sub(r"\1", value) if name in people and isinstance(value, str) else value
            for name, value in typed.items()}


def _row(one: Input, offer: Offer, today: date, typed: Mapping[str, Any] | None) -> Row:
    options: list[tuple[Any, str]] = []
    kind = TYPES[one.kind] if one.name not in UNSEEN else "hidden"
    if one.kind == "choice":
        key = one.choices or one.name
        options = [(value, sentence(label) if label else str(value)) for value, label in offer.moment[key]]
        kind = "radio" if key in RADIO else "checks" if SEVERAL.get(offer.verb) == one.name else "select"
        if key in PEOPLE:
            kind, options = "text", [(f"{label} ({value})", "") for value, label in options]
    value = offer.moment[one.name] if one.kind == "const" else one.present_default(offer.moment, today)
    if typed is not None and one.kind != "const":
        value = typed.get(one.name)
    if one.kind == "choice" and (one.choices or one.name) in PEOPLE and value:
        value = next((text for text, _empty in options if text.endswith(f"({value})")), value)
    if kind == "checks" and isinstance(value, str):
        value = [value]
    attrs: dict[str, Any] = {}
    if one.kind == "choice" and kind == "text":
        attrs |= {"list": f"f-{offer.verb}-{one.name}-list", "autocomplete": "off"}
    if one.kind in ("line", "text"):
        attrs["maxlength"] = one.most
    if one.kind == "date" and one.past_only:
        attrs["max"] = today.isoformat()
    return Row(one.name, kind, sentence(one.label), value.isoformat() if isinstance(value, date) else value, one.required,
               options, None if one.required else "\u2014", 3, attrs)


@dataclass(frozen=True)
class Bar:
    """The verbs of the bar: `main` is filled, `ahead` lead forward too, `aside` leave it where it is."""

    main: Offer | None
    ahead: tuple[Offer, ...]
    aside: tuple[Offer, ...]
    back: tuple[Offer, ...]
    comment: Offer | None
    writes: bool


def bar_of(offers: Sequence[Offer]) -> Bar:
    """The offered verbs in the places of the bar; the one that leaves the step is the filled one."""
    forward = [offer for offer in offers if offer.forward and offer.verb not in SIDE]
    main = next((offer for offer in forward if offer.verb.startswith(("finish", "submit"))), None) or (
        forward[0] if forward else None)
    return Bar(
        main=main, ahead=tuple(offer for offer in forward if offer is not main),
        aside=tuple(offer for offer in offers if not offer.forward and not offer.back and offer.verb not in
                    ("comment", "save_draft")),
        back=tuple(offer for offer in offers if offer.back),
        comment=next((offer for offer in offers if offer.verb == "comment"), None),
        writes=any(offer.verb == "save_draft" for offer in offers))
