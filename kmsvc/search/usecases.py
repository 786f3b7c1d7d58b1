"""Marks and the index writer: what changed is marked with the change, read again, written, compared, and
only then cleared."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.faults import fault
from kmsvc.core.work import Database, Work
from kmsvc.search.documents import Deleted, SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.models import DirtyMark
from kmsvc.search.permissions import REBUILD_INDEX, WRITE_INDEX

BATCH = 200


def mark(work: Work, kind: str, ref_id: int) -> None:
    """Note that this document may differ from the index; marking again raises the mark."""
    work.permit(WRITE_INDEX)
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(DirtyMark.__table__).values(
        kind=kind, ref_id=ref_id, marked_at=work.now, mark=1
    )
    work.session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "ref_id"], set_={"mark": DirtyMark.__table__.c.mark + 1}
        )
    )


def mark_all(work: Work, kind: str, ids: list[int]) -> None:
    """Mark many documents of a kind."""
    work.permit(WRITE_INDEX)
    table = DirtyMark.__table__
    dialect = sqlite if work.session.get_bind().dialect.name == "sqlite" else postgresql
    rows = [{"kind": kind, "ref_id": one, "marked_at": work.now, "mark": 1} for one in sorted(set(ids))]
    for start in range(0, len(rows), 200):
        work.session.connection().execute(dialect.insert(table).values(rows[start:start + 200]).on_conflict_do_update(
            index_elements=["kind", "ref_id"], set_={"mark": table.c.mark + 1}))


def documents_of(session: Session, marks: list[tuple[str, int]]) -> list[SearchDocument | Deleted]:
    """The search documents as the database has them now; Deleted for what must not be found."""
    found: list[SearchDocument | Deleted] = []
    by_kind: dict[str, list[int]] = {}
    for kind, ref_id in marks:
        by_kind.setdefault(kind, []).append(ref_id)
    for kind, ids in by_kind.items():
        described = cards.KINDS.get(kind)
        made = (
            {doc.id: doc for doc in described.documents(session, ids)}
            if described and described.documents
            else {}
        )
        found.extend(made.get(ref_id) or Deleted(kind, ref_id) for ref_id in ids)
    return found


def take_in(db: Database, engine: SearchEngine, actor: Actor) -> int:
    """One round of the index writer: read the marks, write the index, clear the marks that did not move
    meanwhile."""
    with db.look(actor) as work:
        marks = [
            (row.id, row.kind, row.ref_id, row.mark)
            for row in work.session.scalars(select(DirtyMark).order_by(DirtyMark.id).limit(BATCH))
        ]
        batch = documents_of(work.session, [(kind, ref_id) for _, kind, ref_id, _ in marks])
    if not marks:
        return 0
    fault("index.before_commit")
    engine.apply(batch)
    fault("index.after_commit")
    with db.begin(actor) as work:
        work.permit(WRITE_INDEX)
        for mark_id, _, _, level in marks:
            work.session.execute(delete(DirtyMark).where(DirtyMark.id == mark_id, DirtyMark.mark == level))
    return len(marks)


def all_documents(session: Session) -> list[SearchDocument]:
    """Every document that may be found by somebody."""
    return [doc for kind in cards.KINDS.values() if kind.documents for doc in kind.documents(session, None)]


def rebuild(
    db: Database, engine: SearchEngine, actor: Actor, progress: Callable[[int], None] = lambda done: None
) -> int:
    """Build the index anew from the database and switch to it; marks set meanwhile are taken in
    afterwards."""
    with db.begin(actor) as work:
        work.permit(REBUILD_INDEX)
    with db.look(actor) as work:
        documents = all_documents(work.session)
    return engine.rebuild(documents, progress)


def clear_marks_before(db: Database, actor: Actor, last_id: int) -> None:
    """Forget marks a rebuild has just covered: those not raised again since they were set."""
    with db.begin(actor) as work:
        work.permit(WRITE_INDEX)
        work.session.execute(delete(DirtyMark).where(DirtyMark.id <= last_id, DirtyMark.mark == 1))


def reconcile(db: Database, engine: SearchEngine, actor: Actor) -> int:
    """Compare index and database, and mark every difference; returns how many."""
    held = engine.versions()
    with db.look(actor) as work:
        wanted = {doc.key: (doc.kind, doc.id, doc.version) for doc in all_documents(work.session)}
    wrong = [(kind, ref_id) for key, (kind, ref_id, version) in wanted.items() if held.get(key) != version]
    wrong += [(key.split(":")[0], int(key.split(":")[1])) for key in held.keys() - wanted.keys()]
    if wrong:
        with db.begin(actor) as work:
            for kind, ref_id in wrong:
                mark(work, kind, ref_id)
    return len(wrong)
