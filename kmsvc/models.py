"""Imports every module that maps a table, so that the metadata is whole: migrations, backup and tests ask for it."""

from __future__ import annotations

import importlib

MODULES = (
    "kmsvc.core.audit", "kmsvc.core.trail_words", "kmsvc.core.events", "kmsvc.core.numbers", "kmsvc.core.options", "kmsvc.core.leases",
    "kmsvc.core.api", "kmsvc.people.units.models", "kmsvc.people.accounts.models", "kmsvc.people.sessions.models",
    "kmsvc.people.factors.models",
    "kmsvc.files.models", "kmsvc.notices.models", "kmsvc.search.models",
    "kmsvc.standards.models.models", "kmsvc.standards.duties.models", "kmsvc.standards.evidence.models",
    "kmsvc.standards.packs.models", "kmsvc.standards.assessments.models", "kmsvc.standards.audits.models",
    "kmsvc.standards.rooms.models",
    "kmsvc.operations.models",
    "kmsvc.knowledge.articles.models", "kmsvc.knowledge.confirmations.models", "kmsvc.knowledge.feedback.models",
    "kmsvc.knowledge.bulletins.models", "kmsvc.process.definitions.models",
    "kmsvc.process.fieldwork.models", "kmsvc.process.changes.models", "kmsvc.process.audits.models", "kmsvc.knowledge.vocabulary.models",
    "kmsvc.knowledge.bench.models", "kmsvc.knowledge.gaps.models", "kmsvc.knowledge.relations.models",
    "kmsvc.knowledge.health.models", "kmsvc.knowledge.reviews.models", "kmsvc.knowledge.shelf.models",
    "kmsvc.knowledge.learning.models", "kmsvc.knowledge.contacts.models", "kmsvc.knowledge.alignment.models",
    "kmsvc.knowledge.licences.models", "kmsvc.knowledge.proposals.models", "kmsvc.knowledge.templates.models",
    "kmsvc.knowledge.reshapes.models", "kmsvc.knowledge.flows.models", "kmsvc.knowledge.exports.models", "kmsvc.access.models",
    "kmsvc.knowledge.scopes.models", "kmsvc.knowledge.citations.models", "kmsvc.knowledge.lessons.models",
    "kmsvc.hooks.models", "kmsvc.knowledge.figures.models",
    "kmsvc.training.courses.models", "kmsvc.training.questions.models", "kmsvc.training.papers.models", "kmsvc.training.exams.models",
    "kmsvc.training.sittings.models", "kmsvc.training.marking.models", "kmsvc.training.practice.models",
    "kmsvc.training.certificates.models", "kmsvc.training.onboarding.models",
    "kmsvc.training.needs.models", "kmsvc.training.evaluations.models",
    "kmsvc.training.trainers.models", "kmsvc.training.plans.models", "kmsvc.training.plans.arising_models",
    "kmsvc.training.plans.busy_models", "kmsvc.training.plans.ical_models",
)


def load_models() -> None:
    """Import them all."""
    for name in MODULES:
        importlib.import_module(name)
