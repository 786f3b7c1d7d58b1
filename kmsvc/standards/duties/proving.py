"""What proves a duty of a clause and what its archive must hold, where the rule itself says nothing: from the standard."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import listed, sentence
from kmsvc.core.permissions import Permission, can
from kmsvc.core.texts import N_
from kmsvc.standards.duties.models import ClauseDuty
from kmsvc.standards.models.models import Clause
from kmsvc.standards.models.queries import clause_of
from kmsvc.standards.models.showing import record_of, said

KINDS: list[Callable[[str, Clause], list[str]]] = []
"""(model, clause) -> kinds of records that prove it, in the reader's language; filled by what knows the records"""

WAYS: dict[tuple[str, str], tuple[Permission, str, str, str]] = {}
"""(model, clause) -> who may go there, what notes its duty as done by itself, words and address of the link; filled at wiring"""


def way_to(actor: Actor, rule: ClauseDuty | None) -> tuple[str, str, str]:
    """(what notes it as done, words of the link, address), in the reader's language; empty where it is noted by hand. The link is empty
    for who may not go there."""
    held = WAYS.get((rule.model, rule.clause)) if rule is not None and rule.trigger is None else None
    if held is None:
        return "", "", ""
    permission, done_by, words, url = held
    return sentence(done_by), sentence(words), url if can(actor, permission) else ""


def wanted(session: Session, rule: ClauseDuty | None) -> tuple[str, str, str]:
    """(what record proves it, what the archive must hold, address of the clause), in the reader's language; empty where neither the
    rule nor the standard says so."""
    clause = clause_of(session, rule.model, rule.clause) if rule is not None else None
    if rule is None or clause is None:
        return (rule.proof or "", rule.archive or "", "") if rule is not None else ("", "", "")
    kinds = list(dict.fromkeys(name for find in KINDS for name in find(rule.model, clause)))
    record = record_of(clause)
    proof = listed(kinds) if kinds else ""
    if record:
        asked = sentence(N_("demanded: %(record)s"), {"record": record})
        proof = f"{proof} ({asked})" if proof else asked
    held = "; ".join(said(one) for one in clause.min_contents) or (
        sentence(N_("the record itself, with its day and who made it")) if clause.record == "archive" else "")
    return rule.proof or proof, rule.archive or held, f"/standards/models/clauses/{clause.id}"
