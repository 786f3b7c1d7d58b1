"""The verbs of feedback: say it, add to it, take it back; take it over, reply, join it to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core import cards
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.core.workdays import workdays_after
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.versions import blocks_of
from kmsvc.knowledge.feedback import rules
from kmsvc.knowledge.feedback.events import FeedbackMoved, FeedbackSent
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.permissions import ANSWER_FEEDBACK, SEND_FEEDBACK
from kmsvc.knowledge.feedback.queries import later_versions
from kmsvc.knowledge.feedback.rules import FeedbackState

DAYS = Option("knowledge.feedback.days", 3, N_("Working days to reply to feedback on an answer"), minimum=1, maximum=60)


@dataclass(frozen=True)
class Said:
    """What may be said beside the one key: a note, the number of the contact, the words searched for, the block."""

    note: str | None = None
    contact: str | None = None
    query: str | None = None
    block: str | None = None


def send_feedback(work: Work, version_id: int, kind: str, *, today: date, said: Said = Said(),  # noqa: B008
                  instead: int | None = None) -> Feedback:
    """Say something of the version that was read. The same word again, while it is open, adds to the one that is there.

    instead: one's own earlier word on this version; it is taken back unless somebody deals with it already, and what was noted
    with it goes along."""
    work.permit(SEND_FEEDBACK)
    version = work.get(ArticleVersion, version_id)
    article, _ = readable_version(work.session, work.actor, version.article_id, version_id=version_id)
    work.get(Article, article.id, lock=True)  # the second of two clicks waits for the first, and finds its row
    _check_block(work, version, said.block)
    assert work.actor.person_id is not None
    said = _replaced(work, instead, version_id, kind, said) if instead is not None else said
    once = rules.once_key(version_id, work.actor.person_id, kind)
    row = work.session.scalars(select(Feedback).where(Feedback.once == once).with_for_update()).one_or_none()
    if row is not None:
        _add(row, said)
        return row
    row = Feedback(article_id=article.id, version_id=version_id, kind=kind, state=rules.first_state(kind), once=once,
                   sender_id=work.actor.person_id, sent_at=work.now, note=said.note, contact=said.contact, query=said.query,
                   block_id=said.block)
    if rules.wants_reply(kind):
        row.number = number_of_year(work.session, "FB", "feedback", centre_day(work.session, work.now).year)
        row.due_on = workdays_after(today, value(work.session, DAYS))
    work.session.add(row)
    work.session.flush()
    if rules.wants_reply(kind):
        work.record(FeedbackSent(row.id, row.article_id))
    return row


def _replaced(work: Work, feedback_id: int, version_id: int, kind: str, said: Said) -> Said:
    row = work.get(Feedback, feedback_id, lock=True)
    work.permit(SEND_FEEDBACK, row)
    if row.version_id != version_id:
        raise InvalidInput({"instead": [N_("This was said of another version.")]})
    if row.kind == kind or row.state not in rules.REPLACEABLE:
        return said
    row.state, row.once, row.answered_at, row.answered_by_id = FeedbackState.WITHDRAWN, None, work.now, row.sender_id
    return Said(note=rules.joined(row.note, said.note), contact=said.contact or row.contact, query=said.query or row.query,
                block=said.block or row.block_id)


def _check_block(work: Work, version: ArticleVersion, block: str | None) -> None:
    if block is not None and block not in {one.id for one in blocks_of(work.actor, version)}:
        raise InvalidInput({"block": [N_("There is no such part in this text.")]})


def _add(row: Feedback, said: Said) -> None:
    row.note = rules.joined(row.note, said.note)
    row.contact = said.contact or row.contact
    row.query = row.query or said.query
    row.block_id = said.block or row.block_id


def add_to_feedback(work: Work, feedback_id: int, *, said: Said, version: int | None = None) -> Feedback:
    """Add a note, the number of the contact or the part it is about, while it waits."""
    row = _own(work, feedback_id, "add", version)
    _check_block(work, work.get(ArticleVersion, row.version_id), said.block)
    _add(row, said)
    return row


def withdraw_feedback(work: Work, feedback_id: int, *, version: int | None = None) -> Feedback:
    """Take back what one said, as long as nobody has dealt with it."""
    row = _own(work, feedback_id, "withdraw", version)
    row.state, row.once, row.answered_at, row.answered_by_id = FeedbackState.WITHDRAWN, None, work.now, row.sender_id
    return row


def _own(work: Work, feedback_id: int, verb: str, version: int | None) -> Feedback:
    row = work.get(Feedback, feedback_id, lock=True, version=version)
    work.permit(SEND_FEEDBACK, row)
    return _fits(row, verb)


def _held(work: Work, feedback_id: int, verb: str, version: int | None) -> tuple[Feedback, Article]:
    row = work.get(Feedback, feedback_id, lock=True, version=version)
    article = work.get(Article, row.article_id)
    work.permit(ANSWER_FEEDBACK, article)
    return _fits(row, verb), article


def _fits(row: Feedback, verb: str) -> Feedback:
    if not rules.makes_sense(verb, row.state, has_change=row.change_id is not None):
        raise RuleBroken("knowledge.feedback.over", N_("This feedback was dealt with meanwhile; look at it again."))
    return row


def take_over(work: Work, feedback_id: int, *, today: date, change: str | None = None,
              version: int | None = None) -> Feedback:
    """Take it over: it leads to an edit of the article by this person, or to a change request, named by its number.

    It stays with who took it until the edit is published; a change request has days of its own."""
    row, article = _held(work, feedback_id, "take", version)
    if change is None and article.process_id is not None:
        raise RuleBroken("knowledge.feedback.follows_process", N_(
            "This article follows a process: ask for a change of the process, and name the request here."))
    if change is None and row.state == FeedbackState.TAKEN:
        raise InvalidInput({"change": [N_("This is needed.")]})
    row.change_id = _change_numbered(work, change) if change is not None else None
    row.taker_id, row.taken_at, row.state = work.actor.person_id, work.now, FeedbackState.TAKEN
    row.due_on = workdays_after(today, value(work.session, DAYS))
    moved(work, row)
    return row


def _change_numbered(work: Work, number: str) -> int:
    kind = cards.KINDS.get("change")
    found = kind.named(work.session, work.actor, number, 5) if kind is not None and kind.named is not None else ()
    for card in found:
        if card.number == number.strip().upper():
            return card.id
    raise InvalidInput({"change": [N_("There is no change request with this number.")]})


def settle(work: Work, feedback_id: int, *, result_version_id: int, version: int | None = None) -> Feedback:
    """It is changed already: name the published version that took it up."""
    row, article = _held(work, feedback_id, "settle", version)
    if result_version_id not in later_versions(work.session, row):
        raise InvalidInput({"result": [N_("Only a version published after this one can have taken it up.")]})
    _close(work, row, FeedbackState.DONE)
    row.result_version_id = result_version_id
    return row


def answer_feedback(work: Work, feedback_id: int, *, reason: str, version: int | None = None) -> Feedback:
    """Reply without a change, and say why."""
    row, _ = _held(work, feedback_id, "answer", version)
    work.because(reason)
    row.answer = reason
    _close(work, row, FeedbackState.ANSWERED)
    return row


def join_feedback(work: Work, feedback_id: int, *, original: str, version: int | None = None) -> Feedback:
    """It was said before: join it to the other one, whose outcome its sender hears too."""
    row, _ = _held(work, feedback_id, "duplicate", version)
    first = work.session.scalars(select(Feedback).where(Feedback.number == original.strip().upper())).one_or_none()
    if first is not None and first.duplicate_of_id is not None:
        first = work.session.get(Feedback, first.duplicate_of_id)
    if first is None or not _deals_with(work, first):
        raise InvalidInput({"original": [N_("There is no feedback with this number.")]})
    if first.id == row.id or first.state == FeedbackState.WITHDRAWN:
        raise InvalidInput({"original": [N_("It cannot be joined to this one.")]})
    row.duplicate_of_id = first.id
    for later in work.session.scalars(select(Feedback).where(Feedback.duplicate_of_id == row.id).with_for_update()):
        later.duplicate_of_id = first.id
    _close(work, row, FeedbackState.DUPLICATE)
    return row


def _deals_with(work: Work, row: Feedback) -> bool:
    """Whether the caller may deal with another feedback as well, and read what it is about."""
    article = work.get(Article, row.article_id)
    try:
        readable_version(work.session, work.actor, article.id, version_id=row.version_id)
    except NotFound:
        return False
    return ANSWER_FEEDBACK.when(work.actor, article)


def _close(work: Work, row: Feedback, state: FeedbackState) -> None:
    row.state, row.once = state, None
    row.answered_by_id, row.answered_at = work.actor.person_id, work.now
    moved(work, row)


def moved(work: Work, row: Feedback) -> None:
    """Record what came of it, for those who said it; for use cases of this noun."""
    work.session.flush()
    work.record(FeedbackMoved(row.id, str(row.state), row.version, work.actor.person_id, row.article_id))
