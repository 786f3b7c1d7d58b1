"""Saying what a thing cites: for the use cases of the slices that have such things, which have asked for their own permission."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.following import STANDING, tell_settled
from kmsvc.knowledge.citations.models import Citation
from kmsvc.knowledge.citations.rules import MOST_CITED, CitationState
from kmsvc.knowledge.citations.texts import TEXTS


@dataclass(frozen=True)
class Ref:
    """A text, or one paragraph of it by its lasting id."""

    text_kind: str
    text_id: int
    block_id: str | None = None


def cites(work: Work, citing_kind: str, citing_id: int, refs: Sequence[Ref], *, field: str = "cites") -> list[Citation]:
    """This is what a thing cites from now on, in this order: what it cited before and is named again stays as it was looked at,
    what is named no longer ends, what is new is true as of the text in force. What this caller cannot see, and so could not name,
    stays where it was. field: of the input, for what cannot be cited."""
    wanted = list(dict.fromkeys(refs))
    if len(wanted) > MOST_CITED:
        raise InvalidInput({field: [N_("This is more than a thing can cite.")]})
    rows = standing(work, citing_kind, citing_id)
    held = {Ref(row.text_kind, row.text_id, row.block_id): row for row in rows}
    wanted = _with_unseen(work, wanted, list(held))
    ended = [row for ref, row in held.items() if ref not in wanted]
    end(work, ended)
    found = []
    for place, ref in enumerate(wanted, 1):
        row = held.get(ref)
        if row is None:
            row = Citation(citing_kind=citing_kind, citing_id=citing_id, place=place, text_kind=ref.text_kind, text_id=ref.text_id,
                           block_id=ref.block_id, version_id=check_ref(work, ref, field), state=CitationState.TRUE,
                           made_at=work.now, made_by_id=work.actor.person_id)
            work.session.add(row)
        elif row.place != place:
            row.place = place
        found.append(row)
    work.session.flush()
    if any(row.marked_at for row in ended):
        tell_settled(work, [(citing_kind, citing_id)])
    return found


def _with_unseen(work: Work, wanted: Sequence[Ref], held: Sequence[Ref]) -> list[Ref]:
    """What is wanted with what is held of texts that are not for this caller, each after what it followed."""
    found, place = list(wanted), 0
    for ref in held:
        if ref in found:
            place = found.index(ref) + 1
        elif (kind := TEXTS.get(ref.text_kind)) is None or kind.seen(work.session, work.actor, ref.text_id, None) is None:
            found.insert(place, ref)
            place += 1
    return found


def standing(work: Work, citing_kind: str, citing_id: int) -> list[Citation]:
    """What a thing cites now, in its order, held to the end of this unit."""
    return list(work.session.scalars(select(Citation).where(
        Citation.citing_kind == citing_kind, Citation.citing_id == citing_id, Citation.state.in_(STANDING))
        .order_by(Citation.place, Citation.id).with_for_update()))


def end(work: Work, rows: Iterable[Citation]) -> None:
    """These are cited no longer."""
    for row in rows:
        row.state, row.change, row.ended_at = CitationState.ENDED, None, work.now


def check_ref(work: Work, ref: Ref, field: str) -> int:
    """The version in force of what is cited; InvalidInput where this caller sees no such text or paragraph."""
    kind = TEXTS.get(ref.text_kind)
    face = kind.faces(work.session, [ref.text_id]).get(ref.text_id) if kind else None
    seen = kind.seen(work.session, work.actor, ref.text_id, face.version_id) if kind and face else None
    if seen is None:
        raise InvalidInput({field: [N_("Only a text in force that you may read can be cited.")]})
    if ref.block_id is not None and ref.block_id not in {one.id for one in seen.text.blocks}:
        raise InvalidInput({field: [N_("This paragraph is not in the text in force.")]})
    return seen.text.version_id
