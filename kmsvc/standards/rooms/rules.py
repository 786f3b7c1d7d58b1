"""Rules of rooms: who is let in when, what may become of a request. Pure. How a sample is drawn: `evidence/sampling.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kmsvc.core.errors import Refusal
from kmsvc.core.texts import N_, Labelled

ENTER = "/standards/rooms/enter/"
LINK_DAYS = 7
"""so long the link of an invitation counts, if the room is not over before"""
ANSWER_DAYS = 3
MOST_SAMPLED = 200
MOST_DAYS = 366


class RoomState(Labelled):
    """Whether guests are let in."""

    OPEN = "open", N_("Room is open")
    CLOSED = "closed", N_("Room is closed")


class RoomFinding(Labelled):
    """What an auditor finds of a thing; the last word counts."""

    VERIFIED = "verified", N_("Verified on the record")
    DOUBT = "doubt", N_("In doubt")
    QUESTION = "question", N_("To be asked")
    NONE = "none", N_("Not judged")


class AskState(Labelled):
    """Where a request stands."""

    OPEN = "open", N_("Waits for an answer")
    ANSWERED = "answered", N_("Was answered")
    ACCEPTED = "accepted", N_("Answer accepted")
    WITHDRAWN = "withdrawn", N_("Request withdrawn")


class LookKind(Labelled):
    """What a guest did."""

    ENTERED = "entered", N_("Came in")
    ROOM = "room", N_("Looked at the room")
    CLAUSE = "clause", N_("Looked at a clause")
    THING = "thing", N_("Looked at a record")
    ASKED = "asked", N_("Looked at the requests")
    SAMPLE = "sample", N_("Drew a sample")
    MARK = "mark", N_("Gave a judgement")
    ASK = "ask", N_("Asked for something")
    EXPORT = "export", N_("Took a list")
    PACKS = "packs", N_("Looked at the packs")
    ORDER = "order", N_("Ordered a pack")
    PACK = "pack", N_("Took the pack")


class NotInvited(Refusal):
    """A guest asks for what the invitation does not name: the answer is that of a stranger."""

    status = 401
    code = "sign_in_needed"
    sentence = N_("Sign in first.")


@dataclass(frozen=True)
class Item:
    """One thing of a clause's population. key: `kind:id`; on: of its newest record, None without one; records: theirs, (kind, id);
    lacks: it does not have what the clause asks for; result_label: English source."""

    key: str
    number: str
    title: str
    on: date | None
    result: str
    result_label: str
    who: str
    records: tuple[tuple[str, int], ...]
    lacks: bool = False
    title_label: str = ""

    def frozen(self) -> dict[str, Any]:
        """As a drawn sample keeps it."""
        return {"key": self.key, "number": self.number, "title": self.title, "title_label": self.title_label,
                "on": self.on.isoformat() if self.on else None, "result": self.result, "result_label": self.result_label,
                "who": self.who, "lacks": self.lacks,
                "records": [list(one) for one in self.records]}


def thawed(row: dict[str, Any]) -> Item:
    """A thing as a sample kept it."""
    return Item(row["key"], row["number"], row["title"], date.fromisoformat(row["on"]) if row["on"] else None, row["result"],
                row["result_label"], row["who"], tuple((kind, one) for kind, one in row["records"]), row["lacks"],
                row["title_label"])


def lets_in(state: str, from_on: date, until_on: date, today: date) -> bool:
    """Whether guests may be in a room on a day; both days count."""
    return state == RoomState.OPEN and from_on <= today <= until_on


def link_until(now: datetime, end: datetime) -> datetime:
    """Until when the link of an invitation counts. end: the first instant after the room."""
    return min(now + timedelta(days=LINK_DAYS), end)


def shown_day(asked: date | None, fixed: date | None, today: date) -> date:
    """The day whose state is shown: never a day to come, and none after the one the room is fixed to."""
    most = min(fixed, today) if fixed is not None else today
    return min(asked, most) if asked is not None else most


def answer_by(today: date, until_on: date) -> date:
    """By when the house should have answered a request."""
    return min(today + timedelta(days=ANSWER_DAYS), max(until_on, today))
