"""Targets of training a head and year, settings of the centre. Source: domain 5.6, N09, N10."""

from kmsvc.core.options import Option
from kmsvc.core.texts import N_

HOURS_EACH = Option("training.needs.hours_each", 80, N_("Hours of training a head and year in the annual plan"), minimum=1, maximum=2000)
YUAN_EACH = Option("training.needs.yuan_each", 500, N_("Yuan for training a head and year in the annual plan"), minimum=0,
                   maximum=1_000_000)
SHIFT_HOURS = Option("training.plans.shift_hours", "", N_(
    "Times of shifts that rosters name by a word alone, as early=08:00-17:00 late=14:00-23:00"))
