"""The trail as those who read it see it: words where it holds tokens."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kmsvc.core.audit import AuditEntry
from kmsvc.core.trail_words import spoken


def in_words(session: Session, entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """These entries with logins and names in words, apart from the session so that nothing is written."""
    told = spoken(session, [{"login": one.login, "before": one.before, "after": one.after} for one in entries])
    for one, said in zip(entries, told, strict=True):
        session.expunge(one)
        one.login, one.before, one.after = said["login"], said["before"], said["after"]
    return list(entries)
