"""The verbs: look at a marked citation; register a work of another system, say what it cites, change it, remove it."""

from __future__ import annotations

from collections.abc import Sequence

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken, Stale
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.citing import CitingCard, card_of
from kmsvc.knowledge.citations.following import tell_settled
from kmsvc.knowledge.citations.keeping import Ref, check_ref, cites, standing
from kmsvc.knowledge.citations.models import Citation, CitationLook, OutsideWork
from kmsvc.knowledge.citations.outside import OUTSIDE
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS
from kmsvc.knowledge.citations.rules import Change, CitationState, Verdict, WorkKind, check_verdict
from kmsvc.knowledge.citations.texts import TEXTS
from kmsvc.people.accounts.directory import directory


def look_at(work: Work, citation_id: int, verdict: str, *, note: str | None = None, block_id: str | None = None,
            version_id: int | None = None) -> Citation:
    """Say what became of a citation. block_id: the paragraph it cites instead; version_id: the text in force that was looked at,
    Stale where another one is by now."""
    row = work.get(Citation, citation_id, lock=True)
    _kept(work, row.citing_kind, row.citing_id)
    kind = TEXTS[row.text_kind]
    face = kind.faces(work.session, [row.text_id]).get(row.text_id)
    now = face.version_id if face is not None else None
    if kind.seen(work.session, work.actor, row.text_id, now) is None:
        raise NotFound()  # nobody says of a text they may not read that it is still right
    if version_id is not None and version_id != now:
        raise Stale(mine=version_id, theirs=now)
    found, change = Verdict(verdict), row.change
    text = kind.text(work.session, row.text_id, now) if now is not None else None
    ids = [one.id for one in text.blocks] if text is not None else []
    check_verdict(row.state, change, found, block_id, ids)
    if block_id is not None:
        ref = Ref(row.text_kind, row.text_id, block_id)
        check_ref(work, ref, "block_id")
        if any(one.id != row.id and Ref(one.text_kind, one.text_id, one.block_id) == ref
               for one in standing(work, row.citing_kind, row.citing_id)):
            raise InvalidInput({"block_id": [N_("It cites this paragraph already. Say that it cites the other one no longer.")]})
    before, was_marked = row.version_id, row.state == CitationState.MARKED
    if found == Verdict.ENDED:
        row.state, row.change, row.ended_at = CitationState.ENDED, None, work.now
    else:
        assert now is not None  # of a text out of force only the end is offered
        if change == Change.EXPIRED and face is not None:
            row.accepted_until = face.valid_to
        row.state, row.change, row.marked_at, row.marked_version_id = CitationState.TRUE, None, None, None
        row.version_id, row.block_id = now, block_id or row.block_id
    work.session.add(CitationLook(
        citation_id=row.id, verdict=found, note=note, change=change, from_version_id=before, to_version_id=now,
        block_id=block_id, person_id=work.actor.person_id, at=work.now))
    if was_marked:
        tell_settled(work, [(row.citing_kind, row.citing_id)])
    return row


def register_work(work: Work, *, kind: str, name: str, address: str | None, keeper: str | None, refs: Sequence[Ref]) -> OutsideWork:
    """A work of another system that cites our texts. keeper: a login; left out, whoever registers it."""
    work.permit(KEEP_CITATIONS)
    made = OutsideWork(number=f"OUT-{next_number(work.session, 'outside'):04d}", kind=WorkKind(kind), name=name, address=address,
                       keeper_id=keeper_named(work, keeper), made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(made)
    work.session.flush()
    cites(work, OUTSIDE, made.id, refs)
    return made


def change_work(work: Work, outside_id: int, *, kind: str, name: str, address: str | None, keeper: str | None,
                version: int | None = None) -> OutsideWork:
    """Change what it is called, where it stands, who keeps it; what it cites stays."""
    row = _work(work, outside_id, version)
    row.kind, row.name, row.address = WorkKind(kind), name, address
    row.keeper_id = keeper_named(work, keeper) if keeper else row.keeper_id
    return row


def cite_more(work: Work, outside_id: int, refs: Sequence[Ref]) -> OutsideWork:
    """It cites these too; what it cites already stays as it is."""
    row = _work(work, outside_id)
    held = [Ref(one.text_kind, one.text_id, one.block_id) for one in standing(work, OUTSIDE, row.id)]
    cites(work, OUTSIDE, row.id, [*held, *refs])
    return row


def remove_work(work: Work, outside_id: int, *, reason: str | None = None) -> OutsideWork:
    """It is used no longer: nobody is told of its citations. It can be put back."""
    row = _work(work, outside_id)
    work.because(reason)
    row.removed_at = work.now
    return row


def restore_work(work: Work, outside_id: int) -> OutsideWork:
    """Put it back, with what it cites; what changed meanwhile is marked as it was."""
    row = work.get(OutsideWork, outside_id, lock=True)
    if row.removed_at is None:
        raise RuleBroken("knowledge.citation.stands", N_("This was not removed."))
    row.removed_at = None
    work.session.flush()
    _kept(work, OUTSIDE, row.id)
    return row


def _work(work: Work, outside_id: int, version: int | None = None) -> OutsideWork:
    row = work.get(OutsideWork, outside_id, lock=True, version=version)
    _kept(work, OUTSIDE, row.id)
    return row


def _kept(work: Work, citing_kind: str, citing_id: int) -> CitingCard:
    card = card_of(work.session, work.actor, citing_kind, citing_id)
    if card is None:
        raise NotFound()
    work.permit(KEEP_CITATIONS, card)
    return card


def keeper_named(work: Work, login: str | None) -> int:
    """Who is to keep a thing that cites: the person behind a login who may, or whoever asks."""
    if login is None and work.actor.person_id is not None:
        return work.actor.person_id
    found = next((one for one in directory(work.session).active() if one.login == login), None)
    if found is None or KEEP_CITATIONS.name not in found.permissions:
        raise InvalidInput({"keeper": [N_("Nobody with this login may look at citations.")]})
    return found.id
