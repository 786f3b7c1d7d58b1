"""A small bank of questions for tests of papers and exams: rows put in as they stand, so that a hundred cost nothing."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from kmsvc.core.work import Work
from kmsvc.training.papers.permissions import WRITE_PAPER
from kmsvc.training.questions.kinds import (
    Blank,
    Case,
    Choice,
    FillIn,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion, Topic
from kmsvc.training.questions.storing import content_hash, to_json
from tests.support.centre import Centre

_numbers = count(1)


def question(kind: str, text: str, points: str = "2") -> Question:
    """A question of a kind that says `text`; its key is the first option, true, or the text itself."""
    options = options_of((f"{text} A", f"{text} B", f"{text} C"))
    body = {"single": lambda: Choice(options, (options[0].id,)),
            "multiple": lambda: Choice(options, (options[0].id, options[1].id), True),
            "true_false": lambda: TrueFalse(True), "short_answer": lambda: ShortAnswer(model_answer=f"{text} 答案"),
            "fill_in": lambda: FillIn((Blank("1", (text,)),)),
            "case": lambda: Case((Part("p1", Question("?", TrueFalse(True))),))}[kind]()
    return Question(text + (" [[1]]" if kind == "fill_in" else ""), body, explanation=f"{text} 解析", points=Decimal(points))


def make_bank(work: Work, name: str = "退费题库") -> Bank:
    """An empty bank."""
    work.permit(WRITE_PAPER)
    row = Bank(number=f"QB-{next(_numbers):06d}", name=name, about="", made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def make_topic(work: Work, name: str, parent: Topic | None = None) -> Topic:
    """A topic."""
    work.permit(WRITE_PAPER)
    row = Topic(name=name, parent_id=parent.id if parent else None)
    work.session.add(row)
    work.session.flush()
    return row


def put(work: Work, bank: Bank, topic: Topic | None, kind: str, many: int, *, band: str = "middle", difficulty: int | None = None,
        state: str = "active", points: str = "2") -> list[int]:
    """So many questions of a kind; their ids."""
    found = []
    for _ in range(many):
        no = next(_numbers)
        asked = question(kind, f"题{no}", points)
        row = QuestionRow(number=f"Q-{no:06d}", bank_id=bank.id, topic_id=topic.id if topic else None, kind=kind, band=band, state=state,
                          language="zh_Hans_CN", head=asked.stem, difficulty=difficulty, made_at=work.now, changed_at=work.now,
                          answered=0, flagged_why="statistics" if state == "flagged" else None)
        work.session.add(row)
        work.session.flush()
        found.append(row.id)
        write_anew(work, row.id, asked)
    return found


def write_anew(work: Work, question_id: int, asked: Question) -> int:
    """A new version of a question; its id."""
    row = work.get(QuestionRow, question_id)
    version = QuestionVersion(question_id=row.id, no=1 if row.current_version_id is None else 2, content=to_json(asked),
                              content_hash=content_hash(asked), reason="", made_at=work.now)
    work.session.add(version)
    work.session.flush()
    row.current_version_id = version.id
    return version.id


def small_bank(world: Centre) -> tuple[int, dict[str, int]]:
    """A bank with two topics and thirty questions: (bank, topic name -> id)."""
    with world.begin("trainer") as work:
        bank, times, identity = make_bank(work), make_topic(work, "时限"), make_topic(work, "身份核验")
        for topic in (times, identity):
            for band, hard in (("easy", 200), ("middle", 500), ("hard", 800)):
                put(work, bank, topic, "single", 4, band=band, difficulty=hard)
        put(work, bank, times, "true_false", 3)
        put(work, bank, times, "short_answer", 2, points="10")
        put(work, bank, identity, "short_answer", 1, points="10")
        return bank.id, {"时限": times.id, "身份核验": identity.id}
