"""What happens to links of answers to contacts."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.events import Event


@dataclass(frozen=True)
class ContactLinked(Event):
    """A thing was used for a contact: which thing and which of its texts; neither the contact's number nor who linked it."""

    kind = "knowledge.contact.linked"
    link_id: int
    linked_kind: str
    linked_id: int
    version_id: int | None
