"""What the page of a lesson needs to play a package: its items, the frame's address, where commits go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import request

from kmsvc.training.courses.mine import Played
from kmsvc.training.courses.packages import CMI5
from kmsvc.training.courses.showing import Drawn
from kmsvc.training.courses.tickets import Ticket, write_ticket

PLAY = "/training/play/"


@dataclass(frozen=True)
class StageItem:
    """Something in the package that can be launched."""

    id: str
    title: str
    done: bool
    current: bool


@dataclass(frozen=True)
class Stage:
    """How a package is played on a page. src: of the frame; item: the one shown."""

    src: str
    item: str
    standard: str
    items: Sequence[StageItem]


def stage_of(view: Played, lesson_id: int, drawn: Drawn, wanted: str | None, *, secret: str = "", name: str = "",
             address: Callable[[str, Ticket, str, str, str], str] | None = None) -> Stage | None:
    """The stage of a package: the item asked for, else the first that is not done. secret, name, address: of a cmi5 launch, what
    its token is fetched with, who learns, and how its address is made."""
    package = drawn.package
    if package is None or not package.items:
        return None
    row = view.progress.get(lesson_id)
    held = (row.data if row is not None else None) or {}
    ids = [str(one["id"]) for one in package.items]
    chosen = wanted if wanted is not None and wanted in ids else next((one for one in ids if not held.get(one, {}).get("done")), ids[0])
    href = next(one["href"] for one in package.items if one["id"] == chosen)
    held_ticket = Ticket(view.attempt.id, lesson_id, package.id, view.attempt.person_id, chosen)
    ticket = write_ticket(held_ticket)
    src = request.script_root + PLAY + ticket + "/" + _quoted(href)
    if package.standard == CMI5:
        src = address(ticket, held_ticket, src, secret, name) if address is not None and secret else ""
    return Stage(src, chosen, package.standard, [
        StageItem(one["id"], one["title"], bool(held.get(one["id"], {}).get("done")), one["id"] == chosen) for one in package.items])


def _quoted(href: str) -> str:
    name, mark, rest = href.partition("?")
    if not mark:
        name, mark, rest = href.partition("#")
    return quote(name) + mark + rest
