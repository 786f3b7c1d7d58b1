"""Taking articles away: the file is made and noted in one transaction, so that no file leaves without a trace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.convert.export import csv_bytes, xlsx_bytes
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.import_jobs import words_in
from kmsvc.knowledge.articles.imports import Words
from kmsvc.knowledge.articles.permissions import READ_SECRET
from kmsvc.knowledge.exports.models import ArticleExport
from kmsvc.knowledge.exports.permissions import EXPORT_ARTICLES
from kmsvc.knowledge.exports.queries import taken
from kmsvc.knowledge.exports.rules import (
    COLUMNS,
    HEADINGS,
    ExportForm,
    Taken,
    cells_of,
    row_of,
    too_long_for_a_cell,
)
from kmsvc.markup import fences


@dataclass(frozen=True)
class Exported:
    """A file of articles with the row that notes it."""

    row: ArticleExport
    data: bytes


def export_articles(work: Work, *, form: str, reason: str, home: str, today: date, category: str | None = None,
                    state: str | None = None, secret: bool = False) -> Exported:
    """Make the file. Articles with secret text are in it whole, or not at all: half a text, brought in again, would lose the rest.

    secret: with them, which needs the right to read secret text. home: see `rules.home_of`. InvalidInput where a workbook cannot
    hold a text.
    """
    work.permit(EXPORT_ARTICLES)
    if secret:
        work.permit(READ_SECRET)
    everything = list(taken(work.session, work.actor, today, category=category, state=state))
    wanted = [one for one in everything if secret or not _is_secret(one)]
    data = _bytes(form, [row_of(one, home) for one in wanted], words_in(work.actor.language))
    work.because(reason)
    row = ArticleExport(at=work.now, person_id=work.actor.person_id, form=ExportForm(form), reason=reason, category=category,
                        state=state, secret=secret, articles=len(wanted), left_out=len(everything) - len(wanted),
                        sha256=hashlib.sha256(data).hexdigest())
    work.session.add(row)
    work.session.flush()
    return Exported(row, data)


def _is_secret(one: Taken) -> bool:
    return one.confidentiality == "secret" or max(fences.level_of(one.body), fences.level_of(one.summary)) >= fences.SECRET


def _bytes(form: str, rows: list[Mapping[str, Any]], words: Words) -> bytes:
    if form == ExportForm.JSONL:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    heads = [words(HEADINGS[name], {}) for name in COLUMNS]
    if form == ExportForm.CSV:
        return csv_bytes(heads, [cells_of(row) for row in rows])
    if long := too_long_for_a_cell(rows):
        raise InvalidInput({"form": [words(N_("A cell of a workbook cannot hold the text of %(which)s; take JSON lines."), {
            "which": ", ".join(long[:5])})]})
    return xlsx_bytes(words(N_("Articles"), {}), heads, [cells_of(row) for row in rows])
