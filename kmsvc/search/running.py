"""What must be known of a question just now, above everything that is found. Whoever keeps such things fills this register; search
knows no keeper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor

MOST = 3


@dataclass(frozen=True)
class Running:
    """A thing that runs now and has words of the question. shape: as marks are shaped; word: how urgent it is, an English source."""

    kind: str
    id: int
    number: str
    title: str
    url: str
    urgency: str
    shape: str
    word: str
    ends_at: datetime


Provider = Callable[[Session, Actor, str, Mapping[str, Sequence[str]], datetime], Sequence[Running]]
_provider: list[Provider] = []


def provide(provider: Provider) -> None:
    """Say who answers; the last word wins so that a module may be loaded again."""
    _provider[:] = [provider]


def running_for(session: Session, actor: Actor, text: str, wordings: Mapping[str, Sequence[str]], now: datetime) -> list[Running]:
    """What this caller must know of a question now, the loudest first. wordings: other words for parts of it."""
    return list(_provider[0](session, actor, text, wordings, now))[:MOST] if _provider and text else []


def running_json(found: Sequence[Running]) -> list[dict[str, object]]:
    """The same as JSON."""
    return [{"kind": one.kind, "id": one.id, "number": one.number, "title": one.title, "url": one.url, "urgency": one.urgency,
             "ends_at": one.ends_at} for one in found]
