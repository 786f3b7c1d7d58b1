"""Which queues a person may handle on a day, by the certificates they ask for: the competency passport.

Source: clauses 63, 73, 80, 81."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kmsvc.core.texts import N_, Labelled
from kmsvc.training.certificates.rules import COUNTS, CertificateState, Held

C = CertificateState


@dataclass(frozen=True)
class Requirement:
    """A certificate a queue asks for. since: only from this day on; passed_since: from then on only what was passed on or after this
    day counts, because the requirement changed (clause 81)."""

    certificate: str
    since: date | None = None
    passed_since: date | None = None


class Lack(Labelled):
    """Why a certificate does not help."""

    NEVER = "never", N_("Never passed")
    EXPIRED = "expired", N_("No longer counts")
    REVOKED = "revoked", N_("Was revoked")
    CHANGED = "changed", N_("Passed before the requirement changed")


@dataclass(frozen=True)
class QueueRight:
    """Whether a person may handle a queue on a day. lacks: by certificate, why not; in_grace: certificates that count only by grace;
    last_on: the last day on which it stays so as things are, None without end or when it is not so."""

    queue: str
    lacks: Mapping[str, Lack]
    in_grace: tuple[str, ...] = ()
    last_on: date | None = None

    @property
    def may(self) -> bool:
        """Whether nothing is lacking."""
        return not self.lacks

    @property
    def lost(self) -> bool:
        """Whether something lacking was there once: expired, revoked, or passed before it changed."""
        return any(one != Lack.NEVER for one in self.lacks.values())


def queues_on(day: date, asked: Mapping[str, Sequence[Requirement]], held: Mapping[str, Held]) -> list[QueueRight]:
    """Which queues a person may handle on a day, in the order of `asked`; a queue that asks for nothing is open to everybody."""
    return [_right(queue, [one for one in requirements if one.since is None or one.since <= day], held, day, requirements)
            for queue, requirements in asked.items()]


def _right(queue: str, asked: Sequence[Requirement], held: Mapping[str, Held], day: date,
           all_asked: Sequence[Requirement]) -> QueueRight:
    lacks: dict[str, Lack] = {}
    for one in asked:
        lack = _lack(one, held.get(one.certificate), day)
        if lack is not None:
            lacks.setdefault(one.certificate, lack)
    if lacks:
        return QueueRight(queue, lacks)
    names = [one.certificate for one in asked]
    in_grace = tuple(dict.fromkeys(name for name in names if held[name].state(day) == C.GRACE))
    return QueueRight(queue, {}, in_grace, min(_last_days(all_asked, held, day), default=None))


def _lack(it: Requirement, held: Held | None, day: date) -> Lack | None:
    state = C.AHEAD if held is None else held.state(day)
    if held is None or state == C.AHEAD:
        return Lack.NEVER
    if state not in COUNTS:
        return Lack.REVOKED if state == C.REVOKED else Lack.EXPIRED
    latest = held.latest(day)
    old = it.passed_since is not None and latest is not None and latest.passed_on < it.passed_since
    return Lack.CHANGED if old else None


def _last_days(asked: Sequence[Requirement], held: Mapping[str, Held], day: date) -> Iterable[date]:
    """The last good day of each certificate, and the day before a requirement begins that is not met by then."""
    for one in asked:
        its = held.get(one.certificate)
        if one.since is not None and one.since > day and _lack(one, its, one.since) is not None:
            yield one.since - timedelta(days=1)
            continue
        latest = its.latest(day) if its is not None else None
        if its is not None and latest is not None and latest.until is not None:
            yield latest.until + timedelta(days=its.validity.grace_days)
        if its is not None and its.revoked_on is not None and its.revoked_on > day:
            yield its.revoked_on - timedelta(days=1)
