"""What can be cited, by a register: articles stand in this half of the house, processes above it register themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.citations.comparing import Text


@dataclass(frozen=True)
class Face:
    """What is in force of a text: its version and the last day it says it is valid."""

    version_id: int
    valid_to: date | None = None


@dataclass(frozen=True)
class Seen:
    """A version of a text as a reader may see it; `text` has the paragraphs of the reader's level only. text_id: of which text, where
    that is another one than is cited now: a paragraph was taken over from it."""

    number: str
    title: str
    url: str
    label: str
    text: Text
    text_id: int | None = None


@dataclass(frozen=True)
class TextKind:
    """One kind of text. label: English source.

    faces(session, ids): of those in force, rights aside. text(session, id, version id): the whole words of one version, rights
    aside, for comparing. seen(session, actor, id, version id or None): what this reader sees of it, None where that is nothing;
    without a version what is in force. numbered(session, actor, number): the id behind a number this reader may know.
    """

    name: str
    label: str
    faces: Callable[[Session, Collection[int]], Mapping[int, Face]]
    text: Callable[[Session, int, int], Text | None]
    seen: Callable[[Session, Actor, int, int | None], Seen | None]
    numbered: Callable[[Session, Actor, str], int | None]


TEXTS: dict[str, TextKind] = {}


def register(kind: TextKind) -> None:
    """Add a kind; the last word wins."""
    TEXTS[kind.name] = kind
