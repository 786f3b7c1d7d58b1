"""Mending verbs: try again what failed, change a setting of the centre."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from kmsvc.core import options
from kmsvc.core.acts import note_act
from kmsvc.core.errors import InvalidInput, RuleBroken, Stale
from kmsvc.core.events import Delivery
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.hooks.usecases import pull_in_hooks
from kmsvc.notices.models import Mail
from kmsvc.operations.permissions import DELIVER, RETRY_DELIVERY, SET_OPTION


def retry_all(work: Work) -> int:
    """Every dead or waiting-after-failure delivery and mail is due now; returns how many."""
    work.permit(RETRY_DELIVERY)
    again = {"next_at": work.now}
    done = work.session.execute(update(Delivery).where(Delivery.state.in_(("dead", "pending")), Delivery.tries > 0)
                                .values(state="pending", tries=0, **again), execution_options={"synchronize_session": False})
    mail = work.session.execute(update(Mail).where(Mail.state.in_(("dead", "waiting")), Mail.tries > 0)
                                .values(state="waiting", tries=0, **again), execution_options={"synchronize_session": False})
    counts = {"deliveries": int(getattr(done, "rowcount", 0)), "mail": int(getattr(mail, "rowcount", 0))}
    if any(counts.values()):
        note_act(work, "retry", "core_delivery", "all", counts)
    return sum(counts.values())


def pull_in(work: Work) -> None:
    """What waits for a later moment is due now: the clock was set back, and nobody meant it to wait that long."""
    work.permit(DELIVER)
    for kind, state in ((Delivery, "pending"), (Mail, "waiting")):
        work.session.execute(update(kind).where(kind.state == state, kind.next_at > work.now).values(next_at=work.now),
                             execution_options={"synchronize_session": False})
    pull_in_hooks(work)


def retry_delivery(work: Work, delivery_id: int) -> None:
    """One delivery again."""
    work.permit(RETRY_DELIVERY)
    row = work.get(Delivery, delivery_id, lock=True)
    if row.state == "done":
        raise RuleBroken("operations.delivery.done", N_("This was delivered meanwhile."))
    note_act(work, "retry", "core_delivery", str(delivery_id), {"reaction": row.reaction, "error": row.error})
    row.state, row.next_at, row.tries = "pending", work.now, 0


def retry_mail(work: Work, mail_id: int) -> None:
    """One mail again."""
    work.permit(RETRY_DELIVERY)
    row = work.get(Mail, mail_id, lock=True)
    if row.state not in ("dead", "waiting"):
        raise RuleBroken("operations.mail.settled", N_("This mail was sent or dropped meanwhile."))
    note_act(work, "retry", "notices_mail", str(mail_id), {"error": row.error})
    row.state, row.next_at, row.tries = "waiting", work.now, 0


def set_option(work: Work, name: str, value: Any, *, version: int | None = None, reason: str | None = None) -> None:
    """Change a setting of the centre; texts are read in the setting's own type. version: 0 while it stood at its default."""
    work.permit(SET_OPTION)
    work.because(reason)
    option = options.REGISTER.get(name)
    if option is None:
        raise InvalidInput({"name": [N_("There is no such setting.")]})
    held = work.session.get(options.OptionValue, name)
    if version is not None and version != (held.version if held else 0):
        raise Stale(mine=value, theirs=options.value(work.session, option), version=held.version if held else 0)
    if isinstance(value, str) and isinstance(option.default, bool):
        value = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}.get(value.lower(), value)
    elif isinstance(value, str) and isinstance(option.default, int) and value.removeprefix("-").isdecimal():
        value = int(value)
    options.put(work.session, option, value)
