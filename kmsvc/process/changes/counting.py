"""From rows to the pure scenes the rules judge: a fixed number of queries, whether for one change or for fifty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from kmsvc.core import options
from kmsvc.core.work import kept_in
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import active_people
from kmsvc.people.units.queries import downward, parents
from kmsvc.process.changes import rules
from kmsvc.process.changes.models import (
    AffectedUnit,
    Assistant,
    Change,
    Comment,
    ReleaseRecord,
    Research,
    Signature,
    Verdict,
)
from kmsvc.process.changes.options import CONFIRM_WITHOUT_EDIT, SAMPLE_SIZE
from kmsvc.process.definitions.models import Process, ProcessVersion, Publication
from kmsvc.process.fieldwork import gates


def _of(change_id: Any, *columns: Any) -> Select[Any]:
    """Rows of several changes. Made once: to build such a question costs as much as to ask it."""
    return select(change_id, *columns).where(change_id.in_(bindparam("ids", expanding=True)))


_ROWS: dict[str, Select[Any]] = {
    "units": _of(AffectedUnit.change_id, AffectedUnit.unit_id),
    "assistants": _of(Assistant.change_id, Assistant.unit_id, Assistant.person_id, Assistant.state).where(
        Assistant.state.in_(("named", "accepted"))).order_by(Assistant.id),
    "authors": _of(ProcessVersion.change_id, ProcessVersion.author_id).distinct(),
    "research": _of(Research.change_id, Research.visit),
    "remarks": _of(Comment.change_id, Comment.id).where(Comment.wants_answer, Comment.answered_at.is_(None)),
    "signed": _of(Signature.change_id, Signature.step, Signature.visit, Signature.version_id, Signature.capacity,
                  Signature.person_id),
    "released": _of(ReleaseRecord.change_id, ReleaseRecord.step, ReleaseRecord.visit, ReleaseRecord.act),
    "verdicts": _of(Verdict.change_id, Verdict.visit, Verdict.person_id),
    "pending": _of(Publication.change_id, Publication.effective_on).where(
        Publication.release_round == 2, Publication.done_at.is_(None), Publication.cancelled_at.is_(None)),
}


def owner_id(session: Session, change: Change) -> int | None:
    """The business owner of the process concerned, or the one named while it does not exist yet."""
    if change.process_id is not None:
        process = session.get(Process, change.process_id)
        return process.owner_id if process else None
    return (change.new_process or {}).get("owner_id")


def affected_people(session: Session, change: Change) -> frozenset[int]:
    """Ids of the persons in the affected units and below; they are planned for training."""
    units = set(session.scalars(select(AffectedUnit.unit_id).where(AffectedUnit.change_id == change.id)))
    return people_below(session, {change.id: units})[change.id]


def people_below(session: Session, units: Mapping[int, Iterable[int]]) -> dict[int, frozenset[int]]:
    """Change id -> ids of the active persons in its units and everything below them."""
    if not any(units.values()):
        return {change: frozenset() for change in units}
    tree = parents(session)
    wide = {change: {below for unit in its for below in downward(tree, unit)} for change, its in units.items()}
    people = active_people(session, {unit for its in wide.values() for unit in its})
    return {change: frozenset(person.id for person in people if person.unit_id in its) for change, its in wide.items()}


def scene_of(session: Session, change: Change) -> rules.Scene:
    """Everything the rules need of one change, counted from the rows."""
    return scenes_of(session, [change])[change.id]


def scenes_of(session: Session, changes: Sequence[Change]) -> dict[int, rules.Scene]:
    """Everything the rules need of several changes, by id."""
    kept = kept_in(session, "scenes")
    missing = [change for change in changes if change.id not in kept]
    if missing:
        rows = _Rows(session, missing)
        kept.update({change.id: rows.scene(change) for change in missing})
    return {change.id: kept[change.id] for change in changes}


class _Rows:
    """What the tables hold for some changes, read table by table; `scene` puts one change together."""

    def __init__(self, session: Session, changes: Sequence[Change]) -> None:
        self.session = session
        self.ids = [change.id for change in changes]
        self.steps = {change.id: rules.BY_STATE[change.state].number if rules.is_open(change.state) else 0
                      for change in changes}
        self.field = gates.counts_of(session, {change.id: change.visit(9) for change in changes
                                               if self.steps[change.id] >= 9 or change.state == rules.State.RELEASED2})
        self.units = self._grouped("units")
        self.assistants = self._grouped("assistants")
        reviewing = {row[1] for one, rows in self.assistants.items() if self.steps[one] == 5 for row in rows}
        known = directory(session).people if reviewing else {}
        self.gone = frozenset(one for one in reviewing if one in known and not known[one].is_active)
        self.authors = self._grouped("authors")
        self.research = self._grouped("research")
        self.remarks = self._grouped("remarks")
        self.signed = self._grouped("signed", 7, 14)
        self.released = self._grouped("released", 8, 15)
        self.verdicts = self._grouped("verdicts", 5)
        self.pending = self._grouped("pending", 15)
        self.people = people_below(session, {one: {row[0] for row in self.units.get(one, ())}
                                             for one in self.ids if self.steps[one] == 9})
        self.sample_size = options.value(session, SAMPLE_SIZE)
        self.may_confirm = options.value(session, CONFIRM_WITHOUT_EDIT)
        wanted = {change.process_id for change in changes if change.process_id}
        self.owners: dict[int, int | None] = {row.id: row.owner_id for row in session.execute(
            select(Process.id, Process.owner_id).where(Process.id.in_(wanted)))} if wanted else {}

    def _grouped(self, name: str, *steps: int) -> dict[int, list[tuple[Any, ...]]]:
        """Change id -> the rest of its rows; with `steps` only for changes that stand at one of them."""
        ids = [one for one in self.ids if not steps or self.steps[one] in steps]
        found: dict[int, list[tuple[Any, ...]]] = {}
        if ids:
            for row in self.session.execute(_ROWS[name], {"ids": ids}):
                found.setdefault(row[0], []).append(tuple(row[1:]))
        return found

    def scene(self, change: Change) -> rules.Scene:
        """One change as the rules see it; only rows of the present round count."""
        one, step = change.id, self.steps[change.id]
        field = self.field.get(one, gates.FieldCounts())
        visit = change.visit(step)
        contributors = frozenset(row[0] for row in self.authors.get(one, ()) if row[0] is not None)
        owner = self.owners.get(change.process_id) if change.process_id is not None else (
            change.new_process or {}).get("owner_id")
        return rules.Scene(
            state=change.state, asker_id=change.asker_id, author_id=change.author_id, owner_id=owner,
            asked_back=change.asked_back,
            researched=any(row[0] == change.visit(2) for row in self.research.get(one, ())),
            units=frozenset(row[0] for row in self.units.get(one, ())),
            assistants=tuple(self.assistants.get(one, ())), contributors=contributors,  # type: ignore[arg-type]
            verdicts=frozenset(row[1] for row in self.verdicts.get(one, ()) if row[0] == change.visit(5)),
            open_comments=len(self.remarks.get(one, ())),
            signed={row[3]: row[4] for row in self.signed.get(one, ())
                    if row[:3] == (step, visit, change.candidate_id)},
            released=frozenset(row[2] for row in self.released.get(one, ()) if row[:2] == (step, visit)),
            live_pending=bool(self.pending.get(one)),
            live_on=max((row[0] for row in self.pending.get(one, ())), default=None), plan_lines=field.plan_lines,
            unplanned=len(self.people.get(one, frozenset()) - field.planned), sit_ins=field.sit_ins, samples=field.samples,
            set_aside=field.set_aside,
            sample_size=self.sample_size, feedback_items=field.feedback_items, unrouted=field.unrouted,
            unanswered=field.unanswered, may_confirm_unchanged=self.may_confirm, drafted=bool(contributors),
            approved=change.visit(8) > 0, gone=self.gone & {row[1] for row in self.assistants.get(one, ())})
