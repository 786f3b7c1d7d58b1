"""How a blueprint is kept as JSON, and what its cells come to: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kmsvc.training.papers.blueprint import Blueprint, Cell


def blueprint_json(it: Blueprint) -> dict[str, Any]:
    """A blueprint as it is kept; points are texts, so that none loses a digit."""
    return {"cells": [{"topic": cell.topic, "kind": cell.kind, "count": cell.count, "points": _plain(cell.points), "band": cell.band}
                      for cell in it.cells],
            "shares": list(it.shares) if it.shares is not None else None, "total": None if it.total is None else _plain(it.total)}


def blueprint_of(kept: Mapping[str, Any], pass_percent: int) -> Blueprint:
    """The blueprint out of what is kept. ValueError for what is none."""
    try:
        cells = tuple(Cell(one["topic"], one["kind"], int(one["count"]), Decimal(str(one["points"])), one.get("band"))
                      for one in kept["cells"])
        shares = kept.get("shares")
        total = kept.get("total")
        return Blueprint(cells, pass_percent, None if total is None else Decimal(str(total)), None if shares is None else tuple(shares))
    except (KeyError, TypeError, InvalidOperation) as error:
        raise ValueError("this is no blueprint") from error


def kinds_of(cells: Iterable[Cell]) -> dict[str | None, int]:
    """How many questions of each kind the cells ask for."""
    found: dict[str | None, int] = {}
    for cell in cells:
        found[cell.kind] = found.get(cell.kind, 0) + cell.count
    return found


def _plain(points: Decimal) -> str:
    return format(points.normalize(), "f")
