"""From rows to the pure scenes the rules judge: a fixed number of queries, whether for one change or for fifty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

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
    HistoryEntry,
    ReleaseRecord,
    Research,
    Signature,
    Verdict,
)
from kmsvc.process.changes.options import CONFIRM_WITHOUT_EDIT, SAMPLE_SIZE
from kmsvc.process.definitions.heads import heads
from kmsvc.process.definitions.models import ProcessVersion, Publication
from kmsvc.process.fieldwork import gates

_COLUMNS: dict[str, TypeEngine[Any]] = {name: Integer() for name in ("a", "b", "c", "d")} | {
    "word": String(), "day": Date()}


def _of(noun: str, model: Any, *those: ColumnElement[bool], **columns: Any) -> Select[Any]:
    """Rows of one noun for several changes, in the common columns: whole numbers a to d, a word and a day."""
    table = model.__table__.c
    rest = (columns.get(name, cast(null(), kind)).label(name) for name, kind in _COLUMNS.items())
    return select(literal(noun).label("noun"), table.change_id, *rest).where(
        table.change_id.in_(bindparam("ids", expanding=True)), *those)


def _all_rows() -> CompoundSelect[Any]:
    """One question for all nouns: to ask nine costs nine times as much as their rows."""
    assistant, comment, publication = Assistant.__table__.c, Comment.__table__.c, Publication.__table__.c
    signature, release, verdict = Signature.__table__.c, ReleaseRecord.__table__.c, Verdict.__table__.c
    return union_all(
        _of("units", AffectedUnit, a=AffectedUnit.__table__.c.unit_id),
        _of("assistants", Assistant, assistant.state.in_(("named", "accepted")),
            a=assistant.id, b=assistant.unit_id, c=assistant.person_id, word=assistant.state),
        _of("authors", ProcessVersion, a=ProcessVersion.__table__.c.author_id),
        _of("research", Research, a=Research.__table__.c.visit),
        _of("remarks", Comment, comment.wants_answer, comment.answered_at.is_(None), a=comment.id),
        _of("signed", Signature, a=signature.step, b=signature.visit, c=signature.version_id, d=signature.person_id,
            word=signature.capacity),
        _of("released", ReleaseRecord, a=release.step, b=release.visit, word=release.act),
        _of("verdicts", Verdict, a=verdict.visit, b=verdict.person_id),
        _of("pending", Publication, publication.release_round == 2, publication.done_at.is_(None),
            publication.cancelled_at.is_(None), day=publication.effective_on))


_ROWS = _all_rows()
_SAYS_NOTHING = frozenset({HistoryEntry.__tablename__})
"""Written with every verb, and no scene is counted from it."""


def owner_id(session: Session, change: Change) -> int | None:
    """The business owner of the process concerned, or the one named while it does not exist yet."""
    if change.process_id is not None:
        process = heads(session).get(change.process_id)
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
    kept = kept_in(session, "scenes", _SAYS_NOTHING)
    missing = [change for change in changes if change.id not in kept]
    if missing:
        rows = _Rows(session, missing)
        kept.update({change.id: rows.scene(change) for change in missing})
    return {change.id: kept[change.id] for change in changes}


class _Rows:
    """What the tables hold for some changes; `scene` puts one change together."""

    def __init__(self, session: Session, changes: Sequence[Change]) -> None:
        self.session = session
        self.ids = [change.id for change in changes]
        self.steps = {change.id: rules.BY_STATE[change.state].number if rules.is_open(change.state) else 0
                      for change in changes}
        self.field = gates.counts_of(session, {change.id: change.visit(9) for change in changes
                                               if self.steps[change.id] >= 9 or change.state == rules.State.RELEASED2})
        self.held: dict[tuple[str, int], list[Any]] = {}
        if session.autoflush:
            session.flush()  # a question about bare tables does not do it
        for row in session.execute(_ROWS, {"ids": self.ids}):
            self.held.setdefault((row.noun, row.change_id), []).append(row)
        reviewing = {row.c for one in self.ids if self.steps[one] == 5 for row in self.of("assistants", one)}
        known = directory(session).people if reviewing else {}
        self.gone = frozenset(one for one in reviewing if one in known and not known[one].is_active)
        self.people = people_below(session, {one: {row.a for row in self.of("units", one)}
                                             for one in self.ids if self.steps[one] == 9})
        self.sample_size = options.value(session, SAMPLE_SIZE)
        self.may_confirm = options.value(session, CONFIRM_WITHOUT_EDIT)
        self.processes = heads(session)

    def of(self, noun: str, one: int) -> Sequence[Any]:
        """The rows of a noun that belong to a change."""
        return self.held.get((noun, one), ())

    def scene(self, change: Change) -> rules.Scene:
        """One change as the rules see it; only rows of the present round count."""
        one, step = change.id, self.steps[change.id]
        field = self.field.get(one, gates.FieldCounts())
        visit = change.visit(step)
        contributors = frozenset(row.a for row in self.of("authors", one) if row.a is not None)
        process = self.processes.get(change.process_id or 0)
        owner = process.owner_id if process else (change.new_process or {}).get("owner_id")
        assistants = sorted(self.of("assistants", one), key=lambda row: int(row.a))
        live_on = [row.day for row in self.of("pending", one)] if step == 15 else []
        return rules.Scene(
            state=change.state, asker_id=change.asker_id, author_id=change.author_id, owner_id=owner,
            asked_back=change.asked_back,
            researched=any(row.a == change.visit(2) for row in self.of("research", one)),
            units=frozenset(row.a for row in self.of("units", one)),
            assistants=tuple((row.b, row.c, row.word) for row in assistants), contributors=contributors,
            verdicts=frozenset(row.b for row in self.of("verdicts", one) if step == 5 and row.a == change.visit(5)),
            open_comments=len(self.of("remarks", one)),
            signed={row.word: row.d for row in self.of("signed", one)
                    if (row.a, row.b, row.c) == (step, visit, change.candidate_id)},
            released=frozenset(row.word for row in self.of("released", one) if (row.a, row.b) == (step, visit)),
            live_pending=bool(live_on), live_on=max(live_on, default=None), plan_lines=field.plan_lines,
            unplanned=len(self.people.get(one, frozenset()) - field.planned), sit_ins=field.sit_ins, samples=field.samples,
            set_aside=field.set_aside,
            sample_size=self.sample_size, feedback_items=field.feedback_items, unrouted=field.unrouted,
            unanswered=field.unanswered, may_confirm_unchanged=self.may_confirm, drafted=bool(contributors),
            approved=change.visit(8) > 0, gone=self.gone & {row.c for row in assistants})
