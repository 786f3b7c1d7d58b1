"""Settings of the annual plan; the figures of training plans are measured against the same."""

from kmsvc.training.plans.targets import HOURS_EACH, YUAN_EACH

__all__ = ["HOURS_EACH", "YUAN_EACH"]
