"""Rooms in words, for pages and sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kmsvc.core.i18n import is_chinese, label, sentence
from kmsvc.core.texts import N_
from kmsvc.markup.diff import Skipped, only_changes
from kmsvc.standards.evidence.panels import RecordPart, Word
from kmsvc.standards.evidence.register import KINDS
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord
from kmsvc.standards.evidence.sampling import rank
from kmsvc.standards.evidence.showing import asked_for, kind_of, lacking_of, result_of, title_of
from kmsvc.standards.rooms.models import RoomLook, RoomMark
from kmsvc.standards.rooms.queries import GuestCard, RoomCard
from kmsvc.standards.rooms.rules import AskState, Item, LookKind, RoomFinding, RoomState
from kmsvc.standards.rooms.viewing import NO_RECORD, Seen, TreeLine

HEAD = (N_("Number"), N_("Title"), N_("Standard"), N_("Year"), N_("Open from"), N_("Open until"), N_("State"), N_("Guests"),
        N_("Waiting requests"), N_("Looks"), N_("Who answers requests"))
ITEM_HEAD = (N_("Key"), N_("Rank"), N_("Number"), N_("Title"), N_("Day"), N_("Result"), N_("Who"), N_("Auditor's judgement"),
             N_("Remark"))
LOOK_HEAD = (N_("When"), N_("Who"), N_("What was done"), N_("Clause"), N_("Thing"), N_("As of"))
_COVER = {CoverState.MET: "ok", CoverState.MISSING: "warn", CoverState.THERE: "go", CoverState.NOTHING: "off"}
_ASK = {AskState.OPEN: "warn", AskState.ANSWERED: "go", AskState.ACCEPTED: "ok", AskState.WITHDRAWN: "off"}
_STAND = {"invited": ("go", N_("Invited, link not used yet")), "inside": ("ok", N_("Has come in")), "revoked": ("off", N_("Revoked")),
          "link": ("warn", N_("The link ran out"))}
MARKS = ((RoomFinding.VERIFIED.value, "check", "v", "ok"), (RoomFinding.DOUBT.value, "qm", "d", "q"))
"""what a row can be marked as: code, icon, key, dress"""

__all__ = ["asked_for", "kind_of", "lacking_of", "result_of", "title_of"]


def title(one: Any) -> str:
    """A title in the reader's language."""
    return one.title_zh if is_chinese() else one.title_en


def cover_sign(line: TreeLine) -> tuple[str, str]:
    """(kind of mark, word) of how a clause stands."""
    assert line.cover is not None
    state = line.cover.cover.state
    return _COVER[state], label(state)


def ask_sign(state: str) -> tuple[str, str]:
    """(kind of mark, word) of where a request stands."""
    return _ASK[AskState(state)], label(AskState(state))


def guest_sign(one: GuestCard) -> tuple[str, str]:
    """(kind of mark, word) of how far a guest is."""
    mark, words = _STAND[one.stand]
    return mark, sentence(words)


def room_sign(one: RoomCard, today: Any) -> tuple[str, str]:
    """(kind of mark, word) of a room."""
    if one.state == RoomState.CLOSED:
        return "off", label(RoomState.CLOSED)
    if today < one.from_on:
        return "go", sentence(N_("Not open yet"))
    return ("off", sentence(N_("Its days are over"))) if today > one.until_on else ("ok", label(RoomState.OPEN))


def finding_word(code: str) -> str:
    """A finding in words."""
    return label(RoomFinding(code))


def findings() -> list[tuple[str, str]]:
    """What can be found of a thing, to choose from."""
    return [(one.value, label(one)) for one in RoomFinding if one is not RoomFinding.NONE]


def item_title(item: Item) -> str:
    """A thing's title; those that are words of the service in the reader's language."""
    return sentence(item.title_label) if item.title_label else item.title


def item_words(item: Item) -> str:
    """How a thing is called: number and title."""
    return f"{item.number} {item_title(item)}".strip()


def item_result(item: Item) -> tuple[str, str]:
    """(kind of mark, word) of what its newest record says."""
    if item.result == NO_RECORD:
        return ("bad" if item.lacks else "off"), sentence(N_("No record"))
    return ("warn" if item.lacks else "ok"), sentence(item.result_label or item.result)


def is_word(cell: Any) -> bool:
    """Whether a cell is an English source, to be said in the reader's language."""
    return isinstance(cell, Word)


def counted(it: Seen, name: str) -> tuple[int, int]:
    """(satisfied, needed) of a clause: subjects where it asks for each, else rules."""
    lines = [one for one in it.rows[name].cover.lines if one.asks]
    subjects = [one for one in lines if one.subjects]
    if subjects:
        return sum(one.subjects - len(one.lacking) for one in subjects), sum(one.subjects for one in subjects)
    return sum(min(one.found, one.rule.at_least) for one in lines), sum(one.rule.at_least for one in lines)


def item_row(item: Item, seed: str | None, marks: Mapping[tuple[str, str], RoomMark], clause: str) -> list[Any]:
    """A thing as a row of a sheet, with all that is needed to draw again."""
    said = marks.get((clause, item.key))
    return [item.key, rank(seed, item.key) if seed is not None else None, item.number, item_title(item), item.on, item_result(item)[1],
            item.who or None, finding_word(said.mark) if said else None, said.remark if said else None]


def room_row(one: RoomCard, today: Any) -> list[Any]:
    """A room as a row of a sheet."""
    return [one.number, one.title, one.model, one.year, one.from_on, one.until_on, room_sign(one, today)[1], one.guests, one.waiting,
            one.looks, one.keeper]


def look_word(look: RoomLook) -> str:
    """What a guest did, in words."""
    return label(LookKind(look.what))


def look_thing(look: RoomLook) -> str:
    """What it was about; of a judgement the thing and the judgement in words."""
    key, _, found = (look.thing or "").rpartition(" ")
    if look.what != LookKind.MARK or found not in {one.value for one in RoomFinding}:
        return look.thing or ""
    return f"{key} {label(RoomFinding(found))}".strip()


def look_row(look: RoomLook, name: str) -> list[Any]:
    """A look as a row of a sheet."""
    return [look.at, name, look_word(look), look.clause, look_thing(look), look.as_of]


@dataclass(frozen=True)
class ChangedLine:
    """A paragraph of a difference, as the component of differences takes it. skipped: so many unchanged ones stand before it."""

    block_id: str
    status: str
    number: str
    parts: tuple[tuple[str, str], ...]
    skipped: int
    heading: str = ""


def changed_lines(part: RecordPart) -> list[ChangedLine]:
    """What changed, without the paragraphs that did not."""
    found, skipped = [], 0
    for one in only_changes(part.changes or (), context=0):
        if isinstance(one, Skipped):
            skipped += one.count
        else:
            found.append(ChangedLine(one.block_id, one.status, one.place.section, one.parts, skipped))
            skipped = 0
    return found


def part_json(part: RecordPart) -> dict[str, Any]:
    """What stands behind a record, as JSON: words in English, as everywhere in it."""
    return {"part": part.code, "facts": dict(part.facts), "head": list(part.head),
            "rows": [list(row) for row in part.rows], "more": part.more, "text": list(part.text),
            "changes": None if part.changes is None else [
                {"status": one.status, "section": one.place.section, "parts": [list(piece) for piece in one.parts]}
                for one in part.changes if one.status != "same"]}


def details(one: EvidenceRecord) -> list[tuple[str, Any]]:
    """The columns that records of this kind alone have."""
    kind = KINDS[one.kind]
    return [(sentence(words), one.more.get(name)) for name, words in kind.more.items() if one.more.get(name) not in (None, "", [], ())]
