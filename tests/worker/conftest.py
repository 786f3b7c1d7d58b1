"""Failures are part of these tests: they are told as short lines, not as pictures of every variable."""

import logging

import pytest

from kmsvc.core.logs import configure


@pytest.fixture(autouse=True)
def _short_lines() -> None:
    configure(logging.CRITICAL, tracebacks=False)
