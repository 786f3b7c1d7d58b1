"""Which bulletins that run now speak of what is searched: by number, by words that stand in them, of those meant for the reader.

The board is remembered, so a keystroke asks the database nothing; while nothing hangs there it costs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.knowledge.bulletins.board import Standing, board
from kmsvc.knowledge.bulletins.permissions import READ_BULLETIN
from kmsvc.knowledge.bulletins.rules import LOUDNESS, BulletinUrgency
from kmsvc.markup.plain import quick_plain
from kmsvc.search.analysis import RUN, literal, number_form
from kmsvc.search.ranking import shared_runs
from kmsvc.search.running import Running, provide

MOST_SHARED = 0.6
"""From this share in one piece on, a question is about a bulletin."""
FAIR_PART = 0.3
"""of a question that a bulletin must hold, where it is in several pieces"""
SHORT = 2
LONGEST_READ = 400
SHAPES = {BulletinUrgency.URGENT: "bad", BulletinUrgency.IMPORTANT: "warn", BulletinUrgency.NORMAL: "info"}


def running(session: Session, actor: Actor, text: str, wordings: Mapping[str, Sequence[str]], now: datetime) -> list[Running]:
    """Bulletins that run now, may be read by this caller and speak of what was typed: the loudest and newest first."""
    hanging = [one for one in board(session).standing if one.runs(now) and can(actor, READ_BULLETIN, one)]
    if not hanging:
        return []
    asked = list(_ways(literal(text[:LONGEST_READ]), wordings))
    number = number_form(text[:LONGEST_READ])
    found = [one for one in hanging if number == number_form(one.number) or any(speaks_of(one.title, one.body, way) for way in asked)]
    return [_line(one) for one in sorted(found, key=lambda one: (LOUDNESS[one.urgency], -one.id))]


def _line(one: Standing) -> Running:
    urgency = BulletinUrgency(one.urgency)
    return Running("bulletin", one.id, one.number, one.title, f"/knowledge/bulletins/{one.id}", one.urgency, SHAPES[urgency],
                   urgency.label, one.ends_at)


def _ways(asked: str, wordings: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield asked
    for word, others in wordings.items():
        yield from (asked.replace(word, literal(other)) for other in others)


def speaks_of(title: str, body: str, asked: str) -> bool:
    """Whether a bulletin has most of a question in one piece, or several of its words, one of them in the title."""
    title, whole = _forms(title, body)
    letters = asked.strip()
    if len(letters) < SHORT or (letters.isascii() and len(letters) <= SHORT):
        return False
    if shared_runs(letters, title if len(letters) == SHORT else whole) >= MOST_SHARED:
        return True
    pieces = _pieces(letters, whole)
    return (len(pieces) > 1 and any(piece in title for piece in pieces)
            and sum(map(len, pieces)) >= FAIR_PART * len(letters))


@lru_cache(maxsize=200)
def _forms(title: str, body: str) -> tuple[str, str]:
    """Title, and title with text, in the form questions are compared in; the same few hang for hours."""
    head = literal(title)
    return head, f"{head}\n{literal(quick_plain(body))}"


def _pieces(asked: str, whole: str) -> set[str]:
    """What a question shares with a text: of Chinese the longest stretches of two characters and more, of the rest words of four
    letters."""
    found: set[str] = set()
    for run in RUN.finditer(asked):
        text, place = run.group(), 0
        if run.lastgroup != "cjk":
            found.update({text} if len(text) >= SHORT + 2 and text in whole else ())
            continue
        while place < len(text) - 1:
            end = place
            while end < len(text) and text[place:end + 1] in whole:
                end += 1
            found.update({text[place:end]} if end - place >= SHORT else ())
            place = max(end, place + 1)
    return found


provide(running)
