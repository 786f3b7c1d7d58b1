"""A row of a list of words: the term, what customers say, which way, a note. A row adds; it never takes a word away.

The columns are those of the export, so that a list can be taken out, made longer and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kmsvc.convert.columns import meaning_of
from kmsvc.core.errors import RuleBroken
from kmsvc.core.leases import wait_turn
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.taking import RowSort, Taken
from kmsvc.knowledge.vocabulary import usecases
from kmsvc.knowledge.vocabulary.models import Term
from kmsvc.knowledge.vocabulary.permissions import KEEP_WORDS
from kmsvc.knowledge.vocabulary.queries import TermCard, term_page
from kmsvc.knowledge.vocabulary.rules import LONGEST_NOTE, AboutSayings, Direction, split_sayings
from kmsvc.knowledge.vocabulary.usecases import key_text

EVERYTHING = 1_000_000
HEAD = (N_("Our term"), N_("Customers say"), N_("Direction"), N_("Note"), N_("Changed"), N_("Changed by"))


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Compare one row with what is known and write the difference. before: words of earlier rows, key -> t(erm) or s(aid)."""
    term, sayings = " ".join(values.get("term", "").split()), split_sayings(values.get("sayings", ""))
    direction, note = _direction(values.get("direction", "")), values.get("note", "").strip()[:LONGEST_NOTE]
    wait_turn(work.session, "vocabulary")
    _check_file(term, sayings, before)
    row = work.session.scalars(select(Term).where(Term.key == key_text(term))).one_or_none()
    if row is None and dry_run and before.get(key_text(term)) == "t":
        _note(term, sayings, before)
        return Taken("updated", term, ("sayings",))
    if row is None:
        made = usecases.add_term(work, term=term, sayings=sayings, direction=direction or Direction.BOTH, note=note)
        _note(term, sayings, before)
        return Taken("created", made.term)
    held = {one.key for one in usecases.sayings_of(work, row.id)}
    more = [one for one in sayings if key_text(one) not in held]
    changes = tuple(name for name, differs in (
        ("sayings", bool(more)), ("direction", direction is not None and direction != row.direction),
        ("note", bool(note) and note != row.note)) if differs)
    if changes:
        row.direction, row.note = direction or row.direction, note or row.note
        usecases.add_sayings(work, row, more)
    _note(term, sayings, before)
    return Taken("updated" if changes else "unchanged", row.term, changes)


def _direction(text: str) -> str | None:
    if not text.strip():
        return None
    code = meaning_of("direction", text)
    if code not in set(Direction):
        raise RuleBroken("knowledge.vocabulary.direction", N_("\u201c%(word)s\u201d is no direction."), word=text[:40])
    return code


def _check_file(term: str, sayings: Iterable[str], before: Mapping[str, str]) -> None:
    """A dry run keeps nothing, so that what an earlier row of the file says must be asked here."""
    if before.get(key_text(term)) == "s":
        raise RuleBroken("knowledge.vocabulary.chain_file", N_("\u201c%(word)s\u201d is what customers say in an earlier row. Words "
                                                               "lead one step only, so it cannot be a term too."), word=term)
    for one in sayings:
        if before.get(key_text(one)) == "t":
            raise AboutSayings("knowledge.vocabulary.chain_down", N_(
                "\u201c%(word)s\u201d is a term itself. Words lead one step only, so it cannot be said for another."), word=one)


def _note(term: str, sayings: Iterable[str], before: dict[str, str]) -> None:
    before.update({key_text(one): "s" for one in sayings} | {key_text(term): "t"})


def export_row(card: TermCard, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> tuple[Any, ...]:
    """A term as a row of the export. say: code -> word; local: instant -> in the centre's zone."""
    return (card.term, "\n".join(card.sayings), say(card.direction), card.note, local(card.changed_at), card.changed_by)


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All terms as rows of the export."""
    cards, _ = term_page(work.session, limit=EVERYTHING)
    return [export_row(card, say, local) for card in cards]


WORDS = RowSort("vocabulary", KEEP_WORDS, take, HEAD, lines, columns=(
    ("term", HEAD[0], N_("A term of ours, needed. A known one gets what is new, an unknown one is added.")),
    ("sayings", HEAD[1], N_("What customers say for it; several with a comma, a semicolon or a line break between.")),
    ("direction", HEAD[2], N_("Both ways, or from the customer's words to ours only; empty is both ways.")),
    ("note", HEAD[3], N_("Why, or where from."))),
    place="/knowledge/vocabulary", title=N_("Vocabulary"))
