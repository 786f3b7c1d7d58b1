"""Texts of versions cut to a reader's level, kept by the hash of their content: versions never change, so neither do these.

Search reads up to fifty of them for each question; rights are asked of the living database every time, never kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.knowledge.articles.models import ArticleVersion
from kmsvc.markup.fences import visible

MOST_CHARACTERS = 6_000_000
"""About 20 MB a process."""

_kept: OrderedDict[tuple[str, int], tuple[str, str]] = OrderedDict()
_lock = threading.Lock()
_size = 0


def readable(session: Session, wanted: Mapping[int, str], level: int) -> dict[int, tuple[str, str]]:
    """version id -> (summary, body) as this level reads them. wanted: version id -> content hash."""
    found: dict[int, tuple[str, str]] = {}
    with _lock:
        for version_id, key in wanted.items():
            kept = _kept.get((key, level))
            if kept is not None:
                _kept.move_to_end((key, level))
                found[version_id] = kept
    missing = [one for one in wanted if one not in found]
    if missing:
        for row in session.execute(select(ArticleVersion.id, ArticleVersion.summary, ArticleVersion.body)
                                   .where(ArticleVersion.id.in_(missing))):
            found[row.id] = _keep((wanted[row.id], level), (visible(row.summary or "", level).strip(),
                                                            visible(row.body, level)))
    return found


def _keep(key: tuple[str, int], texts: tuple[str, str]) -> tuple[str, str]:
    global _size
    with _lock:
        if key not in _kept:
            _kept[key] = texts
            _size += len(texts[0]) + len(texts[1])
            while _size > MOST_CHARACTERS:
                _, old = _kept.popitem(last=False)
                _size -= len(old[0]) + len(old[1])
    return texts
