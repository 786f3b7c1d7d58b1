"""When another text is in force: exactly those citations whose paragraph changed, moved or went are marked, the others go on to
the new text without a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import exists, select

from kmsvc.core.work import Work
from kmsvc.knowledge.citations.comparing import Text, judged
from kmsvc.knowledge.citations.events import CitationsMarked, CitationsSettled
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.citations.permissions import FOLLOW_TEXTS
from kmsvc.knowledge.citations.rules import CitationState
from kmsvc.knowledge.citations.texts import TEXTS, Face

STANDING = (CitationState.TRUE, CitationState.MARKED)


def follow_text(work: Work, text_kind: str, text_id: int, *, today: date) -> int:
    """Compare what is cited of a text with what is in force of it; returns how many citations are newly marked. Twice changes
    nothing."""
    work.permit(FOLLOW_TEXTS)
    kind = TEXTS.get(text_kind)
    if kind is None:
        return 0
    rows = list(work.session.scalars(select(Citation).where(
        Citation.text_kind == text_kind, Citation.text_id == text_id, Citation.state.in_(STANDING))
        .order_by(Citation.id).with_for_update()))
    if not rows:
        return 0
    face = kind.faces(work.session, [text_id]).get(text_id)
    texts: dict[int, Text | None] = {}

    def at(version_id: int) -> Text | None:
        if version_id not in texts:
            texts[version_id] = kind.text(work.session, text_id, version_id)
        return texts[version_id]

    new = at(face.version_id) if face is not None else None
    marked: dict[tuple[str, int], list[int]] = defaultdict(list)
    freed: set[tuple[str, int]] = set()
    for row in rows:
        old = at(row.version_id)
        change = judged(row.block_id, old, new, today, row.accepted_until) if old is not None else None
        thing = (row.citing_kind, row.citing_id)
        if change is None:
            if new is not None and row.version_id != new.version_id:
                row.version_id = new.version_id
            if row.state == CitationState.MARKED:  # what was changed was changed back
                row.state, row.change, row.marked_at, row.marked_version_id = CitationState.TRUE, None, None, None
                freed.add(thing)
            continue
        now = new.version_id if new is not None else None
        if (row.state, row.change, row.marked_version_id) == (CitationState.MARKED, change, now):
            continue
        if row.state != CitationState.MARKED:
            row.marked_at = work.now
        row.state, row.change, row.marked_version_id = CitationState.MARKED, change, now
        marked[thing].append(row.id)
    for (citing_kind, citing_id), ids in marked.items():
        work.record(CitationsMarked(citing_kind, citing_id, ids, text_kind, text_id, new.version_id if new else None))
    tell_settled(work, freed)
    return sum(map(len, marked.values()))


def tell_settled(work: Work, things: Iterable[tuple[str, int]]) -> None:
    """Of things some citations of which are looked at: tell of those that have nothing left to be looked at."""
    work.session.flush()
    for citing_kind, citing_id in sorted(things):
        left = work.session.scalar(select(exists().where(
            Citation.citing_kind == citing_kind, Citation.citing_id == citing_id, Citation.state == CitationState.MARKED)))
        if not left:
            work.record(CitationsSettled(citing_kind, citing_id))


def due_texts(work: Work, today: date) -> list[tuple[str, int]]:
    """Cited texts that no fact led to: their validity has ended, or they changed in the moment in which they were cited."""
    rows = work.session.execute(select(Citation.text_kind, Citation.text_id, Citation.version_id, Citation.state,
                                       Citation.accepted_until, Citation.marked_version_id)
                                .where(Citation.state.in_(STANDING)).distinct()
                                .order_by(Citation.text_kind, Citation.text_id))
    cited: dict[tuple[str, int], list[tuple[int, str, date | None, int | None]]] = defaultdict(list)
    for text_kind, text_id, version_id, state, accepted, marked in rows:
        cited[text_kind, text_id].append((version_id, state, accepted, marked))
    found = []
    for name, kind in sorted(TEXTS.items()):
        faces = kind.faces(work.session, [text_id for text_kind, text_id in cited if text_kind == name])
        for (text_kind, text_id), ones in cited.items():
            if text_kind == name and any(_is_due(faces.get(text_id), one, today) for one in ones):
                found.append((text_kind, text_id))
    return found


def _is_due(face: Face | None, one: tuple[int, str, date | None, int | None], today: date) -> bool:
    version_id, state, accepted, marked = one
    current = face.version_id if face is not None else None
    if state == CitationState.MARKED:
        return marked != current
    valid_to = face.valid_to if face is not None else None
    return current != version_id or (valid_to is not None and valid_to < today and valid_to != accepted)
