"""The outbox and the mail as tables to take away."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from kmsvc.convert.export import Cell
from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.i18n import local, sentence
from kmsvc.core.texts import N_
from kmsvc.operations.queries import DeliveryCard, MailCard
from kmsvc.reactions.wording import fact_word, reaction_word

MOST_ROWS = 20_000
DELIVERY_HEAD = (N_("No."), N_("Fact"), N_("Happened"), N_("Details"), N_("Reaction"), N_("State"), N_("Tries"), N_("When"), N_("Why"))
DELIVERY_WORDS = {"pending": N_("waiting"), "dead": N_("given up"), "done": N_("delivered")}
MAIL_HEAD = (N_("No."), N_("Subject"), N_("Recipient"), N_("E-mail"), N_("State"), N_("Tries"), N_("When"), N_("Why"))
MAIL_WORDS = {"waiting": N_("waiting"), "sent": N_("sent"), "dead": N_("bounced"), "dropped": N_("dropped")}


def deliveries_file(form: str, cards: Sequence[DeliveryCard], zone: str, *, more: bool) -> Response:
    """Deliveries, as filtered."""
    rows: list[list[Cell]] = [
        [one.id, sentence(fact_word(one.kind)), local(one.at, zone),
         " ".join(f"{name}={value}" for name, value in one.payload.items()), sentence(reaction_word(one.reaction)),
         sentence(DELIVERY_WORDS[one.state]), one.tries, local(one.done_at or one.next_at, zone),
         sentence(one.error) if one.error else ""]
        for one in cards]
    return table_answer(form, sentence(N_("Outbox")), [sentence(one) for one in DELIVERY_HEAD],
                        ended(rows, len(rows), more=more), name="outbox")


def mail_file(form: str, cards: Sequence[MailCard], zone: str, *, more: bool) -> Response:
    """Mail without its words, as filtered."""
    rows: list[list[Cell]] = [
        [one.id, one.subject, one.to, one.email, sentence(MAIL_WORDS[one.state]), one.tries,
         local(one.sent_at or one.made_at, zone), sentence(one.error) if one.error else ""] for one in cards]
    return table_answer(form, sentence(N_("Mail")), [sentence(one) for one in MAIL_HEAD],
                        ended(rows, len(rows), more=more), name="mail")
