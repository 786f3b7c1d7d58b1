"""Calibration: near enough before real answers, and the drift afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kmsvc.training.marking.calibration import (
    Calibration,
    CalibrationStand,
    Comparison,
    DriftSign,
    Limits,
    calibration,
    drift,
    moved,
)

D = Decimal
LIMITS = Limits()


def off(*per_cent: int) -> list[Comparison]:
    """Marks so many per cent of ten points beside five."""
    return [Comparison(D(5) + D(one) / 10, D(5), D(10)) for one in per_cent]


@pytest.mark.parametrize(("samples", "expected"), [
    ((), CalibrationStand.OPEN), ((0, 0, 0, 0), CalibrationStand.OPEN), ((0, 0, 0, 0, 0), CalibrationStand.NEAR),
    ((10, -10, 10, -10, 10), CalibrationStand.NEAR), ((10, -10, 10, -10, 11), CalibrationStand.FAR),
    ((0, 0, 0, 0, 30), CalibrationStand.NEAR), ((0, 0, 0, 0, 31), CalibrationStand.FAR), ((-31,), CalibrationStand.FAR)])
def test_enough_samples_near_enough_on_average_and_each(samples: tuple[int, ...], expected: CalibrationStand) -> None:
    assert calibration(off(*samples), LIMITS).stand == expected


def test_the_mean_distance_is_told_apart_from_the_lean() -> None:
    assert calibration(off(10, -10, 20, 0, 0), LIMITS) == Calibration(CalibrationStand.NEAR, 5, D(8), D(4), 2)


def test_questions_of_two_and_of_twenty_points_compare() -> None:
    assert Comparison(D(1), D("1.5"), D(2)).off == Comparison(D(10), D(15), D(20)).off == -25


@pytest.mark.parametrize(("offs", "expected"), [
    ((9,) * 7, None), ((9,) * 8, DriftSign.MILD), ((-6,) * 8, DriftSign.STRICT), ((5,) * 20, None), ((9, -9) * 8, None),
    ((30,) * 40 + (0,) * 20, None), ((0,) * 40 + (6,) * 20, DriftSign.MILD)])
def test_only_the_last_comparisons_tell_of_drift(offs: tuple[int, ...], expected: DriftSign | None) -> None:
    assert drift(off(*offs), LIMITS) == expected


def test_a_moved_average_is_only_told_when_there_is_enough_on_both_sides() -> None:
    assert moved([D("0.5")] * 8 + [D("0.7")] * 20, LIMITS) == 20
    assert moved([D("0.5")] * 7 + [D("0.7")] * 20, LIMITS) is None and moved([], LIMITS) is None
