"""Questions as things that cite (decision 0032) and as others point to them: pictures, numbers, the trail. Cards are for who sees
questions; to a candidate there are none (E1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.citing import CitingCard, CitingKind, register
from kmsvc.people.accounts.queries import names
from kmsvc.training.questions.kinds import texts_of, with_parts
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion
from kmsvc.training.questions.permissions import FOLLOW_QUESTIONS, SEE_QUESTIONS, WRITE_QUESTIONS
from kmsvc.training.questions.rules import State, Why
from kmsvc.training.questions.storing import from_json
from kmsvc.training.questions.usecases import QUESTION, end_flag, lower_flag, open_flags, raise_flag

BANK = "question_bank"


def citing_cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, CitingCard]:
    """Cards of questions that were not withdrawn."""
    if not can(actor, SEE_QUESTIONS):
        return {}
    rows = list(session.execute(select(QuestionRow, Bank.keeper_id).join(Bank, Bank.id == QuestionRow.bank_id).where(
        QuestionRow.id.in_(list(ids)), QuestionRow.state != State.WITHDRAWN).order_by(QuestionRow.id)))
    who = names(session, [keeper for _, keeper in rows])
    return {row.id: CitingCard(QUESTION, row.id, row.number, row.head, address(row.id), keeper, who.get(keeper or 0, ""),
                               can(actor, WRITE_QUESTIONS)) for row, keeper in rows}


def keepers(session: Session, question_id: int) -> Sequence[int]:
    """Who keeps the bank is told, and who wrote the question where nobody keeps it; nobody of a withdrawn one."""
    row = session.get(QuestionRow, question_id)
    if row is None or row.state == State.WITHDRAWN:
        return []
    bank = session.get(Bank, row.bank_id)
    keeper = bank.keeper_id if bank is not None and bank.keeper_id is not None else row.made_by_id
    return [keeper] if keeper is not None else []


def out_of_pool(work: Work, question_id: int, citation_ids: Sequence[int]) -> None:
    """A paragraph it rests on has changed: it is asked no more until its keeper has looked. Twice does no harm."""
    row = work.get(QuestionRow, question_id, lock=True)
    work.permit(FOLLOW_QUESTIONS, row)
    if row.flagged_why != Why.CITATION:
        raise_flag(work, row, Why.CITATION, params={"citations": list(citation_ids)})


def back_in_pool(work: Work, question_id: int) -> None:
    """Everything it rests on was looked at: it is asked again, unless something else took it out. Twice does no harm."""
    row = work.get(QuestionRow, question_id, lock=True)
    work.permit(FOLLOW_QUESTIONS, row)
    settle(work, row)


def settle(work: Work, row: QuestionRow) -> None:
    """Nothing it cites waits any more: that reason ends; another that stands still keeps it out."""
    if row.state != State.FLAGGED or row.flagged_why != Why.CITATION:
        return
    others = []
    for one in open_flags(work, row.id):
        if one.why == Why.CITATION:
            end_flag(work, one)
        else:
            others.append(one.why)
    if others:
        row.flagged_why = others[0]
    else:
        lower_flag(work, row)


register(CitingKind(QUESTION, N_("Exam question"), citing_cards, keepers, when_marked=out_of_pool, when_settled=back_in_pool))


def address(question_id: int) -> str:
    """Where a question stands."""
    return f"/training/questions/{question_id}"


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_QUESTIONS):
        return {}
    rows = session.scalars(select(QuestionRow).where(QuestionRow.id.in_(list(ids))).order_by(QuestionRow.id))
    return {row.id: ThingCard(QUESTION, row.id, row.number, row.head, address(row.id), row.state) for row in rows}


def _keeps(session: Session, actor: Actor, question_id: int) -> bool:
    return can(actor, WRITE_QUESTIONS)


def _texts(session: Session, actor: Actor, question_id: int) -> Iterable[str]:
    """Every text of every version, for who sees questions."""
    for content in session.scalars(select(QuestionVersion.content).where(QuestionVersion.question_id == question_id)
                                   .order_by(QuestionVersion.no.desc())):
        for _, one in with_parts(from_json(content)):
            yield from (text for _, text in texts_of(one))


def _numbered(session: Session, actor: Actor, typed: str, limit: int) -> Sequence[ThingCard]:
    if not can(actor, SEE_QUESTIONS):
        return []
    ids = list(session.scalars(select(QuestionRow.id).where(QuestionRow.number.startswith(typed, autoescape=True))
                               .order_by(QuestionRow.number).limit(limit)))
    return list(_cards(session, actor, ids).values())


def _bank_cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_QUESTIONS):
        return {}
    rows = session.scalars(select(Bank).where(Bank.id.in_(list(ids))).order_by(Bank.id))
    return {row.id: ThingCard(BANK, row.id, row.number, row.name, f"/training/questions/banks/{row.id}") for row in rows}


cards.register(cards.Kind(QUESTION, N_("Exam question"), _cards, keeps=_keeps, texts=_texts))
cards.register(cards.Kind(BANK, N_("Question bank"), _bank_cards))
cards.NUMBERED["QST"] = _numbered
