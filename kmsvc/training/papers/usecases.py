"""The verbs of papers: make, change, pick, compose, make ready, reopen, withdraw, copy."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import column, func, select, table

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.training.papers.blueprint import MOST_POINTS, SAID, Blueprint, feasibility, flaws
from kmsvc.training.papers.giving import BankTooSmall, composed, paper_for, rows_of
from kmsvc.training.papers.keeping import blueprint_json, blueprint_of
from kmsvc.training.papers.models import PaperQuestion, PaperRow
from kmsvc.training.papers.permissions import WRITE_PAPER
from kmsvc.training.papers.queries import paper_row
from kmsvc.training.papers.rules import MOST_PICKED, VERBS, PaperState, PaperWay
from kmsvc.training.papers.stocking import current_versions, not_counting, pool_for
from kmsvc.training.questions.models import Bank, QuestionVersion

__all__ = ["Draft", "change_paper", "compose_fixed", "copy_paper", "make_paper", "paper_for", "pick", "ready", "reopen", "withdraw"]

_EXAMS = table("training_exam", column("id"), column("paper_id"), column("state"))  # the noun above owns the class


@dataclass(frozen=True)
class Draft:
    """What somebody wants of a paper. blueprint: None when it is picked by hand; banks: ids, all when empty; seed: None draws one;
    tolerance: thousandths of difficulty, None takes the usual."""

    title: str
    way: str
    about: str = ""
    blueprint: Blueprint | None = None
    pass_percent: int = 60
    banks: Sequence[int] = field(default=())
    seed: str | None = None
    tolerance: int | None = None
    process_id: int | None = None


def make_paper(work: Work, draft: Draft) -> PaperRow:
    """A paper to be filled, by hand or by its blueprint. A blueprint with flaws is refused; one the bank cannot give yet is kept."""
    work.permit(WRITE_PAPER)
    _check(work, draft)
    row = PaperRow(number=f"PAP-{next_number(work.session, 'paper'):04d}", title=draft.title, about=draft.about, way=draft.way,
                   state=PaperState.DRAFT, banks=sorted(set(draft.banks)), seed=draft.seed or secrets.token_hex(4),
                   tolerance=draft.tolerance, pass_percent=draft.pass_percent, total=Decimal(0), process_id=draft.process_id,
                   blueprint=None if draft.blueprint is None else blueprint_json(draft.blueprint),
                   keeper_id=work.actor.person_id, made_at=work.now, changed_at=work.now)
    if draft.blueprint is not None:
        row.total = draft.blueprint.points
    work.session.add(row)
    work.session.flush()
    return row


def change_paper(work: Work, paper_id: int, draft: Draft, *, version: int | None = None) -> PaperRow:
    """Another blueprint, pass mark or name. What was composed from the old blueprint is composed anew before it is ready."""
    row = _open(work, paper_id, version)
    _check(work, draft)
    kept = None if draft.blueprint is None else blueprint_json(draft.blueprint)
    seed = draft.seed or row.seed
    if (row.way, row.blueprint, row.seed, row.banks) != (draft.way, kept, seed, sorted(set(draft.banks))) and (
            PaperWay.FIXED in (row.way, draft.way) or draft.way == PaperWay.EACH):
        _clear(work, row)
    row.title, row.about, row.way, row.blueprint = draft.title, draft.about, draft.way, kept
    row.pass_percent, row.banks, row.seed = draft.pass_percent, sorted(set(draft.banks)), seed
    row.tolerance, row.process_id, row.changed_at = draft.tolerance, draft.process_id, work.now
    if draft.blueprint is not None:
        row.total = draft.blueprint.points
    else:
        _sum(work, row)
    return row


def pick(work: Work, paper_id: int, chosen: Sequence[tuple[int, Decimal | None]], *, version: int | None = None) -> PaperRow:
    """The questions of a paper picked by hand, in this order, with their points; None takes what the question says."""
    row = _open(work, paper_id, version)
    if row.way != PaperWay.PICKED:
        raise RuleBroken("training.paper.not_picked", N_("Only a paper picked by hand takes questions one by one."))
    ids = [question for question, _ in chosen]
    if len(set(ids)) != len(ids):
        raise InvalidInput({"questions": [N_("A question stands in a paper only once.")]})
    if len(ids) > MOST_PICKED:
        raise InvalidInput({"questions": [N_("That are too many questions for one paper.")]})
    held = {question: version for _, question, version, _ in rows_of(work.session, row.id)}
    versions = held | current_versions(work.session, ids)
    if any(one not in versions for one in ids):
        raise InvalidInput({"questions": [N_("A question is not there or cannot be asked now.")]})
    worth = _worth(work, [versions[one] for one, points in chosen if points is None])
    points = [points if points is not None else worth[versions[one]] for one, points in chosen]
    if any(not 0 < one <= MOST_POINTS or one * 100 % 1 for one in points):
        raise InvalidInput({"questions": [Filled(SAID["points"], most=MOST_POINTS)]})
    _clear(work, row)
    work.session.add_all(PaperQuestion(paper_id=row.id, place=place, question_id=one, version_id=versions[one], points=worth_of)
                         for place, (one, worth_of) in enumerate(zip(ids, points, strict=True), 1))
    row.changed_at = work.now
    row.total = sum(points, Decimal(0))
    work.session.flush()
    return row


def compose_fixed(work: Work, paper_id: int, *, seed: str | None = None, version: int | None = None) -> PaperRow:
    """Compose the one paper of a fixed blueprint by its seed; the same seed and bank give the same again. BankTooSmall otherwise."""
    row = _open(work, paper_id, version)
    if row.way != PaperWay.FIXED:
        raise RuleBroken("training.paper.not_fixed", N_("Only a paper that is the same for all is composed once."))
    row.seed = seed or row.seed
    paper = composed(work.session, row, row.seed, [0]).papers[0]
    versions = current_versions(work.session, [one.question_id for one in paper.questions])
    _clear(work, row)
    work.session.add_all(PaperQuestion(paper_id=row.id, place=place, question_id=one.question_id,
                                       version_id=versions[one.question_id], points=one.points)
                         for place, one in enumerate(paper.questions, 1))
    row.changed_at = work.now
    row.total = sum((one.points for one in paper.questions), Decimal(0))
    work.session.flush()
    return row


def ready(work: Work, paper_id: int, *, version: int | None = None) -> PaperRow:
    """Exams may use it from now on. Refused while it lacks questions or holds some that count no more."""
    row = _judged(work, paper_id, "ready", version)
    if row.way == PaperWay.EACH:
        found = feasibility(blueprint_of(row.blueprint or {}, row.pass_percent), pool_for(work.session, row.banks))
        if found.missing:
            raise BankTooSmall(found)
        return _turned(work, row, "ready")
    if row.way == PaperWay.FIXED and not rows_of(work.session, row.id):
        compose_fixed(work, paper_id)
    rows = rows_of(work.session, row.id)
    if not rows:
        raise RuleBroken("training.paper.empty", N_("There is no question in this paper yet."))
    if stale := not_counting(work.session, {question: version for _, question, version, _ in rows}):
        raise RuleBroken("training.paper.stale", N_("%(count)s questions of this paper count no more or were written anew."),
                         count=len(stale))
    return _turned(work, row, "ready")


def reopen(work: Work, paper_id: int, *, version: int | None = None) -> PaperRow:
    """Write on it again, while no exam that was announced uses it."""
    return _turned(work, _judged(work, paper_id, "reopen", version), "reopen")


def withdraw(work: Work, paper_id: int, *, reason: str | None = None, version: int | None = None) -> PaperRow:
    """No exam may use it any more. It can be opened again."""
    work.because(reason)
    return _turned(work, _judged(work, paper_id, "withdraw", version), "withdraw")


def copy_paper(work: Work, paper_id: int) -> PaperRow:
    """A new draft like this one, with a seed of its own."""
    row = paper_row(work.session, paper_id, work.actor)
    work.permit(WRITE_PAPER, row)
    blueprint = None if row.blueprint is None else blueprint_of(row.blueprint, row.pass_percent)
    made = make_paper(work, Draft(title=row.title, way=row.way, about=row.about, blueprint=blueprint, pass_percent=row.pass_percent,
                                  banks=row.banks, tolerance=row.tolerance, process_id=row.process_id))
    if row.way == PaperWay.PICKED:
        there = current_versions(work.session, [question for _, question, _, _ in rows_of(work.session, row.id)])
        pick(work, made.id, [(question, points) for _, question, _, points in rows_of(work.session, row.id) if question in there])
    return made


def refresh(work: Work, paper_id: int) -> int:
    """Take every picked question in the version that counts now, and leave out those that count no more. How many changed."""
    row = _open(work, paper_id, None)
    rows = rows_of(work.session, row.id)
    now = current_versions(work.session, [question for _, question, _, _ in rows])
    stale = sum(now.get(question) != version for _, question, version, _ in rows)
    if row.way == PaperWay.FIXED:
        compose_fixed(work, paper_id)
    else:
        _clear(work, row)
        pick(work, paper_id, [(question, points) for _, question, _, points in rows if question in now])
    return stale


def in_use(work: Work, paper_ids: Collection[int]) -> frozenset[int]:
    """Those of these papers that an announced exam uses."""
    return frozenset(work.session.scalars(select(_EXAMS.c.paper_id).where(
        _EXAMS.c.paper_id.in_(list(paper_ids)), _EXAMS.c.state == "published")))


def _judged(work: Work, paper_id: int, verb: str, version: int | None) -> PaperRow:
    row = work.get(PaperRow, paper_id, lock=True, version=version)
    work.permit(WRITE_PAPER, row)
    if PaperState(row.state) not in VERBS[verb][0]:
        raise RuleBroken("training.paper.state", N_("The paper does not stand so that this makes sense."))
    if row.state == PaperState.READY and in_use(work, [row.id]):
        raise RuleBroken("training.paper.in_use", N_("An announced exam uses this paper; take the exam back first, or copy the paper."))
    return row


def _turned(work: Work, row: PaperRow, verb: str) -> PaperRow:
    row.state, row.changed_at = VERBS[verb][1], work.now
    return row


def _open(work: Work, paper_id: int, version: int | None) -> PaperRow:
    row = work.get(PaperRow, paper_id, lock=True, version=version)
    work.permit(WRITE_PAPER, row)
    if row.state != PaperState.DRAFT:
        raise RuleBroken("training.paper.closed", N_("Only a paper that is being written can be changed; open it again or copy it."))
    return row


def _check(work: Work, draft: Draft) -> None:
    if draft.way not in {one.value for one in PaperWay}:
        raise InvalidInput({"way": [N_("This cannot be chosen now.")]})
    if (draft.way == PaperWay.PICKED) != (draft.blueprint is None):
        raise InvalidInput({"cells": [N_("A paper picked by hand has no blueprint, every other one has.")]})
    if not 1 <= draft.pass_percent <= 100:
        raise InvalidInput({"pass_percent": [SAID["pass_percent"]]})
    if draft.tolerance is not None and not 0 <= draft.tolerance <= 500:
        raise InvalidInput({"tolerance": [N_("The tolerance is from 0 to 500 thousandths of difficulty.")]})
    if draft.banks:
        there = work.session.scalar(select(func.count()).select_from(Bank).where(
            Bank.id.in_(sorted(set(draft.banks))), Bank.removed_at.is_(None)))
        if there != len(set(draft.banks)):
            raise InvalidInput({"banks": [N_("There is no such question bank.")]})
    if draft.blueprint is not None and (found := list(flaws(draft.blueprint))):
        raise InvalidInput({"cells": [Filled(SAID[one.code], **one.params) for one in found]})


def _worth(work: Work, versions: Sequence[int]) -> dict[int, Decimal]:
    """What questions are worth where a paper says nothing else."""
    if not versions:
        return {}
    rows = work.session.execute(select(QuestionVersion.id, QuestionVersion.content).where(QuestionVersion.id.in_(sorted(set(versions)))))
    return {one: Decimal(str(content.get("points", "1"))) for one, content in rows}


def _clear(work: Work, row: PaperRow) -> None:
    for one in work.session.scalars(select(PaperQuestion).where(PaperQuestion.paper_id == row.id).order_by(PaperQuestion.id)):
        work.session.delete(one)
    work.session.flush()


def _sum(work: Work, row: PaperRow) -> None:
    row.total = sum((points for *_, points in rows_of(work.session, row.id)), Decimal(0))
