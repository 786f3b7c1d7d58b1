"""A row of a list of values: dimension, name, English name, order, in use. A row adds or changes; it takes nothing away.

The columns are those of the export, so that a list can be taken out, made longer and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kmsvc.convert.columns import meaning_of
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.scopes import usecases
from kmsvc.knowledge.scopes.models import ScopeValue
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
from kmsvc.knowledge.scopes.queries import ValueCard, value_page
from kmsvc.knowledge.scopes.rules import Dimension, ScopeState, key_of
from kmsvc.knowledge.tables.taking import RowSort, Taken

EVERYTHING = 100_000
HIGHEST_PLACE = 1_000_000
HEAD = (N_("Dimension"), N_("Name"), N_("English name"), N_("Order"), N_("State"), N_("Is now"), N_("Articles"), N_("Changed"),
        N_("Changed by"))


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Compare one row with what is known and write the difference. before: names of earlier rows, in a dry run."""
    name, name_en = (" ".join(values.get(code, "").split()) for code in ("name", "name_en"))
    dimension, place, used = _dimension(values.get("dimension", "")), _place(values.get("place", "")), _used(values.get("state", ""))
    own = f"{dimension} {key_of(name)}"
    row = work.session.scalars(select(ScopeValue).where(ScopeValue.dimension == dimension, ScopeValue.key == key_of(name))).one_or_none()
    if row is None and own in before:
        return Taken("unchanged", name)
    if row is None:
        row = usecases.add_value(work, dimension=dimension, name=name, name_en=name_en, place=place)
        before[own] = name
        if used is False:
            usecases.set_use(work, row.id, used=False, reason=N_("as the list says"))
        return Taken("created", name)
    if row.merged_into_id is not None:
        return Taken("unchanged", name)
    changes = tuple(code for code, differs in (
        ("name", name != row.name), ("name_en", bool(name_en) and name_en != row.name_en),
        ("place", place is not None and place != row.place), ("state", used is not None and used != (row.unused_at is None))) if differs)
    if changes:
        usecases.change_value(work, row.id, name=name, name_en=name_en or row.name_en, place=place)
        if "state" in changes:
            usecases.set_use(work, row.id, used=bool(used), reason=N_("as the list says"))
    return Taken("updated" if changes else "unchanged", name, changes)


def _dimension(text: str) -> str:
    code = meaning_of("dimension", text)
    if code not in set(Dimension):
        raise RuleBroken("knowledge.scope.dimension", N_("\u201c%(word)s\u201d is no dimension: product, region, channel or customer "
                                                         "type."), word=text[:40])
    return code


def _place(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or len(text.strip()) > len(str(HIGHEST_PLACE)) or int(text) > HIGHEST_PLACE:
        raise RuleBroken("knowledge.scope.place", N_("\u201c%(word)s\u201d is no order; give a whole number."), word=text[:40])
    return int(text)


def _used(text: str) -> bool | None:
    code = meaning_of("scope_state", text) if text.strip() else ""
    return True if code == ScopeState.USED else False if code == ScopeState.UNUSED else None


def export_row(card: ValueCard, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> tuple[Any, ...]:
    """A value as a row of the export. say: code -> word; local: instant -> in the centre's zone."""
    return (say(Dimension(card.dimension)), card.name, card.name_en, card.place, say(ScopeState(card.state)), card.merged_into or "",
            card.articles, local(card.changed_at), card.changed_by)


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All values as rows of the export."""
    cards, _ = value_page(work.session, limit=EVERYTHING)
    return [export_row(card, say, local) for card in cards]


VALUES = RowSort("scopes", KEEP_SCOPES, take, HEAD, lines, columns=(
    ("name", HEAD[1], N_("The name as people say it, needed. A known one is changed, an unknown one is added.")),
    ("dimension", HEAD[0], N_("Product, region, channel or customer type; needed.")),
    ("name_en", HEAD[2], N_("The name in English; empty leaves it as it is.")),
    ("place", HEAD[3], N_("A whole number; smaller ones stand first.")),
    ("state", HEAD[4], N_("In use, or no longer used; empty leaves it as it is."))),
    place="/knowledge/scopes", title=N_("Where articles apply"))
