"""Reads over process audits: the years, one with how far it is, its processes and what they wait for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.process.audits import rules
from kmsvc.process.audits.models import ProcessAudit, ProcessAuditItem
from kmsvc.process.audits.permissions import JUDGE_PROCESS, SEE_AUDITS
from kmsvc.process.audits.reporting import is_whole, report_of
from kmsvc.process.audits.rules import AuditStand, ProcessAuditResult, ProcessAuditState
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.models import Process, ProcessVersion


@dataclass(frozen=True)
class AuditLine:
    """A process audit in a list. results: how many by result; part: beyond 1 it takes the closed audit of the year up again."""

    id: int
    number: str
    version: int
    year: int
    state: str
    due_on: date
    started_on: date | None
    closed_on: date | None
    closed_by: str
    processes: int
    judged: int
    results: Mapping[str, int]
    part: int = 1

    @property
    def url(self) -> str:
        """Its address."""
        return f"/process/audits/{self.id}"

    def is_late(self, today: date) -> bool:
        """Whether its day has passed while it is not closed."""
        return self.due_on < today and self.state in (ProcessAuditState.PLANNED, ProcessAuditState.RUNNING)


@dataclass(frozen=True)
class AuditedLine:
    """A process of an audit. moved: another text is in force than was looked at; change: (id, number, state)."""

    id: int
    audit_id: int
    version: int
    place: int
    process_id: int
    number: str
    name: str
    label: str
    group: str
    owner_id: int | None
    owner: str
    auditor_id: int | None
    auditor: str
    auditor_login: str | None
    answers: Mapping[str, bool | None]
    findings: str | None
    action: str | None
    due_on: date | None
    proof: Mapping[str, Any] | None
    result: str | None
    judged_by: str
    judged_at: datetime | None
    change: tuple[int, str, str] | None
    signed_by: str
    signed_at: datetime | None
    stand: AuditStand
    is_new: bool
    in_force: bool
    moved: bool

    @property
    def url(self) -> str:
        """Its address."""
        return f"/process/audits/items/{self.id}"


@dataclass(frozen=True)
class Progress:
    """How far a part of an audit is: a group or an auditor. key: what the filter takes."""

    key: str
    name: str
    judged: int
    all: int


@dataclass(frozen=True)
class AuditCard:
    """One process audit. by_group, by_auditor: how far each is; later: processes that came into force since it began; parts: (id,
    number) of the other parts of the year."""

    line: AuditLine
    purpose: str | None
    conclusion: str | None
    actions: str | None
    reason: str | None
    content_hash: str | None
    is_whole: bool | None
    planned_by: str
    planned_at: datetime
    items: tuple[AuditedLine, ...]
    stands: Mapping[str, int]
    by_group: tuple[Progress, ...]
    by_auditor: tuple[Progress, ...]
    later: tuple[tuple[int, str, str], ...]
    parts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Wanted:
    """The filters of the processes of an audit. stand: what they wait for; answer: `needed`, `correct` or `followed` answered with no;
    auditor: a login, `none` for nobody."""

    q: str | None = None
    group: str | None = None
    auditor: str | None = None
    result: str | None = None
    stand: str | None = None
    answer: str | None = None


def _see(actor: Actor) -> None:
    if not can(actor, SEE_AUDITS):
        raise NotPermitted()


def _visible(session: Session, actor: Actor, audit_id: int) -> ProcessAudit:
    row = session.get(ProcessAudit, audit_id) if can(actor, SEE_AUDITS) else None
    if row is None:
        raise NotFound()
    return row


def _narrowed(query: Select[Any], q: str | None, year: int | None, state: str | None) -> Select[Any]:
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in (
            ProcessAudit.number, ProcessAudit.purpose, ProcessAudit.conclusion))))
    if year:
        query = query.where(ProcessAudit.year == year)
    return query.where(ProcessAudit.state == state) if state else query


def audit_lines(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None,
                start: int = 0, limit: int = 50) -> tuple[list[AuditLine], int | None]:
    """Process audits, newest year first, and where the list goes on. Raises NotPermitted."""
    _see(actor)
    rows = list(session.scalars(_narrowed(select(ProcessAudit), q, year, state).order_by(
        ProcessAudit.year.desc(), ProcessAudit.id.desc()).offset(start).limit(limit + 1)))
    return _lines(session, rows[:limit]), start + limit if len(rows) > limit else None


def count_audits(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None) -> int:
    """How many fit."""
    _see(actor)
    return session.scalar(_narrowed(select(func.count()).select_from(ProcessAudit), q, year, state)) or 0


def _lines(session: Session, rows: Sequence[ProcessAudit]) -> list[AuditLine]:
    people = directory(session).people
    counts: dict[int, Counter[str]] = {}
    for audit_id, result, many in session.execute(select(
            ProcessAuditItem.audit_id, ProcessAuditItem.result, func.count()).where(
            ProcessAuditItem.audit_id.in_([one.id for one in rows])).group_by(ProcessAuditItem.audit_id, ProcessAuditItem.result)):
        counts.setdefault(audit_id, Counter())[result or ""] = many
    found = []
    for row in rows:
        its = counts.get(row.id, Counter())
        found.append(AuditLine(
            row.id, row.number, row.version, row.year, row.state, row.due_on, row.started_on, row.closed_on,
            people[row.closed_by_id].name if row.closed_by_id in people else "", sum(its.values()), sum(its.values()) - its[""],
            {one.value: its[one.value] for one in ProcessAuditResult}, row.part))
    return found


def years(session: Session) -> list[int]:
    """The years that have an audit, newest first."""
    return list(session.scalars(select(ProcessAudit.year).distinct().order_by(ProcessAudit.year.desc())))


_ITEMS = select(
    ProcessAuditItem, Process, ProcessVersion.name, ProcessVersion.major, ProcessVersion.minor, Change.number, Change.state).join(
    Process, Process.id == ProcessAuditItem.process_id).join(
    ProcessVersion, ProcessVersion.id == ProcessAuditItem.version_id).outerjoin(Change, Change.id == ProcessAuditItem.change_id)


def _items(session: Session, condition: Any) -> list[AuditedLine]:
    people = directory(session).people

    def name(one: int | None) -> str:
        return people[one].name if one in people else ""
    return [AuditedLine(
        row.id, row.audit_id, row.version, row.place, process.id, process.number, title, f"{major}.{minor}", row.group, process.owner_id,
        name(process.owner_id if row.judged_at is None else row.owner_id), row.auditor_id, name(row.auditor_id),
        people[row.auditor_id].login if row.auditor_id in people else None,
        {one: getattr(row, one) for one in rules.QUESTIONS}, row.findings, row.action, row.due_on, row.proof, row.result,
        name(row.judged_by_id), row.judged_at, (row.change_id, number, state) if row.change_id is not None else None,
        name(row.signed_by_id), row.signed_at, rules.stand_of(
            auditor_id=row.auditor_id, result=row.result, signed=row.signed_at is not None, change_id=row.change_id,
            retired=process.retired_at is not None),
        row.added_at is not None, process.published_version_id is not None, process.published_version_id != row.version_id)
        for row, process, title, major, minor, number, state in session.execute(
            _ITEMS.where(condition).order_by(ProcessAuditItem.place))]


def audit_card(session: Session, actor: Actor, audit_id: int) -> AuditCard:
    """One audit with its processes. Raises NotFound."""
    row = _visible(session, actor, audit_id)
    items = tuple(_items(session, ProcessAuditItem.audit_id == row.id))
    people = directory(session).people
    stands = Counter(one.stand.value for one in items)
    held = {one.process_id for one in items}
    later = tuple((one.id, one.number, one.name) for one in session.scalars(select(Process).where(
        Process.published_version_id.is_not(None)).order_by(Process.number)) if one.id not in held
        ) if row.state == ProcessAuditState.RUNNING and row.part == 1 else ()
    parts = tuple((one.id, one.number) for one in session.scalars(select(ProcessAudit).where(
        ProcessAudit.year == row.year, ProcessAudit.id != row.id, ProcessAudit.state != ProcessAuditState.CANCELLED).order_by(
        ProcessAudit.part)))
    return AuditCard(
        _lines(session, [row])[0], row.purpose, row.conclusion, row.actions, row.reason, row.content_hash, is_whole(row),
        people[row.planned_by_id].name if row.planned_by_id in people else "", row.planned_at, items,
        {one.value: stands[one.value] for one in AuditStand}, _progress((one.group, one.group, one) for one in items),
        _progress((one.auditor_login or "none", one.auditor, one) for one in items), later, parts)


def _progress(rows: Iterable[tuple[str, str, AuditedLine]]) -> tuple[Progress, ...]:
    found: dict[str, list[Any]] = {}
    for key, name, one in rows:
        its = found.setdefault(key, [name, 0, 0])
        its[1] += one.result is not None
        its[2] += 1
    return tuple(Progress(key, *its) for key, its in sorted(found.items(), key=lambda it: (it[0] == "none", it[0])))


def chosen(items: Iterable[AuditedLine], wanted: Wanted) -> list[AuditedLine]:
    """The processes that fit the filters."""
    words = (wanted.q or "").casefold()
    return [one for one in items
            if words in f"{one.number} {one.name} {one.owner} {one.findings or ''}".casefold()
            and wanted.group in (None, one.group) and wanted.result in (None, one.result)
            and wanted.stand in (None, one.stand.value) and wanted.auditor in (None, one.auditor_login or "none")
            and (wanted.answer is None or one.answers[wanted.answer] is False)]


@dataclass(frozen=True)
class Known:
    """What the service knows of a process while it is audited. changes: requests that are under way; before: (year, result, findings)
    of the audit before."""

    reviewed_on: date | None
    changes: tuple[tuple[int, str, str], ...]
    before: tuple[int, str, str | None] | None


def item_card(session: Session, actor: Actor, item_id: int) -> AuditedLine:
    """One process of an audit. Raises NotFound."""
    if not can(actor, SEE_AUDITS):
        raise NotFound()
    found = _items(session, ProcessAuditItem.id == item_id)
    if not found:
        raise NotFound()
    return found[0]


def known_of(session: Session, one: AuditedLine) -> Known:
    """What the service knows of a process of an audit."""
    process = session.get(Process, one.process_id)
    changes = session.execute(select(Change.id, Change.number, Change.title).where(
        Change.process_id == one.process_id, Change.closed_at.is_(None)).order_by(Change.id)).all()
    earlier = session.execute(select(ProcessAudit.year, ProcessAuditItem.result, ProcessAuditItem.findings).join(
        ProcessAuditItem, ProcessAuditItem.audit_id == ProcessAudit.id).where(
        ProcessAuditItem.process_id == one.process_id, ProcessAudit.state == ProcessAuditState.CLOSED,
        ProcessAudit.id != one.audit_id).order_by(ProcessAudit.year.desc(), ProcessAudit.part.desc())).first()
    return Known(process.reviewed_on if process else None, tuple((row.id, row.number, row.title) for row in changes),
                 None if earlier is None else (earlier.year, earlier.result or "", earlier.findings))


def waiting_for(session: Session, actor: Actor) -> list[tuple[ProcessAudit, int, int]]:
    """Running audits in which this person still has processes without a result: (audit, how many, the first item)."""
    if not can(actor, JUDGE_PROCESS):
        return []
    rows = session.execute(select(ProcessAuditItem.audit_id, func.count(), func.min(ProcessAuditItem.place)).join(
        ProcessAudit, ProcessAudit.id == ProcessAuditItem.audit_id).where(
        ProcessAuditItem.auditor_id == actor.person_id, ProcessAuditItem.result.is_(None),
        ProcessAudit.state == ProcessAuditState.RUNNING).group_by(ProcessAuditItem.audit_id).order_by(ProcessAuditItem.audit_id)).all()
    found = []
    for audit_id, many, place in rows:
        audit = session.get(ProcessAudit, audit_id)
        first = session.scalar(select(ProcessAuditItem.id).where(
            ProcessAuditItem.audit_id == audit_id, ProcessAuditItem.auditor_id == actor.person_id,
            ProcessAuditItem.place == place))
        if audit is not None and first is not None:
            found.append((audit, many, first))
    return found


def report_shown(session: Session, actor: Actor, audit_id: int) -> dict[str, Any]:
    """The report of an audit, with where its change requests stand now. Raises NotFound."""
    row = _visible(session, actor, audit_id)
    found = report_of(session, row)
    now = dict(session.execute(select(Change.id, Change.state).where(
        Change.id.in_([one["change_id"] for one in found["changes"]]))).all())
    return {**found, "changes": [{**one, "now": now.get(one["change_id"])} for one in found["changes"]]}
