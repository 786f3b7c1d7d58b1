"""How near to the reference a marker must be before real answers, and whether somebody drifts away afterwards: pure functions.

Everything is told as per cent of what the answer is worth, so that questions of two and of twenty points compare. Source: clause 49
(consistency, at least monthly, applied to marking), C13."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kmsvc.core.texts import N_, Labelled


class CalibrationStand(Labelled):
    """Whether somebody may mark real answers."""

    OPEN = "open", N_("Sample answers are waiting")
    NEAR = "near", N_("Near enough to the reference")
    FAR = "far", N_("Too far from the reference")


@dataclass(frozen=True)
class Comparison:
    """A mark beside the one it should have been: a reference, or what two or three markers agreed on."""

    own: Decimal
    agreed: Decimal
    most: Decimal

    @property
    def off(self) -> Decimal:
        """How far above (or below zero: under) the other mark, per cent of what the answer is worth."""
        return 100 * (self.own - self.agreed) / self.most


@dataclass(frozen=True)
class Limits:
    """samples: that must be marked; mean, worst: per cent one may be off on average and in any one; drift: per cent the mean of the
    last `window` comparisons may lie beside the agreed marks, looked at from `fewest` on. Defaults of this house."""

    samples: int = 5
    mean: int = 10
    worst: int = 30
    drift: int = 5
    window: int = 20
    fewest: int = 8


@dataclass(frozen=True)
class Calibration:
    """How somebody stands. mean_off: mean distance, per cent, None of none; lean: mean with its sign, above zero is milder than
    the reference; worst: the place of the sample furthest off, None of none."""

    stand: CalibrationStand
    done: int
    mean_off: Decimal | None = None
    lean: Decimal | None = None
    worst: int | None = None


def calibration(samples: Sequence[Comparison], limits: Limits) -> Calibration:
    """Whether the sample answers somebody has marked are enough and near enough. Too far is known as soon as one is out of all
    bounds; whoever is too far marks new samples, these stay on record."""
    if not samples:
        return Calibration(CalibrationStand.OPEN, 0)
    offs = [one.off for one in samples]
    mean = sum((abs(one) for one in offs), Decimal(0)) / len(offs)
    worst = max(range(len(offs)), key=lambda place: abs(offs[place]))
    if abs(offs[worst]) > limits.worst or (len(offs) >= limits.samples and mean > limits.mean):
        stand = CalibrationStand.FAR
    else:
        stand = CalibrationStand.NEAR if len(offs) >= limits.samples else CalibrationStand.OPEN
    return Calibration(stand, len(offs), mean, sum(offs, Decimal(0)) / len(offs), worst)


class DriftSign(Labelled):
    """What the last comparisons of a marker say."""

    MILD = "mild", N_("Has become milder than agreed")
    STRICT = "strict", N_("Has become stricter than agreed")


def drift(comparisons: Sequence[Comparison], limits: Limits) -> DriftSign | None:
    """Whether the last comparisons (control answers, answers marked twice; oldest first) lean to one side; None while they do not, or
    are too few. A sign is for a talk and new samples, it takes nobody's marks back."""
    last = comparisons[-limits.window:]
    if len(last) < limits.fewest:
        return None
    lean = sum((one.off for one in last), Decimal(0)) / len(last)
    if abs(lean) <= limits.drift:
        return None
    return DriftSign.MILD if lean > 0 else DriftSign.STRICT


def moved(shares: Sequence[Decimal], limits: Limits) -> Decimal | None:
    """How many per cent the mean of the last `window` marks given (shares of the points, 0 to 1, oldest first) lies above the mean of
    all before; None while either is too few. Without comparisons it only says: look."""
    before, last = shares[:-limits.window], shares[-limits.window:]
    if len(before) < limits.fewest or len(last) < limits.fewest:
        return None
    return 100 * (sum(last, Decimal(0)) / len(last) - sum(before, Decimal(0)) / len(before))
