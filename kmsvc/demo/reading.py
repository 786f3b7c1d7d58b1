"""What the people of the centre have read by now: confirmations, notices and mail, most of them and never all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from kmsvc.knowledge.confirmations.models import Confirmation
from kmsvc.knowledge.confirmations.usecases import confirm_read
from kmsvc.notices.models import Mail, Notice
from kmsvc.notices.permissions import SEND_MAIL
from kmsvc.people.system import SYSTEM

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

HABITS = (1, 2, 1, 1, 2, 6, 1, 2, 1, 15)
"""After how many days a person confirms a version; who is slow this time changes from version to version."""
SLOW = {"mengxiao": 15, "wangxiaoyu": 13, "songyi": 11}
"""Who is always behind: three sign-ins everybody tries first, whose day would be empty or never late without it."""
REFUSED = "550 5.1.1 The mailbox does not exist."


def confirm_what_was_asked(stage: Stage) -> None:
    """Everybody confirms at their own pace; whoever is slow may still be owing, or late."""
    if not stage.asked:
        return
    with stage.db.look(SYSTEM, stage.now) as work:
        open_ones = work.session.execute(select(
            Confirmation.article_id, Confirmation.version_id, Confirmation.person_id, Confirmation.asked_at).where(
            Confirmation.confirmed_at.is_(None), Confirmation.overtaken_at.is_(None))).all()
    logins = stage.logins
    due = [row for row in open_ones if row.asked_at + timedelta(days=SLOW.get(
        logins[row.person_id], HABITS[(row.person_id * 7 + row.version_id * 3) % len(HABITS)])) <= stage.now]
    stage.asked = len(due) < len(open_ones)
    if not due:
        return
    with stage.quiet.begin(SYSTEM, stage.now) as work:
        for row in due:
            work.actor = stage.actor(logins[row.person_id])
            confirm_read(work, row.article_id, version_id=row.version_id)


def settle_inboxes(stage: Stage) -> None:
    """Old notices have been read, old mail has gone out; the newest of both still wait.

    In bulk: neither stands in the audit trail, and 3,000 letters one by one would take longer than the whole story.
    """
    with stage.quiet.begin(SYSTEM, stage.now) as work:
        work.permit(SEND_MAIL)
        rows = work.session.execute(select(Notice.id, Notice.person_id, Notice.kind, Notice.made_at)
                                    .order_by(Notice.made_at.desc(), Notice.id.desc())).all()
        kept: dict[int, int] = {}
        unread = set()
        for row in rows:
            kept[row.person_id] = seen = kept.get(row.person_id, 0) + 1
            if seen <= 2 + row.person_id % 4 or (
                    seen <= 9 and row.kind.endswith("your_turn") and row.made_at > stage.now - timedelta(days=3)):
                unread.add(row.id)
        connection = work.session.connection()
        connection.execute(update(Notice).where(Notice.id.not_in(unread)).values(read_at=Notice.made_at))
        gone = Mail.made_at < stage.now - timedelta(hours=30)
        connection.execute(update(Mail).where(gone).values(state="sent", tries=1, sent_at=Mail.made_at))
        last = work.session.scalar(select(func.max(Mail.id)).where(gone))
        connection.execute(update(Mail).where(Mail.id == last).values(state="dead", sent_at=None, error=REFUSED))
