"""Exams of these tests have a steady clock that stands still until a test moves it."""

from __future__ import annotations

from tests.training.sittings.conftest import steady

__all__ = ["steady"]
