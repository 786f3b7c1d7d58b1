"""The verbs: keep an article at hand, let it go, move it; pin an article for a unit, take the pin away, put it back."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from kmsvc.core import leases
from kmsvc.core.errors import NotFound, NotPermitted, RuleBroken
from kmsvc.core.memory import move_one
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, READ_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.shelf.lists import FAVOURITES
from kmsvc.knowledge.shelf.models import Favourite, Pin
from kmsvc.knowledge.shelf.rules import MOST_FAVOURITES, check_pin, moved


def keep(work: Work, article_id: int, *, kept: bool = True, place: int | None = None) -> int | None:
    """Make an article a favourite of the caller, or none; place: where it stands among them, counted from 1, else first.

    Letting go needs no right to read it any more. Returns its place now, None when it is none; twice changes nothing."""
    person_id = work.actor.person_id
    if person_id is None:
        raise NotPermitted()
    if kept:
        article, _ = readable_version(work.session, work.actor, article_id)
        work.permit(READ_ARTICLE, article)
    else:
        work.permit(READ_ARTICLE)
    leases.wait_turn(work.session, f"favourites:{person_id}")
    rows = {row.article_id: row for row in work.session.scalars(
        select(Favourite).where(Favourite.person_id == person_id).order_by(Favourite.place, Favourite.id))}
    if not kept:
        if article_id in rows:
            work.session.delete(rows[article_id])
            move_one(work.session, FAVOURITES)
        return None
    if article_id not in rows:
        if len(rows) >= MOST_FAVOURITES:
            raise RuleBroken("knowledge.shelf.many", N_("%(most)s favourites are the most. Let one go first."), most=MOST_FAVOURITES)
        rows[article_id] = Favourite(person_id=person_id, article_id=article_id, place=0, at=work.now)
        work.session.add(rows[article_id])
        place = place or 1
    if place is None:
        return list(rows).index(article_id) + 1
    order = moved(list(rows), article_id, place)
    for at, one in enumerate(order, 1):
        rows[one].place = at
    move_one(work.session, FAVOURITES)
    return order.index(article_id) + 1


def pin(work: Work, article_id: int, *, unit_id: int | None, until: date, reason: str, today: date) -> Pin:
    """Let an article stand first for a unit and those below it, or for everybody, to the end of a day."""
    readable_version(work.session, work.actor, article_id)
    work.permit(EDIT_ARTICLE)
    _check(work, article_id, unit_id, until, today)
    made = Pin(article_id=article_id, unit_id=unit_id, until=until, reason=reason, made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(made)
    work.session.flush()
    return made


def unpin(work: Work, pin_id: int, *, reason: str | None = None) -> Pin:
    """Take a pin away; it can be put back as it was."""
    row = _seen(work, pin_id)
    if row.removed_at is not None:
        raise RuleBroken("knowledge.shelf.removed", N_("This pin was taken away already."))
    work.because(reason)
    row.removed_at, row.removed_by_id = work.now, work.actor.person_id
    return row


def put_back(work: Work, pin_id: int, *, today: date) -> Pin:
    """Put a pin back that was taken away."""
    row = _seen(work, pin_id)
    if row.removed_at is None:
        raise RuleBroken("knowledge.shelf.stands", N_("This pin was not taken away."))
    _check(work, row.article_id, row.unit_id, row.until, today)
    row.removed_at = row.removed_by_id = None
    return row


def _seen(work: Work, pin_id: int) -> Pin:
    row = work.session.get(Pin, pin_id)
    if row is None:
        raise NotFound()
    readable_version(work.session, work.actor, row.article_id)
    work.permit(EDIT_ARTICLE)
    return work.get(Pin, pin_id, lock=True)


def _check(work: Work, article_id: int, unit_id: int | None, until: date, today: date) -> None:
    leases.wait_turn(work.session, "pins")
    there = [Pin.removed_at.is_(None), Pin.until >= today, Pin.unit_id == unit_id if unit_id is not None else Pin.unit_id.is_(None)]
    standing = work.session.scalar(select(func.count(Pin.id)).where(*there)) or 0
    twice = work.session.scalar(select(Pin.id).where(*there, Pin.article_id == article_id).limit(1)) is not None
    check_pin(until, today, standing=standing, twice=twice)
