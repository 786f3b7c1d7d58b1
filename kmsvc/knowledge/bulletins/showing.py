"""What pages show of bulletins: the banner over every page, shapes and words, the tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from markupsafe import Markup

from kmsvc.core import web
from kmsvc.core.actors import Actor
from kmsvc.core.i18n import label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.knowledge.bulletins.board import Standing, unread
from kmsvc.knowledge.bulletins.queries import BulletinLine
from kmsvc.knowledge.bulletins.readers import Rate, Reader, rate_of
from kmsvc.knowledge.bulletins.rules import BulletinState, BulletinUrgency
from kmsvc.markup.render import render

SHAPES = {BulletinState.PLANNED: "due", BulletinState.RUNNING: "go", BulletinState.OVER: "off", BulletinState.ENDED: "off"}
LOUD = {BulletinUrgency.URGENT: "bad", BulletinUrgency.IMPORTANT: "warn", BulletinUrgency.NORMAL: "info"}
MOST_SHOWN = 3
HEAD = (N_("Number"), N_("In one line"), N_("Urgency"), N_("Must be read before the next call"), N_("For whom"), N_("Begins"),
        N_("Ends"), N_("State"), N_("Sent by"), N_("To be read by"), N_("How many have read it"))
READERS_HEAD = (N_("Name"), N_("Account"), N_("Unit"), N_("Read at"))


class Banner:
    """The bulletins over a page, asked for when a page shows them, which a fragment does not."""

    def __init__(self, actor: Actor | None) -> None:
        self._actor = actor if actor is not None and actor.person_id is not None else None

    @cached_property
    def _all(self) -> list[tuple[Standing, Rate | None]]:
        if self._actor is None:
            return []
        with web.look(self._actor) as work:
            return [(one, rate_of(work.session, self._actor, one)) for one in unread(work.session, self._actor, work.now)]

    @property
    def rows(self) -> list[tuple[Standing, Rate | None]]:
        """The loudest, each with how far it is read where this person may know."""
        return self._all[:MOST_SHOWN]

    @property
    def more(self) -> int:
        """How many there are beside those."""
        return max(0, len(self._all) - MOST_SHOWN)

    @staticmethod
    def loud(urgency: str) -> str:
        """The word for how urgent one is."""
        return loud(urgency)[1]

    @staticmethod
    def html_of(body: str) -> Markup:
        """A text as it is shown."""
        return html_of(body)

    @property
    def tag(self) -> str:
        """What a browser asks with whether anything is new: texts and rates as they are shown."""
        return "b" + "-".join(f"{one.id}.{one.text_id}" + (f".{rate.read}.{rate.asked}" if rate else "")
                              for one, rate in self._all)


@lru_cache(maxsize=200)
def html_of(body: str) -> Markup:
    """A text as it is shown; the same few stand over every page."""
    return render(body)


def state_of(state: BulletinState) -> tuple[str, str]:
    """Shape and word of a state."""
    return SHAPES[state], label(state)


def loud(urgency: str) -> tuple[str, str]:
    """Shape and word of how urgent it is."""
    member = BulletinUrgency(urgency)
    return LOUD[member], label(member)


def audience(units: Sequence[str]) -> str:
    """For whom it is, as people say it."""
    return listed(units) if units else sentence(N_("The whole centre"))


def export_rows(lines: Sequence[BulletinLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[line.number, line.title, label(line.urgency, BulletinUrgency), _yes(line.must_read), audience(line.units),
             local(line.begins_at), local(line.ended_at or line.ends_at), label(line.state), line.sender,
             line.rate.asked if line.rate else None, line.rate.read if line.rate else None] for line in lines]


def _yes(value: bool) -> str:
    return sentence(N_("yes")) if value else sentence(N_("no"))


def reader_rows(found: Sequence[Reader], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Who is to read one as a table to take away."""
    return [[one.name, one.login, one.unit, local(one.read_at) if one.read_at else None] for one in found]
