"""Who links, who sees links, and who of those sees the customers' numbers and the agents' names."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_
from kmsvc.knowledge.contacts.models import ContactLink


def is_linker(actor: Actor, row: ContactLink | None) -> bool:
    """Whether a person speaks; of a link that is there, whether it is this person's own."""
    return actor.person_id is not None and (row is None or row.person_id == actor.person_id)


def is_another(actor: Actor, row: ContactLink | None) -> bool:
    """Whether a person speaks, and not of the own link."""
    return actor.person_id is not None and (row is None or row.person_id != actor.person_id)


LINK_CONTACT = Permission("knowledge.contact.link", N_("Link an answer to the contact it was used for"), is_linker)
SEE_CONTACTS = Permission("knowledge.contact.see", N_("See links to contacts of one's own and of one's own articles"))
SEE_TEAM_CONTACTS = Permission("knowledge.contact.see_team", N_("See links to contacts of one's own team"))
SEE_ALL_CONTACTS = Permission("knowledge.contact.see_all", N_("See links to contacts of everybody"))
SEE_LINKERS = Permission("knowledge.contact.see_people", N_("See who of one's own team linked an answer to a contact"))
SEE_ALL_LINKERS = Permission("knowledge.contact.see_all_people", N_("See who linked an answer to a contact, of everybody"))
SEE_NUMBERS = Permission("knowledge.contact.see_numbers", N_(
    "See the numbers of contacts of one's own team, which are customers' personal data"))
SEE_ALL_NUMBERS = Permission("knowledge.contact.see_all_numbers", N_(
    "See the numbers of everybody's contacts, which are customers' personal data"))
CHECK_CONTACT = Permission("knowledge.contact.check", N_("Say whether a link to a contact is accurate"), is_another)
FORGET_CONTACTS = Permission("knowledge.contact.forget", N_("Forget numbers of contacts in time"))
