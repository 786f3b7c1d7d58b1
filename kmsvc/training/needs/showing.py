"""What the pages of surveys and of the annual plan show: shapes and words, tables to take away, questionnaires out of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from kmsvc.core.i18n import label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.training.needs.counting import FormFigure
from kmsvc.training.needs.plan_queries import PlanLineCard, SuggestionLine
from kmsvc.training.needs.queries import CampaignLine, StepLine
from kmsvc.training.needs.rules import (
    STEPS,
    CampaignState,
    Delivery,
    EvaluationMethod,
    Grade,
    LineState,
    QuestionKind,
    Ranked,
    SourceKind,
    SuggestionState,
)
from kmsvc.training.plans.rules import PlanState

_SHAPES = {CampaignState.SIGNED: "ok", CampaignState.CANCELLED: "off", CampaignState.DESIGN: "idle"}
_LINE_SHAPES = {LineState.PLANNED: "idle", LineState.RUNNING: "go", LineState.DONE: "ok", LineState.DROPPED: "off"}
_SUGGESTION_SHAPES = {SuggestionState.OPEN: "due", SuggestionState.TAKEN: "ok", SuggestionState.DECLINED: "off"}
HEAD = (N_("Number"), N_("Year"), N_("State"), N_("Answers by"), N_("People asked"), N_("Have answered"), N_("Interviews"), N_("Held"),
        N_("Planned by"), N_("Signed by"), N_("Signed"))
FIGURE_HEAD = (N_("Questionnaire"), N_("Question asked"), N_("Answer"), N_("How many"), N_("Of"))
HURT_HEAD = (N_("Place in the list"), N_("What hurts"), N_("Points"), N_("Source of the need"), N_("How often"), N_("Where from"))
LINE_HEAD = (N_("Number"), N_("Year"), N_("Quarter"), N_("Subject of the training"), N_("Who is trained"), N_("Number of people"),
             N_("Hours a head"), N_("Cost in yuan, all together"), N_("Target of the training"), N_("How it is evaluated"), N_("Owner"),
             N_("State"), N_("Where from"))
ENTRY_HEAD = (N_("Year"), N_("Source of the need"), N_("What hurts"), N_("How often"), N_("Where it is known from"))
SUGGESTION_HEAD = (N_("Number"), N_("Sent"), N_("Sent by"), N_("Training you suggest"), N_("Why, and how"), N_("State"), N_("Answer"))
BLANK_QUESTIONS = 3


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of the state of a survey."""
    state = CampaignState(code)
    return _SHAPES.get(state, "go"), label(state)


def line_state(code: str) -> tuple[str, str]:
    """Shape and word of the state of a line."""
    return _LINE_SHAPES[LineState(code)], label(LineState(code))


def suggestion_state(code: str) -> tuple[str, str]:
    """Shape and word of the state of a suggestion."""
    return _SUGGESTION_SHAPES[SuggestionState(code)], label(SuggestionState(code))


def grades(codes: Sequence[str]) -> str:
    """Grades in words; all of them, where none is named."""
    return listed(label(Grade(one)) for one in codes) if codes else sentence(N_("every grade"))


def word(code: str, kind: str) -> str:
    """The word of a code. kind: source, evaluation, question, delivery."""
    kinds = {"source": SourceKind, "evaluation": EvaluationMethod, "question": QuestionKind, "delivery": Delivery}
    return label(kinds[kind](code))


def step_words(one: StepLine) -> str:
    """What a step says of itself, in one line."""
    facts = one.facts
    said = {
        "plan": N_("Survey begun, answers by %(due_on)s"), "design": N_("Questionnaire «%(form)s», %(questions)s questions"),
        "take_over": N_("%(forms)s questionnaires taken over from %(number)s"),
        "send": N_("Sent to %(people)s people, answers by %(due_on)s"), "extend": N_("More time, until %(due_on)s: %(reason)s"),
        "close": N_("Counted: %(answered)s of %(asked)s answered"),
        "draw": N_("%(drawn)s of %(people)s people drawn with the seed %(seed)s"),
        "note": N_("Interview %(place)s noted"),
        "finish_interviews": N_("%(held)s interviews held, %(skipped)s not; %(confirmed)s confirm the survey"),
        "hold_meeting": N_("Management met on %(met_on)s, %(people)s people"),
        "sign": N_("Report signed: %(subjects)s subjects, %(lines)s lines of the plan"), "cancel": N_("Given up: %(reason)s")}
    if one.verb == "design" and "removed" in facts:
        return sentence(N_("Questionnaire «%(removed)s» taken away"), dict(facts))
    return sentence(said[one.verb], dict(facts))


def story(steps: Sequence[StepLine], state: str, when: Callable[[datetime], str]) -> list[dict[str, Any]]:
    """The six steps with what was done in each, who and when. kind: ok done, go now, idle still to come."""
    order = (CampaignState.DESIGN, CampaignState.ASKING, CampaignState.COUNTED, CampaignState.INTERVIEWS, CampaignState.MEETING,
             CampaignState.REPORT)
    now = order.index(CampaignState(state)) + 1 if state in order else 7 if state == CampaignState.SIGNED else 0
    rows = []
    for number, name in STEPS:
        its = [one for one in steps if one.step == number]
        kind = "ok" if its and now > number else "go" if now == number else "idle"
        lines = [f"{step_words(one)} · {one.person or '—'} · {when(one.at)}" for one in its[-4:]]
        rows.append({"kind": kind, "title": f"{number} {sentence(name)}", "note": "", "lines": lines})
    return rows


def rows(lines: Sequence[CampaignLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Surveys as a table to take away."""
    return [[one.number, one.year, state_of(one.state)[1], one.due_on, one.asked, one.answered, one.interviews, one.held, one.planned_by,
             one.signed_by, local(one.signed_at) if one.signed_at else None] for one in lines]


def figure_rows(figures: Sequence[FormFigure]) -> list[list[Any]]:
    """Figures as a table to take away."""
    found: list[list[Any]] = []
    for form in figures:
        if form.hidden:
            found.append([form.title, sentence(N_("Fewer than five anonymous answers: not shown")), None, form.answered, form.asked])
        for one in form.questions:
            found += [[form.title, one.text, bar.value, bar.n, bar.of] for bar in one.bars]
            found += [[form.title, one.text, text, 1, one.n] for text in one.texts]
    return found


def hurt_rows(ranking: Sequence[Ranked]) -> list[list[Any]]:
    """The list of what hurts as a table to take away, a row for each source of a subject."""
    return [[place, one.subject, one.score, word(part.source, "source"), part.count, part.note]
            for place, one in enumerate(ranking, start=1) for part, _ in one.parts]


def plan_rows(lines: Sequence[PlanLineCard]) -> list[list[Any]]:
    """The annual plan as a table to take away."""
    return [[one.number, one.year, one.quarter, one.subject, one.audience or one.unit, one.heads, one.hours, one.yuan, one.target,
             word(one.evaluation, "evaluation"), one.owner, line_state(one.state)[1],
             listed(word(str(part["source"]), "source") for part in one.reasons)] for one in lines]


def suggestion_rows(lines: Sequence[SuggestionLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """Suggestions as a table to take away."""
    return [[one.number, local(one.sent_at), one.person, one.subject, one.text, suggestion_state(one.state)[1], one.answer]
            for one in lines]


def form_typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """A questionnaire as the page sends it: questions in rows `q3-text`, `q3-options` a line each; rows without a text fall away."""
    numbers = sorted({int(key[1:].split("-")[0]) for key in form if key[:1] == "q" and key[1:].split("-")[0].isdecimal() and "-" in key})
    questions = []
    for number in numbers[:200]:
        given = {name: form.get(f"q{number}-{name}", "") for name in ("key", "kind", "text", "options", "required", "wish", "remove")}
        if not given["text"].strip() or given["remove"]:
            continue
        questions.append({"key": given["key"] or None, "kind": given["kind"], "text": given["text"],
                          "options": [line.strip() for line in given["options"].splitlines() if line.strip()],
                          "required": bool(given["required"]), "wish": bool(given["wish"])})
    return {"title": form.get("title", ""), "intro": form.get("intro") or None,
            "posts": [one for one in form.getlist("posts") if one], "grades": [one for one in form.getlist("grades") if one],
            "anonymous": bool(form.get("anonymous")), "questions": questions}


def answers_typed(questions: Sequence[Mapping[str, Any]], form: MultiDict[str, str]) -> dict[str, Any]:
    """Answers as the page sends them: a field for each question, several values for those of several answers."""
    return {one["key"]: form.getlist(f"a-{one['key']}") if one["kind"] == QuestionKind.MULTIPLE else form.get(f"a-{one['key']}", "")
            for one in questions}


def yuan(amount: float) -> str:
    """Money without needless places."""
    return f"{amount:,.2f}".removesuffix(".00")


def plan_state(code: str) -> str:
    """How a training plan stands."""
    return label(code, PlanState)
