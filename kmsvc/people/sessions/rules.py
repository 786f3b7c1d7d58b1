"""How long sessions live and how fast guesses may come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kmsvc.core.errors import NotPermitted
from kmsvc.core.texts import N_

if TYPE_CHECKING:
    from kmsvc.core.actors import Actor

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)

FREE_FAILURES = 5
PER_ADDRESS = 50
ADDRESS_WINDOW = timedelta(minutes=10)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many failures: nothing for the first five, then 1 s doubling up to 15 minutes."""
    if failures < FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), LONGEST_WAIT)


def is_live(created_at: datetime, seen_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a session still counts at `now`."""
    return now < ends_at and now - seen_at < IDLE and now - created_at < ABSOLUTE


class StepUpNeeded(NotPermitted):
    """The act asks for a password proved in the last minutes; the caller may prove it and try again."""

    code = "step_up_needed"
    sentence = N_("Enter your password for this.")


class PasswordFirst(NotPermitted):
    """Signed in with a first password that must be replaced before anything else."""

    code = "password_first"
    sentence = N_("Choose a password of your own first.")


def check_fresh(actor: Actor) -> None:
    """Raise StepUpNeeded for a browser whose password was proved too long ago; tokens and commands need no step-up."""
    if actor.via == "cookie" and not actor.fresh:
        raise StepUpNeeded()
