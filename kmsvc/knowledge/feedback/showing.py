"""What the pages of feedback show: shapes and words of kinds and states, the table to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import fmt_date, label, sentence
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.permissions import ANSWER_FEEDBACK
from kmsvc.knowledge.feedback.queries import FeedbackLine, tally
from kmsvc.knowledge.feedback.rules import FeedbackKind, FeedbackState

SHAPES = {FeedbackState.OPEN: "due", FeedbackState.TAKEN: "go", FeedbackState.DONE: "ok", FeedbackState.ANSWERED: "info",
          FeedbackState.DUPLICATE: "idle", FeedbackState.WITHDRAWN: "off", FeedbackState.COUNTED: "ok"}
STATE_FILTERS = {"waiting": N_("Everything that waits"), "late": N_("Beyond its day")}
EXPORT_HEAD = (N_("Number"), N_("Article"), N_("Title"), N_("Version"), N_("What the reader says"), N_("Note"), N_("Said by"),
               N_("Said on"), N_("Reply by"), N_("Answers for it"), N_("State"))


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of a state."""
    state = FeedbackState(code)
    return SHAPES[state], label(state)


def state_word(code: str) -> str:
    """The word of a choice of the filter."""
    return sentence(STATE_FILTERS[code]) if code in STATE_FILTERS else label(FeedbackState(code))


def thanks(row: Feedback) -> str:
    """What the sender reads at once."""
    if row.due_on is None:
        return sentence(N_("Thank you: counted."))
    return sentence(N_("Thank you: %(number)s is with whoever answers for this text. You hear of it by %(day)s."),
                    {"number": row.number, "day": fmt_date(row.due_on)})


def replaced(row: Feedback) -> str:
    """What the sender reads who says something else than before."""
    return sentence(N_("Now it says “%(said)s” in place of what you said before; U takes it back."),
                    {"said": label(FeedbackKind(row.kind))})


def said_of_article(session: Session, actor: Actor, article: Article) -> list[tuple[str, int]]:
    """(word, how often) of what readers said of the version in force, for who answers for the article; else nothing."""
    if not can(actor, ANSWER_FEEDBACK, article):
        return []
    found = tally(session, article.id)
    return [(label(kind), found[kind]) for kind in FeedbackKind if kind in found]


def holder_of(line: FeedbackLine) -> str:
    """Who answers for it, as a list says it."""
    return line.holder or sentence(N_("Knowledge editors"))


def export_rows(lines: Sequence[FeedbackLine], local_day: Callable[[datetime], date]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[line.number, line.article_number, line.title, f"V{line.version_label}", label(line.kind, FeedbackKind), line.note or "",
             line.sender, local_day(line.sent_at), line.due_on, holder_of(line), label(line.state, FeedbackState)]
            for line in lines]
