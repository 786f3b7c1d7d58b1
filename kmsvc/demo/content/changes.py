"""The change stories of the demo: one at least for each of the fifteen steps and for every end.

A story holds all that people write on the way to where it stands; playing it is not this package's business.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from kmsvc.demo.content.files import load, names
from kmsvc.demo.content.processes import processes, replace_each

END_STATES = ("released2", "rejected", "withdrawn", "closed_no_need")
STEP_STATES = (
    "received", "research", "assisting", "drafting", "initial_review", "correcting", "final1", "releasing1",
    "training", "sitin", "live_check", "qa_feedback", "updating", "final2", "releasing2",
)  # fmt: skip
# How long each step takes compared with the others; an emergency hurries through the first release.
PACE = (1, 3, 2, 5, 3, 3, 2, 1, 6, 3, 8, 3, 4, 2, 1)
EMERGENCY_PACE = (1, 1, 1, 2, 1, 1, 1, 1, 8, 4, 8, 3, 4, 2, 1)


@dataclass(frozen=True, slots=True)
class NewProcess:
    """What a change asks to create instead of naming an existing process."""

    name: str
    group: str
    klass: str
    owner_login: str


@dataclass(frozen=True, slots=True)
class Research:
    """The research note of step 2."""

    parties: str
    present: str
    gap: str
    risk: str
    posts: str
    customers: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A reviewer's remark on a section and the author's answer; an empty answer is still owed."""

    login: str
    section: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A release mail."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One course of the training plan; in_days counts from today, past is negative."""

    course: str
    in_days: int
    trainer_login: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SitIn:
    """What the observer of a session wrote."""

    login: str
    days_ago: int
    taught_right: bool
    questions: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One checked contact; result is followed, not_followed or not_applicable."""

    serial: str
    days_ago: int
    agent_login: str
    result: str
    note: str

    def contact_number(self, today: date) -> str:
        """The number the contact bears, made of its day and serial."""
        return f"C-{today - timedelta(days=self.days_ago):%Y%m%d}-{self.serial}"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A finding of step 12 with its route and, once given, the author's answer."""

    text: str
    route: str
    origin: str
    answer: str

    @property
    def source(self) -> str:
        """Where it was found: `exam` for tests and quizzes, else `qa`."""
        return "exam" if "测" in self.origin else "qa"


@dataclass(frozen=True, slots=True)
class ChangeStory:
    """One change request from asking to where it stands; texts not reached yet are empty.

    step_days_ago tells for each finished step how many days ago it was left. asked_back: what the process manager
    wanted to know first; resubmitted: the fuller reason, empty while it is owed.
    """

    key: str
    title: str
    reason: str
    source: str
    trigger: str
    process_code: str | None
    new_process: NewProcess | None
    urgency: str
    wanted_in_days: int
    target: int | str
    started_days_ago: int
    step_days_ago: dict[int, int]
    ended_days_ago: int | None
    asker_login: str
    owner_login: str
    author_login: str
    assistants: tuple[str, ...]
    asked_back: str
    resubmitted: str
    research: Research | None
    draft: str
    corrected: str
    updated: str
    change_note: str
    second_note: str
    comments: tuple[Comment, ...]
    sign_comments: dict[str, str]
    second_sign_comments: dict[str, str]
    mail: Mail | None
    second_mail: Mail | None
    plan: tuple[PlanLine, ...]
    sit_ins: tuple[SitIn, ...]
    samples: tuple[Sample, ...]
    feedback: tuple[Feedback, ...]
    end_login: str
    end_note: str

    @property
    def state(self) -> str:
        """The state the change stands in at the end of the story."""
        return STEP_STATES[self.target - 1] if isinstance(self.target, int) else self.target

    @property
    def steps_done(self) -> int:
        """How many of the fifteen steps people have left behind."""
        return len(self.step_days_ago)


@cache
def changes() -> tuple[ChangeStory, ...]:
    """All stories; the first is the one the pictures show."""
    return tuple(_story(name) for name in names("changes"))


def _story(name: str) -> ChangeStory:
    row = load(name)
    base, owner = _base(row)
    draft = row.get("body", "").lstrip() or (replace_each(base, row["draft"]) if "draft" in row else "")
    corrected = replace_each(draft, row.get("correct", [])) if draft else ""
    days = _step_days(row)
    new = None
    if "new_name" in row:
        new = NewProcess(row["new_name"], row["new_group"], row["new_class"], owner)
    return ChangeStory(
        key=name.split("/")[1].partition("_")[0],
        title=row["title"],
        reason=row["reason"],
        source=row["source"],
        trigger=row["trigger"],
        process_code=row.get("process"),
        new_process=new,
        urgency=row["urgency"],
        wanted_in_days=row["wanted"],
        target=row["target"],
        started_days_ago=row["started"],
        step_days_ago=days,
        ended_days_ago=row.get("done"),
        asker_login=row["asker"],
        owner_login=owner,
        author_login=row["author"],
        assistants=tuple(row.get("assistants", ())),
        asked_back=row.get("asked_back", ""),
        resubmitted=row.get("resubmitted", ""),
        research=Research(**row["research"]) if "research" in row else None,
        draft=draft,
        corrected=corrected,
        updated=replace_each(corrected, row["update"]) if "update" in row else "",
        change_note=row.get("note", ""),
        second_note=row.get("note2", ""),
        comments=tuple(
            Comment(c["by"], c["section"], c["text"], c["answer"]) for c in row.get("comment", ())
        ),
        sign_comments=dict(row.get("sign", {})),
        second_sign_comments=dict(row.get("sign2", {})),
        mail=_mail(row, "mail"),
        second_mail=_mail(row, "mail2"),
        plan=_plan(row, days),
        sit_ins=tuple(
            SitIn(s["by"], day, s["taught_right"], tuple(s["questions"]), s["note"])
            for s, day in _spread(row.get("sitin", []), days.get(9, 0), days.get(10, 0))
        ),
        samples=tuple(
            Sample(s["contact"], day, s["by"], s["result"], s["note"])
            for s, day in _spread(row.get("sample", []), days.get(10, 0), days.get(11, 0))
        ),
        feedback=tuple(
            Feedback(f["text"], f["route"], f["from"], f.get("answer", "")) for f in row.get("feedback", ())
        ),
        end_login=row.get("end_by", ""),
        end_note=row.get("end_note", ""),
    )


def _base(row: dict[str, Any]) -> tuple[str, str]:
    """The text in force and the owner; nothing is in force for a new process."""
    if "process" not in row:
        return "", row["owner"]
    process = next(process for process in processes() if process.code == row["process"])
    return process.current.body, process.owner_login


def _mail(row: dict[str, Any], key: str) -> Mail | None:
    return Mail(**row[key]) if key in row else None


def _step_days(row: dict[str, Any]) -> dict[int, int]:
    """Finished step to the day it was left, never rising; `waits`: since how many days the open step stands."""
    target, started = row["target"], row["started"]
    done = target - 1 if isinstance(target, int) else {"released2": 15, "rejected": 0}.get(target, 1)
    if not done:
        return {}
    pace = (EMERGENCY_PACE if row["urgency"] == "emergency" else PACE)[:done]
    last = row.get("done") or row.get("waits") or max(1, started // 8)
    return {step: started - (started - last) * sum(pace[:step]) // sum(pace) for step in range(1, done + 1)}


def _spread(rows: list[Any], first: int, last: int) -> list[tuple[Any, int]]:
    """The rows with days between first and last, both counted back from today."""
    return [(row, first - (first - last) * (i + 1) // (len(rows) + 1)) for i, row in enumerate(rows)]


def _plan(row: dict[str, Any], days: dict[int, int]) -> tuple[PlanLine, ...]:
    """The courses: as the file says while they lie ahead, else between steps 9 and 10."""
    lines = row.get("plan", [])
    past = dict(enumerate(day for _, day in _spread(lines, days.get(9, 0), days.get(10, 0))))
    return tuple(
        PlanLine(
            line["course"],
            line.get("in_days", -past[i]),
            line["trainer"],
            tuple(line["units"]),
        )
        for i, line in enumerate(lines)
    )
