"""The yearly survey of needs and what becomes of it: states, questionnaires, groups that may be shown, the draw, the ranking.

Tables and pure functions. Source: domain sections 5.3 and 5.4."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled, Labelled, compared


class CampaignState(Labelled):
    """Where the survey of a year stands: the six steps of the source, in their order."""

    DESIGN = "design", N_("1 Questionnaires are designed")
    ASKING = "asking", N_("2 Everybody is asked")
    COUNTED = "counted", N_("3 Answers are counted")
    INTERVIEWS = "interviews", N_("4 Interviews are held")
    MEETING = "meeting", N_("5 Management meets")
    REPORT = "report", N_("6 The report is written")
    SIGNED = "signed", N_("Needs report signed")
    CANCELLED = "cancelled", N_("Survey given up")


class QuestionKind(Labelled):
    """How a question of a questionnaire is answered."""

    SINGLE = "single", N_("One of several")
    MULTIPLE = "multiple", N_("Any of several")
    SCALE = "scale", N_("1 to 5")
    TEXT = "text", N_("Own words")


class Grade(Labelled):
    """How high a post stands; the service knows it by the roles a person holds."""

    STAFF = "staff", N_("Staff on the phones")
    EXPERT = "expert", N_("Experts and back office")
    LEAD = "lead", N_("Team leaders and supervisors")
    HEAD = "head", N_("Management")


class SourceKind(Labelled):
    """Where it is known from that something hurts."""

    QA = "qa", N_("QA errors")
    INDICATOR = "indicator", N_("Indicators")
    FAILED = "failed", N_("Failed exam questions and steps")
    CHANGES = "changes", N_("Process changes coming")
    GAPS = "gaps", N_("Knowledge gaps")
    SURVEY = "survey", N_("Wishes of the survey")
    MANAGERS = "managers", N_("Word of managers")
    SUGGESTIONS = "suggestions", N_("Training suggestions")


class SuggestionState(Labelled):
    """Where a training suggestion stands."""

    OPEN = "open", N_("Not answered yet")
    TAKEN = "taken", N_("Suggestion taken up")
    DECLINED = "declined", N_("Suggestion declined")


class LineState(Labelled):
    """Where a line of the annual plan stands."""

    PLANNED = "planned", N_("In the annual plan")
    RUNNING = "running", N_("Training plan made")
    DONE = "done", N_("Training delivered")
    DROPPED = "dropped", N_("Dropped from the plan")


class EvaluationMethod(Labelled):
    """How it will be seen whether a line of the annual plan has helped: the four levels of Kirkpatrick."""

    REACTION = "reaction", N_("Feedback of participants")
    LEARNING = "learning", N_("Exam")
    BEHAVIOUR = "behaviour", N_("QA before and after")
    RESULT = "result", N_("Indicator before and after")


class Delivery(Labelled):
    """The five steps of delivering training, in their order. Source: domain 5.4."""

    SAMPLE = "sample", N_("Make a sample")
    COOPERATE = "cooperate", N_("Cooperate")
    WATCH = "watch", N_("Watch the effect")
    CORRECT = "correct", N_("Correct and improve")
    INTENSIVE = "intensive", N_("Train intensively")


S = CampaignState
VERBS: dict[str, frozenset[CampaignState]] = {
    "design": frozenset({S.DESIGN}), "take_over": frozenset({S.DESIGN}), "send": frozenset({S.DESIGN}),
    "answer": frozenset({S.ASKING}), "extend": frozenset({S.ASKING}), "close": frozenset({S.ASKING}),
    "draw": frozenset({S.COUNTED}), "note": frozenset({S.INTERVIEWS}), "finish_interviews": frozenset({S.INTERVIEWS}),
    "hold_meeting": frozenset({S.MEETING, S.REPORT}), "sign": frozenset({S.REPORT}),
    "cancel": frozenset({S.DESIGN, S.ASKING, S.COUNTED, S.INTERVIEWS, S.MEETING, S.REPORT}),
}
STEP_OF: dict[str, int] = {"plan": 1, "design": 1, "take_over": 1, "send": 2, "extend": 2, "close": 3, "draw": 4, "note": 4,
                           "finish_interviews": 4, "hold_meeting": 5, "sign": 6, "cancel": 0}
"""verb -> the step of the source it belongs to; 0 belongs to none"""
STEPS: tuple[tuple[int, str], ...] = (
    (1, N_("Design the questionnaires")), (2, N_("Send them to everybody")), (3, N_("Count the answers")),
    (4, N_("Interview a part of the staff")), (5, N_("Hold the management meeting")), (6, N_("Write and sign the needs report")))
WEIGHTS: dict[SourceKind, float] = {
    SourceKind.QA: 1.0, SourceKind.INDICATOR: 1.0, SourceKind.FAILED: 0.9, SourceKind.CHANGES: 0.8, SourceKind.GAPS: 0.7,
    SourceKind.SURVEY: 0.6, SourceKind.MANAGERS: 0.6, SourceKind.SUGGESTIONS: 0.4}
LONGEST = {"title": 200, "purpose": 1000, "intro": 1000, "question": 300, "option": 100, "text": 2000, "note": 4000, "minutes": 8000,
           "decisions": 8000, "conclusion": 8000, "reason": 500, "seed": 40, "subject": 200, "target": 1000, "audience": 300}
MOST_QUESTIONS, MOST_OPTIONS, LEAST_GROUP = 60, 30, 5
"""LEAST_GROUP: answers of an anonymous group from which it has figures"""
MARKS = (1, 2, 3, 4, 5)
LOW = 2
"""marks of a scale up to this one count as a wish, where the question does"""
QUARTERS = (1, 2, 3, 4)
_LEADS = frozenset({"team_leader", "supervisor"})
_HEADS = frozenset({"manager"})


def makes_sense(verb: str, state: str) -> bool:
    """Whether a verb fits the state."""
    return state in VERBS[verb]


def grade_of(roles: Collection[str]) -> Grade:
    """The grade of who holds these roles; the highest counts, whoever holds none works on the phones."""
    if _HEADS & set(roles):
        return Grade.HEAD
    if _LEADS & set(roles):
        return Grade.LEAD
    return Grade.EXPERT if set(roles) - {"agent"} else Grade.STAFF


@dataclass(frozen=True)
class Audience:
    """Whom a questionnaire is for. posts, grades: none is all."""

    id: int
    place: int
    posts: tuple[int, ...]
    grades: tuple[str, ...]


def form_for(forms: Iterable[Audience], post_id: int | None, grade: str) -> Audience | None:
    """The questionnaire of a person: the narrowest that fits, post before grade; of two as narrow the first. None: nobody asks."""
    fits = [one for one in forms if (not one.posts or post_id in one.posts) and (not one.grades or grade in one.grades)]
    return min(fits, key=lambda one: (not one.posts, not one.grades, one.place), default=None)


def checked_questions(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Questions as they are kept: a lasting key, kind, text, options, whether needed, whether it counts as a wish.

    Raises InvalidInput that names the question by its place."""
    wrong: list[str] = []
    held: list[dict[str, Any]] = []
    keys = {str(one.get("key")) for one in given if one.get("key")}
    if not given:
        raise InvalidInput({"questions": [N_("A questionnaire needs a question.")]})
    if len(given) > MOST_QUESTIONS:
        raise InvalidInput({"questions": [Filled(N_("A questionnaire has at most %(n)s questions."), n=MOST_QUESTIONS)]})
    for place, one in enumerate(given, start=1):
        kind, text = str(one.get("kind") or ""), " ".join(str(one.get("text") or "").split())
        options = list(dict.fromkeys(part for part in (" ".join(str(it).split()) for it in one.get("options") or ()) if part))
        if kind not in set(QuestionKind):
            wrong.append(Filled(N_("Question %(n)s: its kind is unknown."), n=place))
        if not text or len(text) > LONGEST["question"]:
            wrong.append(Filled(N_("Question %(n)s: a text of 1 to 300 characters is needed."), n=place))
        if kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE) and len(options) < 2:
            wrong.append(Filled(N_("Question %(n)s: at least two answers to choose from are needed."), n=place))
        if len(options) > MOST_OPTIONS or any(len(it) > LONGEST["option"] for it in options):
            wrong.append(Filled(N_("Question %(n)s: at most 30 answers of at most 100 characters."), n=place))
        key = str(one.get("key") or "")
        if not key or any(key == it["key"] for it in held):
            key = next(name for name in (f"q{n}" for n in range(1, MOST_QUESTIONS * 3)) if name not in keys)
            keys.add(key)
        chosen = kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
        held.append({"key": key[:20], "kind": kind, "text": text, "options": options if chosen else [],
                     "required": bool(one.get("required")), "wish": bool(one.get("wish"))})
    if wrong:
        raise InvalidInput({"questions": list(wrong)})
    return held


def checked_answers(questions: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered, by the key of the question: an option, a list of options, 1 to 5, words. Nothing said is left out.

    Raises InvalidInput with the key of each question that is not answered as it must be."""
    wrong: dict[str, list[str]] = {}
    held: dict[str, Any] = {}
    for one in questions:
        key, kind, value = str(one["key"]), one["kind"], given.get(str(one["key"]))
        if kind == QuestionKind.MULTIPLE:
            value = [it for it in (value if isinstance(value, list) else [value]) if it not in (None, "")]
        if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
            if one["required"]:
                wrong[key] = [N_("This is needed.")]
            continue
        if kind == QuestionKind.MULTIPLE:
            if any(it not in one["options"] for it in value):
                wrong[key] = [N_("This cannot be chosen now.")]
            held[key] = [it for it in one["options"] if it in value]
        elif kind == QuestionKind.SINGLE:
            if value not in one["options"]:
                wrong[key] = [N_("This cannot be chosen now.")]
            held[key] = value
        elif kind == QuestionKind.SCALE:
            if isinstance(value, bool) or str(value) not in {str(it) for it in MARKS}:
                wrong[key] = [N_("A mark from 1 to 5 is needed here.")]
            else:
                held[key] = int(value)
        elif not isinstance(value, str) or len(value) > LONGEST["text"]:
            wrong[key] = [N_("At most 2000 characters.")]
        else:
            held[key] = value.strip()
    unknown = set(given) - {str(one["key"]) for one in questions}
    if unknown:
        wrong["_schema"] = [N_("An answer belongs to no question of this questionnaire.")]
    if wrong:
        raise InvalidInput(wrong)
    return held


def wishes_in(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[str]:
    """The subjects somebody wishes: chosen answers of questions that count as a wish; of a scale its own text, marked low."""
    found: list[str] = []
    for one in questions:
        value = answers.get(one["key"])
        if not one["wish"] or value is None:
            continue
        if one["kind"] == QuestionKind.MULTIPLE:
            found += value
        elif one["kind"] == QuestionKind.SINGLE:
            found.append(value)
        elif one["kind"] == QuestionKind.SCALE and value <= LOW:
            found.append(one["text"])
    return list(dict.fromkeys(found))


def groups_shown(counts: Mapping[Any, int], least: int = LEAST_GROUP) -> frozenset[Any]:
    """The groups of anonymous answers that may be shown. None is smaller than `least`; and where one or more are hidden, together
    they hold at least `least` too, so that nobody finds a small group by subtraction: the smallest shown are hidden with it."""
    shown = sorted((key for key, n in counts.items() if n >= least), key=lambda key: (counts[key], str(key)))
    hidden = sum(n for n in counts.values() if n < least)
    while shown and 0 < hidden < least:
        hidden += counts[shown.pop(0)]
    return frozenset(shown)


def size_of_draw(people: int, share: int) -> int:
    """How many are interviewed: that share of everybody in percent, at least one person."""
    return min(people, max(1, math.ceil(people * share / 100)))


def drawn(people: Iterable[int], seed: str, size: int) -> list[int]:
    """The people whose SHA-256 of «seed:person» is smallest. Anybody can draw them again."""
    return sorted(people, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())[:size]


@dataclass(frozen=True)
class Hurt:
    """One thing that hurts, as one source knows it. key: unique in its source; count: how often, how many; note: what was counted,
    filled sentence or words; url: where it comes from."""

    source: SourceKind
    key: str
    subject: str
    count: int
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class Ranked:
    """A subject in the list of what hurts. key: of the subject; score: sum over its sources; parts: (hurt, points)."""

    key: str
    subject: str
    score: float
    parts: tuple[tuple[Hurt, float], ...]


def ranked(hurts: Iterable[Hurt], weights: Mapping[SourceKind, float] = WEIGHTS) -> list[Ranked]:
    """What hurts, by impact. In each source the most frequent subject has 100 points times the weight of the source, the others
    their share of it; a subject that several sources name (spaces, case and width aside) has the sum."""
    held = [one for one in hurts if one.count > 0]
    most: dict[SourceKind, int] = {}
    for one in held:
        most[one.source] = max(most.get(one.source, 0), one.count)
    found: dict[str, list[tuple[Hurt, float]]] = {}
    for one in held:
        found.setdefault(compared(one.subject), []).append((one, round(100 * weights[one.source] * one.count / most[one.source], 1)))
    rows = [Ranked(key, parts[0][0].subject, round(sum(points for _, points in parts), 1),
                   tuple(sorted(parts, key=lambda part: (-part[1], part[0].source, part[0].key)))) for key, parts in found.items()]
    return sorted(rows, key=lambda row: (-row.score, row.subject))


@dataclass(frozen=True)
class Sums:
    """Totals of an annual plan. minutes, fen: of all heads together; employees: whom they are shared among; hours_limit, yuan_limit:
    a head and year."""

    lines: int
    minutes: int
    fen: int
    employees: int
    hours_limit: int
    yuan_limit: int

    @property
    def hours_each(self) -> float:
        """Hours a head."""
        return round(self.minutes / 60 / self.employees, 1) if self.employees else 0.0

    @property
    def yuan_each(self) -> float:
        """Yuan a head."""
        return round(self.fen / 100 / self.employees, 2) if self.employees else 0.0

    @property
    def over(self) -> bool:
        """Whether the money is more than a head may cost."""
        return self.yuan_each > self.yuan_limit

    @property
    def short(self) -> bool:
        """Whether the hours do not come to what a head is to have."""
        return self.hours_each < self.hours_limit


def next_delivery(done: Collection[str]) -> Delivery | None:
    """The step of delivery that comes next; None when all five are done."""
    return next((one for one in Delivery if one not in done), None)


def quarter_of(month: int) -> int:
    """1 to 4."""
    return (month + 2) // 3
