"""Looking for notices: by what they are about, and by the words their reader sees. A title that is hidden is not found by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.texts import N_
from kmsvc.notices.kinds import KINDS
from kmsvc.notices.queries import NoticeCard, inbox
from kmsvc.notices.wording import line

AREAS = {
    "process.change": N_("Change requests"), "process.version": N_("New versions"), "process.review": N_("Reviews"),
    "process.audit": N_("Process audit"), "process.theme": N_("Themed optimisations"),
    "standards.audit": N_("Audits"), "standards.finding": N_("Findings"),
    "standards.assessment": N_("Self-assessment"), "standards.improvement": N_("Improvement plans"),
    "knowledge.confirmation": N_("To read and confirm"), "knowledge.feedback": N_("Feedback"),
    "knowledge.bulletin": N_("Bulletins"), "knowledge.bench": N_("Saved searches"), "knowledge.gap": N_("Knowledge gaps"),
    "knowledge.review": N_("Yearly reviews"), "knowledge.alignment": N_("Process alignment"),
    "knowledge.health": N_("Health of the articles"), "knowledge.twin": N_("Twins"),
    "knowledge.citation": N_("Citations"),
    "knowledge.proposal": N_("Proposals"), "knowledge.licence": N_("Licences to write"),
    "training.sitting": N_("Sittings"), "training.marking": N_("Results and marking"), "hooks.hook": N_("Hooks"),
    "training.needs": N_("Training needs"), "training.certificate": N_("Certificates"),
    "training.evaluation": N_("Evaluations"), "training.question": N_("Question banks"), "training.course": N_("Courses"),
    "training.onboarding": N_("Onboarding"),
    "training.trainer": N_("Trainers"), "training.plan": N_("Training plans"), "training.session": N_("Training sessions"),
    "training.exam": N_("Exams"),
    "standards.duty": N_("Duties"),
    "people.training": N_("Training"), "people.factor": N_("Signing in"), "standards.room": N_("Auditor's rooms"),
}
"""the kinds of notice as their reader sorts them: the beginning of a kind -> English source"""
AT_ONCE = 500


@dataclass(frozen=True)
class Told:
    """A notice with its words in the reader's language."""

    card: NoticeCard
    words: str
    icon: str


def find_notices(session: Session, actor: Actor, *, q: str | None = None, unread_only: bool = False, about: str | None = None,
                 before: int | None = None, limit: int = 50) -> tuple[list[Told], int | None]:
    """A page of a person's notices, newest first, and the id to go on from. The words are nowhere stored, so whoever
    searches has them made for notice after notice until the page is full."""
    sought = q.casefold() if q else ""
    many = AT_ONCE if q else min(limit + 1, AT_ONCE)
    found: list[Told] = []
    while True:
        cards = inbox(session, actor, unread_only=unread_only, about=about, before=before, limit=many)
        told = (Told(card, line(card.kind, card.params, actor.language), KINDS[card.kind].icon)
                for card in cards if card.kind in KINDS)
        found += [one for one in told if sought in one.words.casefold()]
        if len(found) > limit or len(cards) < many:
            return found[:limit], found[limit - 1].card.id if len(found) > limit else None
        before = cards[-1].id
