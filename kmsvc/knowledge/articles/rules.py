"""Codes of articles, and what follows from validity."""

from __future__ import annotations

import hashlib
import json
from datetime import date

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
    """Where an article stands for its readers."""

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


def content_hash(title: str, summary: str, body: str) -> str:
    """SHA-256 of what a reader is shown."""
    return hashlib.sha256(json.dumps([title, summary, body], ensure_ascii=False).encode()).hexdigest()
