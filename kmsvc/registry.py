"""Every blueprint of the web half, and every noun that registers itself by being imported. One page, one line each."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from flask import Blueprint

DOORS = (
    "kmsvc.people.sessions.pages",
    "kmsvc.people.api",
    "kmsvc.people.pages",
    "kmsvc.people.sessions.api",
    "kmsvc.people.sessions.profile",
    "kmsvc.people.readers.api",
    "kmsvc.people.readers.pages",
    "kmsvc.people.units.api",
    "kmsvc.people.units.pages",
    "kmsvc.people.accounts.api",
    "kmsvc.people.accounts.pages",
    "kmsvc.people.accounts.import_api",
    "kmsvc.people.accounts.import_pages",
    "kmsvc.process.definitions.api",
    "kmsvc.process.definitions.pages",
    "kmsvc.process.definitions.adding_pages",
    "kmsvc.process.changes.api",
    "kmsvc.process.changes.pages",
    "kmsvc.process.changes.verb_pages",
    "kmsvc.knowledge.articles.api",
    "kmsvc.knowledge.articles.pages",
    "kmsvc.knowledge.articles.writing_pages",
    "kmsvc.knowledge.articles.import_api",
    "kmsvc.knowledge.articles.import_pages",
    "kmsvc.knowledge.exports.api",
    "kmsvc.knowledge.exports.pages",
    "kmsvc.knowledge.licences.api",
    "kmsvc.knowledge.licences.pages",
    "kmsvc.knowledge.proposals.api",
    "kmsvc.knowledge.proposals.pages",
    "kmsvc.knowledge.reshapes.api",
    "kmsvc.knowledge.reshapes.pages",
    "kmsvc.knowledge.templates.api",
    "kmsvc.knowledge.templates.pages",
    "kmsvc.knowledge.feedback.api",
    "kmsvc.knowledge.feedback.pages",
    "kmsvc.knowledge.bulletins.api",
    "kmsvc.knowledge.bulletins.pages",
    "kmsvc.knowledge.vocabulary.api",
    "kmsvc.knowledge.vocabulary.pages",
    "kmsvc.knowledge.scopes.api",
    "kmsvc.knowledge.scopes.pages",
    "kmsvc.knowledge.citations.api",
    "kmsvc.knowledge.citations.pages",
    "kmsvc.knowledge.citations.works_pages",
    "kmsvc.knowledge.lessons.api",
    "kmsvc.knowledge.lessons.pages",
    "kmsvc.knowledge.relations.api",
    "kmsvc.knowledge.relations.pages",
    "kmsvc.knowledge.learning.api",
    "kmsvc.knowledge.learning.pages",
    "kmsvc.knowledge.shelf.api",
    "kmsvc.knowledge.shelf.pages",
    "kmsvc.knowledge.alignment.api",
    "kmsvc.knowledge.alignment.pages",
    "kmsvc.knowledge.contacts.api",
    "kmsvc.knowledge.contacts.pages",
    "kmsvc.knowledge.figures.api",
    "kmsvc.knowledge.figures.pages",
    "kmsvc.knowledge.flows.api",
    "kmsvc.knowledge.flows.pages",
    "kmsvc.knowledge.flows.walking_pages",
    "kmsvc.knowledge.gaps.api",
    "kmsvc.knowledge.gaps.pages",
    "kmsvc.knowledge.health.api",
    "kmsvc.knowledge.health.pages",
    "kmsvc.knowledge.health.use_api",
    "kmsvc.knowledge.health.use_pages",
    "kmsvc.knowledge.reviews.api",
    "kmsvc.knowledge.reviews.pages",
    "kmsvc.knowledge.bench.api",
    "kmsvc.knowledge.bench.pages",
    "kmsvc.access.api",
    "kmsvc.access.pages",
    "kmsvc.search.api",
    "kmsvc.search.pages",
    "kmsvc.search.filter_pages",
    "kmsvc.search.filter_api",
    "kmsvc.search.offline_pages",
    "kmsvc.files.api",
    "kmsvc.files.pages",
    "kmsvc.home.pages",
    "kmsvc.hooks.api",
    "kmsvc.hooks.pages",
    "kmsvc.notices.api",
    "kmsvc.notices.pages",
    "kmsvc.audit.api",
    "kmsvc.audit.pages",
    "kmsvc.operations.api",
    "kmsvc.operations.health",
    "kmsvc.operations.pages",
)

NOUNS = (
    "kmsvc.knowledge.articles.indexing",
    "kmsvc.knowledge.bulletins.queries",
    "kmsvc.knowledge.bulletins.finding",
    "kmsvc.knowledge.flows.indexing",
    "kmsvc.knowledge.vocabulary.expanding",
    "kmsvc.knowledge.scopes.register",
    "kmsvc.knowledge.learning.applying",
    "kmsvc.knowledge.shelf.starting",
    "kmsvc.knowledge.citations.articles",
    "kmsvc.knowledge.citations.outside",
    "kmsvc.knowledge.lessons.citing",
    "kmsvc.knowledge.templates.usecases",
    "kmsvc.knowledge.reshapes.finishing",
    "kmsvc.knowledge.licences.duties",
    "kmsvc.knowledge.licences.queries",
    "kmsvc.knowledge.reviews.duties",
    "kmsvc.knowledge.reviews.queries",
    "kmsvc.process.definitions.cited",
    "kmsvc.process.definitions.indexing",
    "kmsvc.process.changes.queries",
    "kmsvc.process.changes.attachments",
    "kmsvc.process.changes.improving",  # alignment asks it
    "kmsvc.process.changes.standing",
    "kmsvc.process.reviews.duties",
)


def load_nouns() -> None:
    """Import what registers kinds, gates and duty rules."""
    for name in NOUNS:
        importlib.import_module(name)


def blueprints() -> Iterator[Blueprint]:
    """The blueprints, in the order of the page."""
    load_nouns()
    for name in DOORS:
        yield importlib.import_module(name).blueprint
