"""The wheel as a drawing: twelve parts of a ring, outside how much falls due, inside how far it is. Units: those of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from kmsvc.standards.duties.wheel import Cell

MIDDLE, OUTER, INNER, TRACK, CORE, TEXT, LABEL = 170.0, 142.0, 100.0, 97.0, 84.0, 121.0, 158.0


@dataclass(frozen=True)
class Arc:
    """A month. heat: 0 to 4; outer: its path; inner: (class, path) of done, late and the rest; x, y: of its number; lx, ly: of its
    name."""

    cell: Cell
    heat: int
    outer: str
    inner: tuple[tuple[str, str], ...]
    x: str
    y: str
    lx: str
    ly: str


def ring(months: Sequence[Cell]) -> list[Arc]:
    """The twelve parts, clockwise from the top."""
    most = max((cell.total for cell in months), default=0)
    return [_arc(place, cell, most) for place, cell in enumerate(months)]


def _arc(place: int, cell: Cell, most: int) -> Arc:
    start, end = place / 12, (place + 1) / 12
    middle = (start + end) / 2
    (x, y), (lx, ly) = _at(middle, TEXT), _at(middle, LABEL)
    inner, at = [], start
    over = cell.done + cell.waived
    for kind, count in (("done", over), ("late", cell.late), ("rest", cell.total - over - cell.late)):
        if count > 0:
            to = at + count / cell.total / 12
            inner.append((kind, _path(at, to, TRACK, CORE)))
            at = to
    heat = 0 if not cell.total else min(4, 1 + 4 * (cell.total - 1) // max(most, 1))
    return Arc(cell, heat, _path(start, end, OUTER, INNER), tuple(inner) or (("rest", _path(start, end, TRACK, CORE)),),
               f"{x:.1f}", f"{y + 4:.1f}", f"{lx:.1f}", f"{ly + 4:.1f}")


def _at(turn: float, radius: float) -> tuple[float, float]:
    """A point of a circle; turn: 0 at the top, 1 once round."""
    return MIDDLE + radius * sin(2 * pi * turn), MIDDLE - radius * cos(2 * pi * turn)


def _path(start: float, end: float, outer: float, inner: float) -> str:
    a, b, c, d = _at(start, outer), _at(end, outer), _at(end, inner), _at(start, inner)
    return (f"M{a[0]:.1f} {a[1]:.1f}A{outer:.0f} {outer:.0f} 0 0 1 {b[0]:.1f} {b[1]:.1f}L{c[0]:.1f} {c[1]:.1f}"
            f"A{inner:.0f} {inner:.0f} 0 0 0 {d[0]:.1f} {d[1]:.1f}Z")
