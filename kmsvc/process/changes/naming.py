"""Finding change requests by number and title as somebody types: their names lie ready, so that a keystroke reads no table."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import Family, move_one, remembered
from kmsvc.process.changes.models import Change

NAMES = Family("change_names_epoch")
SHORTEST = 2


@dataclass(frozen=True)
class Names:
    """Number and title of each request, newest first. all_*: each in one text, to see at once that nothing is like it."""

    ids: tuple[int, ...]
    numbers: tuple[str, ...]
    titles: tuple[str, ...]
    all_numbers: str
    all_titles: str


def name_moved(session: Session) -> None:
    """To be called by whoever makes a request or gives it another title."""
    move_one(session, NAMES)


def names_like(session: Session, typed: str, most: int) -> list[int]:
    """Ids of requests whose number begins with what was typed or ends with these digits, or whose title holds it; newest first."""
    word = typed.strip().lower()
    if len(word) < SHORTEST:
        return []
    form = _form(word) or word
    tail = form.isdecimal() and len(form) > 2
    held = remembered(session, NAMES, "names", _read)
    if form not in held.all_numbers and word not in held.all_titles:
        return []
    found = (one for one, number, title in zip(held.ids, held.numbers, held.titles, strict=True)
             if number.startswith(form) or (tail and number.endswith(form)) or word in title)
    return [one for one, _ in zip(found, range(most), strict=False)]


def _form(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


def _read(session: Session) -> Names:
    rows = session.execute(select(Change.id, Change.number, Change.title).order_by(Change.id.desc())).all()
    numbers = tuple(_form(row.number.lower()) for row in rows)
    titles = tuple(row.title.lower() for row in rows)
    return Names(tuple(row.id for row in rows), numbers, titles, "\n".join(numbers), "\n".join(titles))
