"""Inputs of marking, and what programs are answered."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.training.marking.appeal_queries import AppealCard, AppealLine, RegradeCard
from kmsvc.training.marking.appealing import LONGEST, Effect
from kmsvc.training.marking.appeals import AppealState
from kmsvc.training.marking.desk import LONGEST_COMMENT, InHand
from kmsvc.training.marking.measuring import PaperMeasured
from kmsvc.training.marking.results import ResultLine, Review, Summary
from kmsvc.training.marking.rules import MarkingPart
from kmsvc.training.marking.samples import LONGEST_SAMPLE, Standing
from kmsvc.training.marking.teams import TeamExam, TeamLine, TeamStand
from kmsvc.training.marking.watching import Board, ExamLine

LONGEST_REASON = 500
NEEDED: dict[str, Any] = {"required": N_("This is needed."), "null": N_("This is needed.")}
STATES = ("waiting", "ready", "appeals", "released", "final")


class PointsField(fields.Decimal):
    """Points as people write them: digits of any width, a point or a comma before the decimals."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError(NO_POINTS)
        text = unicodedata.normalize("NFKC", str(value)).strip().replace(",", ".").replace("\u3002", ".")
        if len(text) > 12 or not text.replace(".", "", 1).isascii() or not text.replace(".", "", 1).isdigit():
            raise ValidationError(NO_POINTS)
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(NO_POINTS) from error


NO_POINTS = N_("This is no number of points.")


class MarkingQuery(PageQuery):
    """Filters of the list of exams being marked."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    mine = fields.Boolean(load_default=False)
    cursor = Line(load_default=None, allow_none=True, validate=validate.Length(max=10))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class TeamQuery(PageQuery):
    """Filters of a team's exams and of its people in one. stand: where somebody stands."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice([one.value for one in TeamStand])
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class TeamPeopleQuery(InputSchema):
    """Filters of a team's people in one exam."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice([one.value for one in TeamStand])


class AppealsQuery(PageQuery):
    """Filters of the list of appeals."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice([one.value for one in AppealState])
    whose = Choice(("mine", "to_me"))
    exam = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cursor = Line(load_default=None, allow_none=True, validate=validate.Length(max=10))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def _lines_field() -> Any:
    return fields.Dict(keys=fields.String(validate=validate.Length(max=40)), values=PointsField(), load_default=dict, metadata={
        "label": N_("Points by line"), "description": "key of a line of the rubric -> points; the key is empty for a whole answer"})


class MarkInput(InputSchema):
    """What a marker gives an answer."""

    answer = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=32), metadata={"label": N_("Answer")})
    part = Choice([one.value for one in MarkingPart if one is not MarkingPart.DECIDE], required=False)
    lines = _lines_field()
    comment = Text(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_COMMENT), metadata={
        "label": N_("Remark on the answer")})
    flag = Text(load_default=None, allow_none=True, validate=validate.Length(max=300), metadata={
        "label": N_("For the second marker"), "description": "asks for a second mark, with these words"})
    alike = fields.Boolean(load_default=False, metadata={"label": N_("The same for answers that say the same")})


class NextInput(InputSchema):
    """Which answer is wanted; left out: the next one by lot."""

    answer = Line(load_default=None, allow_none=True, validate=validate.Length(max=32), metadata={"label": N_("Answer")})


class MarkSampleInput(InputSchema):
    """A sample answer with what it should get and why."""

    answer = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST_SAMPLE), metadata={
        "label": N_("Sample answer")})
    lines = _lines_field()
    why = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST), metadata={"label": N_("Why so many points")})


class SampleMarkInput(InputSchema):
    """What a marker gives a sample."""

    lines = _lines_field()


class AgainInput(InputSchema):
    """Who is to mark the samples again, and why."""

    person = Whole(required=True, error_messages=NEEDED, validate=validate.Range(min=1), metadata={"label": N_("Person")})
    reason = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST_REASON), metadata={"label": N_("Reason")})


class SubstituteInput(InputSchema):
    """Who marks in place of whom, and why."""

    whose = Whole(required=True, error_messages=NEEDED, validate=validate.Range(min=1), metadata={"label": N_("In place of")})
    person = Whole(required=True, error_messages=NEEDED, validate=validate.Range(min=1), metadata={"label": N_("Who marks")})
    reason = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST_REASON), metadata={"label": N_("Reason")})


class RegradeInput(InputSchema):
    """Which question is marked anew by its newest version, and why."""

    question = Whole(required=True, error_messages=NEEDED, validate=validate.Range(min=1), metadata={"label": N_("Exam question")})
    why = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST), metadata={"label": N_("Reason")})
    lower = fields.Boolean(load_default=None, allow_none=True, metadata={
        "label": N_("Points may be taken away too"), "description": "left out: only before the release"})


class ConfirmRegradeInput(InputSchema):
    """The report that was looked at."""

    digest = Line(required=True, error_messages=NEEDED, validate=validate.Length(max=64), metadata={"label": N_("Report")})


class MarkingReasonInput(InputSchema):
    """Why."""

    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST), metadata={"label": N_("Reason")})


class SayInput(InputSchema):
    """Something said within an appeal."""

    words = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST), metadata={"label": N_("Message")})


class UpholdInput(InputSchema):
    """The new mark, why, and the effect that was looked at."""

    points = PointsField(required=True, error_messages=NEEDED, metadata={"label": N_("New mark")})
    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST), metadata={"label": N_("Reason")})
    digest = Line(load_default=None, allow_none=True, validate=validate.Length(max=64), metadata={"label": N_("Effect")})


class EffectQuery(InputSchema):
    """The mark an upheld appeal would lead to."""

    points = PointsField(required=True, error_messages=NEEDED, metadata={"label": N_("New mark")})


class HandOverInput(InputSchema):
    """Who decides instead."""

    person = Whole(required=True, error_messages=NEEDED, validate=validate.Range(min=1), metadata={"label": N_("Who decides")})


class CorrectInput(InputSchema):
    """The right mark and why."""

    points = PointsField(required=True, error_messages=NEEDED, metadata={"label": N_("New mark")})
    reason = Text(required=True, error_messages=NEEDED, validate=validate.Length(max=LONGEST), metadata={"label": N_("Reason")})


def lines_of_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """A posted form with its fields `line:KEY` gathered under `lines`; an empty one is left out, so that it is said to be missing."""
    found = {name: one for name, one in form.items() if not name.startswith("line:")}
    lines = {name.removeprefix("line:"): one for name, one in form.items() if name.startswith("line:") and one.strip()}
    return {**found, "lines": lines}


def _points(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def exam_json(line: ExamLine) -> dict[str, Any]:
    """An exam in the list."""
    return {"id": line.id, "number": line.number, "title": line.title, "version": line.version, "state": line.state,
            "closes_at": line.closes_at, "release_at": line.release_at, "released_at": line.released_at, "sat": line.sat,
            "answers": line.all, "waiting": line.waiting, "appeals": line.appeals, "mine": line.mine, "url": line.url}


def standing_json(one: Standing | None) -> dict[str, Any] | None:
    """How somebody stands with the samples of a question."""
    if one is None:
        return None
    return {"stand": one.calibration.stand.value, "done": one.calibration.done, "wanted": one.wanted, "near": one.is_near,
            "mean_off": None if one.calibration.mean_off is None else float(round(one.calibration.mean_off, 1)),
            "next": one.following.id if one.following is not None else None}


def board_json(found: Board) -> dict[str, Any]:
    """The board of an exam."""
    exam = found.exam
    return {
        "id": exam.id, "number": exam.number, "title": exam.title, "version": exam.version, "state": exam.state,
        "drawn_at": exam.seconds_at,
        "released_at": exam.released_at, "final_at": exam.final_at, "sat": found.sat, "seconds": found.seconds, "gaps": dict(found.gaps),
        "regrades": found.regrades, "appeals": found.appeals, "answers": found.all, "done": found.done,
        "questions": [{"id": one.question_id, "number": one.number, "head": one.head, "answers": one.all, "done": one.done,
                       "waits": dict(one.waits), "own_percent": _round(one.own), "others_percent": _round(one.others),
                       "samples": one.samples, "standing": standing_json(one.standing)} for one in found.questions],
        "markers": [{"person_id": one.person_id, "name": one.name, "marks": one.given, "mean_percent": _round(one.mean),
                     "drift": one.drift.value if one.drift else None, "compared": one.compared, "in_place_of": list(one.for_names)}
                    for one in found.markers],
        "substitutes": [{"id": one.id, "person": one.person, "whose": one.whose, "reason": one.reason} for one in found.substitutes]}


def _round(value: Decimal | None) -> float | None:
    return None if value is None else float(round(value, 1))


def in_hand_json(one: InHand | None, standing: Standing | None) -> dict[str, Any]:
    """An answer as a program that marks gets it; nothing of it tells who wrote it."""
    if one is None:
        return {"answer": None, "standing": standing_json(standing)}
    return {"answer": one.handle, "part": one.part.value, "stem": one.question.stem, "kind": one.question.kind.value,
            "given": _blind(one),
            "worth": _points(one.worth), "alike": one.alike, "note": one.note, "standing": standing_json(standing),
            "asked": [{"part": it.part, "stem": it.stem, "model_answer": it.model_answer, "most": _points(it.most), "lines": [
                {"key": line.key, "words": line.words, "most": _points(line.most)} for line in it.lines]} for it in one.asked],
            "earlier": [{"part": part.value, "points": _points(points), "comment": comment} for part, points, comment in one.earlier]}


def _blind(one: InHand) -> Any:
    """The answer; the name of a file may be the name of a person."""
    return {"file": True} if isinstance(one.answer, dict) and "attachment" in one.answer else one.answer


def result_json(line: ResultLine, *, named: bool = False) -> dict[str, Any]:
    """A sitting in a list of results."""
    found = {"id": line.sitting_id, "exam_id": line.exam_id, "number": line.number, "title": line.title, "attempt": line.attempt,
             "ended_at": line.ended_at, "released_at": line.released_at, "most": _points(line.most), "score": _points(line.score),
             "passed": line.passed, "changed": line.changed, "url": line.url}
    return found | {"person_id": line.person_id, "person": line.person, "unit": line.unit} if named else found


def team_exam_json(one: TeamExam) -> dict[str, Any]:
    """An exam with people of a team."""
    return {"id": one.id, "number": one.number, "title": one.title, "state": one.state, "phase": one.phase, "opens_at": one.opens_at,
            "closes_at": one.closes_at, "released_at": one.released_at, "people": one.people, "begun": one.begun,
            "handed_in": one.handed_in, "passed": one.passed}


def team_line_json(one: TeamLine) -> dict[str, Any]:
    """Somebody of a team in an exam."""
    return {"person_id": one.person_id, "name": one.name, "unit": one.unit, "stand": one.stand.value, "attempts": one.attempts,
            "ended_at": one.ended_at, "score": _points(one.score), "most": _points(one.most)}


def review_json(found: Review) -> dict[str, Any]:
    """A marked paper as its reader may see it."""
    return result_json(found.line) | {
        "shows": found.shows, "appeals_until": found.appeals_until, "appeals_left": found.left, "items": [
            {"place": one.place, "worth": _points(one.worth), "mark": _points(one.mark), "verdict": one.verdict,
             "parts": [{"stem": question.stem, "answer": answer, "key": key} for question, answer, key in one.parts],
             "explanation": one.explanation, "comments": list(one.comments),
             "changes": [{"at": it.at, "cause": it.cause, "why": it.why, "old": _points(it.old), "new": _points(it.new)}
                         for it in one.changes],
             "appeal": None if one.appeal is None else {"id": one.appeal[0], "number": one.appeal[1], "state": one.appeal[2]},
             "contestable": one.hindered == ()} for one in found.items]}


def summary_json(found: Summary, items: PaperMeasured) -> dict[str, Any]:
    """An exam's results together."""
    def group(one: Any) -> dict[str, Any]:
        return {"name": one.name, "people": one.people, "passed": one.passed, "percent": _round(one.share)}
    return {"people": found.people, "passed": found.passed, "absent": found.absent, "unscored": found.unscored,
            "rate": _round(found.rate),
            "mean_percent": _round(found.mean), "teams": [group(one) for one in found.teams],
            "topics": [group(one) for one in found.topics], "steps": [group(one) for one in found.steps],
            "alpha": items.paper.alpha if items.paper else None, "questions": [
                {"id": one.question_id, "number": one.number, "asked": one.figures.asked, "facility": one.figures.facility,
                 "discrimination": one.figures.discrimination, "flags": [flag.code for flag in one.flags]} for one in items.items]}


def appeal_json(line: AppealLine) -> dict[str, Any]:
    """An appeal in a list."""
    return {"id": line.id, "number": line.number, "version": line.version, "exam_id": line.exam_id, "exam": line.exam_number,
            "title": line.title, "place": line.place, "state": line.state, "filed_at": line.filed_at, "decide_by": line.decide_by,
            "old": _points(line.old), "new": _points(line.new), "worth": _points(line.worth), "mine": line.mine, "to_me": line.to_me,
            "late": line.late, "url": line.url}


def card_json(card: AppealCard) -> dict[str, Any]:
    """One appeal."""
    return appeal_json(card.line) | {
        "reason": card.reason, "decision": card.decision, "decided_at": card.decided_at, "mark": _points(card.mark),
        "parts": [{"stem": question.stem, "answer": answer, "key": key} for question, answer, key in card.parts],
        "marks": [{"part": part, "points": _points(points), "comment": comment} for part, points, comment in card.marks],
        "notes": [{"by_candidate": one.by_candidate, "words": one.words, "at": one.at} for one in card.notes],
        "may_decide": card.decides and not card.unfit and card.line.state == "open", "unfit": [one.value for one in card.unfit],
        "deciders": [{"id": one, "name": name} for one, name in card.deciders]}


def effects_json(effects: list[Effect], digest: str) -> dict[str, Any]:
    """What upholding would change, nobody by name."""
    return {"digest": digest, "people": len(effects), "items": [
        {"own": one.own, "old": _points(one.old), "new": _points(one.new), "passed": one.sitting.passed} for one in effects]}


def regrade_json(card: RegradeCard) -> dict[str, Any]:
    """A corrected key with its report."""
    row = card.row
    return {"id": row.id, "version": row.version, "exam_id": row.exam_id, "exam": card.exam.number, "question": card.question_number,
            "state": row.state, "why": row.why, "asked_at": row.asked_at, "decided_at": row.decided_at, "never_lower": row.never_lower,
            "counts": card.report.counts(), "digest": card.digest, "lines": [
                {"sitting_id": one.sitting_id, "person": card.names.get(one.person_id, ""), "old": _points(one.old),
                 "new": _points(one.new),
                 "passed": one.passed, "passes": one.passes, "kept": _points(one.kept)} for one in card.report.lines
                if one.new != one.old or one.kept]}
