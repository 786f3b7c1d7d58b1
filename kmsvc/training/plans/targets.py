"""Targets of training a head and year, settings of the centre. Source: domain 5.6, N09, N10."""

from kmsvc.core.options import Option
from kmsvc.core.texts import N_

HOURS_EACH = Option("training.needs.hours_each", 80, N_("Hours of training a head and year in the annual plan"), minimum=1, maximum=2000)
YUAN_EACH = Option("training.needs.yuan_each", 500, N_("Yuan for training a head and year in the annual plan"), minimum=0,
                   maximum=1_000_000)
