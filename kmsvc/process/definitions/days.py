"""Processes as they counted on an earlier day: which version, by the log of publications; who may read it, by today's rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.audit import columns_then
from kmsvc.core.cards import Moment, Reading, ThingCard
from kmsvc.core.clock import start_of_day
from kmsvc.files.queries import address_of
from kmsvc.people.accounts.directory import directory
from kmsvc.process.definitions.dossier import dossier
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.definitions.permissions import may_see
from kmsvc.process.definitions.queries import (
    ProcessLine,
    VersionLine,
    lines_of,
    version_lines,
    whole_things,
    with_text,
)
from kmsvc.process.definitions.rules import PublicationKind, review_due


def _line(session: Session, actor: Actor, process_id: int, moment: Moment) -> VersionLine | None:
    """The version that was in force at the end of that day."""
    end = start_of_day(moment.day + timedelta(days=1), moment.zone)
    done = [row for row in dossier(session, process_id).publications if row.done_at is not None and row.effective_at < end]
    process = session.get(Process, process_id)
    wanted = max(done, key=lambda row: (row.effective_at, row.id)).new_version_id if done else None
    if process is None or wanted is None:
        return None
    return next((line for line in version_lines(session, actor, process) if line.id == wanted), None)


def cards_on(session: Session, actor: Actor, ids: Sequence[int], moment: Moment) -> Mapping[int, ThingCard]:
    """Cards of the processes that were in force on that day, with the name and purpose of then."""
    found = {}
    for one, now in whole_things(session, actor, ids).items():
        line = _line(session, actor, one, moment)
        if line is not None:
            found[one] = _card(now, line, with_text(session, actor, line).purpose, moment)
    return found


def _card(now: ThingCard, line: VersionLine, purpose: str, moment: Moment) -> ThingCard:
    place = now.url if line.is_live else f"{now.url}/versions/{line.n}"
    return replace(now, title=line.name, summary=purpose, body="", url=f"{place}?on={moment.day.isoformat()}")


def reading_on(session: Session, actor: Actor, process_id: int, moment: Moment) -> Reading | None:
    """The text of a process that was in force on that day, as an agent reads it beside the results."""
    now = whole_things(session, actor, [process_id]).get(process_id)
    line = _line(session, actor, process_id, moment) if now is not None else None
    if now is None or line is None:
        return None
    text, process = with_text(session, actor, line), session.get(Process, process_id)
    head = lines_of(session, [process])[0] if process is not None else None
    return Reading(card=_card(now, line, text.purpose, moment), version_label=f"V{line.label}", effective_on=line.effective_on,
                   review_on=head.review_on if head and line.is_live else None, owner=head.owner if head else "",
                   confidentiality="internal", summary=text.purpose, body=text.body, file_of=address_of(session, actor),
                   version_id=line.id, as_of=moment.day, overtaken=not line.is_live)


def lines_on(session: Session, actor: Actor, moment: Moment, *, q: str | None = None, group: str | None = None, klass: str | None = None,
             owner_id: int | None = None, state: str | None = None) -> list[ProcessLine]:
    """The processes that were there at the end of a day, with name, version, owner, next review and state of then; who may see them is
    today's right. Filters as in the list of today."""
    cut = start_of_day(moment.day + timedelta(days=1), moment.zone)
    moves: dict[int, Publication] = {}
    for move in session.scalars(select(Publication).where(
            Publication.done_at < cut, Publication.recorded_at < cut).order_by(Publication.id)):
        moves[move.process_id] = move
    labels = {one.id: one for one in session.execute(select(
        ProcessVersion.id, ProcessVersion.name, ProcessVersion.major, ProcessVersion.minor).where(ProcessVersion.id.in_(
            {one for move in moves.values() for one in (move.new_version_id, move.old_version_id) if one is not None})))}
    was, people = columns_then(session, Process.__tablename__, cut), directory(session).people
    typed, found = (q or "").strip().casefold(), []
    for row in session.scalars(select(Process).where(Process.created_at < cut).order_by(Process.number)):
        if not may_see(actor, row):
            continue
        held, last = was.get(row.id, {}), moves.get(row.id)
        stood = "draft" if last is None else "retired" if last.kind == PublicationKind.RETIRE else "published"
        text = labels.get((last.new_version_id or last.old_version_id or 0) if last is not None else 0)
        owner, months = held.get("owner_id", row.owner_id), held.get("review_months", row.review_months)
        reviewed = held.get("reviewed_on", row.reviewed_on)
        reviewed = date.fromisoformat(reviewed) if isinstance(reviewed, str) else reviewed
        line = ProcessLine(
            row.id, row.number, text.name if text is not None else held.get("name", row.name), row.group, row.klass,
            people[owner].name if owner in people else "", owner,
            f"{text.major}.{text.minor}" if text and stood == "published" else None,
            last.effective_on if last is not None and stood == "published" else None,
            review_due(reviewed, months) if reviewed and stood == "published" else None, stood, False, row.version)
        if ((not typed or typed in line.name.casefold() or typed in line.number.casefold()) and group in (None, line.group)
                and klass in (None, line.klass) and owner_id in (None, owner) and state in (None, stood)):
            found.append(line)
    return found


def gone_since(session: Session, actor: Actor, typed: str, moment: Moment, limit: int) -> Sequence[ThingCard]:
    """Processes that were in force on that day and were retired since, by number or name."""
    words = typed.strip()
    if not words:
        return ()
    ids = session.scalars(select(Process.id).where(
        Process.retired_at >= start_of_day(moment.day, moment.zone),
        or_(Process.number == words.upper(), Process.name.icontains(words, autoescape=True))).limit(5 * limit)).all()
    return list(cards_on(session, actor, ids, moment).values())[:limit]
