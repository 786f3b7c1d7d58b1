"""The verbs of notices and mail: tell, mark read, queue and settle mail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kmsvc.core.work import Work
from kmsvc.notices.kinds import KINDS
from kmsvc.notices.models import Mail, Notice
from kmsvc.notices.permissions import READ_NOTICES, SEND_NOTICES
from kmsvc.people.accounts.models import Person


def _insert_new(work: Work, model: type[Notice] | type[Mail], rows: list[dict[str, Any]]) -> None:
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    for start in range(0, len(rows), 200):
        statement = dialect.insert(model.__table__).on_conflict_do_nothing(index_elements=["dedup"])
        work.session.connection().execute(statement, rows[start:start + 200])


def tell(work: Work, person_ids: list[int], kind: str, *, params: dict[str, Any], url: str, dedup: str,
         mail: bool = False, about: tuple[str, int] | None = None) -> None:
    """Put a notice into inboxes, and mail into the outbox for those with an address. Twice is once, by `dedup`.

    about: the thing it names; its title is shown and sent only while the reader may see it. None: the title is for everybody told.
    """
    work.permit(SEND_NOTICES)
    assert kind in KINDS, kind
    people = sorted(set(person_ids))
    if not people:
        return
    named = {**params, "about": list(about) if about else None}
    _insert_new(work, Notice, [
        {"person_id": person, "kind": kind, "params": named, "url": url, "dedup": f"{dedup}:{person}", "made_at": work.now,
         "read_at": None} for person in people])
    if not mail:
        return
    with_address = set(work.session.scalars(select(Person.id).where(
        Person.id.in_(people), Person.email.is_not(None), Person.state == "active")))
    if with_address:
        _insert_new(work, Mail, [
            {"person_id": person, "kind": kind, "params": params, "url": url, "dedup": f"{dedup}:{person}",
             "subject_kind": about[0] if about else None, "subject_id": about[1] if about else None, "state": "waiting",
             "tries": 0, "next_at": work.now, "made_at": work.now} for person in sorted(with_address)])


def post_letter(work: Work, person_id: int, kind: str, *, params: dict[str, Any], url: str, dedup: str) -> None:
    """A letter alone, for somebody who has no inbox here yet; whoever calls has asked for the right to it."""
    assert kind in KINDS, kind
    _insert_new(work, Mail, [
        {"person_id": person_id, "kind": kind, "params": params, "url": url, "dedup": f"{dedup}:{person_id}", "subject_kind": None,
         "subject_id": None, "state": "waiting", "tries": 0, "next_at": work.now, "made_at": work.now}])


def mark_read(work: Work, notice_id: int | None = None) -> int:
    """Mark one own notice read, or all; returns how many are unread now."""
    work.permit(READ_NOTICES)
    statement = update(Notice).where(Notice.person_id == work.actor.person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    work.session.execute(statement.values(read_at=work.now), execution_options={"synchronize_session": False})
    return work.session.scalar(select(func.count()).select_from(Notice).where(
        Notice.person_id == work.actor.person_id, Notice.read_at.is_(None))) or 0
