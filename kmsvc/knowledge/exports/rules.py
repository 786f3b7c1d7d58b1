"""What a row of the file says: the columns the import reads, so that the way out and the way in are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from kmsvc.core.texts import N_, Labelled

COLUMNS = ("external_id", "title", "body", "summary", "category", "tags", "aliases", "language", "confidentiality", "owner",
           "valid_from", "valid_to", "product", "region", "channel", "customer")
HEADINGS = {
    "external_id": N_("External id"), "title": N_("Title"), "body": N_("Text"), "summary": N_("Summary"),
    "category": N_("Category"), "tags": N_("Tags"), "aliases": N_("Questions"), "language": N_("Language"),
    "confidentiality": N_("Confidentiality"), "owner": N_("Owner"), "valid_from": N_("Valid from"), "valid_to": N_("Valid to"),
    "product": N_("Product"), "region": N_("Region"), "channel": N_("Channel"), "customer": N_("Customer type")}
_SCOPES = COLUMNS[-4:]
EVERYWHERE = "all"
"""what stands where an article applies to all of a dimension: an empty cell would leave it as it is when it comes back"""
LONGEST_CELL = 32_767
"""of a workbook"""


class ExportForm(Labelled):
    """The forms of the file. JSON lines hold everything; a sheet is for people."""

    JSONL = "jsonl", N_("JSON lines, holds everything")
    XLSX = "xlsx", N_("Workbook")
    CSV = "csv", N_("CSV")


@dataclass(frozen=True)
class Taken:
    """An article as it is taken away. `number`: ours, for one that has no id of another system; `product` to `customer`: the names of
    what it applies to, none for all of them."""

    number: str
    external_id: str | None
    title: str
    body: str
    summary: str
    category: str | None
    tags: Sequence[str]
    aliases: Sequence[str]
    language: str
    confidentiality: str
    owner: str | None
    valid_from: date | None
    valid_to: date | None
    product: Sequence[str]
    region: Sequence[str]
    channel: Sequence[str]
    customer: Sequence[str]


def home_of(base_url: str) -> str:
    """The centre's own name in external ids: the host of its address."""
    return urlsplit(base_url).netloc


def identity(one: Taken, home: str) -> str:
    """The id by which the import knows the article again: that of the other system, else ours with the centre's name."""
    return one.external_id or f"{home}/{one.number}"


def own_number(external_id: str, home: str) -> str | None:
    """The number of ours that an identity made here names, or None."""
    begin, _, number = external_id.rpartition("/")
    return number if home and begin == home else None


def row_of(one: Taken, home: str) -> Mapping[str, Any]:
    """The article by the columns of the import; what it does not have is left out."""
    found = {name: getattr(one, name) for name in COLUMNS if name != "external_id"}
    found = {"external_id": identity(one, home), **found, "tags": list(one.tags), "aliases": list(one.aliases)}
    found |= {name: list(found[name]) or [EVERYWHERE] for name in _SCOPES}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items() if value}


def cells_of(row: Mapping[str, Any]) -> list[str]:
    """The same as cells of a sheet: tags and names with a comma between them, questions one a line."""
    flat = {**row, **{name: ", ".join(row.get(name, ())) for name in ("tags", *_SCOPES)}, "aliases": "\n".join(row.get("aliases", ()))}
    return [str(flat.get(name) or "") for name in COLUMNS]


def too_long_for_a_cell(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids of those a workbook cannot hold."""
    return [row["external_id"] for row in rows if any(len(cell) > LONGEST_CELL for cell in cells_of(row))]
