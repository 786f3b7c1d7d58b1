"""The menu: what each person needs, an agent five; an entry shows when its permission is held."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_


@dataclass(frozen=True)
class Entry:
    """One menu entry. paths: prefixes under which it is the current one."""

    label: str
    href: str
    icon: str
    permission: str
    paths: tuple[str, ...]


MENU = (
    Entry(N_("My day"), "/", "day", "home.day.see", ("/notices", "/my")),
    Entry(N_("Knowledge"), "/search", "book", "search.query", ("/search", "/knowledge")),
    Entry(N_("Processes"), "/process/definitions", "flow", "process.definition.read", ("/process/definitions", "/process/audits")),
    Entry(N_("Changes"), "/process/changes", "branch", "process.change.read", ("/process/changes",)),
    Entry(N_("Training"), "/training", "cap", "training.learning.see", ("/training",)),
    Entry(N_("Standards"), "/standards/duties", "todo", "standards.duty.see", ("/standards",)),
    Entry(N_("People"), "/people/accounts", "users", "people.account.manage", ("/people",)),
    Entry(N_("Audit trail"), "/audit", "shield", "audit.trail.see", ("/audit",)),
    Entry(N_("Operations"), "/operations", "chart", "operations.page.see", ("/operations", "/hooks")),
)


@dataclass(frozen=True)
class NavItem:
    """A drawn menu entry."""

    label: str
    href: str
    icon: str
    current: bool
    key: str


def nav_for(actor: Actor | None) -> list[NavItem]:
    """The menu of this person on this page."""
    if actor is None:
        return []
    here = current_entry()
    return [NavItem(sentence(one.label), one.href, one.icon, one.href == here, one.permission)
            for one in MENU if actor.can(one.permission)]


def current_entry() -> str:
    """The address of the entry that this page belongs to, or an empty text."""
    path = request.path
    return next((one.href for one in MENU if path == one.href or path.startswith(one.paths)), "")
