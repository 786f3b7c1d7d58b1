"""What the search page shows: hits, facets and the answer beside them, as the templates under templates/search expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.cards import Reading, ThingCard
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.files.queries import shown_files
from kmsvc.markup.render import plain_text, reading_seconds, render
from kmsvc.search.models import SearchEvent
from kmsvc.search.parting import take_apart
from kmsvc.search.queries import Answer, Found
from kmsvc.search.requests import Suggestion

SOON = timedelta(days=30)
CODES = {1: "sayable", 2: "internal", 3: "secret"}
LEVELS = {"sayable": N_("May be said"), "internal": N_("Internal only"), "secret": N_("Secret")}
BLOCKS = {"internal": N_("Internal, not for the customer"), "secret": N_("Secret")}


def kind_label(kind: str) -> str:
    """The word for a kind of thing."""
    return sentence(cards.KINDS[kind].label) if kind in cards.KINDS else kind


def hit(found: Found, uses: Mapping[tuple[str, int], int], today: date) -> dict[str, Any]:
    """One line of the list; title and snippet are HTML with <mark> already."""
    card = found.card
    code = CODES.get(card.level, "secret")
    return {"kind": card.kind, "kind_label": kind_label(card.kind), "id": card.id, "number": card.number,
            "title_html": Markup(found.title_html), "snippet_html": Markup(found.snippet),
            "category": sentence(cards.category_source(card.category)) if card.category else "",
            "level": code, "level_label": sentence(LEVELS[code]), "state": _validity(card, today), "url": card.url,
            "uses_today": uses.get((card.kind, card.id), 0)}


def _validity(card: ThingCard, today: date) -> tuple[str, str] | None:
    if card.valid_to is None or card.valid_to > today + SOON:
        return None
    if card.valid_to < today:
        return "bad", sentence(N_("Expired"))
    return "warn", sentence(N_("%(days)s days left"), {"days": (card.valid_to - today).days})


def suggested(found: Suggestion, card: ThingCard) -> dict[str, Any]:
    """A name that is near what was typed, as a line."""
    code = CODES.get(card.level, "secret")
    return {"kind": card.kind, "id": card.id, "number": card.number, "title_html": card.title, "url": card.url,
            "level": code, "level_label": sentence(LEVELS[code])}


def uses_today(session: Session, keys: Sequence[tuple[str, int]], since: datetime) -> dict[tuple[str, int], int]:
    """How often each of these things was opened from a search since an instant."""
    if not keys:
        return {}
    rows = session.execute(select(SearchEvent.opened_kind, SearchEvent.opened_id, func.count()).where(
        SearchEvent.at >= since, SearchEvent.opened_id.in_([one for _, one in keys])).group_by(
        SearchEvent.opened_kind, SearchEvent.opened_id))
    return {(kind, ref_id): count for kind, ref_id, count in rows if kind and ref_id}


def facets(answer: Answer, kind: str | None, category: str | None) -> list[dict[str, Any]]:
    """The choices that narrow this result, each with how many there are; what is chosen stays choosable."""
    return [_facet("kind", sentence(N_("Kind")), answer.kinds, kind, kind_label),
            _facet("category", sentence(N_("Category")), answer.categories, category,
                   lambda name: sentence(cards.category_source(name)))]


def _facet(name: str, title: str, counts: Mapping[str, int], value: str | None, word: Any) -> dict[str, Any]:
    options = [(key, f"{word(key)} {n}") for key, n in counts.items() if key]
    if value and value not in counts:
        options.append((value, word(value)))
    return {"name": name, "label": title, "options": options, "value": value}


def answer_of(session: Session, reading: Reading, actor: Any) -> dict[str, Any]:
    """The answer beside the list, from a text that is cut to the reader's level already."""
    parts = take_apart(reading.body)
    labels = {kind: sentence(text) for kind, text in BLOCKS.items()}

    def html(markdown: str) -> Markup:
        return render(markdown, attachment_url=reading.file_of, labels=labels) if markdown.strip() else Markup()

    card = reading.card
    files = shown_files(session, actor, reading.body) if "/files/" in reading.body else []
    return {
        "kind": card.kind, "id": card.id, "title": card.title, "number": card.number, "kind_label": kind_label(card.kind),
        "version_label": reading.version_label, "effective_on": reading.effective_on, "review_on": reading.review_on,
        "owner": reading.owner, "seconds": reading_seconds(plain_text(f"{reading.summary}\n\n{reading.body}")),
        "level": reading.confidentiality, "level_label": sentence(LEVELS[reading.confidentiality]), "url": card.url,
        "summary_html": reading.summary, "script_html": html(parts.script), "steps": parts.steps,
        "steps_title": parts.steps_title, "body_html": html(parts.rest), "locked_html": html(parts.locked),
        "attachments": [{"name": file.name, "url": file.url, "size_label": size_label(file.size)} for file in files
                        if not file.is_picture],
        "expired": reading.expired,
        "change_url": "/process/changes/new?" + urlencode({"from": card.url} | (
            {"process_id": card.id} if card.kind == "process" else {})),
    }


def size_label(size: int) -> str:
    """A size as people say it."""
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
