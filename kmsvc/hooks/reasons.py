"""Why a delivery was not sent. The log and other programs keep the English sentence as it was filled; a page says it in the
reader's language by finding the sentence it was made of."""

from __future__ import annotations

import re
from functools import cache

from kmsvc.core.texts import N_

NO_NAME = N_("its name is not known")
INNER = N_("its address is of a network that may not be called")
PLAIN = N_("only https may leave the centre's own network")
NO_ANSWER = N_("no answer within %(seconds)s s")
UNREADABLE = N_("no readable answer (%(fault)s)")
NO_CONNECTION = N_("no connection in time")
NOBODY = N_("nobody listens there")
NOT_TRUSTED = N_("its certificate is not trusted: %(fault)s")
BROKE_OFF = N_("the call failed: %(fault)s")
REDIRECTS = N_("it answered %(status)s; redirects are not followed")
ANSWERED = N_("it answered %(status)s")
NOT_FOR_IT = N_("not for this account")
ACCOUNT_GONE = N_("the account is no longer in use")
REMOVED = N_("the hook was removed")
TOO_MANY = N_("too many are waiting")
IN_BACKUP = N_("it waited in a backup that was restored")
REASONS = (NO_NAME, INNER, PLAIN, NO_ANSWER, UNREADABLE, NO_CONNECTION, NOBODY, NOT_TRUSTED, BROKE_OFF, REDIRECTS, ANSWERED,
           NOT_FOR_IT, ACCOUNT_GONE, REMOVED, TOO_MANY, IN_BACKUP)
_PLACE = re.compile(r"%\((\w+)\)s")


def reason_of(written: str) -> tuple[str, dict[str, str]]:
    """The sentence a reason was made of and what filled it; a reason nobody knows is a sentence without places."""
    for source, form in _forms():
        found = form.fullmatch(written)
        if found:
            return source, found.groupdict()
    return written, {}


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((source, re.compile("".join(
        f"(?P<{part}>.*)" if at % 2 else re.escape(part) for at, part in enumerate(_PLACE.split(source))), re.DOTALL))
        for source in REASONS)
