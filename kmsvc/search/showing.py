"""What the search page shows: hits, facets and the answer beside them, as the templates under templates/search expect."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.cards import Reading, ThingCard
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import listed, sentence
from kmsvc.core.texts import N_
from kmsvc.files.queries import shown_files
from kmsvc.markup import fences
from kmsvc.markup.render import reading_seconds, render
from kmsvc.search.models import SearchEvent
from kmsvc.search.parting import take_apart
from kmsvc.search.queries import Answer, Found
from kmsvc.search.scopes import Register, dimension_of, register_of
from kmsvc.search.starting import Group

SOON = timedelta(days=30)
CODES = {1: "sayable", 2: "internal", 3: "secret"}
LEVELS = {"sayable": N_("May be said"), "internal": N_("Internal only"), "secret": N_("Secret")}
BLOCKS = {"internal": N_("Internal, not for the customer"), "secret": N_("Secret")}


def kind_label(kind: str) -> str:
    """The word for a kind of thing."""
    return sentence(cards.KINDS[kind].label) if kind in cards.KINDS else kind


def category_label(name: str) -> str:
    """The word for a category; one that is a code has a word in each language."""
    source = cards.category_source(name)
    return sentence(source) if source != name else name


def hits(found: Sequence[Found], uses: Mapping[tuple[str, int], int], today: date, on: date | None = None) -> list[dict[str, Any]]:
    """The lines of the list; words that stand on many of them are looked up once. on: the day that was asked for."""
    levels = {code: sentence(text) for code, text in LEVELS.items()}
    kinds = {kind: kind_label(kind) for kind in {one.card.kind for one in found}}
    shelves = {name: category_label(name) for name in {one.card.category for one in found} if name}
    lines = [_hit(one, uses, today, levels, kinds, shelves) for one in found]
    return [line | {"on": on.isoformat()} for line in lines] if on is not None else lines


def starts(groups: Sequence[Group], today: date) -> list[dict[str, Any]]:
    """The short lists of the empty page, their lines like hits."""
    return [{"name": group.name, "title": sentence(group.title), "url": group.url, "hits": hits(
        [Found(line.card, line.title_html, str(escape(line.note)), 0.0) for line in group.lines],
        {(line.card.kind, line.card.id): line.uses for line in group.lines}, today)} for group in groups]


def _hit(found: Found, uses: Mapping[tuple[str, int], int], today: date, levels: Mapping[str, str],
         kinds: Mapping[str, str], shelves: Mapping[str, str]) -> dict[str, Any]:
    """One line; title and snippet are HTML with <mark> already."""
    card = found.card
    code = CODES.get(card.level, "secret")
    return {"kind": card.kind, "kind_label": kinds[card.kind], "id": card.id, "number": card.number,
            "title_html": Markup(found.title_html), "snippet_html": Markup(found.snippet),
            "category": shelves.get(card.category, ""), "level": code, "level_label": levels[code],
            "state": _validity(card, today), "url": card.url,
            "uses_today": uses.get((card.kind, card.id), 0), "moved": found.moved, "instead": found.instead}


def _validity(card: ThingCard, today: date) -> tuple[str, str] | None:
    if card.valid_from is not None and card.valid_from > today:
        return "idle", sentence(N_("from %(day)s on"), {"day": card.valid_from.isoformat()})
    if card.valid_to is None or card.valid_to > today + SOON:
        return None
    if card.valid_to < today:
        return "bad", sentence(N_("Expired"))
    return "warn", sentence(N_("%(days)s days left"), {"days": (card.valid_to - today).days})


def near_line(card: ThingCard) -> dict[str, Any]:
    """A thing that is near what was typed, as a line."""
    code = CODES.get(card.level, "secret")
    return {"kind": card.kind, "id": card.id, "number": card.number, "title_html": card.title, "url": card.url,
            "level": code, "level_label": sentence(LEVELS[code])}


def plain_answer(card: ThingCard) -> dict[str, Any]:
    """What stands beside the list of a thing that has no text to read out, only its page: a change request."""
    empty = dict.fromkeys(("version_label", "effective_on", "review_on", "seconds", "opened", "said"))
    return {**empty, "kind": card.kind, "id": card.id, "title": card.title, "number": card.number, "url": card.url,
            "kind_label": kind_label(card.kind), "owner": card.owner or None, "summary_html": card.body}


_EVENT = SearchEvent.__table__.c
_USES = select(_EVENT.opened_kind, _EVENT.opened_id, func.count()).where(
    _EVENT.at >= bindparam("since"), _EVENT.opened_id.in_(bindparam("ids", expanding=True))).group_by(
    _EVENT.opened_kind, _EVENT.opened_id)


def uses_today(session: Session, keys: Sequence[tuple[str, int]], since: datetime) -> dict[tuple[str, int], int]:
    """How often each of these things was opened from a search since an instant."""
    if not keys:
        return {}
    rows = session.execute(_USES, {"since": since, "ids": [one for _, one in keys]})
    return {(kind, ref_id): count for kind, ref_id, count in rows if kind and ref_id}


def facets(answer: Answer, kind: str | None, category: str | None) -> list[dict[str, Any]]:
    """The choices that narrow this result, each with how many there are; what is chosen stays choosable."""
    return [_facet("kind", sentence(N_("Kind")), answer.kinds, kind, kind_label),
            _facet("category", sentence(N_("Category")), answer.categories, category, category_label)]


def _facet(name: str, title: str, counts: Mapping[str, int], value: str | None, word: Any) -> dict[str, Any]:
    options = [(key, f"{word(key)} {n}") for key, n in counts.items() if key]
    if value and value not in counts:
        options.append((value, word(value)))
    return {"name": name, "label": title, "options": options, "value": value}


def scope_groups(known: Register, chosen: Sequence[str], language: str) -> list[dict[str, Any]]:
    """The values that a search or an article can be narrowed to, by dimension; empty dimensions are left out."""
    groups = [{"name": name, "label": sentence(text), "options": [
        {"id": one.id, "mark": one.mark, "label": one.called(language), "on": one.mark in chosen,
         "also": one.name_en if one.called(language) == one.name else one.name}
        for one in known.offered(name, chosen)]} for name, text in known.labels.items()]
    return [group for group in groups if group["options"]]


def applies_to(known: Register, marks: Sequence[str], language: str) -> list[tuple[str, str]]:
    """(dimension, names) of where something applies; a dimension in which it applies to all is left out."""
    found: dict[str, list[str]] = {}
    for mark in known.settled(marks):
        found.setdefault(dimension_of(mark), []).append(known.values[mark].called(language))
    return [(sentence(known.labels[name]), listed(names)) for name, names in found.items()]


@dataclass(frozen=True)
class Shown:
    """The parts of a text as HTML, and the seconds that reading takes. secret: whether it has secret words, which are not in
    these parts: they are opened by a key of their own, and that is noted."""

    script: Markup
    steps: tuple[tuple[str, str], ...]
    steps_title: str
    rest: Markup
    locked: Markup
    seconds: int
    secret: bool


def _shown(body: str, labels: tuple[tuple[str, str], ...], file_of: Callable[[str], str] | None) -> Shown:
    secret = fences.level_of(body) >= fences.SECRET
    parts = take_apart(fences.visible(body, fences.INTERNAL) if secret else body)

    def html(markdown: str) -> Markup:
        return render(markdown, attachment_url=file_of, labels=dict(labels)) if markdown.strip() else Markup()

    return Shown(html(parts.script), parts.steps, parts.steps_title, html(parts.rest), html(parts.locked),
                 reading_seconds(body), secret)


@lru_cache(maxsize=1000)
def _kept(body: str, labels: tuple[tuple[str, str], ...]) -> Shown:
    """The same for a text without files, remembered: it depends on nothing but the words that this reader may see."""
    return _shown(body, labels, None)


def answer_of(session: Session, reading: Reading, actor: Any, zone: str, today: date) -> dict[str, Any]:
    """The answer beside the list, from a text that is cut to the reader's level already."""
    labels = tuple((kind, sentence(text)) for kind, text in BLOCKS.items())
    whole = reading.confidentiality == "secret"
    has_files = not whole and ("/files/" in reading.body or "attachment:" in reading.body)
    parts = _kept("", labels) if whole else (
        _shown(reading.body, labels, reading.file_of) if has_files else _kept(reading.body, labels))
    card = reading.card
    files = shown_files(session, actor, fences.visible(reading.body, fences.INTERNAL)) if has_files else []
    return {
        "kind": card.kind, "id": card.id, "title": card.title, "number": card.number, "kind_label": kind_label(card.kind),
        "version_label": reading.version_label,
        "review_on": reading.review_on, "owner": reading.owner,
        "effective_on": local_date(reading.since, zone) if reading.since else reading.effective_on,
        "seconds": reading_seconds(reading.body) if whole else parts.seconds,
        "level": reading.confidentiality, "level_label": sentence(LEVELS[reading.confidentiality]), "url": card.url,
        "secret": "whole" if whole else "blocks" if parts.secret or fences.level_of(reading.summary) >= fences.SECRET else None,
        "summary_html": None if whole else fences.visible(reading.summary, fences.INTERNAL).strip(),
        "script_html": parts.script, "steps": parts.steps,
        "steps_title": parts.steps_title, "body_html": parts.rest, "locked_html": parts.locked,
        "attachments": [{"name": file.name, "url": file.url, "size_label": size_label(file.size)} for file in files
                        if not file.is_picture],
        "expired": reading.expired, "version_id": reading.version_id, "as_of": reading.as_of, "overtaken": reading.overtaken,
        "upcoming": card.valid_from if reading.as_of is None and card.valid_from and card.valid_from > today else None,
        "twin": reading.twin, "first": reading.first, "asked_by": reading.asked_by,
        "applies": applies_to(register_of(session), card.scopes, actor.language),
        "opened": reading.opened, "helpful": reading.helpful, "said": reading.said,
        "kept": reading.kept, "keep_url": f"/knowledge/shelf/favourites/{card.id}",
        "now_url": re.sub(r"(/versions/\d+)?\?on=.*\Z", "", card.url), "feedback_url": reading.feedback_url,
        "change_url": "/process/changes/new?" + urlencode({"from": card.url} | (
            {"process": card.id} if card.kind == "process" else {})),
    }


def size_label(size: int) -> str:
    """A size as people say it."""
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
