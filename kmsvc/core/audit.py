"""The audit trail: who changed what, from what, to what, why; written by the data layer in the same transaction.

Each entry carries the hash of the one before it. The newest hash stands in `core_audit_head`, is locked for the length of a
commit so that entries have one order, and is written to a file outside the database now and then (anchors)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Index, Text, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kmsvc.core.actors import Actor
from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id
from kmsvc.core.trail_words import Said, kept

GENESIS = "0" * 64


class AuditEntry(Base):
    """One change of one row. Append-only: triggers refuse UPDATE and DELETE on both databases."""

    __tablename__ = "core_audit"
    audited = False

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    login: Mapped[str] = mapped_column(Code)
    via: Mapped[str] = mapped_column(Code)
    session_ref: Mapped[str | None] = mapped_column(Code)
    request_id: Mapped[str | None] = mapped_column(Code)
    act: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(Code)
    subject_id: Mapped[str] = mapped_column(Code)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Code)
    hash: Mapped[str] = mapped_column(Code)

    __table_args__ = (
        Index("ix_core_audit_subject_subject_id", "subject", "subject_id"),
        Index("ix_core_audit_person_id_at", "person_id", "at"),
        Index("ix_core_audit_at", "at"),
    )


class AuditHead(Base):
    """The one row that says where the chain ends."""

    __tablename__ = "core_audit_head"
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Id)
    hash: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime | None]


# Made once: each of the three is asked in every unit that writes, and building one costs as much as asking it.
_LOCK_HEAD = select(AuditHead.seq, AuditHead.hash, AuditHead.at).where(AuditHead.id == 1).with_for_update()
_ADD = insert(AuditEntry)
_MOVE_HEAD = update(AuditHead).where(AuditHead.id == 1)

HASHED = ("seq", "at", "person_id", "login", "via", "session_ref", "request_id", "act", "subject", "subject_id",
          "before", "after", "reason", "previous")


def plain(value: Any) -> Any:
    """A column value as JSON holds it."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    return str(value)


def entry_hash(row: dict[str, Any]) -> str:
    """SHA-256 of an entry's fields in their fixed order, the previous hash among them."""
    fields = {name: plain(row[name]) for name in HASHED}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changes_of(session: Session) -> Iterator[dict[str, Any]]:
    """What the flush that just ran did to audited rows; call from `after_flush`, while histories still stand."""
    for act, rows in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for obj in rows:
            if not obj.audited or (act == "update" and not session.is_modified(obj)):
                continue
            state = inspect(obj)
            before: dict[str, Any] = {}
            after: dict[str, Any] = {}
            for column in state.mapper.column_attrs:
                name = column.key
                history = state.attrs[name].history
                now = state.dict.get(name)
                if act == "insert":
                    if now is not None:
                        after[name] = _told(obj, name, now)
                elif act == "delete":
                    before[name] = _told(obj, name, now)
                elif history.has_changes():
                    before[name] = _told(obj, name, history.deleted[0] if history.deleted else None)
                    after[name] = _told(obj, name, now)
            if act == "update" and not after:
                continue
            key = ":".join(str(part) for part in state.mapper.primary_key_from_instance(obj))
            yield {"act": act, "subject": state.mapper.local_table.name, "subject_id": key,
                   "before": before or None, "after": after or None}


def _told(obj: Base, name: str, value: Any) -> Any:
    """A value as the trail says it: secrets are named only, personal words are kept beside it."""
    if name in obj.secret_columns:
        return "[secret]"
    if value is not None and name in obj.personal_columns:
        return Said(getattr(obj, obj.personal_key), str(value))
    return plain(value)


def stamp(actor: Actor, at: datetime, reason: str | None) -> dict[str, Any]:
    """Who does it, when, why and by which way: what all entries of a unit say alike."""
    login: str | Said = actor.trail_login or actor.login
    if not actor.trail_login and actor.person_id is not None and actor.login:
        login = Said(actor.person_id, actor.login)
    return {"at": at, "person_id": actor.person_id, "login": login, "via": actor.via, "session_ref": actor.session_ref,
            "request_id": actor.request_id, "reason": reason}


def append(session: Session, entries: Iterable[dict[str, Any]], said: dict[str, Any]) -> None:
    """Link `entries` to the chain, each with what `stamp` said of the unit; the head row stays locked until the commit, which gives
    entries one order."""
    connection = session.connection()
    head = connection.execute(_LOCK_HEAD).one_or_none()
    if head is None:
        connection.execute(insert(AuditHead).values(id=1, seq=0, hash=GENESIS, at=None))
    seq, previous, last = head or (0, GENESIS, None)
    at = said["at"]
    rows = []
    if last is not None and (last - at).total_seconds() > 5:
        entries = [*entries, {"act": "clock_back", "subject": "clock", "subject_id": "0", "before": {"at": plain(last)},
                              "after": {"at": plain(at)}}]
    for entry in kept(connection, ({**said, **entry} for entry in entries)):
        seq += 1
        row = {**entry, "seq": seq, "previous": previous}
        previous = row["hash"] = entry_hash(row)
        rows.append(row)
    connection.execute(_ADD, rows)
    connection.execute(_MOVE_HEAD, {"seq": seq, "hash": previous, "at": at})


@dataclass(frozen=True)
class Verdict:
    """What a walk over the chain found. first_bad: sequence number of the first entry that does not fit, or None."""

    ok: bool
    entries: int
    head: str
    first_bad: int | None


def verify(session: Session, anchors: Iterable[tuple[int, str]] = ()) -> Verdict:
    """Walk the whole chain and compare it with the head row and with anchors kept outside the database."""
    wanted = dict(anchors)
    previous, expected, bad = GENESIS, 0, None
    columns = [getattr(AuditEntry, name) for name in (*HASHED, "hash")]
    for row in session.execute(select(*columns).order_by(AuditEntry.seq).execution_options(yield_per=2000)).mappings():
        expected += 1
        record = dict(row)
        fits = record["seq"] == expected and record["previous"] == previous and record["hash"] == entry_hash(record)
        if not fits or wanted.get(expected, record["hash"]) != record["hash"]:
            bad = expected
            break
        previous = record["hash"]
    if bad is None:
        head = session.get(AuditHead, 1)
        if head is not None and (head.seq, head.hash) != (expected, previous):
            bad = min(head.seq, expected) + 1
        missing = [seq for seq in wanted if seq > expected]
        if missing:
            bad = min([expected + 1, *([bad] if bad else [])])
    return Verdict(bad is None, expected, previous, bad)


def verify_tail(session: Session, anchors: Iterable[tuple[int, str]] = (), *, newest: int = 1000) -> Verdict:
    """Walk the newest entries only, and compare them with the head row and with the anchors among them."""
    wanted = dict(anchors)
    head = session.get(AuditHead, 1)
    if head is None:
        return Verdict(not wanted, 0, GENESIS, 1 if wanted else None)
    columns = [getattr(AuditEntry, name) for name in (*HASHED, "hash")]
    rows = session.execute(select(*columns).order_by(AuditEntry.seq.desc()).limit(newest)).mappings()
    following, expected, bad, seen = head.hash, head.seq, None, 0
    for row in rows:
        record = dict(row)
        seen += 1
        fits = record["seq"] == expected and record["hash"] == following == entry_hash(record)
        if not fits or wanted.get(expected, following) != following:
            bad = expected
            break
        following, expected = record["previous"], expected - 1
    if bad is None and seen < min(newest, head.seq):
        bad = expected
    if any(seq > head.seq for seq in wanted):
        bad = min(head.seq + 1, bad or head.seq + 1)
    return Verdict(bad is None, seen, head.hash, bad)


def read_anchors(path: Path) -> list[tuple[int, str]]:
    """The (sequence, hash) pairs written outside the database, oldest first."""
    if not path.exists():
        return []
    pairs = (line.split() for line in path.read_text().splitlines() if line.strip())
    return [(int(parts[1]), parts[2]) for parts in pairs]


def write_anchor(session: Session, path: Path, now: datetime) -> bool:
    """Append the present head to the anchor file unless it stands there already; whether a line was written."""
    head = session.get(AuditHead, 1)
    if head is None or head.seq == 0:
        return False
    anchors = read_anchors(path)
    if anchors and anchors[-1][0] >= head.seq:
        return False
    with path.open("a") as out:
        out.write(f"{now.isoformat()} {head.seq} {head.hash}\n")
    return True


def columns_then(session: Session, table: str, cut: datetime, among: Sequence[int] | None = None) -> dict[int, dict[str, Any]]:
    """Row -> what its columns said at an instant, of those that changed since, as the trail has them: days and instants are texts.
    among: only these rows. The trail is never changed, so the answer stays the same."""
    found: dict[int, dict[str, Any]] = {}
    asked = select(AuditEntry.subject_id, AuditEntry.before).where(
        AuditEntry.subject == table, AuditEntry.act == "update", AuditEntry.at >= cut).order_by(AuditEntry.seq)
    for row_id, before in session.execute(
            asked if among is None else asked.where(AuditEntry.subject_id.in_([str(one) for one in among]))):
        for name, value in (before or {}).items():
            found.setdefault(int(row_id), {}).setdefault(name, value)
    return found
