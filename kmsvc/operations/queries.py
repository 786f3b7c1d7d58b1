"""Reads of the operations pages: deliveries of the outbox, mail with its words, settings of the centre."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.core import options
from kmsvc.core.errors import NotFound
from kmsvc.core.events import Delivery, Fact
from kmsvc.core.i18n import sentence
from kmsvc.notices.kinds import KINDS
from kmsvc.notices.models import Mail
from kmsvc.notices.wording import mail_text
from kmsvc.people.accounts.models import Person
from kmsvc.reactions.wording import FACT_WORDS, REACTION_WORDS

DELIVERY_STATES = ("pending", "dead", "done")
MAIL_STATES = ("waiting", "sent", "dead", "dropped")


@dataclass(frozen=True)
class DeliveryCard:
    """One (fact, reaction) pair of the outbox."""

    id: int
    fact_id: int
    kind: str
    payload: dict[str, Any]
    at: datetime
    reaction: str
    state: str
    tries: int
    next_at: datetime
    error: str | None
    done_at: datetime | None


@dataclass(frozen=True)
class MailCard:
    """One mail: to whom, what state, and its subject in the recipient's language. text only for one mail by itself."""

    id: int
    to: str
    email: str
    kind: str
    subject: str
    text: str
    state: str
    tries: int
    made_at: datetime
    next_at: datetime
    sent_at: datetime | None
    error: str | None


Numbered = TypeVar("Numbered", DeliveryCard, MailCard)


@dataclass(frozen=True)
class OptionCard:
    """One setting of the centre. label: English source. kind: bool, int or str. version 0: still at its default."""

    name: str
    label: str
    kind: str
    value: Any
    default: Any
    choices: tuple[str, ...]
    minimum: int
    maximum: int
    version: int


def deliveries(session: Session, *, state: str | None = None, reaction: str | None = None, q: str | None = None,
               before: int | None = None, limit: int = 50, said: Callable[[str], str] = sentence) -> list[DeliveryCard]:
    """Deliveries, newest first, below an id. q: a number, a part of the words for fact or reaction, or of the reason.
    said: a word in the reader's language; on the command line `str`, where it is English."""
    query = select(Delivery, Fact).join(Fact, Fact.id == Delivery.fact_id).order_by(Delivery.id.desc()).limit(limit)
    if state:
        query = query.where(Delivery.state == state)
    if reaction:
        query = query.where(Delivery.reaction == reaction)
    if q:
        query = query.where(or_(
            Delivery.error.icontains(q, autoescape=True), Fact.kind.in_(_said(FACT_WORDS, q, said)),
            Delivery.reaction.in_(_said(REACTION_WORDS, q, said)), Delivery.id == _number(q)))
    if before is not None:
        query = query.where(Delivery.id < before)
    return [DeliveryCard(row.id, fact.id, fact.kind, fact.payload, fact.at, row.reaction, row.state, row.tries, row.next_at,
                         row.error, row.done_at) for row, fact in session.execute(query)]


def cut(rows: Sequence[Numbered], limit: int) -> tuple[Sequence[Numbered], int | None]:
    """A page of rows of which one more than fits was read, and the id to go on from; None when nothing follows."""
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def reactions_known(session: Session) -> list[str]:
    """Names of reactions that stand in the outbox."""
    return sorted(session.scalars(select(Delivery.reaction).distinct()))


def _said(words: Mapping[str, str], q: str, said: Callable[[str], str]) -> list[str]:
    """Codes that are called so, by themselves or in the reader's language."""
    sought = q.casefold()
    return [code for code, word in words.items() if sought in code or sought in said(word).casefold()]


def _number(q: str) -> int:
    """The number that was typed; 0, which nothing has, for other words."""
    return int(q) if q.isascii() and q.isdigit() and len(q) < 10 else 0


def mails(session: Session, *, base_url: str, state: str | None = None, q: str | None = None, before: int | None = None,
          limit: int = 50) -> list[MailCard]:
    """Mail, newest first, below an id. q: a part of a name, an address, the reason, or of the number it is about."""
    query = select(Mail, Person).join(Person, Person.id == Mail.person_id).order_by(Mail.id.desc()).limit(limit)
    if state:
        query = query.where(Mail.state == state)
    if q:
        query = query.where(or_(
            *(found.icontains(q, autoescape=True) for found in (
                Person.name, Person.email, Mail.error, Mail.params["number"].as_string())), Mail.id == _number(q)))
    if before is not None:
        query = query.where(Mail.id < before)
    return [_mail(row, person, base_url) for row, person in session.execute(query)]


def one_mail(session: Session, mail_id: int, *, base_url: str) -> MailCard:
    """One mail with the words it has, or would have; NotFound otherwise."""
    row = session.get(Mail, mail_id)
    if row is None:
        raise NotFound()
    person = session.get(Person, row.person_id)
    assert person is not None
    return _mail(row, person, base_url)


def _mail(row: Mail, person: Person, base_url: str) -> MailCard:
    subject, text = row.kind, ""
    if row.kind in KINDS:
        subject, text = mail_text(row.kind, row.params, person.language, base_url + row.url, person.name)
    return MailCard(row.id, person.name, person.email or "", row.kind, subject, text, row.state, row.tries, row.made_at,
                    row.next_at, row.sent_at, row.error)


def option_cards(session: Session) -> list[OptionCard]:
    """Every setting of the centre, by name."""
    held = {row.name: row for row in session.scalars(select(options.OptionValue))}
    return [_option(one, held.get(name)) for name, one in sorted(options.REGISTER.items())]


def option_card(session: Session, name: str) -> OptionCard:
    """One setting, or NotFound."""
    one = options.REGISTER.get(name)
    if one is None:
        raise NotFound()
    return _option(one, session.get(options.OptionValue, name))


def _option(one: options.Option, row: options.OptionValue | None) -> OptionCard:
    return OptionCard(one.name, one.label, type(one.default).__name__, row.value["value"] if row else one.default, one.default,
                      tuple(one.choices), one.minimum, one.maximum, row.version if row else 0)
