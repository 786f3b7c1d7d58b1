"""Contacts, the answers linked to them, and what was said of a link later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.events import Id


class Contact(Base):
    """One contact with a customer, as far as links tell of it. `number` is the customer's business: it is forgotten in time, and
    the row stays so that links are counted as before. Without a number each link is a contact of its own."""

    __tablename__ = "knowledge_contact"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str | None] = mapped_column(Code, index=True)
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_knowledge_contact_last_at", "last_at"),)


class ContactLink(Base):
    """That somebody used a thing for a contact. A log of use like searches and walks, so not audited: what is forgotten leaves
    no copy. query, search_id, searched_at: the search that led to it; person_id: forgotten with the number."""

    __tablename__ = "knowledge_contact_link"
    audited = False

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("knowledge_contact.id"), index=True)
    kind: Mapped[str] = mapped_column(Code)
    ref_id: Mapped[int]
    version_id: Mapped[int | None]
    person_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    at: Mapped[datetime]
    query: Mapped[str | None] = mapped_column(String(500))
    search_id: Mapped[int | None] = mapped_column(Id)
    searched_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('article', 'flow', 'process')", name="kind"),
        Index("ix_knowledge_contact_link_kind_ref_id_at", "kind", "ref_id", "at"),
        Index("ix_knowledge_contact_link_person_id_at", "person_id", "at"),
        Index("ix_knowledge_contact_link_at", "at"),
    )


class ContactCheck(Base):
    """What somebody who looked later says of a link; the newest row counts, the earlier ones stay."""

    __tablename__ = "knowledge_contact_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("knowledge_contact_link.id"), index=True)
    accurate: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
