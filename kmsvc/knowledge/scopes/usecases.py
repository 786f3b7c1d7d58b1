"""Keep the values: add one, rename it, take it out of use and back, merge it into another. One at a time, so that names stay apart."""

from __future__ import annotations

from sqlalchemy import func, select

from kmsvc.core import leases
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.scopes.events import ScopesMerged
from kmsvc.knowledge.scopes.models import ScopeValue
from kmsvc.knowledge.scopes.permissions import KEEP_SCOPES
from kmsvc.knowledge.scopes.rules import AboutName, AboutTarget, Dimension, check_name, key_of


def add_value(work: Work, *, dimension: str, name: str, name_en: str = "", place: int | None = None) -> ScopeValue:
    """A new value; without a place it stands last in its dimension."""
    work.permit(KEEP_SCOPES)
    leases.wait_turn(work.session, "scopes")
    _check(work, Dimension(dimension), name, name_en, None)
    row = ScopeValue(dimension=str(dimension), name=name, name_en=name_en, key=key_of(name),
                     place=_last(work, dimension) + 1 if place is None else place,
                     created_at=work.now, created_by_id=work.actor.person_id, changed_at=work.now,
                     changed_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    return row


def change_value(work: Work, value_id: int, *, name: str, name_en: str = "", place: int | None = None,
                 version: int | None = None) -> ScopeValue:
    """Rename a value or give it another place; all articles that name it follow."""
    work.permit(KEEP_SCOPES)
    leases.wait_turn(work.session, "scopes")
    row = work.get(ScopeValue, value_id, lock=True, version=version)
    _refuse_merged(row)
    _check(work, Dimension(row.dimension), name, name_en, row.id)
    wanted = (name, name_en, row.place if place is None else place)
    if (row.name, row.name_en, row.place) != wanted:
        row.name, row.name_en, row.place = wanted
        row.key = key_of(name)
        _touch(work, row)
    return row


def set_use(work: Work, value_id: int, *, used: bool, reason: str, version: int | None = None) -> ScopeValue:
    """Take a value out of use: no article takes it any more, those that have it keep it; or bring it back."""
    work.permit(KEEP_SCOPES)
    row = work.get(ScopeValue, value_id, lock=True, version=version)
    _refuse_merged(row)
    if used == (row.unused_at is None):
        raise RuleBroken("knowledge.scope.use", N_("It is in use already.") if used else N_("It is out of use already."))
    work.because(reason)
    row.unused_at = None if used else work.now
    _touch(work, row)
    return row


def merge_value(work: Work, value_id: int, *, into_id: int, reason: str, version: int | None = None) -> ScopeValue:
    """Make a value another one of its dimension: every article that names it names that one from now on, old versions too."""
    work.permit(KEEP_SCOPES)
    leases.wait_turn(work.session, "scopes")
    row = work.get(ScopeValue, value_id, lock=True, version=version)
    target = work.session.get(ScopeValue, into_id)
    _refuse_merged(row)
    if target is None or target.dimension != row.dimension or target.merged_into_id is not None:
        raise AboutTarget("knowledge.scope.target", N_("Choose another value of the same dimension."))
    if target.id == row.id:
        raise AboutTarget("knowledge.scope.itself", N_("It cannot be merged into itself."))
    work.because(reason)
    row.merged_into_id = target.id
    _touch(work, row)
    work.record(ScopesMerged(row.id, target.id, row.dimension))
    return row


def part_value(work: Work, value_id: int, *, reason: str, version: int | None = None) -> ScopeValue:
    """Take a merge back: the articles that named it name it again; those that took the other one since keep that."""
    work.permit(KEEP_SCOPES)
    leases.wait_turn(work.session, "scopes")
    row = work.get(ScopeValue, value_id, lock=True, version=version)
    if row.merged_into_id is None:
        raise RuleBroken("knowledge.scope.not_merged", N_("It is not merged."))
    into = row.merged_into_id
    work.because(reason)
    row.merged_into_id = None
    _check(work, Dimension(row.dimension), row.name, row.name_en, row.id)
    _touch(work, row)
    work.record(ScopesMerged(row.id, into, row.dimension))
    return row


def _touch(work: Work, row: ScopeValue) -> None:
    row.changed_at, row.changed_by_id = work.now, work.actor.person_id
    work.session.flush()


def _refuse_merged(row: ScopeValue) -> None:
    if row.merged_into_id is not None:
        raise RuleBroken("knowledge.scope.merged", N_("It was merged into another value."))


def _last(work: Work, dimension: str) -> int:
    return work.session.scalar(select(func.max(ScopeValue.place)).where(ScopeValue.dimension == str(dimension))) or 0


def _check(work: Work, dimension: Dimension, name: str, name_en: str, own_id: int | None) -> None:
    """Names are different within a dimension, in both languages together."""
    check_name(name)
    if name_en:
        check_name(name_en)
    with work.session.no_autoflush:
        for row in work.session.scalars(select(ScopeValue).where(ScopeValue.dimension == dimension.value,
                                                                 ScopeValue.id != (own_id or 0)).order_by(ScopeValue.id)):
            held = {row.key, key_of(row.name_en)} - {""}
            for given in filter(None, (name, name_en)):
                if key_of(given) in held and (row.merged_into_id is None or key_of(given) == row.key):
                    raise AboutName("knowledge.scope.twice", N_("\u201c%(name)s\u201d is there already."), name=given)
