"""The two numbers of the top bar. The to-do number costs a dozen queries and stands on every page, so it is kept for a few
seconds; whoever does something sees it counted anew at once (a cookie tells every web process), and «My day» puts the
number it has just listed."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from time import monotonic

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from kmsvc.core import web
from kmsvc.core.actors import Actor
from kmsvc.home.queries import todo_count
from kmsvc.knowledge.licences.standing import held_by
from kmsvc.notices.queries import unread_count

KEEP_S = 5.0
ACTED = "km-acted"


def install(app: Flask) -> None:
    """Tell the browser of whoever acts, for as long as a number may be kept anywhere, that it is to be counted anew."""
    @app.after_request
    def _note(answer: Response) -> Response:
        if request.method not in web.SAFE and g.get("actor") is not None and not web.is_api():
            answer.set_cookie(ACTED, "1", max_age=int(KEEP_S) + 1, httponly=True, samesite="Lax", secure=web.settings().https)
        return answer


class Kept:
    """Numbers by person with the moment until which they hold; one per application."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[float, int]] = {}
        self._lock = Lock()

    def get(self, person_id: int) -> int | None:
        """The number, while it holds."""
        with self._lock:
            until, number = self._held.get(person_id, (0.0, 0))
        return number if monotonic() < until else None

    def put(self, person_id: int, number: int) -> None:
        """Keep a number for a few seconds."""
        with self._lock:
            if len(self._held) > 5000:
                self._held.clear()
            self._held[person_id] = (monotonic() + KEEP_S, number)



class Counts:
    """Counted when a page shows them, which a fragment does not."""

    def __init__(self, actor: Actor | None) -> None:
        self._actor = actor if actor is not None and actor.person_id is not None else None

    @cached_property
    def todo(self) -> int:
        """How many things wait for this person."""
        if self._actor is None or self._actor.person_id is None:
            return 0
        kept: Kept = current_app.extensions["kmsvc.counts"]
        number = kept.get(self._actor.person_id) if ACTED not in request.cookies else None
        if number is None:
            with web.look(self._actor) as work:
                number = todo_count(work.session, self._actor, web.today(), work.now)
                _count_licences(work.session, self._actor.person_id)
            kept.put(self._actor.person_id, number)
        return number

    @cached_property
    def unread(self) -> int:
        """How many notices are unread."""
        if self._actor is None or self._actor.person_id is None:
            return 0
        with web.look(self._actor) as work:
            return unread_count(work.session, self._actor.person_id)


def holds_licence(actor: Actor | None) -> bool:
    """Whether this person holds a licence to write today; kept for as long as the numbers are, and counted with them."""
    if actor is None or actor.person_id is None:
        return False
    kept: Kept = current_app.extensions["kmsvc.licensed"]
    found = kept.get(actor.person_id)
    if found is None:
        with web.look(actor) as work:
            found = _count_licences(work.session, actor.person_id)
    return found > 0


def _count_licences(session: Session, person_id: int) -> int:
    found = len(held_by(session, person_id, web.today()))
    kept: Kept = current_app.extensions["kmsvc.licensed"]
    kept.put(person_id, found)
    return found
