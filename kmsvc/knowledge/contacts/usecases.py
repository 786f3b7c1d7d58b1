"""The verbs of links: link by one key, add the number, take it back, say whether it was right; forget numbers in time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import bindparam, select, update

from kmsvc.core import cards
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.core.options import Option, value
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.contacts import rules
from kmsvc.knowledge.contacts.events import ContactLinked
from kmsvc.knowledge.contacts.models import Contact, ContactCheck, ContactLink
from kmsvc.knowledge.contacts.permissions import CHECK_CONTACT, FORGET_CONTACTS, LINK_CONTACT
from kmsvc.knowledge.contacts.queries import visible_link
from kmsvc.knowledge.contacts.rules import LinkedKind
from kmsvc.knowledge.flows.models import Flow
from kmsvc.people.accounts.models import Person
from kmsvc.search.learned import learned_form
from kmsvc.search.models import SearchEvent

MONTHS = Option("knowledge.contacts.months", 6, N_("Months after which the number of a contact and who linked it are forgotten"),
                minimum=1, maximum=120)
MONTH = timedelta(days=30)
_EVENT = SearchEvent.__table__.c
_SEARCHES = select(_EVENT.id, _EVENT.query, _EVENT.at, _EVENT.opened_kind, _EVENT.opened_id).where(
    _EVENT.person_id == bindparam("person"), _EVENT.at >= bindparam("since")).order_by(_EVENT.at.desc(), _EVENT.id.desc()).limit(50)
_FACE = {LinkedKind.ARTICLE: select(Article.published_version_id).where(Article.id == bindparam("one")),
         LinkedKind.FLOW: select(Flow.published_version_id).where(Flow.id == bindparam("one"))}


def link_contact(work: Work, kind: str, ref_id: int, *, number: str | None = None, query: str | None = None) -> ContactLink:
    """What one reads was used for a contact. number: of the contact, where it is known; query: what was searched for, where the
    page knows it. The same press twice is one link."""
    work.permit(LINK_CONTACT)
    person_id = work.actor.person_id
    assert person_id is not None
    if cards.card(work.session, work.actor, kind, ref_id) is None:
        raise NotFound()
    work.get(Person, person_id, lock=True)  # the second of two presses waits for the first, and finds its row
    kept = rules.folded(number)
    before = _before(work, kind, ref_id, person_id, kept)
    if before is not None:
        return before
    row = ContactLink(contact_id=_contact(work, kept).id, kind=kind, ref_id=ref_id, version_id=_version(work, kind, ref_id),
                      person_id=person_id, unit_id=work.actor.unit_id, at=work.now)
    _led_by(work, row, person_id, query)
    work.session.add(row)
    work.session.flush()
    work.record(ContactLinked(row.id, row.kind, row.ref_id, row.version_id))
    return row


def _before(work: Work, kind: str, ref_id: int, person_id: int, number: str | None) -> ContactLink | None:
    query = select(ContactLink).join(Contact, Contact.id == ContactLink.contact_id).where(
        ContactLink.kind == kind, ContactLink.ref_id == ref_id, ContactLink.person_id == person_id,
        ContactLink.withdrawn_at.is_(None))
    query = (query.where(Contact.number == number) if number else
             query.where(Contact.number.is_(None), ContactLink.at > work.now - rules.TWICE))
    return work.session.scalars(query.order_by(ContactLink.id.desc()).limit(1)).first()


def _contact(work: Work, number: str | None) -> Contact:
    """The contact with this number, or a new one; without a number it is always a new one."""
    known = select(Contact).where(Contact.number == number).order_by(Contact.id).limit(1).with_for_update()
    row = work.session.scalars(known).first() if number else None
    if row is None:
        row = Contact(number=number, began_at=work.now)
        work.session.add(row)
    row.last_at = work.now
    work.session.flush()
    return row


def _version(work: Work, kind: str, ref_id: int) -> int | None:
    return work.session.scalar(_FACE[LinkedKind(kind)], {"one": ref_id}) if kind in _FACE else None


def _led_by(work: Work, row: ContactLink, person_id: int, query: str | None) -> None:
    """The latest search from which this was opened; else the latest with these words; else the words alone."""
    form = learned_form(query or "") or None
    found = work.session.execute(_SEARCHES, {"person": person_id, "since": work.now - rules.LED_BY}).all()
    led = next((one for one in found if (one.opened_kind, one.opened_id) == (row.kind, row.ref_id) and form in (None, one.query)),
               None) or next((one for one in found if form and one.query == form), None)
    row.query = led.query if led is not None else form
    if led is not None:
        row.search_id, row.searched_at = led.id, led.at


def _seen(work: Work, link_id: int, verb: str, permission: Permission) -> ContactLink:
    visible_link(work.session, work.actor, link_id)  # NotFound for what is none of the caller's business
    row = work.get(ContactLink, link_id, lock=True)
    work.permit(permission, row)
    if row.withdrawn_at is not None:
        raise RuleBroken("knowledge.contact.withdrawn", N_("This link was taken back."))
    if not rules.makes_sense(verb, withdrawn=False, mine=row.person_id == work.actor.person_id):
        raise NotFound()
    return row


def withdraw_link(work: Work, link_id: int) -> ContactLink:
    """Take one's own link back: it counts nowhere any more."""
    row = _seen(work, link_id, "withdraw", LINK_CONTACT)
    row.withdrawn_at = work.now
    return row


def note_number(work: Work, link_id: int, number: str | None) -> ContactLink:
    """Say which contact it was, or that it was another one; without a number it is a contact without one again. A contact that
    nobody is linked to any more loses its number and stays: reviews name it, and its id must never be another one's."""
    row = _seen(work, link_id, "number", LINK_CONTACT)
    kept, was = rules.folded(number), work.get(Contact, row.contact_id, lock=True)
    if was.number == kept:
        return row
    row.contact_id = _contact(work, kept).id
    work.session.flush()
    if work.session.scalar(select(ContactLink.id).where(ContactLink.contact_id == was.id).limit(1)) is None:
        was.number, was.erased_at = None, work.now
    return row


def check_link(work: Work, link_id: int, *, accurate: bool, note: str | None = None) -> ContactLink:
    """Say of somebody else's link whether this was what the contact needed; the last word counts."""
    row = _seen(work, link_id, "check", CHECK_CONTACT)
    if not accurate and not note:
        raise InvalidInput({"note": [N_("Say what would have been right.")]})
    assert work.actor.person_id is not None
    work.session.add(ContactCheck(link_id=row.id, accurate=accurate, note=note, person_id=work.actor.person_id, at=work.now))
    work.session.flush()
    return row


def forget_numbers(work: Work) -> int:
    """Forget numbers of contacts, and who linked, some months after the last link; links and counts stay. Returns how many
    numbers went."""
    work.permit(FORGET_CONTACTS)
    until = work.now - value(work.session, MONTHS) * MONTH
    gone = work.session.execute(update(Contact).where(Contact.last_at < until, Contact.number.is_not(None)).values(
        number=None, erased_at=work.now).execution_options(synchronize_session=False))
    work.session.execute(update(ContactLink).where(ContactLink.at < until, ContactLink.person_id.is_not(None)).values(
        person_id=None).execution_options(synchronize_session=False))
    work.session.execute(update(Fact).where(Fact.kind == ContactLinked.kind, Fact.at < until, Fact.person_id.is_not(None)).values(
        person_id=None).execution_options(synchronize_session=False))
    return int(getattr(gone, "rowcount", 0))
