"""What the columns of uploaded sheets are: the choices a page shows, what a person or a program said, and what is kept of it for the
next file with the same headings."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kmsvc.convert.assigning import BELOW, EVERY, EXTRA, IGNORED, MORE, letter, said, said_of, wrong_with
from kmsvc.convert.columns import codes
from kmsvc.convert.refusals import Refused
from kmsvc.convert.texts import REFUSALS
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.knowledge.exports.rules import HEADINGS

Layout = dict[str, dict[str, Any]]
SKIP, NONE = "skip", "no"
MOST_REMEMBERED = 40
NAMES = {**HEADINGS, "aliases": N_("Questions"), "body": N_("Answer text"), "tags": N_("Keywords"),
         MORE: N_("Further text, below the answer"), IGNORED: N_("Not used"),
         BELOW: N_("Category, also for empty cells below")}
ORDER = ("title", "aliases", "body", MORE, IGNORED, "category", BELOW, "tags", "summary", "product", "region", "channel", "customer",
         "valid_from", "valid_to", "confidentiality", "owner", "language", "external_id")


@dataclass(frozen=True)
class Column:
    """A column on the page. name: of its field; held: its code before anything is typed, which goes with the form."""

    name: str
    letter: str
    heading: str
    samples: Sequence[str]
    code: str
    held: str


@dataclass(frozen=True)
class SheetChoice:
    """A sheet on the page. name: of the field for its heading row; heading: no, skip or a row number; found: its headings said all;
    held: its heading before anything is typed; read: the columns are those under that heading."""

    file: str
    sheet: str
    name: str
    heading: str
    first: Sequence[Sequence[Any]]
    columns: Sequence[Column]
    found: bool
    held: str
    read: bool


def choices_of(sheets: Sequence[Mapping[str, Any]], layout: Layout, typed: Mapping[str, str]) -> list[SheetChoice]:
    """What the page shows: what was typed just now, else what was chosen, else what was recognised.

    A field that still says what it was shown with (`was-` and its name) says nothing: meanwhile the files may have been read anew.
    """
    typed = {name: value for name, value in typed.items() if typed.get(f"was-{name}") != value}
    shown = []
    for index, look in enumerate(sheets):
        own = layout.get(look["file"], {}).get("sheets", {}).get(look["sheet"], {})
        chosen = own.get("columns", {})
        heading = SKIP if own.get("skip") else str(own.get("heading") or _heading(look))
        columns = []
        for at, one in enumerate(look["columns"]):
            name, held = f"s{index}-c{at}", chosen.get(str(at), one["code"])
            columns.append(Column(name, letter(at), one["heading"], one["samples"], typed.get(name) or held, held))
        shown.append(SheetChoice(look["file"], look["sheet"], f"s{index}-heading", typed.get(f"s{index}-heading") or heading,
                                 look["first"], columns, bool(look["heading"]) and not look["chosen"] and not own, heading,
                                 heading == _heading(look)))
    return shown


def unread(sheets: Sequence[Mapping[str, Any]], layout: Layout, typed: Mapping[str, str]) -> bool:
    """Whether something was chosen with which the files were not read."""
    return choices_of(sheets, layout, {}) != choices_of(sheets, layout, typed)


def chosen_on_page(sheets: Sequence[Mapping[str, Any]], layout: Layout, typed: Mapping[str, str]) -> Layout:
    """The layout after what a person chose; sheets they left alone stay as they are. Raises InvalidInput at the fields."""
    wrong: dict[str, list[Any]] = {}
    new: Layout = {file: {"sheets": dict(own.get("sheets", {}))} for file, own in layout.items()}
    for before, after, look in zip(choices_of(sheets, layout, {}), choices_of(sheets, layout, typed), sheets, strict=True):
        given = [one.code for one in after.columns]
        for one in after.columns:
            if one.code not in NAMES:
                wrong[one.name] = [N_("This cannot be chosen now.")]
        if after.heading not in (NONE, SKIP, *(str(number) for number, _ in look["first"])):
            wrong[after.name] = [N_("This cannot be chosen now.")]
        if after == before or after.name in wrong or any(one.name in wrong for one in after.columns):
            continue
        place = new.setdefault(look["file"], {"sheets": {}})["sheets"]
        if after.heading == SKIP:
            place[look["sheet"]] = {"skip": True}
            continue
        changed = {str(at): one.code for at, one in enumerate(after.columns) if one.code != one.held}
        if after.heading != before.heading:  # other headings say other things: only what was changed by hand stands
            place[look["sheet"]] = {"heading": after.heading, "columns": changed, "partly": True}
            continue
        if not before.read:  # the columns shown are still those under other headings
            place[look["sheet"]] = {"heading": after.heading, "partly": True, "columns": {
                **place.get(look["sheet"], {}).get("columns", {}), **changed}}
            continue
        trouble = wrong_with(given)
        if trouble is not None:
            code, params = trouble
            at = next((one.name for one in after.columns if one.letter == params.get("second")), after.name)
            wrong[at] = [Filled(REFUSALS[code], **params)]
        place[look["sheet"]] = {"heading": after.heading, "columns": {str(at): code for at, code in enumerate(given)}}
    if wrong:
        raise InvalidInput(wrong)
    return new


def layout_said(columns: Sequence[str], heading: str) -> Layout:
    """The layout for every file that a program or a command said: `B=answer`, or one JSON object. Raises InvalidInput."""
    try:
        as_object = len(columns) == 1 and columns[0].lstrip().startswith("{")
        found = said_of(_object(columns[0]).items(), heading) if as_object else said(columns, heading)
    except Refused as error:
        where = "heading" if error.code == "heading_word" else "columns"
        raise InvalidInput({where: [Filled(error.sentence, **error.params)]}) from error
    return {EVERY: found} if columns or heading else {}


def _object(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Refused("column_word", said=text[:60])
    return found


def _heading(look: Mapping[str, Any]) -> str:
    return SKIP if look["skip"] else str(look["heading"] or NONE)


def remembered(place: Path) -> dict[str, list[str]]:
    """What columns were said to be in earlier files, by their heading row; nothing where that cannot be read."""
    try:
        found = json.loads(place.read_text("utf-8"))
        known = {*codes("articles"), *EXTRA}
        return {str(key): [str(code) for code in value] for key, value in found.items() if set(value) <= known}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(place: Path, sheets: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the columns of sheets with a heading row were chosen to be, the latest last."""
    kept = remembered(place)
    for look in sheets:
        key = look.get("fingerprint") if look["chosen"] and look["heading"] else ""
        if key:
            kept.pop(key, None)
            kept[key] = [column["code"] for column in look["columns"]]
    beside = place.with_suffix(f".{os.getpid()}.new")
    beside.write_text(json.dumps(dict(list(kept.items())[-MOST_REMEMBERED:]), ensure_ascii=False), "utf-8")
    beside.replace(place)
