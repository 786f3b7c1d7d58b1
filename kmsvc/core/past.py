"""Looking at an earlier day: pages that can be read as of one, the day carried through their links, writing refused meanwhile. W3.

    past.readable("standards_evidence_pages.index")             # reads ?as_of=
    past.readable("training_certificates_pages.person", "on")   # has a field of its own, called `on`

A page says itself what it shows of a day; here is only what all of them have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, g, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_

AS_OF = "as_of"
FREE = ("people_", "notices_", "search_", "access_", "home_")
"""beginnings of names of doors that change nothing one looks at: signing out, a language, what was opened"""


@dataclass(frozen=True)
class _Readable:
    name: str
    framed: bool


_PAGES: dict[str, _Readable] = {}


@dataclass(frozen=True)
class PastView:
    """What the layout shows. name: of the day's field in the address; day: an earlier day, None for today; others: the other words of
    the address, kept when the day is changed; picker: whether the page has no field of its own."""

    name: str
    day: date | None
    others: tuple[tuple[str, str], ...]
    picker: bool

    @property
    def today_url(self) -> str:
        """The same page as it is now."""
        return f"{request.script_root}{request.path}{'?' + urlencode(self.others) if self.others else ''}"


def readable(endpoint: str, name: str = AS_OF, *, framed: bool = True) -> None:
    """A page that can be read as of a day. framed: it gets the frame, the day above it and refuses to write; False where a page says
    all that in its own words and is only to be led to."""
    _PAGES[endpoint] = _Readable(name, framed)


def _parsed(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None  # the page itself says what is wrong with it
    return day if 1900 <= day.year <= 2200 else None


def _day(endpoint: str | None, query: Any, today: date) -> date | None:
    page = _PAGES.get(endpoint or "")
    said = query.get(page.name) if page is not None else None
    day = _parsed(said[0] if isinstance(said, list) else said)
    return day if day is not None and day < today else None


def view() -> PastView | None:
    """What is being read; None where the page knows only today."""
    page = _PAGES.get(request.endpoint or "")
    if page is None or not page.framed:
        return None
    others = tuple((name, value) for name, value in request.args.items(multi=True)
                   if name not in (page.name, "cursor", "format") and value)
    return PastView(page.name, g.get("past_day"), others, page.name == AS_OF)


def linked(url: str) -> str:
    """An address of ours, with the day that is looked at where its page can be read as of one."""
    day = g.get("past_day") if g.get("past_carried") else None
    if day is None or not url.startswith("/"):
        return url
    page = _PAGES.get(_endpoint(url) or "")
    return url if page is None else f"{url}{'&' if '?' in url else '?'}{urlencode({page.name: day.isoformat()})}"


def _endpoint(url: str) -> str | None:
    try:
        endpoint, _ = g.past_map.match(urlsplit(url).path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint)


@dataclass(frozen=True)
class LeftPast:
    """The earlier day somebody came from to a page that shows today. url: the same page on that day, None where it knows only today."""

    day: date
    url: str | None


def left() -> LeftPast | None:
    """Whether somebody came from an earlier day to a page that shows today."""
    day, page = g.get("past_left"), _PAGES.get(request.endpoint or "")
    if day is None:
        return None
    words = [(name, value) for name, value in request.args.items(multi=True) if page is None or name != page.name]
    if page is None:
        return LeftPast(day, None)
    return LeftPast(day, f"{request.script_root}{request.path}?{urlencode([*words, (page.name, day.isoformat())])}")


def _left(today: date) -> date | None:
    """The day of the page that led here, where it was one of the past."""
    came = urlsplit(request.referrer or "")
    if not came.query or came.netloc != request.host or not came.path.startswith(request.script_root):
        return None
    endpoint = _endpoint(came.path.removeprefix(request.script_root))
    page = _PAGES.get(endpoint or "")
    return _day(endpoint, parse_qs(came.query), today) if page is not None and page.framed else None


def install(app: Flask, today: Any) -> None:
    """Read the day of each request, carry it through links, refuse what writes from a page of the past. today: called for the day."""

    @app.url_defaults
    def _carry(endpoint: str, values: dict[str, Any]) -> None:
        page = _PAGES.get(endpoint) if has_request_context() else None
        if page is not None and g.get("past_carried") and (day := g.get("past_day")) is not None:
            values.setdefault(page.name, day.isoformat())

    @app.before_request
    def _read() -> None:
        g.past_map = app.url_map.bind_to_environ(request.environ)
        if request.method in ("GET", "HEAD"):
            page = _PAGES.get(request.endpoint or "")
            g.past_day = _day(request.endpoint, request.args, today()) if page is not None and page.framed else None
            g.past_carried = page is not None and page.name == AS_OF  # pages with a field of their own carry it themselves
            g.past_left = _left(today()) if page is None or not (page.framed or request.args.get(page.name)) else None
            return
        g.past_day, g.past_carried = None, False
        if request.headers.get("Authorization") or (request.endpoint or "").startswith(FREE):
            return
        came = urlsplit(request.referrer or "")
        path = came.path.removeprefix(request.script_root)
        endpoint = _endpoint(path) if came.query and path else None
        if endpoint in _PAGES and _PAGES[endpoint].framed and _day(endpoint, parse_qs(came.query), today()) is not None:
            raise RuleBroken("past.read_only", N_("You look at an earlier day; it is only read. Go back to today to change something."))
