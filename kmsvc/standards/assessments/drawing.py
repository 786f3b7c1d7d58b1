"""The radar of a round as a drawing: axes, rings, a shape a series. Units: those of the drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin

from kmsvc.core.i18n import is_chinese
from kmsvc.standards.assessments.standing import Part

CENTRE, RADIUS = 150.0, 104.0


@dataclass(frozen=True)
class Axis:
    """An axis of the radar. x, y: its end; lx, ly: where its label stands."""

    name: str
    x: str
    y: str
    lx: str
    ly: str
    anchor: str


@dataclass(frozen=True)
class Shape:
    """A line of the radar. kind: now, before or aim; points: of a polygon."""

    kind: str
    name: str
    points: str


@dataclass(frozen=True)
class Radar:
    """The radar: axes, rings at each fifth, and a shape a series."""

    axes: tuple[Axis, ...]
    rings: tuple[str, ...]
    shapes: tuple[Shape, ...]


def radar(parts: Sequence[Part], series: Sequence[tuple[str, str, Mapping[str, Fraction | None]]]) -> Radar | None:
    """Shares of points by part. series: (kind, name, number of the part -> share). None below three parts: a table says it better."""
    if len(parts) < 3:
        return None

    def at(place: int, share: float) -> tuple[float, float]:
        turn = 2 * pi * place / len(parts)
        return CENTRE + RADIUS * share * sin(turn), CENTRE - RADIUS * share * cos(turn)

    def polygon(shares: Sequence[float]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(place, share) for place, share in enumerate(shares)))

    def axis(place: int, part: Part) -> Axis:
        (x, y), (lx, ly) = at(place, 1), at(place, 1.15)
        anchor = "middle" if abs(lx - CENTRE) < RADIUS / 3 else "start" if lx > CENTRE else "end"
        name = f"{part.number} {part.title_zh if is_chinese() else part.title_en}"
        return Axis(name, f"{x:.1f}", f"{y:.1f}", f"{lx:.1f}", f"{ly + 4:.1f}", anchor)
    return Radar(
        tuple(axis(place, part) for place, part in enumerate(parts)),
        tuple(polygon([ring / 5] * len(parts)) for ring in range(1, 6)),
        tuple(Shape(kind, name, polygon([float(shares.get(part.number) or 0) for part in parts])) for kind, name, shares in series))
