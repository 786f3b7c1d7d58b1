"""The one verb: note what somebody did with secret text."""

from __future__ import annotations

from kmsvc.access.models import AccessEntry
from kmsvc.access.permissions import NOTE_ACCESS
from kmsvc.access.rules import MOST_BLOCKS, Act, Place
from kmsvc.core.cards import SecretText
from kmsvc.core.work import Work


def note(work: Work, act: Act, secret: SecretText, *, place: Place | None = None,
         blocks: tuple[str, ...] | None = None, reason: str | None = None) -> AccessEntry:
    """One line more: who, when, which text. blocks: ids of the paragraphs concerned; all secret ones without it;
    reason: why, where it was asked for."""
    work.permit(NOTE_ACCESS)
    concerned = () if secret.whole else (blocks if blocks is not None else secret.ids)
    row = AccessEntry(
        at=work.now, person_id=work.actor.person_id, login=work.actor.login, via=work.actor.via, request_id=work.actor.request_id,
        act=act.value, place=place.value if place else None, kind=secret.kind, ref_id=secret.ref_id, number=secret.number,
        version_id=secret.version_id, version_label=secret.label, blocks=list(concerned[:MOST_BLOCKS]), reason=reason)
    work.session.add(row)
    return row
