"""Words and marks of onboarding on pages, and what JSON says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kmsvc.core.i18n import label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.training.onboarding.deciding import CLAUSES, HINDERED, GoLive, OnboardingState
from kmsvc.training.onboarding.gathering import BASELINE, Week
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingHour, OnboardingItem, OnboardingNote
from kmsvc.training.onboarding.one import FormLine, NewcomerCard
from kmsvc.training.onboarding.overdue import Overdue, OverdueKind
from kmsvc.training.onboarding.points import OF_CODE, OnboardingList, Point, knows
from kmsvc.training.onboarding.queries import BoardLine
from kmsvc.training.onboarding.rules import (
    NewcomerForm,
    NewcomerTalk,
    OnboardingPhase,
    Preparation,
    Programme,
    number_on,
)
from kmsvc.training.onboarding.timetabling import DayOfClass
from kmsvc.training.onboarding.today import PersonDay
from kmsvc.training.onboarding.weeks import RED, Light, WeekSign

MARKS = {Light.GREY: "off", Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "bad"}
STATES = {"planned": "off", "running": "info", "observed": "warn", "in_team": "ok", "transferred": "off", "left": "off"}
PARTS = {"newcomer": N_("Newcomer"), "class_teacher": N_("Class teacher"), "trainer": N_("Trainer"), "mentor": N_("Mentor"),
         "qa_inspector": N_("QA inspector")}
NOTES = {"quality": N_("Quality result"), "absent": N_("Day missed"), "attention": N_("Call for attention"), "note": N_("Note")}
DECISIONS = {"go_on": N_("Go on"), "extend": N_("Extend"), "observe": N_("Observation period"), "enter_team": N_("Enter the team"),
             "transfer": N_("Transfer"), "leave": N_("Exit")}


VIEWS = (("score", N_("Marks of the weeks")), ("missing", N_("What is missing")), ("quality", N_("Quality")))
CLASS_HEAD = (N_("Number"), N_("Name of the class"), N_("Class teacher"), N_("Day of entry"), N_("Newcomers"), N_("In the programme"),
              N_("Working day"))
HOUR_HEAD = (N_("Working day"), N_("Date"), N_("Begins at"), N_("Ends at"), N_("What is taught"), N_("Who teaches"), N_("Where it is"))
BOARD_HEAD = (N_("Newcomer"), N_("Mentor"), N_("Class of newcomers"), N_("State"), N_("Working day"), N_("Week"), N_("From"),
              N_("Light"), N_("Why"), N_("Lowest mark of an exam"), N_("Quality"), N_("Forms missing"), N_("Decision on the week"),
              N_("Before going live"))
FORM_STATES = {"whole": ("ok", N_("complete")), "part": ("info", N_("a part is missing")), "today": ("due", N_("due today")),
               "late": ("bad", N_("overdue")), "later": ("idle", N_("to come"))}
POINT_MARKS = {"open": "idle", "done": "ok", "known": "ok", "left_out": "off"}
DUE_WORDS = {"exam": N_("Exam"), "evaluation": N_("Evaluation"), "mentoring_exam": N_("Last exam")}
CELLS = {Light.GREEN: ("hi", "check"), Light.AMBER: ("lo", "st-warn"), Light.RED: ("fail", "st-bad"), Light.GREY: ("nil", "")}
ADVICE_MARKS = {"enter": "ok", "wait": "info", "extend": "warn", "observe": "warn", "transfer": "bad"}


def figure(value: Decimal | None) -> str:
    """A mark as people write it: 85.5, 90."""
    return "" if value is None else f"{value.normalize():f}"


def phases(found: Sequence[OnboardingPhase]) -> str:
    """The phases of a day in words."""
    return " · ".join(label(one) for one in found)


def states() -> list[tuple[str, str]]:
    """Choices of the filter by state."""
    return [("open", sentence(N_("All in the programme"))), ("red", label(Light.RED)), ("amber", label(Light.AMBER)),
            *((one.value, label(one)) for one in OnboardingState)]


@dataclass(frozen=True)
class Cell:
    """A week on the board. cls, icon: how it looks; text: what stands in it; missing: how many forms are; said: all of it in words."""

    cls: str
    icon: str
    text: str
    missing: int
    said: str


def cell(line: BoardLine, number: int, view: str = "score") -> Cell | None:
    """One cell, None where nothing stands: behind the end."""
    if number > len(line.weeks):
        return None
    one = line.weeks[number - 1]
    if line.ended_on is not None and one.begins_on > line.ended_on:
        ended = number > 1 and line.weeks[number - 2].begins_on <= line.ended_on
        words = label(OnboardingState(line.state))
        return Cell("stop", "st-off" if line.state != "in_team" else "st-ok", words, 0, words) if ended else None
    cls, icon = CELLS[one.light]
    now = line.ended_on is None and number == line.week and one.light != Light.GREY
    said = f"{sentence(N_('Week %(n)s'), {'n': number})}: " + "; ".join(
        [label(one.light), *(label(it) for it in one.signs)]) + (f" · {decision(one.decision)}" if one.decision else "")
    if one.light == Light.GREY:
        words = next((sentence(DUE_WORDS[it]) for it in ("mentoring_exam", "evaluation", "exam") if it in one.due), "·")
        return Cell(cls, "", words, 0, said)
    lowest = min((score for score, _ in one.exams), default=None)
    figures = {"score": lowest if lowest is not None else one.quality, "quality": one.quality,
               "missing": None}[view]
    text = str(one.missing) if view == "missing" else figure(round(figures, 1)) if figures is not None else ""
    return Cell(cls + (" now" if now else ""), icon, text, one.missing if view != "missing" else 0, said)


def decision(verb: str) -> str:
    """What was decided, in words."""
    return sentence(DECISIONS[verb]) if verb else ""


def stand(line: BoardLine) -> tuple[str, str]:
    """Mark and word of how a newcomer stands."""
    if line.ended_on is not None or line.day < 1:
        return state(line.state)
    return MARKS[line.stand], label(line.stand)


def next_hour(last: OnboardingHour | None, day: str | None) -> dict[str, Any]:
    """With what the form for one more line begins: behind the last one."""
    if day and day.isdecimal() and len(day) < 3:
        return {"day": int(day), "begins": "09:00", "ends": "10:30"}
    if last is None:
        return {"day": 1, "begins": "09:00", "ends": "10:30"}
    later = f"{min(int(last.ends[:2]) + 1, 23):02d}{last.ends[2:]}"
    return {"day": last.day, "begins": last.ends, "ends": later, "place": last.place, "speaker": last.speaker}


def class_rows(found: Sequence[OnboardingClass], counts: Mapping[int, tuple[int, int]], who: Mapping[int, str],
               on: date) -> list[tuple[Any, ...]]:
    """Rows of the export of classes."""
    return [(one.number, one.name, who.get(one.teacher_id, ""), one.starts_on, *counts[one.id], day_of_class(one, on)) for one in found]


def day_of_class(row: OnboardingClass, on: date) -> int:
    """Number of the working day of a class."""
    return number_on(Programme(row.starts_on, tuple(row.exams)), on)


def board_rows(lines: Sequence[BoardLine]) -> list[tuple[Any, ...]]:
    """Rows of the export of the board: one a newcomer and week."""
    return [(one.person, one.mentor, one.class_name, label(OnboardingState(one.state)), one.day, it.number, it.begins_on,
             label(it.light), "; ".join(label(why) for why in it.signs), figure(min((score for score, _ in it.exams), default=None)),
             figure(round(it.quality, 2)) if it.quality is not None else "", it.missing, decision(it.decision),
             f"{one.settled} / {one.points}") for one in lines for it in one.weeks]


def hour_rows(days: Sequence[DayOfClass]) -> list[tuple[Any, ...]]:
    """Rows of the export of a timetable."""
    return [(day.number, day.on, it.begins, it.ends, it.title, it.speaker or "", it.place or "") for day in days for it in day.hours]


def week(one: Week) -> tuple[str, str, str]:
    """Mark, word and why of a week."""
    return MARKS[one.light], label(one.light), "; ".join(label(it) for it in one.signs)


def lacks(card: NewcomerCard) -> list[str]:
    """What keeps a newcomer from entering the team, in words."""
    return [label(GoLive(one)) for one in card.lacking] + (
        [sentence(N_("Points of the list before going live are still open."))] if card.own_open else [])


def state(code: str) -> tuple[str, str]:
    """Mark and word of a newcomer's state."""
    return STATES[code], label(OnboardingState(code))


def words(table: dict[str, str]) -> list[tuple[str, str]]:
    """Codes with their words."""
    return [(key, sentence(word)) for key, word in table.items()]


def codes(kind: Any) -> list[tuple[str, str]]:
    """Codes of a register with their words."""
    return [(one.value, label(one)) for one in kind]


FORMS, TALKS, POINTS = NewcomerForm, NewcomerTalk, (*Preparation, *(one for one in GoLive if one != GoLive.QUALITY))


def class_json(row: OnboardingClass) -> dict[str, Any]:
    """A class, as JSON."""
    return {"id": row.id, "number": row.number, "name": row.name, "teacher_id": row.teacher_id, "starts_on": row.starts_on,
            "exams": row.exams, "material": row.material, "inspector_id": row.inspector_id, "version": row.version}


def line_json(one: BoardLine) -> dict[str, Any]:
    """A newcomer with the weeks, as JSON."""
    return {"id": one.id, "person_id": one.person_id, "person": one.person, "mentor": one.mentor, "state": one.state, "day": one.day,
            "class_id": one.class_id, "mentor_id": one.mentor_id, "unit_id": one.unit_id, "stand": one.stand.value,
            "settled": one.settled, "points": one.points, "version": one.version,
            "weeks": [{"number": it.number, "begins_on": it.begins_on, "light": it.light.value,
                       "missing": it.missing, "decision": it.decision or None,
                       "why": [why.value for why in it.signs]} for it in one.weeks]}


def hour_json(one: OnboardingHour) -> dict[str, Any]:
    """A line of a timetable, as JSON."""
    return {"id": one.id, "day": one.day, "begins": one.begins, "ends": one.ends, "title": one.title, "place": one.place,
            "speaker": one.speaker}


def point_json(one: Point) -> dict[str, Any]:
    """A point of a list of a newcomer, as JSON."""
    return {"item": one.key, "list": one.list, "title": point_words(one), "clause": one.clause or None, "state": one.state.value,
            "known_by_service": one.knows, "proof": one.proof or None, "url": one.url or None, "reason": one.reason or None,
            "by_id": one.by_id, "at": one.at, "on": one.on}


def card_json(card: NewcomerCard) -> dict[str, Any]:
    """Everything of one newcomer, as JSON."""
    return line_json(card.line) | {
        "last_day": card.last, "ends_on": card.ends_on, "phases": [one.value for one in card.phases],
        "confirmation_on": card.row.confirmation_on, "confidential": card.row.confidential, "advice": card.advice.value,
        "lacking": list(card.lacking), "quality": None if card.quality is None else str(card.quality.quantize(Decimal("0.01"))),
        "forms": [{"form": one.form.value, "day": one.number, "due_on": one.due_on, "state": one.state, "waits_for": list(one.waits_for),
                   "parts": [{"part": part, "by_id": it.by_id, "at": it.at, "answers": it.answers, "score": _text(it.score),
                              "mark": _text(it.mark)} for part, it in one.parts.items()]} for one in card.forms],
        "lists": [point_json(one) for one in card.points],
        "notes": [{"id": one.id, "kind": one.kind, "on": one.on, "text": one.text, "score": _text(one.score), "by_id": one.by_id}
                  for one in card.notes],
        "talks": [{"id": one.it.id, "talk": one.it.talk, "held_on": one.it.held_on, "shortcomings": one.it.shortcomings,
                   "advice": one.it.advice, "by_id": one.it.by_id, "signed_at": one.signed_at, "word": one.word or None}
                  for one in card.talks],
        "talks_due": [{"talk": talk, "until": day, "late": late} for talk, day, late in card.talks_due],
        "decisions": [{"id": one.it.id, "week": one.it.week, "verb": one.it.verb, "days": one.it.days, "reason": one.it.reason,
                       "by_id": one.it.by_id, "at": one.it.at, "undone_at": one.it.undone_at, "signed_at": one.signed_at,
                       "word": one.word or None} for one in card.decisions]}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def day_json(day: PersonDay) -> dict[str, Any]:
    """The day of somebody, as JSON."""
    def short(card: NewcomerCard) -> dict[str, Any]:
        return {"id": card.row.id, "person": card.line.person, "day": card.day, "phases": [one.value for one in card.phases],
                "hours": [hour_json(one) for one in card.hours],
                "forms": [{"form": one.form.value, "day": one.number, "parts": list(one.mine), "state": one.state} for one in card.due]}
    return {"on": day.on, "own": [short(one) for one in day.own], "mentored": [short(one) for one in day.mentored],
            "inspected": [short(one) for one in day.inspected],
            "classes": [{"id": one.row.id, "name": one.row.name, "day": one.day, "hours": [hour_json(it) for it in one.hours],
                         "silent": [it.row.id for it in one.silent], "undecided": [it.row.id for it in one.undecided],
                         "absent": sorted(one.absent)} for one in day.classes]}


def point_words(one: Point) -> str:
    """What a point asks, in the class's own words or in those of its code."""
    return one.title or label(OF_CODE[one.code])


ONE = Decimal("0.1")
_RED_SIGNS, _PLACES = RED, {"exam_failed": "forms", "exam_close": "forms", "quality_below": "results", "quality_close": "results",
                            "forms": "forms", "form": "forms", "talk_late": "talks", "undecided": "decisions", "open": "decisions",
                            "absent": "results", "noted": "results"}
TEXTS = {("training", "newcomer"): N_("What I learned today, what is still unclear"),
         ("training", "class_teacher"): N_("What the class teacher saw"), ("exam", "trainer"): N_("How the exam went, what to work on"),
         ("evaluation", "newcomer"): N_("What helped, what should be different"),
         ("mentoring_exam", "mentor"): N_("How the newcomer works, what to watch"),
         ("mentoring_exam", "qa_inspector"): N_("What the inspections showed")}


def text_label(form: str, part: str) -> str:
    """What a part of a form asks for in words."""
    return sentence(TEXTS[(str(form), part)])


def part(code: str) -> str:
    """Whose part it is, in words."""
    return sentence(PARTS[code])


def parts(codes: Sequence[str]) -> str:
    """Several of them."""
    return listed(part(one) for one in codes) or "—"


def talk(code: str) -> str:
    """A talk in words."""
    return label(NewcomerTalk(code))


def form_state(line: FormLine) -> tuple[str, str]:
    """Mark and word of a form of a day."""
    kind, words = FORM_STATES[line.state]
    return kind, sentence(words)


def scores(line: FormLine) -> str:
    """The marks of an exam form: 85 / 80."""
    return " · ".join(f"{figure(one.score)} / {figure(one.mark)}" for one in line.parts.values() if one.score is not None)


def note_mark(one: OnboardingNote) -> tuple[str, str]:
    """Mark and word of what was noted of a day."""
    if one.kind == "quality":
        return "ok" if one.score is not None and one.score >= BASELINE else "bad", f"{sentence(NOTES['quality'])} {figure(one.score)}"
    return {"absent": "warn", "attention": "warn", "note": "idle"}[one.kind], sentence(NOTES[one.kind])


def sign_mark(one: WeekSign) -> str:
    """How grave a sign of a week is."""
    return "bad" if one in _RED_SIGNS else "warn"


def sign_place(one: WeekSign) -> str:
    """Where on the page of the week stands what a sign counts."""
    return _PLACES[one.value]


def lists() -> list[tuple[str, str, str]]:
    """The two lists: code, name, what they are for."""
    return [(OnboardingList.WELCOME.value, label(OnboardingList.WELCOME),
             sentence(N_("Stands ready on the last working day before entry."))),
            (OnboardingList.GOLIVE.value, label(OnboardingList.GOLIVE),
             sentence(N_("Nobody enters the team while a point of it is open.")))]


def item_facts(one: OnboardingItem) -> dict[str, Any]:
    """Words, clause and whether the service knows it by itself, of a point of a class."""
    code = one.code or ""
    clause = CLAUSES.get(GoLive(code), "") if one.list == "golive" and code else ""
    return {"words": one.title or label(OF_CODE[code]), "clause": clause, "knows": bool(code) and knows(code)}


_NOTES_OF = {"go_on": N_("The programme goes on as planned."), "extend": N_("More working days; what lies ahead moves."),
             "observe": N_("One period under observation instead of team entry."),
             "enter_team": N_("Works alone from now on; the programme ends."), "transfer": N_("Another platform suits better."),
             "leave": N_("Leaves the centre.")}


def decision_choices(card: NewcomerCard) -> list[tuple[str, str, str]]:
    """What can be decided now: code, word, what it means or why it cannot be."""
    found = []
    for verb, words in DECISIONS.items():
        hindered = card.may.get(verb, "") if verb != "go_on" else ""
        if hindered == "state":
            continue
        note = sentence(_NOTES_OF[verb])
        if hindered:
            note = sentence(N_("Not yet: %(why)s"), {"why": sentence(HINDERED[hindered])})
        found.append((verb, sentence(words), note))
    return found


OVERDUE_HEAD = (N_("Newcomer"), N_("Class of newcomers"), N_("What is overdue"), N_("Due"), N_("Working days late"), N_("Waits for"))


def overdue_words(one: Overdue) -> str:
    """What is overdue, in words."""
    if one.what == OverdueKind.FORM:
        return f"{label(NewcomerForm(one.code))} · {sentence(N_('Day %(day)s'), {'day': one.number})}"
    if one.what == OverdueKind.TALK:
        return talk(one.code)
    if one.what == OverdueKind.WEEK:
        return f"{label(OverdueKind.WEEK)} · {sentence(N_('Week %(n)s'), {'n': one.number})}"
    return f"{label(OnboardingList.WELCOME)} · {one.title or label(OF_CODE[one.code])}"


def overdue_rows(found: Sequence[Overdue]) -> list[tuple[Any, ...]]:
    """Rows of the export of what is overdue."""
    return [(one.person, one.class_name, overdue_words(one), one.due_on, one.late, parts(one.waits_for)) for one in found]


def overdue_json(one: Overdue) -> dict[str, Any]:
    """Something overdue, as JSON."""
    return {"trainee_id": one.trainee_id, "class_id": one.class_id, "person": one.person, "what": one.what.value,
            "code": one.code or None, "number": one.number or None, "title": overdue_words(one), "due_on": one.due_on, "late": one.late,
            "waits_for": list(one.waits_for), "url": one.url}
