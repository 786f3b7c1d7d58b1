"""Packs as they are ordered, made and forgotten; what is noted when proof is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.options import Option
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.packs.models import PackOrder, ProofPack
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.packs.rules import UNDER_WAY, PackState, may_cancel
from kmsvc.standards.packs.tongue import PackLang

KEEP_DAYS = Option("standards.packs.keep_days", 30, N_("Days for which a finished pack can be downloaded"), minimum=1, maximum=3650)
MOST_WAITING = 5
"""orders of one person that wait or are being made at a time"""


def note_pack(work: Work, model: StandardModel, year: int, as_of: date, clauses: Sequence[str], records: int, sha256: str) -> ProofPack:
    """Note who takes which proof. clauses: names, none for all of the standard."""
    work.permit(MAKE_PACK)
    return noted(work, model, year, as_of, clauses, records, sha256, work.actor.person_id)


def noted(work: Work, model: StandardModel, year: int, as_of: date, clauses: Sequence[str], records: int, sha256: str,
          person_id: int | None) -> ProofPack:
    """The note itself; person_id: for whom it was made."""
    row = ProofPack(at=work.now, person_id=person_id, model=model.code, edition=model.edition, year=year, as_of=as_of,
                    clauses=list(clauses), records=records, sha256=sha256)
    work.session.add(row)
    return row


def order_pack(work: Work, *, model: str, year: int, as_of: date, clauses: Sequence[str] = (), lang: str = PackLang.ZH.value,
               asking: Permission = MAKE_PACK) -> PackOrder:
    """Ask the worker for the pack of a year as of a day. model: code; clauses: names, none for all; lang: of its words;
    asking: the permission under which it is asked for, where another part has decided what the caller may see (a room of an auditor).

    Raises InvalidInput for a standard or clause that is not there, RuleBroken while too many of the same person wait."""
    work.permit(asking)
    row = model_by_code(work.session, model)
    if row is None:
        raise InvalidInput({"model": [N_("There is no such standard here.")]})
    known = [one.name for one in clauses_of(work.session, row.id)]
    names = {one.strip().lstrip("#") for one in clauses if one.strip()}
    if missing := sorted(names - set(known)):
        raise InvalidInput({"clauses": [Filled(N_("%(standard)s has no clause %(clause)s."), standard=row.code,
                                            clause=", ".join(missing)[:60])]})
    waiting = work.session.scalars(select(PackOrder.id).where(
        PackOrder.person_id == work.actor.person_id, PackOrder.state.in_([one.value for one in UNDER_WAY])).order_by(PackOrder.id)).all()
    if len(waiting) >= MOST_WAITING:
        raise RuleBroken("standards.packs.waiting", N_("%(n)s packs of yours are under way already. Wait for one, or cancel one."),
                         n=len(waiting))
    order = PackOrder(ordered_at=work.now, person_id=work.actor.person_id, model=row.code, year=year, as_of=as_of,
                      clauses=[one for one in known if one in names], lang=PackLang(lang).value, state=PackState.WAITING.value)
    work.session.add(order)
    work.session.flush()
    return order


def order_to_change(work: Work, order_id: int, version: int | None = None, asking: Permission = MAKE_PACK) -> PackOrder:
    """An order of the caller, or of anybody for who makes packs; NotFound for others."""
    row = work.get(PackOrder, order_id, lock=True, version=version)
    work.permit(asking)
    if asking is not MAKE_PACK and (row.person_id is None or row.person_id != work.actor.person_id):
        raise NotFound()
    return row


def cancel_order(work: Work, order_id: int, *, version: int | None = None, asking: Permission = MAKE_PACK) -> PackOrder:
    """Stop a pack that waits or is being made."""
    row = order_to_change(work, order_id, version, asking)
    if not may_cancel(row.state):
        raise RuleBroken("standards.packs.over", N_("This pack is not under way any more."))
    row.state, row.ended_at = PackState.CANCELLED.value, work.now
    return row


def order_again(work: Work, order_id: int, *, version: int | None = None, asking: Permission = MAKE_PACK) -> PackOrder:
    """The same pack once more; the same data and day give the same bytes."""
    row = order_to_change(work, order_id, version, asking)
    if row.state in UNDER_WAY:
        raise RuleBroken("standards.packs.under_way", N_("This pack is under way."))
    return order_pack(work, model=row.model, year=row.year, as_of=row.as_of, clauses=row.clauses, lang=row.lang,
                      asking=asking)
