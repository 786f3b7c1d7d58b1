"""The verbs of proposals: hand in an article or a correction, edit, withdraw; publish, return, look after, take back."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.core.numbers import number_of_year
from kmsvc.core.options import Option, value
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work, centre_day
from kmsvc.core.workdays import workdays_after
from kmsvc.knowledge.articles.licensed import (
    check_content,
    content_of_version,
    publish_new,
    publish_next,
    put_back,
)
from kmsvc.knowledge.articles.models import Article, ArticleVersion, Category
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.articles.usecases import Content
from kmsvc.knowledge.licences.permissions import AMEND, DECIDE, PROPOSE, Standing
from kmsvc.knowledge.licences.rules import Level
from kmsvc.knowledge.licences.standing import standing
from kmsvc.knowledge.proposals.events import ProposalMoved, ProposalSent
from kmsvc.knowledge.proposals.measuring import likeness, not_small
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.queries import may_know, place_of
from kmsvc.knowledge.proposals.rules import (
    NotSmall,
    ProposalKind,
    ProposalState,
    makes_sense,
)
from kmsvc.markup import fences

S = ProposalState
DAYS = Option("knowledge.proposal.days", 3, N_("Working days for a publisher to look at a proposal"), minimum=1, maximum=60)
SMALL = Option("knowledge.proposal.small_characters", 60, N_("Characters a small correction takes away and adds, at most"), minimum=0,
               maximum=2000)
FOLLOWS = N_("This article follows a process. Submit a change request for the process.")
NOT_WHOLE = N_("Parts of this article are not for everybody, so it is not corrected here. Say what is wrong as feedback.")
OWN_FIELDS = ("title", "summary", "body", "confidentiality")


def propose_article(work: Work, content: Content, *, note: str, today: date, category: str | None = None) -> Proposal:
    """Hand in a new article; no reader sees it before a publisher has."""
    category_id = _category(work, category)
    stand = standing(work.session, work.actor, category_id, today)
    work.permit(PROPOSE, stand)
    _open_text(content)
    return _keep(work, ProposalKind.ARTICLE, content, stand, today, note=note, category_id=category_id)


def propose_correction(work: Work, article_id: int, *, base_version_id: int, title: str, summary: str, body: str, note: str,
                       today: date, at_once: bool = False) -> Proposal:
    """Hand in another wording of the text in force. at_once: publish it now, which a publisher may always and a contributor where it
    is small; RuleBroken says why it is not."""
    article = work.get(Article, article_id, lock=True)
    _, face = readable_version(work.session, work.actor, article_id)
    stand = standing(work.session, work.actor, article.category_id, today)
    work.permit(PROPOSE, stand)
    refuse_uncorrectable(article, face)
    if face.id != base_version_id:
        raise Stale(version=face.id)
    content = content_of_version(face, title=title, summary=summary, body=body)
    _open_text(content)
    if content.same_as(face):
        raise RuleBroken("knowledge.proposal.nothing_new", N_("Nothing is changed yet."))
    row = _keep(work, ProposalKind.CORRECTION, content, stand, today, note=note, category_id=article.category_id, article=article,
                base=face, tell=not at_once)
    if at_once:
        _publish_at_once(work, row, article, face, content, stand)
    return row


def small_or_why(work: Work, face: ArticleVersion, content: Content) -> NotSmall | None:
    """Why a correction of a text has to wait for a publisher; None where it is a small one."""
    return not_small((face.title, face.summary or "", face.body), (content.title, content.summary, content.body),
                     most=value(work.session, SMALL), secret=face.confidentiality == Confidentiality.SECRET)


def edit(work: Work, proposal_id: int, *, title: str, summary: str, body: str, today: date, version: int | None = None) -> Proposal:
    """Write a waiting proposal otherwise: its author, or who may edit what others have drafted."""
    row, stand = _get(work, proposal_id, "edit", version, today)
    if row.author_id == work.actor.person_id:
        work.permit(PROPOSE, stand)
    else:
        work.permit(AMEND, stand)
    _open_text(replace(content_of(row), title=title, summary=summary, body=body))
    row.title, row.summary, row.body = title, summary, body
    work.session.flush()
    return row


def withdraw(work: Work, proposal_id: int, *, today: date, version: int | None = None) -> Proposal:
    """Take the own proposal back while it waits."""
    row, _ = _get(work, proposal_id, "withdraw", version, today)
    if row.author_id != work.actor.person_id:
        raise NotPermitted()
    work.permit(PROPOSE, Standing(row.level))  # whoever handed it in may take it back, whatever became of the licence
    return _decide(work, row, S.WITHDRAWN, None)


def publish(work: Work, proposal_id: int, *, today: date, onto: int | None = None, title: str | None = None,
            summary: str | None = None, body: str | None = None, answer: str | None = None, version: int | None = None) -> Proposal:
    """Let readers see it, as it is or as the publisher wrote it. onto: the version of the article the publisher looked at; Stale
    where another one is in force by now."""
    row, stand = _others(work, proposal_id, "publish", version, today)
    content = content_of(row)
    sent = replace(content, title=title or content.title, summary=content.summary if summary is None else summary,
                   body=body or content.body)
    _open_text(sent)
    if row.article_id is None:
        article, made = publish_new(work, DECIDE, stand, sent, category_id=row.category_id, author_id=row.author_id, note=row.note)
        row.article_id = article.id
    else:
        article = work.get(Article, row.article_id, lock=True)
        if article.published_version_id is None:
            raise RuleBroken("knowledge.proposal.retired", N_("The article is out of force; there is nothing to correct."))
        if article.published_version_id != (onto or row.base_version_id):
            raise Stale(version=row.version)
        now = work.get(ArticleVersion, article.published_version_id)
        if not is_open(now):
            raise RuleBroken("knowledge.proposal.not_whole", NOT_WHOLE)
        made = publish_next(work, DECIDE, stand, article, content_of_version(
            now, title=sent.title, summary=sent.summary, body=sent.body), author_id=row.author_id, note=row.note)
    row.version_id = made.id
    row.likeness = likeness((content.title, content.summary, content.body), (made.title, made.summary or "", made.body))
    return _decide(work, row, S.PUBLISHED, answer)


def send_back(work: Work, proposal_id: int, *, answer: str, today: date, version: int | None = None) -> Proposal:
    """Return it to its author with a reason."""
    row, _ = _others(work, proposal_id, "return", version, today)
    return _decide(work, row, S.RETURNED, answer)


def see(work: Work, proposal_id: int, *, today: date, answer: str | None = None, version: int | None = None) -> Proposal:
    """«I have looked at this correction, and it stays.»"""
    row, _ = _others(work, proposal_id, "see", version, today)
    return _decide(work, row, S.SEEN, answer)


def take_back(work: Work, proposal_id: int, *, answer: str, today: date, version: int | None = None) -> Proposal:
    """Readers see the text before the correction again."""
    row, stand = _others(work, proposal_id, "take_back", version, today)
    article = work.get(Article, row.article_id, lock=True)
    assert row.version_id is not None and row.base_version_id is not None
    put_back(work, DECIDE, stand, article, version_id=row.version_id, base_version_id=row.base_version_id, reason=answer)
    return _decide(work, row, S.TAKEN_BACK, answer)


def content_of(row: Proposal) -> Content:
    """What is proposed, as an author writes it."""
    held: dict[str, Any] = {name: tuple(its) if isinstance(its, list) else its for name, its in row.content.items()}
    for day in ("valid_from", "valid_to"):
        held[day] = date.fromisoformat(held[day]) if held.get(day) else None
    return Content(**held | {name: getattr(row, name) for name in OWN_FIELDS})


def is_open(text: Content | ArticleVersion) -> bool:
    """Whether nothing of a text is secret: only such texts are proposed, so that every reader of a proposal may read all of it."""
    return (text.confidentiality != Confidentiality.SECRET
            and fences.level_of("\n".join((text.body, text.summary or ""))) < fences.SECRET)


def correctable(article: Article, face: ArticleVersion) -> bool:
    """Whether the text in force can be corrected by a proposal: nothing of it is secret, and it follows no process."""
    return article.process_id is None and article.published_version_id == face.id and is_open(face)


def may_correct(work: Work, article: Article, today: date) -> bool:
    """Whether the page of an article offers this caller to correct it."""
    if not can(work.actor, PROPOSE, standing(work.session, work.actor, article.category_id, today)):
        return False
    face = work.session.get(ArticleVersion, article.published_version_id) if article.published_version_id else None
    return face is not None and correctable(article, face)


def not_corrected_why(work: Work, article: Article, today: date) -> str | None:
    """Why the page does not offer a correction to a caller who may correct others of this category; None where it does, or where
    nobody would look for it."""
    face = work.session.get(ArticleVersion, article.published_version_id) if article.published_version_id else None
    if face is None or correctable(article, face) or not can(
            work.actor, PROPOSE, standing(work.session, work.actor, article.category_id, today)):
        return None
    return FOLLOWS if article.process_id is not None else NOT_WHOLE


def refuse_uncorrectable(article: Article, face: ArticleVersion) -> None:
    """RuleBroken where the text in force is not corrected by a proposal."""
    if article.process_id is not None:
        raise RuleBroken("knowledge.article.follows_process", FOLLOWS)
    if article.published_version_id != face.id:
        raise RuleBroken("knowledge.proposal.retired", N_("The article is out of force; there is nothing to correct."))
    if not is_open(face):
        raise RuleBroken("knowledge.proposal.not_whole", NOT_WHOLE)


def _publish_at_once(work: Work, row: Proposal, article: Article, face: ArticleVersion, content: Content, stand: Standing) -> None:
    work.permit(AMEND, stand)
    free = stand.level == Level.PUBLISHER
    why = None if free else small_or_why(work, face, content)
    if why is not None:
        raise RuleBroken("knowledge.proposal.not_small", N_("%(why)s Hand it in; a publisher looks at it first."), why=why.label)
    made = publish_next(work, AMEND, stand, article, content, author_id=row.author_id, note=row.note)
    row.version_id, row.likeness = made.id, 100
    row.state = S.PUBLISHED if free else S.UNSEEN
    if free:
        row.decided_at, row.decided_by_id = work.now, work.actor.person_id
    work.session.flush()
    if not free:
        work.record(ProposalSent(row.id))


def _keep(work: Work, kind: ProposalKind, content: Content, stand: Standing, today: date, *, note: str, category_id: int | None,
          article: Article | None = None, base: ArticleVersion | None = None, tell: bool = True) -> Proposal:
    assert work.actor.person_id is not None and stand.level is not None
    kept = {name: its for name, its in asdict(content).items() if name not in OWN_FIELDS}
    row = Proposal(
        number=number_of_year(work.session, "PR", "proposal", centre_day(work.session, work.now).year), kind=kind, state=S.WAITING,
        article_id=article.id if article else None, base_version_id=base.id if base else None, category_id=category_id,
        title=content.title, summary=content.summary, body=content.body, confidentiality=str(content.confidentiality),
        content={name: list(its) if isinstance(its, tuple) else its.isoformat() if isinstance(its, date) else its
                 for name, its in kept.items()},
        note=note, level=stand.level, author_id=work.actor.person_id, sent_at=work.now,
        due_on=workdays_after(today, value(work.session, DAYS)))
    work.session.add(row)
    work.session.flush()
    if tell:
        work.record(ProposalSent(row.id))
    return row


def _open_text(content: Content) -> None:
    check_content(content)
    if not is_open(content):
        raise InvalidInput({"body": [N_("Secret text is not proposed; who may read it writes it in the article itself.")]})


def _get(work: Work, proposal_id: int, verb: str, version: int | None, today: date) -> tuple[Proposal, Standing]:
    row = work.get(Proposal, proposal_id, lock=True, version=version)
    if not may_know(work.session, work.actor, row, today):
        raise NotFound()
    if not makes_sense(verb, row.state):
        work.permit(PROPOSE, Standing(Level.CANDIDATE))
        raise RuleBroken("knowledge.proposal.decided", N_("This proposal stands elsewhere by now."))
    return row, standing(work.session, work.actor, place_of(work.session, row), today)


def _others(work: Work, proposal_id: int, verb: str, version: int | None, today: date) -> tuple[Proposal, Standing]:
    """The proposal of somebody else on which the caller may decide."""
    row, stand = _get(work, proposal_id, verb, version, today)
    work.permit(DECIDE, stand)
    if row.author_id == work.actor.person_id:
        raise RuleBroken("knowledge.proposal.own", N_("Somebody else looks at what you wrote."))
    return row, stand


def _decide(work: Work, row: Proposal, state: ProposalState, answer: str | None) -> Proposal:
    row.state, row.answer, row.decided_at = state, answer, work.now
    row.decided_by_id = work.actor.person_id
    work.because(answer)
    work.session.flush()
    work.record(ProposalMoved(row.id, state, row.version, work.actor.person_id))
    return row


def _category(work: Work, name: str | None) -> int | None:
    if not name:
        return None
    found = work.session.scalar(select(Category.id).where(Category.name == name))
    if found is None:
        raise InvalidInput({"category": [N_("There is no such category.")]})
    return found
