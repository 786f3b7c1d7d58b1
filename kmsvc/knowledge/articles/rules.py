"""Codes of articles, and what follows from validity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kmsvc.core.texts import N_, Labelled


class Confidentiality(Labelled):
    """Whom a text may reach. Source: clause 60."""

    SAYABLE = "sayable", N_("May be said")
    INTERNAL = "internal", N_("Internal only")
    SECRET = "secret", N_("Secret")


LEVEL = {Confidentiality.SAYABLE: 1, Confidentiality.INTERNAL: 2, Confidentiality.SECRET: 3}


LONGEST = {"title": 200, "summary": 1000, "body": 100_000, "category": 200, "tags": 100, "aliases": 200}
"""Characters of what an author writes, by field; of lists, of each entry."""
MOST_ENTRIES = 50


class ArticleState(Labelled):
    """Where an article stands for its readers: stage and validity in one word, see `Stage` and `Validity`."""

    DRAFT = "draft", N_("Draft")
    PUBLISHED = "published", N_("Published")
    EXPIRED = "expired", N_("Expired")
    UPCOMING = "upcoming", N_("Not valid yet")
    RETIRED = "retired", N_("Retired")


def state_of(*, published: bool, retired: bool, valid_from: date | None, valid_to: date | None, today: date) -> ArticleState:
    """The state on a day."""
    if retired:
        return ArticleState.RETIRED
    if not published:
        return ArticleState.DRAFT
    if valid_to is not None and today > valid_to:
        return ArticleState.EXPIRED
    if valid_from is not None and today < valid_from:
        return ArticleState.UPCOMING
    return ArticleState.PUBLISHED


class Stage(Labelled):
    """How far an article is on its way, whatever the days it says."""

    DRAFT = "draft", N_("Draft")
    PUBLISHED = "published", N_("Published")
    RETIRED = "retired", N_("Retired")


class Validity(Labelled):
    """Whether a text counts on a day by the days it says, whatever its stage."""

    UPCOMING = "upcoming", N_("Not in force yet")
    IN_FORCE = "in_force", N_("In force")
    EXPIRED = "expired", N_("Expired")


def stage_of(*, published: bool, retired: bool) -> Stage:
    """The stage of an article."""
    return Stage.RETIRED if retired else Stage.PUBLISHED if published else Stage.DRAFT


def validity_of(valid_from: date | None, valid_to: date | None, today: date) -> Validity:
    """The validity of a text on a day."""
    if valid_to is not None and today > valid_to:
        return Validity.EXPIRED
    return Validity.UPCOMING if valid_from is not None and today < valid_from else Validity.IN_FORCE


ENDS_BEFORE = N_("The validity ends before it begins.")


def ends_before(valid_from: date | None, valid_to: date | None) -> bool:
    """Whether the last day comes before the first."""
    return valid_from is not None and valid_to is not None and valid_to < valid_from


@dataclass(frozen=True)
class Span:
    """A text while it was in force: from an instant, until the next one (None: still), and the days it says it is valid."""

    version_id: int
    since: datetime
    until: datetime | None
    valid_from: date | None
    valid_to: date | None

    def says(self, day: date) -> bool:
        """Whether the text itself counts on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def counted_on(day: date, end: datetime, spans: Sequence[Span]) -> int | None:
    """The version that counted on a day that ended at an instant; spans in the order of publication.

    What readers were shown at the end of that day counts, if it was valid then. Else a text that came later and says itself
    that it held on that day: the newest of these. None where nothing did.
    """
    shown = next((span for span in reversed(spans) if span.since < end and (span.until is None or span.until >= end)), None)
    if shown is not None and shown.says(day):
        return shown.version_id
    later = [span for span in spans if span.since >= end and span.valid_from is not None and span.says(day)]
    return later[-1].version_id if later else None


def content_hash(title: str, summary: str, body: str) -> str:
    """SHA-256 of what a reader is shown."""
    return hashlib.sha256(json.dumps([title, summary, body], ensure_ascii=False).encode()).hexdigest()
