"""What of an answer may stay readable in its window when the network is gone: the house decides how far, secret text never."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.cards import ThingCard
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.markup import fences
from kmsvc.search.showing import answer_of

KEEP = Option("search.offline.keep", True, N_("Keep the last answers readable in the window when the connection is lost"))
INTERNAL = Option("search.offline.internal", True, N_("Keep there what is internal too, not only what may be said"))
MINUTES = Option("search.offline.minutes", 240, N_("Minutes for which they stay readable without a connection"),
                 minimum=5, maximum=720)
SHELL_SCRIPTS = ("theme.js", "offline_page.js", "offline.js", "room.js", "read.js", "data.js", "toast.js", "copy.js", "secret.js",
                 "compose.js")
"""What the page without a connection loads: `offline_page.js` and all that it imports."""


def minutes(session: Session) -> int:
    """For how many minutes without a connection; 0 where nothing is kept."""
    return int(value(session, MINUTES)) if value(session, KEEP) else 0


def kept_answer(work: Work, kind: str, ref_id: int, today: date, zone: str) -> dict[str, Any] | None:
    """The answer as the window keeps it, cut to what this reader may see and the house lets stay; None when nothing of it may.

    minutes: how long without a connection. internal: whether what is internal may stay. valid_to: its last day, for the mark of
    what has expired meanwhile. version: the mark of its text. also: other names by which it is found.
    """
    allowed = minutes(work.session)
    described = cards.KINDS.get(kind)
    reading = described.reading(work.session, work.actor, ref_id, today) if allowed and described and described.reading else None
    if reading is None or reading.confidentiality == "secret":
        return None
    level = fences.INTERNAL if value(work.session, INTERNAL) else fences.SAYABLE
    if reading.confidentiality == "internal" and level < fences.INTERNAL:
        return None
    left_out = max(fences.level_of(reading.body), fences.level_of(reading.summary)) > level
    answer = answer_of(work.session, replace(reading, body=fences.visible(reading.body, level),
                                             summary=fences.visible(reading.summary, level)), work.actor, zone, today)
    card = reading.card
    documents = described.documents(work.session, [ref_id]) if described is not None and described.documents else ()
    return {"version": text_mark(card), "also": " ".join(word for document in documents for word in document.aliases),
            "key": f"{kind}:{ref_id}", "number": card.number, "title": card.title, "url": card.url, "minutes": allowed,
            "internal": level >= fences.INTERNAL,
            "level": reading.confidentiality, "valid_to": card.valid_to.isoformat() if card.valid_to else None,
            "expired": reading.expired, "html": render_template("search/_kept.html", answer=answer, left_out=left_out)}


def text_mark(card: ThingCard) -> str:
    """Differs as soon as what this reader sees of a thing does."""
    seen = (card.number, card.title, card.summary, card.body, card.level, card.valid_from, card.valid_to, card.updated_on)
    return sha256(repr(seen).encode()).hexdigest()[:12]
