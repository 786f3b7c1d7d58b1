"""Structured logs on stderr, one JSON line each, for every library of the process; secrets never enter (R-O2).

A line that cannot be written (full disk, closed pipe) is dropped: a log never fails the work it tells of."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

HIDDEN = ("password", "token", "secret", "cookie", "authorization", "answer")
SECRET_TEXTS = (
    (re.compile(r"kms_[\w-]{16,}"), "[hidden]"),
    (re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [hidden]"),
    (re.compile(r"(://[^/\s:@\"]*):[^/\s@\"]+@"), r"\1:[hidden]@"),
    (re.compile(r"\$argon2\w*\$\S+"), "[hidden]"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|cookie|authorization)(\\?[\"']?\s*[=:]\s*\\?[\"']?)[^\s\"'&,;}\\]+"),
     r"\1\2[hidden]"),
)
QUIET = ("apscheduler", "waitress", "alembic", "sqlalchemy", "werkzeug", "babel")


def hide(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace values whose name says that they are secret."""
    return {key: ("[hidden]" if any(word in key.lower() for word in HIDDEN) else value) for key, value in event.items()}


def scrub(text: str) -> str:
    """A line without anything that looks like a secret, wherever in it that stands."""
    for pattern, instead in SECRET_TEXTS:
        text = pattern.sub(instead, text)
    return text


def _render(logger: WrappedLogger, method: str, event: EventDict) -> str:
    made = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)(logger, method, event)
    return scrub(str(made))


class _Lines(logging.StreamHandler[Any]):
    """Writes lines and drops what cannot be written."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nobody to tell."""


def short(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception as one sentence, for whoever sits at a terminal."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else sys.exc_info()[1] if found is True else found
    return {**event, "error": f"{type(error).__name__}: {error}"[:300]} if isinstance(error, BaseException) else event


def configure(level: int = logging.INFO, stream: Any = None, *, tracebacks: bool = True) -> None:
    """Set logging up for a process; standard logging and structlog come out as the same lines.

    tracebacks: for a service, whose log the operator reads; a command shows the sentence only.
    """
    before: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name,
                         structlog.processors.TimeStamper(fmt="iso", utc=True), hide]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=False)
    handler = _Lines(stream or sys.stderr)
    form = structlog.stdlib.ProcessorFormatter
    told = structlog.processors.format_exc_info if tracebacks else short
    last: list[Any] = [form.remove_processors_meta, told, _render]
    handler.setFormatter(form(foreign_pre_chain=before, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


SECRET_PLACES: set[str] = set()
"""beginnings of addresses whose rest is a secret: whoever reads a log may not use it"""


def shown_path(path: str) -> str:
    """A path as a log may hold it."""
    for place in SECRET_PLACES:
        before, found, _ = path.partition(place)
        if found:
            return f"{before}{place}\u2026"
    return path[:200]


def access_log(app: Wsgi) -> Wsgi:
    """The application with one line a request: method, path (never the query, no secret), status, time, request id."""
    log = structlog.get_logger("kmsvc.web")

    def logged(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            found = next((value for name, value in headers if name == "X-Request-Id"), None)
            path = environ.get("PATH_INFO", "")[:600].encode("latin-1", "replace").decode("utf-8", "replace")
            if not path.startswith("/static/"):
                log.info("request", method=environ.get("REQUEST_METHOD"), path=shown_path(path), status=int(status[:3]),
                         ms=round((perf_counter() - began) * 1000, 1), request=found)
            return start_response(status, headers, *more)
        return app(environ, start)
    return logged
