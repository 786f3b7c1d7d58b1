"""What of the running service wants a person now, worst first, in the order of the operations page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kmsvc.audit.verification import LastCheck
from kmsvc.core.texts import N_
from kmsvc.operations import checks


@dataclass(frozen=True)
class Attention:
    """One thing that wants a person. kind: bad or warn; text, params: English source and its places; url: where to act."""

    kind: str
    text: str
    params: dict[str, Any]
    url: str = ""


def attention(card: Any, check: LastCheck | None) -> list[Attention]:
    """Everything that is not as it should be; empty when all is well. card: the Overview; check: the last walk over the
    trail."""
    found = [Attention(*row) for row in (*_running(card), *_mail(card), *_keeping(card, check))]
    return sorted(found, key=lambda one: one.kind != "bad")


def _running(card: Any) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    if not card.alive:
        yield "bad", N_("no worker runs"), {}, ""
    if given_up := card.deliveries.get("dead", 0):
        yield "bad", N_("%(n)s deliveries given up"), {"n": given_up}, "/operations/deliveries?state=dead"
    elif card.outbox_age_s > checks.OLDEST_S:
        yield "warn", N_("the outbox is behind"), {}, "/operations/deliveries?state=pending"
    if card.failures:
        yield "bad", N_("periodic work fails"), {}, "#failures"
    if card.index.commit < 0:
        yield "bad", N_("there is no search index"), {}, ""
    elif card.index.lag_s > checks.LAG_S:
        yield "warn", N_("the search index is behind"), {}, ""
    if card.paused:
        yield "warn", N_("mail and scheduled work are at rest"), {}, ""


def _mail(card: Any) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    waiting = card.mail.get("waiting", 0)
    if refused := card.mail.get("dead", 0):
        yield "bad", N_("refused letters: %(n)s"), {"n": refused}, "/operations/mail?state=dead"
    if not card.mail_server and waiting:
        yield "warn", N_("no mail server is set, %(n)s letters wait"), {"n": waiting}, "/operations/mail?state=waiting"
    elif not card.mail_server:
        yield "warn", N_("no mail server is set"), {}, "/operations/mail"


def _keeping(card: Any, check: LastCheck | None) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    if card.disk_share < checks.LEAST_FREE:
        yield "bad", N_("the disk is almost full"), {}, ""
    if card.backup_age_s is None:
        yield "warn", N_("no backup yet"), {}, ""
    elif card.backup_age_s > checks.BACKUP_EVERY.total_seconds():
        yield "warn", N_("the backup is old"), {}, ""
    if check is None:
        yield "warn", N_("the audit trail was never verified"), {}, "/audit"
    elif not check.ok:
        yield "bad", N_("the audit trail does not fit from entry %(seq)s on"), {"seq": check.first_bad}, "/audit"
    if card.duties["overdue"]:
        yield "warn", N_("%(n)s duties overdue"), {"n": card.duties["overdue"]}, ""
