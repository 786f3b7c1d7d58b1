"""After a restore: what the copy had on its way is delivered inside, nothing old leaves the house, the index is made."""

from __future__ import annotations

from sqlalchemy import delete, update

from kmsvc.app import make_database
from kmsvc.core import audit, leases
from kmsvc.core.clock import Clock, local_date
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.hooks.reasons import IN_BACKUP
from kmsvc.hooks.usecases import give_up_waiting
from kmsvc.notices.models import Mail
from kmsvc.operations.permissions import DELIVER
from kmsvc.operations.usecases import pull_in
from kmsvc.people.sessions.models import SignInSession
from kmsvc.people.system import OPERATOR, SYSTEM
from kmsvc.reactions import Surroundings
from kmsvc.registry import load_nouns
from kmsvc.search.engine import SearchEngine
from kmsvc.search.usecases import rebuild
from kmsvc.settings import Settings
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.worker import drain


def settle_restored(settings: Settings, made_at: str) -> tuple[int, int]:
    """Returns (documents in the new index, mails that stay unsent for good)."""
    load_nouns()
    db = make_database(settings)
    try:
        with db.begin(SYSTEM) as work:
            pull_in(work)
        drain(db, Surroundings(settings.timezone, settings.base_url))
        with db.begin(OPERATOR) as work:
            dropped = leave_behind(work)
            _note_restore(work, made_at)
        documents = rebuild(db, SearchEngine(settings.index_dir), SYSTEM)
    finally:
        db.engine.dispose()
    return documents, dropped


def leave_behind(work: Work) -> int:
    """Mail that waited when the backup was made was sent long ago, or is no longer wanted; returns how many.

    What waited for other systems is given up too, where a person sees it and may send it again. Signed-in browsers and the
    leases of workers of that time end.
    """
    work.permit(DELIVER)
    give_up_waiting(work, IN_BACKUP)
    gone = work.session.execute(
        update(Mail).where(Mail.state == "waiting").values(state="dropped", claimed_until=None,
                                                           error=N_("it waited in a backup that was restored")),
        execution_options={"synchronize_session": False})
    work.session.execute(delete(SignInSession.__table__))  # type: ignore[arg-type]
    work.session.execute(delete(leases.Lease))
    return int(getattr(gone, "rowcount", 0))


def _note_restore(work: Work, made_at: str) -> None:
    """The audit trail says that what follows stands on a restored copy."""
    audit.append(work.session, [{"act": "restore", "subject": "database", "subject_id": "0", "before": None,
                                 "after": {"backup_made_at": made_at}}],
                 {"at": work.now, "person_id": None, "login": work.actor.login, "via": work.actor.via, "session_ref": None,
                  "request_id": None, "reason": "restored from a backup"})


def take_rungs_quietly(settings: Settings, clock: Clock) -> None:
    """Reminders that fell due before this moment are taken as told."""
    load_nouns()
    db = make_database(settings, clock=clock)
    try:
        with db.begin(SYSTEM) as work:
            run_duties(work, local_date(work.now, settings.timezone), tell=False)
    finally:
        db.engine.dispose()
