"""The board: open requests in five columns, one a phase, each card with its step, holder, days against the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.process.changes import rules, scenes
from kmsvc.process.changes.fifteen import Deadline, deadline
from kmsvc.process.changes.holding import visible
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.queries import ChangeLine, leads_on, lines_of

MOST_CARDS = 400


@dataclass(frozen=True)
class Card:
    """One open request on the board, with the deadline of its step; none while a release waits for its day."""

    line: ChangeLine
    step: rules.Step
    deadline: Deadline | None
    mine: bool

    @property
    def due_on(self) -> date:
        """By when somebody has to act, or the day a release waits for."""
        return self.deadline.due_on if self.deadline else self.line.live_on or date.max

    @property
    def late(self) -> bool:
        """Whether the step stands longer than its limit."""
        return self.deadline is not None and self.deadline.late > 0


@dataclass(frozen=True)
class Column:
    """One phase with its cards, the longest overdue first."""

    phase: rules.Phase
    steps: tuple[rules.Step, ...]
    cards: tuple[Card, ...]

    @property
    def late(self) -> int:
        """How many cards are beyond their limit."""
        return sum(card.late for card in self.cards)


def card_of(line: ChangeLine, today: date, zone: str, own: frozenset[int] = frozenset()) -> Card | None:
    """The card of an open request; None for one that came to an end."""
    step = rules.BY_STATE.get(line.state)
    if step is None:
        return None
    stands = None if line.live_on else deadline(line.step_since, step.limit_days, today, zone)
    return Card(line, step, stands, line.id in own)


def columns(session: Session, actor: Actor, today: date, zone: str, *, q: str | None = None, process_id: int | None = None,
            urgency: str | None = None, only_mine: bool = False) -> list[Column]:
    """The five columns with the open requests this caller may see."""
    query = select(Change).where(Change.closed_at.is_(None)).order_by(Change.step_since).limit(MOST_CARDS)
    if q:
        query = query.where(Change.title.icontains(q, autoescape=True) | Change.number.icontains(q, autoescape=True))
    if process_id:
        query = query.where(Change.process_id == process_id)
    if urgency:
        query = query.where(Change.urgency == urgency)
    rows: Sequence[Change] = visible(session, actor, list(session.scalars(query)))
    known = scenes.scenes_of(session, rows)
    own = frozenset(row.id for row in rows if leads_on(known[row.id], scenes.me(actor)))
    if only_mine:
        rows = [row for row in rows if row.id in own]
    cards = [card for line in lines_of(session, rows, known) if (card := card_of(line, today, zone, own)) is not None]
    cards.sort(key=lambda card: (card.due_on, card.line.id))
    return [Column(phase, tuple(steps), tuple(card for card in cards if card.step.phase is phase))
            for phase, steps in rules.phase_rows()]
