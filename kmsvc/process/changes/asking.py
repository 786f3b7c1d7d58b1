"""The form that asks for a change: what it starts with, what it becomes, and requests like it that are open already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.cards import whole_card
from kmsvc.core.schemas import MOST_INTEGER
from kmsvc.knowledge.articles.models import Article
from kmsvc.process.changes.holding import visible
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.queries import ChangeLine, lines_of
from kmsvc.process.definitions.queries import ProcessLine, process_lines

LONGEST_TITLE = 60
LONGEST_PLACE = 300
NEARLY_LIKE = 0.3
_PLACE = re.compile(r"/(?P<slice>process/definitions|knowledge/articles|process/changes|process/audits/(?:items|themes))"
                    r"/(?P<id>\d{1,15})(?:[/?#]|$)")
_SENTENCE_END = re.compile("[\n\u3002\uff01\uff1f!?\uff1b;]|\\.(?:\\s|$)")


@dataclass(frozen=True)
class Start:
    """What the form starts with. processes: those this caller may name."""

    processes: list[ProcessLine]
    process_id: int | None


def start_form(session: Session, actor: Actor, *, place: str | None, process_id: int | None) -> Start:
    """The form as opened from a page: its process chosen, when the page was about one the caller may see."""
    lines = [line for line in process_lines(session, actor) if line.state != "retired"]
    wanted = process_id or process_of(session, place)
    return Start(lines, wanted if any(line.id == wanted for line in lines) else None)


def process_of(session: Session, place: str | None) -> int | None:
    """The process a page of ours is about, by its address."""
    match = _PLACE.match(place or "")
    if match is None:
        return None
    number = int(match["id"])
    if number > MOST_INTEGER:
        return None
    if match["slice"] == "process/definitions":
        return number
    if match["slice"].startswith("process/audits"):
        return None
    if match["slice"] == "knowledge/articles":
        return session.scalar(select(Article.process_id).where(Article.id == number))
    return session.scalar(select(Change.process_id).where(Change.id == number))


def place_shown(session: Session, actor: Actor, place: str | None) -> tuple[str, str] | None:
    """What the page a request was asked from is called, and its address; a thing only for those who may open it."""
    match = _PLACE.match(place or "")
    if not place or match is None:
        return (place, place) if place else None
    kind = {"process/definitions": "process", "knowledge/articles": "article", "process/changes": "change",
            "process/audits/items": "process_audit_item", "process/audits/themes": "process_theme"}[match["slice"]]
    number = int(match["id"])
    thing = whole_card(session, actor, kind, number) if number <= MOST_INTEGER else None
    return (f"{thing.number} {thing.title}", place) if thing else None


def title_from(reason: str) -> str:
    """The first sentence of a reason, short enough for a title."""
    first = next((part.strip() for part in _SENTENCE_END.split(reason.strip()) if part.strip()), "")
    return first if len(first) <= LONGEST_TITLE else first[:LONGEST_TITLE - 1].rstrip() + "\u2026"


def wanted_change(form: Mapping[str, str], place: str = "") -> dict[str, Any]:
    """The posted form as the input of a submission: the title made from the reason where it was left empty.

    place: the page it was opened from; one too long to keep is left out."""
    data: dict[str, Any] = {name: form[name] for name in ("title", "reason", "urgency", "trigger", "wanted_on", "process_id")
                            if form.get(name, "").strip()}
    if "title" not in data and data.get("reason"):
        data["title"] = title_from(data["reason"])
    if form.get("new_name", "").strip():
        data["new_process"] = {"name": form["new_name"], "group": form.get("new_group", ""),
                               "class": form.get("new_class", "")}
    return data | ({"place": place} if 0 < len(place) <= LONGEST_PLACE else {})


def similar_changes(session: Session, actor: Actor, text: str, *, process_id: int | None = None,
                    most: int = 5) -> list[ChangeLine]:
    """Open requests that say nearly the same, or concern the same process; the most alike first."""
    pairs = _pairs(text)
    query = select(Change).where(Change.closed_at.is_(None)).order_by(Change.id.desc()).limit(400)
    found = []
    for row in session.scalars(query):
        alike = max(_likeness(pairs, _pairs(row.title)), _likeness(pairs, _pairs(row.reason)))
        if process_id is not None and row.process_id == process_id:
            alike += NEARLY_LIKE
        if alike >= NEARLY_LIKE:
            found.append((alike, row))
    found.sort(key=lambda pair: -pair[0])
    return lines_of(session, visible(session, actor, [row for _alike, row in found[:most * 4]])[:most])


def _pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring signs: they work for Chinese and English alike."""
    plain = re.sub(r"[\W_]+", "", text.lower())
    return frozenset(plain[place:place + 2] for place in range(len(plain) - 1))


def _likeness(wanted: frozenset[str], found: frozenset[str]) -> float:
    smaller = min(len(wanted), len(found))
    return len(wanted & found) / smaller if smaller >= 3 else 0.0
