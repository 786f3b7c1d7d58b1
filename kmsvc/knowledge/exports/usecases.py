"""Taking articles away: the file is made while nothing is locked, and noted before it leaves."""

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
class Made:
    """A file of articles that is not noted yet. rows: as the import reads them; left_out: how many, for they hold secret text."""

    form: ExportForm
    category: str | None
    state: str | None
    secret: bool
    rows: list[Mapping[str, Any]]
    left_out: int
    data: bytes

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


def make_file(work: Work, *, form: str, home: str, today: date, category: str | None = None, state: str | None = None,
              secret: bool = False) -> Made:
    """Make the file, in a reading unit: it may take a while. Articles with secret text are in it whole, or not at all: half a text,
    brought in again, would lose the rest.

    secret: with them, which needs the right to read secret text. home: see `rules.home_of`. InvalidInput where a workbook cannot
    hold a text. Whoever makes a file notes it with `note_export` before it is given to anybody.
    """
    work.permit(EXPORT_ARTICLES)
    if secret:
        work.permit(READ_SECRET)
    everything = list(taken(work.session, work.actor, today, category=category, state=state))
    wanted = [one for one in everything if secret or not _is_secret(one)]
    rows = [row_of(one, home) for one in wanted]
    return Made(ExportForm(form), category, state, secret, rows, len(everything) - len(wanted),
                _bytes(form, rows, words_in(work.actor.language)))


def note_export(work: Work, made: Made, reason: str) -> ArticleExport:
    """Note who takes this file and why."""
    work.permit(EXPORT_ARTICLES)
    work.because(reason)
    row = ArticleExport(at=work.now, person_id=work.actor.person_id, form=made.form, reason=reason, category=made.category,
                        state=made.state, secret=made.secret, articles=len(made.rows), left_out=made.left_out, sha256=made.sha256)
    work.session.add(row)
    work.session.flush()
    return row


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
