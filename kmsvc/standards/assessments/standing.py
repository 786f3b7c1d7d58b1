"""How a round stands: what was assessed, what is met, rates, total, level, by section, and how each figure comes about. Source: E3 to
E5, W18; domain 10.2, 10.3. Only answers somebody stands for count; marks out of a file or an earlier round count once confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.standards.assessments.campaign_rules import ASSESSED, Progress, attained, progress
from kmsvc.standards.assessments.marking import items_in, levels_of
from kmsvc.standards.assessments.models import AssessmentResult, ClauseAnswer, SelfAssessment
from kmsvc.standards.assessments.rules import FULL, Item, Key, Level, Marked, Scored, rate, score
from kmsvc.standards.models.models import Clause, Section, StandardModel
from kmsvc.standards.models.queries import sections_of

ASSESSED_STATES = frozenset(one.value for one in ASSESSED)


def in_sections(section: str, chosen: Iterable[str]) -> bool:
    """Whether a section is one of these or below one; everything is where none is chosen."""
    held = list(chosen)
    return not held or any(section == one or section.startswith(f"{one.removesuffix('.0')}.") for one in held)


def answers_of(session: Session, assessment_id: int) -> list[ClauseAnswer]:
    """The answers of a round in the order of the standard."""
    return list(session.scalars(select(ClauseAnswer).where(ClauseAnswer.assessment_id == assessment_id).order_by(ClauseAnswer.place)))


def key_of(answer: ClauseAnswer) -> Key:
    """Clause number and sub-item."""
    no, _, sub = answer.name.partition(".")
    return int(no), int(sub) if sub else None


def marks_of(answers: Iterable[ClauseAnswer]) -> dict[Key, Marked]:
    """The marks that count, by item."""
    return {key_of(one): Marked(one.c, one.f) for one in answers
            if one.state in ASSESSED_STATES and one.c is not None and one.f is not None}


@dataclass(frozen=True)
class Part:
    """A section, or a chapter, of a round. c, f: shares of items with full marks, of all its items; points of at most most."""

    number: str
    title_zh: str
    title_en: str
    progress: Progress
    c: Fraction | None
    f: Fraction | None
    points: int
    most: int

    @property
    def share(self) -> Fraction | None:
        """Points of what can be reached."""
        return Fraction(self.points, self.most) if self.most else None


@dataclass(frozen=True)
class Standing:
    """How a round stands. attained: its level with the rule of one at a time, earlier: the level it builds on; whole: it is about the
    whole standard, else there is no level; chapters: parts by chapter, sections: by the sections clauses stand in;
    section_of: by item."""

    model: StandardModel
    items: tuple[Item, ...]
    levels: tuple[Level, ...]
    marks: Mapping[Key, Marked]
    scored: Scored
    progress: Progress
    earlier: str | None
    attained: str | None
    whole: bool
    chapters: tuple[Part, ...]
    sections: tuple[Part, ...]
    section_of: Mapping[Key, str]


def earlier_level(session: Session, row: SelfAssessment, code: str) -> str | None:
    """The level that the last round of this standard and unit before this one had when it was closed."""
    same_unit = SelfAssessment.unit_id.is_(None) if row.unit_id is None else SelfAssessment.unit_id == row.unit_id
    return session.scalar(select(AssessmentResult.level).join(SelfAssessment, SelfAssessment.id == AssessmentResult.assessment_id).join(
        StandardModel, StandardModel.id == SelfAssessment.model_id).where(
        StandardModel.code == code, same_unit, SelfAssessment.id != row.id, SelfAssessment.made_at <= row.made_at,
        SelfAssessment.state == "closed").order_by(AssessmentResult.closed_on.desc(), AssessmentResult.id.desc()).limit(1))


def newest_result(session: Session, assessment_id: int) -> AssessmentResult | None:
    """What a round gave when it was closed last."""
    return session.scalars(select(AssessmentResult).where(AssessmentResult.assessment_id == assessment_id).order_by(
        AssessmentResult.no.desc()).limit(1)).first()


def standing_of(session: Session, row: SelfAssessment, answers: Sequence[ClauseAnswer]) -> Standing:
    """How a round stands with these answers; the level of a closed one is that which was frozen."""
    model = session.get_one(StandardModel, row.model_id)
    clauses = {one.id: one for one in session.scalars(select(Clause).where(Clause.model_id == model.id))}  # with those that are gone
    held = {key_of(one): clauses[one.clause_id] for one in answers}
    last = model.frame.get("last_chapter")
    items = [Item(no, sub, one.section.partition(".")[0] == last) for (no, sub), one in held.items()]
    marks, levels = marks_of(answers), levels_of(model)
    scored = score(items, marks, levels, row.basis)
    whole = all((one.no, one.sub) in held for one in items_in(session, model, row.basis))
    result = newest_result(session, row.id) if row.state == "closed" else None
    earlier = result.body["earlier"] if result is not None else earlier_level(session, row, model.code)
    if earlier not in [one.level for one in levels]:
        earlier = None
    titles = sections_of(session, model.id)
    return Standing(
        model, tuple(items), tuple(levels), marks, scored, progress(items, marks), earlier,
        result.level if result is not None else attained(scored.level, earlier, levels) if whole else None, whole,
        tuple(_parts([one for one in titles if "." not in one.number.removesuffix(".0")], items, held, marks, deep=True)),
        tuple(_parts(titles, items, held, marks, deep=False)), {key: one.section for key, one in held.items()})


def _parts(titles: Sequence[Section], items: Sequence[Item], held: Mapping[Key, Clause], marks: Mapping[Key, Marked], *, deep: bool
           ) -> Iterable[Part]:
    for one in titles:
        inside = [item for item in items for section in [held[item.no, item.sub].section]
                  if section == one.number or (deep and in_sections(section, [one.number]))]
        if inside:
            yield part_of(one.number, one.title_zh, one.title_en, inside, marks)


def part_of(number: str, title_zh: str, title_en: str, inside: Sequence[Item], marks: Mapping[Key, Marked]) -> Part:
    """Some items as a part; an item without marks counts 0."""
    given = [marks.get((one.no, one.sub), Marked(0, 0)) for one in inside]
    return Part(number, title_zh, title_en, progress(inside, marks), rate(one.c for one in given), rate(one.f for one in given),
                sum(one.c + one.f for one in given), 2 * FULL * len(inside))


def frozen_body(standing: Standing, answers: Sequence[ClauseAnswer]) -> dict[str, Any]:
    """What a round gave, JSON-safe: shares are exact, as texts."""
    scored = standing.scored
    return {
        "model": standing.model.code, "edition": standing.model.edition, "model_digest": standing.model.digest, "basis": scored.basis,
        "whole": standing.whole, "level": scored.level, "earlier": standing.earlier, "attained": standing.attained,
        "total": scored.total, "max_total": scored.max_total, "assessed": standing.progress.assessed, "met": standing.progress.met,
        "of": standing.progress.of,
        "rates": {name: share_text(getattr(scored.rates, name)) for name in ("c", "f", "c_5", "f_5")},
        "checks": [{"level": one.level.level, "passed": one.passed, "failed": list(one.failed)} for one in scored.checks],
        "sections": [{"number": one.number, "c": share_text(one.c), "f": share_text(one.f), "points": one.points, "most": one.most}
                     for one in standing.sections],
        "answers": [{"name": one.name, "c": one.c, "f": one.f, "reason": one.reason, "strengths": one.strengths, "gaps": one.gaps,
                     "target_c": one.target_c, "target_f": one.target_f, "effort_days": one.effort_days, "proof": one.proof,
                     "respondent": one.respondent_id} for one in answers]}


def share_text(share: Fraction | None) -> str | None:
    """A share as `n/d`."""
    return None if share is None else f"{share.numerator}/{share.denominator}"
