"""Keep the words: add a term, change it, take it away, add what customers say. One at a time, so that no chain slips in."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from kmsvc.core import leases
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.vocabulary.events import VocabularyChanged
from kmsvc.knowledge.vocabulary.models import Saying, Term
from kmsvc.knowledge.vocabulary.permissions import KEEP_WORDS
from kmsvc.knowledge.vocabulary.rules import MOST_SAYINGS, AboutSayings, AboutTerm, Direction, check_word
from kmsvc.search.expansions import is_character, key_of_word


def key_text(word: str) -> str:
    """The key of a word as the table holds it."""
    return " ".join(key_of_word(word))[:200]


def add_term(work: Work, *, term: str, sayings: Sequence[str], direction: str = Direction.BOTH, note: str = "") -> Term:
    """A new term with what customers say for it."""
    work.permit(KEEP_WORDS)
    leases.wait_turn(work.session, "vocabulary")
    _check_term(work, term, None)
    row = Term(term=term, key=key_text(term), direction=direction, note=note, created_at=work.now,
               created_by_id=work.actor.person_id, changed_at=work.now, changed_by_id=work.actor.person_id)
    keys = _check_sayings(work, row, sayings)
    work.session.add(row)
    work.session.flush()
    work.session.add_all(Saying(term_id=row.id, text=text, key=key) for key, text in keys.items())
    work.session.flush()
    work.record(VocabularyChanged(row.id, row.term))
    return row


def change_term(work: Work, term_id: int, *, term: str, sayings: Sequence[str], direction: str, note: str = "",
                version: int | None = None) -> Term:
    """Put the term, all its sayings, direction and note as given; nothing is written where nothing differs."""
    work.permit(KEEP_WORDS)
    leases.wait_turn(work.session, "vocabulary")
    row = work.get(Term, term_id, lock=True, version=version)
    _check_term(work, term, row.id)
    held = {one.key: one for one in sayings_of(work, row.id)}
    before = (row.term, row.direction, row.note)
    row.term, row.key, row.direction, row.note = term, key_text(term), direction, note
    keys = _check_sayings(work, row, sayings)
    moved = before != (term, direction, note) or {key: one.text for key, one in held.items()} != keys
    for key, one in held.items():
        if key not in keys:
            work.session.delete(one)
        elif one.text != keys[key]:
            one.text = keys[key]
    work.session.add_all(Saying(term_id=row.id, text=text, key=key) for key, text in keys.items() if key not in held)
    if moved:
        _touch(work, row)
    return row


def add_sayings(work: Work, row: Term, sayings: Sequence[str]) -> None:
    """Add what customers say, beside what is known; what is known already is passed over."""
    work.permit(KEEP_WORDS)
    held = {one.key: one.text for one in sayings_of(work, row.id)}
    keys = _check_sayings(work, row, [*held.values(), *(one for one in sayings if key_text(one) not in held)])
    work.session.add_all(Saying(term_id=row.id, text=text, key=key) for key, text in keys.items() if key not in held)
    _touch(work, row)


def remove_term(work: Work, term_id: int, *, reason: str, version: int | None = None) -> None:
    """Take a term away with all that leads to it; the trail keeps what it was."""
    work.permit(KEEP_WORDS)
    leases.wait_turn(work.session, "vocabulary")
    row = work.get(Term, term_id, lock=True, version=version)
    work.because(reason)
    for one in sayings_of(work, row.id):
        work.session.delete(one)
    work.session.flush()
    work.session.delete(row)
    work.session.flush()
    work.record(VocabularyChanged(term_id, row.term))


def sayings_of(work: Work, term_id: int) -> list[Saying]:
    """What customers say for a term, in the order it was given."""
    return list(work.session.scalars(select(Saying).where(Saying.term_id == term_id).order_by(Saying.id)))


def _touch(work: Work, row: Term) -> None:
    row.changed_at, row.changed_by_id = work.now, work.actor.person_id
    flag_modified(row, "changed_at")  # its version moves though only a saying changed in the same instant
    work.session.flush()
    work.record(VocabularyChanged(row.id, row.term))


def _check_term(work: Work, term: str, own_id: int | None) -> None:
    check_word(term, key_of_word(term), AboutTerm)
    with work.session.no_autoflush:
        twin = work.session.scalar(select(Term.term).where(Term.key == key_text(term), Term.id != (own_id or 0)))
        if twin is not None:
            raise AboutTerm("knowledge.vocabulary.term_twice",
                            N_("The term \u201c%(word)s\u201d is there already; add what customers say to it."), word=twin)
        above = work.session.scalar(select(Term.term).join(Saying, Saying.term_id == Term.id).where(
            Saying.key == key_text(term), Term.id != (own_id or 0)))
    if above is not None:
        raise AboutTerm("knowledge.vocabulary.chain_up",
                        N_("\u201c%(word)s\u201d is what customers say for \u201c%(other)s\u201d. Words lead one step only, "
                           "so it cannot be a term too."), word=term, other=above)


def _check_sayings(work: Work, row: Term, sayings: Sequence[str]) -> dict[str, str]:
    """Key -> text of what customers say; refuses what is doubled, the term itself, and other terms."""
    found: dict[str, str] = {}
    for text in sayings:
        marks = key_of_word(text)
        check_word(text, marks, AboutSayings, character=is_character(marks))
        key = key_text(text)
        if key == row.key:
            raise AboutSayings("knowledge.vocabulary.itself", N_("\u201c%(word)s\u201d is the term itself."), word=text)
        if key in found:
            raise AboutSayings("knowledge.vocabulary.saying_twice",
                               N_("\u201c%(word)s\u201d and \u201c%(other)s\u201d are the same word for the search; keep one."),
                               word=text, other=found[key])
        found[key] = text
    _check_count(found)
    with work.session.no_autoflush:
        other = work.session.scalar(select(Term.term).where(Term.key.in_(found), Term.id != (row.id or 0)).limit(1))
    if other is not None:
        raise AboutSayings("knowledge.vocabulary.chain_down",
                           N_("\u201c%(word)s\u201d is a term itself. Words lead one step only, so it cannot be said for another."),
                           word=other)
    return found


def _check_count(found: dict[str, str]) -> None:
    if not found:
        raise AboutSayings("knowledge.vocabulary.no_saying", N_("Say at least one thing that customers say for it."))
    if len(found) > MOST_SAYINGS:
        raise RuleBroken("knowledge.vocabulary.many", N_("%(most)s words for one term are the most."), most=MOST_SAYINGS)
