"""Papers: the ways they are made, their states, how a blueprint is kept, how long one takes: tables and pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kmsvc.core.texts import N_, Labelled
from kmsvc.training.papers.blueprint import Blueprint, Cell


class PaperWay(Labelled):
    """How the questions of a paper come in."""

    PICKED = "picked", N_("Picked by hand")
    FIXED = "fixed", N_("Composed once, the same for all")
    EACH = "each", N_("Composed for each person")


class PaperState(Labelled):
    """Where a paper stands."""

    DRAFT = "draft", N_("Paper being written")
    READY = "ready", N_("Paper ready")
    WITHDRAWN = "withdrawn", N_("Paper withdrawn")


VERBS: dict[str, tuple[frozenset[PaperState], PaperState]] = {
    "ready": (frozenset({PaperState.DRAFT}), PaperState.READY),
    "reopen": (frozenset({PaperState.READY, PaperState.WITHDRAWN}), PaperState.DRAFT),
    "withdraw": (frozenset({PaperState.DRAFT, PaperState.READY}), PaperState.WITHDRAWN),
}
"""verb -> the states in which it makes sense, and the state after it"""

SECONDS = {"true_false": 30, "single": 60, "multiple": 90, "numeric": 90, "fill_in": 75, "ordering": 90, "matching": 120,
           "short_answer": 300, "case": 600, "file": 900}
"""how long a question of a kind takes somebody who knows the matter; a default of this house"""
MOST_PICKED = 500


def minutes_for(kinds: Mapping[str | None, int]) -> int:
    """About how many minutes so many questions of each kind take, at least one; any kind counts as a single choice."""
    seconds = sum(SECONDS.get(kind or "single", 60) * count for kind, count in kinds.items())
    return max(1, -(-seconds // 60))


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
