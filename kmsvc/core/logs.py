"""Structured logs on stderr, one JSON line each; secrets never enter (R-O2)."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

HIDDEN = ("password", "token", "secret", "cookie", "authorization", "answer")


def hide(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace values whose name says that they are secret."""
    return {key: ("[hidden]" if any(word in key.lower() for word in HIDDEN) else value) for key, value in event.items()}


def configure(level: int = logging.INFO) -> None:
    """Set structlog up for a process of the service."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), hide,
                    structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr))
