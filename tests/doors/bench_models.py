"""The bench of standards: one that a file brought in and that can be taken back; the file of a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.standards.models.frame import read
from kmsvc.standards.models.queries import clauses_of
from kmsvc.standards.models.usecases import import_model

if TYPE_CHECKING:
    from tests.doors.bench_rows import Rows

BASE = "/standards/models"
TEXT = """
code: bench
edition: 1
title: {zh: 台架, en: Bench}
scoring: dimensions
sections: [{number: 1, title: {zh: 一, en: One}}]
clauses: [{no: 1, section: 1, module: GOV, title: {zh: 甲, en: A}}]
"""
BODIES: dict[str, dict[str, Any]] = {
    f"POST {BASE}/{{model_id}}/take_back": {"reason": "r"}, f"POST /api/v1{BASE}/{{model_id}}/take_back": {"reason": "r"},
    f"POST {BASE}/import/{{token}}": {"code": "bench"}}
UPLOADS = {f"POST {BASE}/import": ("bench.yaml", TEXT.replace("A}", "B}").encode()),
           f"POST /api/v1{BASE}/import": ("bench.yaml", TEXT.replace("A}", "B}").encode())}
QUERIES: dict[str, str] = {"GET /standards/models/import/{token}": "?code=bench"}
SHEET = b"no,section,title\n2,1,t\n"


def add_rows(rows: Rows) -> None:
    """A standard of one clause."""
    with rows.world.begin("compliance") as work:
        made = import_model(work, read(TEXT))
        [clause] = clauses_of(work.session, made.model_id)
        rows.values |= {"model_id": made.model_id, "clause_id": clause.id}
