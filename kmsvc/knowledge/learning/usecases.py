"""What people say to what was learned: not this one, this one again, forget all, take the reset back."""

from __future__ import annotations

from sqlalchemy import select

from kmsvc.core import leases
from kmsvc.core.errors import NotFound, RuleBroken
from kmsvc.core.memory import move_one
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.learning.applying import LEARNED
from kmsvc.knowledge.learning.models import Learned, LearnedChange, LearnedOff, LearnedReset
from kmsvc.knowledge.learning.permissions import KEEP_LEARNED
from kmsvc.knowledge.learning.rules import Cause
from kmsvc.knowledge.learning.working import note


def switch_off(work: Work, learned_id: int, *, reason: str) -> LearnedOff:
    """An article is not moved up for a search any more, from the next key on, whatever use says."""
    work.permit(KEEP_LEARNED)
    leases.wait_turn(work.session, "learning")
    row = work.get(Learned, learned_id)
    readable_version(work.session, work.actor, row.article_id)
    made = LearnedOff(query=row.query, article_id=row.article_id, reason=reason, at=work.now, person_id=work.actor.person_id)
    work.because(reason)
    work.session.add(made)
    note(work, row, Cause.OFF, 0)
    work.session.delete(row)
    move_one(work.session, LEARNED)
    work.session.flush()
    return made


def switch_on(work: Work, off_id: int) -> LearnedOff:
    """It may be moved up again; what use says by now is worked out within the hour."""
    work.permit(KEEP_LEARNED)
    leases.wait_turn(work.session, "learning")
    row = work.get(LearnedOff, off_id, lock=True)
    readable_version(work.session, work.actor, row.article_id)
    if row.withdrawn_at is not None:
        raise RuleBroken("knowledge.learning.on", N_("This was switched on again already."))
    row.withdrawn_at, row.withdrawn_by_id = work.now, work.actor.person_id
    return row


def reset(work: Work, *, reason: str) -> LearnedReset:
    """Forget all that was learned: the order is what it was without. Signals from now on count again."""
    work.permit(KEEP_LEARNED)
    leases.wait_turn(work.session, "learning")
    work.because(reason)
    made = LearnedReset(at=work.now, person_id=work.actor.person_id, reason=reason)
    work.session.add(made)
    work.session.flush()
    for row in work.session.scalars(select(Learned).order_by(Learned.id)).all():
        note(work, row, Cause.RESET, 0, reset_id=made.id)
        work.session.delete(row)
    move_one(work.session, LEARNED)
    return made


def undo_reset(work: Work, reset_id: int) -> LearnedReset:
    """Take the last reset back: what it made forgotten stands again as it was, beside what was learned since."""
    work.permit(KEEP_LEARNED)
    leases.wait_turn(work.session, "learning")
    row = work.get(LearnedReset, reset_id, lock=True)
    later = work.session.scalar(select(LearnedReset.id).where(LearnedReset.id > row.id, LearnedReset.undone_at.is_(None)).limit(1))
    if row.undone_at is not None or later is not None:
        raise RuleBroken("knowledge.learning.undone", N_("Only the last reset can be taken back, and once."))
    row.undone_at, row.undone_by_id = work.now, work.actor.person_id
    held = {(one.query, one.article_id) for one in work.session.scalars(select(Learned))}
    off = {(one.query, one.article_id) for one in work.session.scalars(select(LearnedOff).where(LearnedOff.withdrawn_at.is_(None)))}
    for was in work.session.scalars(select(LearnedChange).where(LearnedChange.reset_id == row.id).order_by(LearnedChange.id)).all():
        if was.new_lift or (was.query, was.article_id) in held | off:
            continue
        back = Learned(query=was.query, article_id=was.article_id, lift=was.old_lift, place=was.place or 1, place_to=was.place_to or 1,
                       people=was.people, opened=was.opened, helpful=was.helpful, linked=was.linked,
                       since=was.since or work.now)
        work.session.add(back)
        note(work, back, Cause.UNDONE, back.lift, 0)
    move_one(work.session, LEARNED)
    return row


def last_reset(work: Work) -> LearnedReset:
    """The reset that stands, or NotFound."""
    row = work.session.scalars(select(LearnedReset).where(LearnedReset.undone_at.is_(None)).order_by(
        LearnedReset.id.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound()
    return row
