"""What happens to certificates."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class CertificateAwarded(Event):
    """Somebody passed."""

    kind = "training.certificate.awarded"
    certificate_id: int
    passing_id: int


@dataclass(frozen=True)
class CertificateRevoked(Event):
    """A certificate counts no more from a day on; back: that was taken back."""

    kind = "training.certificate.revoked"
    certificate_id: int
    back: bool


@dataclass(frozen=True)
class NeedChanged(Event):
    """Whoever is asked for a certificate passes it anew by a day."""

    kind = "training.certificate.need_changed"
    need_id: int


@dataclass(frozen=True)
class PassingTurned(Event):
    """A passing counts no more, or counts again."""

    kind = "training.certificate.turned"
    certificate_id: int
    passing_id: int
    counts: bool
    turn_id: int
