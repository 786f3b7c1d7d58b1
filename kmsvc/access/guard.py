"""What a door that shows secret text calls before it answers: no line in the log, no text."""

from __future__ import annotations

from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.core.cards import SecretText
from kmsvc.core.web import begin


def shown(secret: SecretText | None, place: Place, reason: str | None = None) -> SecretText | None:
    """Note that the caller of this request is shown these words; nothing is noted where there are none.
    reason: why they are looked at, where that is asked for. A failure to note is the answer to the request."""
    if secret is not None:
        with begin() as work:
            note(work, Act.SEEN, secret, place=place, reason=reason)
    return secret
