"""What happens to the survey of needs, suggestions and lines of the annual plan."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class NeedsSent(Event):
    """The questionnaires of a year went to everybody, or there is more time to answer them. turn: which time."""

    kind = "training.needs.sent"
    campaign_id: int
    turn: int


@dataclass(frozen=True)
class NeedsAnswered(Event):
    """Somebody answered. Nothing here leads to what was answered."""

    kind = "training.needs.answered"
    campaign_id: int
    person_id: int


@dataclass(frozen=True)
class NeedsDrawn(Event):
    """People were drawn to be interviewed."""

    kind = "training.needs.drawn"
    campaign_id: int


@dataclass(frozen=True)
class NeedsSigned(Event):
    """The needs report of a year is signed and archived."""

    kind = "training.needs.signed"
    campaign_id: int


@dataclass(frozen=True)
class NeedEntered(Event):
    """Something that hurts was entered for the first time: by hand or out of a file."""

    kind = "training.needs.entered"
    entry_id: int


@dataclass(frozen=True)
class SuggestionSent(Event):
    """Somebody suggested a training."""

    kind = "training.suggestion.sent"
    suggestion_id: int


@dataclass(frozen=True)
class SuggestionAnswered(Event):
    """A training suggestion was answered."""

    kind = "training.suggestion.answered"
    suggestion_id: int
    turn: int


@dataclass(frozen=True)
class AnnualLineGiven(Event):
    """A line of the annual plan has an owner. turn: version of the line."""

    kind = "training.annual_line.given"
    line_id: int
    turn: int
