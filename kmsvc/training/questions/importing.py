"""Questions out of files into a bank: every line is counted, every refused one is named with its reason; the same again changes what
differs and leaves the rest alone. Source: C23, contract section 5."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture
from kmsvc.core.actors import Actor
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, NotPermitted, Refusal
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Database, Work
from kmsvc.training.questions import banks, usecases
from kmsvc.training.questions.events import QuestionsImported
from kmsvc.training.questions.formats.choosing import Said
from kmsvc.training.questions.formats.every import echoes, read
from kmsvc.training.questions.formats.results import (
    Place,
    Reading,
    Taken,
    TurnedAway,
    brought_over,
    with_fresh_ids,
)
from kmsvc.training.questions.heads import cut_head
from kmsvc.training.questions.kinds import Question, pictures_of
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion
from kmsvc.training.questions.permissions import WRITE_QUESTIONS
from kmsvc.training.questions.problems import Problem
from kmsvc.training.questions.rules import Band, State
from kmsvc.training.questions.saying import PASSED, REMARKS, Say, problem_text
from kmsvc.training.questions.storing import canonical, from_json
from kmsvc.training.questions.usecases import LANGUAGES, Around

BATCH = 100
"""questions in one transaction"""
KeepPicture = Callable[[Work, int, Picture], None]


@dataclass(frozen=True)
class Into:
    """Where questions go. bank: by its name, made when missing; draft: they are looked at before they are asked."""

    bank: str
    language: str = LANGUAGES[0]
    draft: bool = False
    columns: Said | None = None


@dataclass(frozen=True)
class Line:
    """What happened, or would happen, to one item. outcome: created, updated, unchanged, rejected; row: None where the file has none,
    or is refused as a whole; id: as the file names it; remarks: codes of what was left out."""

    file: str
    sheet: str
    row: int | None
    id: str
    shown: str
    outcome: str
    kind: str = ""
    reasons: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    question_id: int | None = None


@dataclass
class ImportReport:
    """Everything that was found in some files."""

    lines: list[Line] = field(default_factory=list)
    notices: list[tuple[str, Notice]] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    bank_id: int | None = None

    def count(self, outcome: str) -> int:
        """How many ended like this."""
        return sum(one.outcome == outcome for one in self.lines)

    def as_json(self, say: Say) -> dict[str, Any]:
        """The shape of contract section 5, with the sheet where there is one."""
        return {"read": len(self.lines), **{name: self.count(name) for name in ("created", "updated", "unchanged")}, "rejected": [
            {"file": one.file, "row": one.row, "reason": reason_of(one, say), **({"sheet": one.sheet} if one.sheet else {}),
             **({"id": one.id} if one.id else {})} for one in self.lines if one.outcome == "rejected"]}

    def warnings(self, say: Say) -> list[str]:
        """What else is to be said: how files were read, what was passed over, what questions lost."""
        found = [f"{file}: {say(one.sentence, one.params)}" for file, one in self.notices]
        found += [say(N_("%(count)s passed over: %(what)s"), {"count": count, "what": say(PASSED[code], {})})
                  for code, count in sorted(self.passed.items()) if code in PASSED]
        lost = Counter(code for one in self.lines for code in one.remarks)
        found += [f"{say(REMARKS[code], {})} ({count})" for code, count in sorted(lost.items()) if code in REMARKS]
        return found


def reason_of(line: Line, say: Say) -> str:
    """Why a line was refused, every reason."""
    return " ".join(dict.fromkeys(problem_text(one, say) for one in line.reasons))


def read_files(files: Iterable[tuple[Path, str]], said: Said | None = None) -> Iterator[tuple[str, Reading]]:
    """(name, what it says) of each file; one that cannot be read at all is turned away as a whole."""
    for path, name in files:
        try:
            yield name, read(path, name, said=said)
        except Refused as error:
            yield name, Reading((), (TurnedAway(Place(), (Problem(error.code, "", dict(error.params)),)),))


def take_in(db: Database, actor: Actor, readings: Iterable[tuple[str, Reading]], into: Into, *, keep_picture: KeepPicture | None = None,
            dry_run: bool = False, told: Callable[[int], None] = lambda done: None) -> ImportReport:
    """Bring every question in that can be. A dry run does the same and keeps nothing.

    Raises BrokenOff, with the report so far, when it ends in the middle: what is in stays, the same again takes the rest."""
    report = ImportReport()
    with db.look(actor) as work:
        work.permit(WRITE_QUESTIONS)
    if not into.bank.strip() or len(into.bank) > 200:
        raise InvalidInput({"bank": [N_("A bank has a name of at most 200 characters.")]})
    met = _Met()
    if dry_run:
        try:
            with db.begin(actor) as work:
                for name, reading in readings:
                    _one_file(lambda act: act(work), name, reading, into, met, report, None, told)
                raise _NotKept
        except _NotKept:
            return report
    for name, reading in readings:
        def each(act: Callable[[Work], None]) -> None:
            with db.begin(actor) as work:
                act(work)
        try:
            _one_file(each, name, reading, into, met, report, keep_picture, told)
        except NotPermitted as error:
            raise BrokenOff(error, report, taken=len(report.lines), file=name, row=None) from error
        except Refusal:
            raise
        except Exception as error:
            raise BrokenOff(error, report, taken=len(report.lines), file=name, row=None) from error
    return report


class _NotKept(Exception):
    """A dry run ends its unit like this."""


@dataclass
class _Met:
    """What earlier items of this import were: outside number or content -> where."""

    ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)


def _one_file(each: Callable[[Callable[[Work], None]], None], name: str, reading: Reading, into: Into, met: _Met,
              report: ImportReport, keep_picture: KeepPicture | None, told: Callable[[int], None]) -> None:
    report.notices += [(name, one) for one in reading.notices]
    report.passed.update(one.code for one in reading.passed_over)
    report.lines += [Line(name, one.place.sheet, one.place.row, one.place.id, one.shown, "rejected", reasons=one.reasons)
                     for one in reading.turned_away]
    counting = _only_counting(reading) if Path(name).suffix.lower() in (".xlsx", ".xls", ".csv") else frozenset()
    pictures = {one.sha256: one for one in reading.pictures}
    for start in range(0, len(reading.taken), BATCH):
        lines: list[Line] = []

        def batch(work: Work, part: Sequence[Taken] = reading.taken[start:start + BATCH], lines: list[Line] = lines) -> None:
            work.permit(WRITE_QUESTIONS)
            work.because(f"import: {name}"[:200])
            bank = _bank(work, into.bank)
            held = _Held(work, bank.id, part, reading.reader)
            for one in part:
                number = "" if one.place.sheet in counting else one.about.number.strip()
                lines.append(_one(work, bank.id, name, one, number, into, met, held, pictures, keep_picture))
            report.bank_id = bank.id
            counts = Counter(one.outcome for one in lines)
            if counts["created"] or counts["updated"]:
                work.record(QuestionsImported(bank.id, counts["created"], counts["updated"]))
        each(batch)
        report.lines += lines
        told(len(report.lines))


def _only_counting(reading: Reading) -> frozenset[str]:
    """Sheets whose numbers only count their rows (1, 2, 3 … in any order, or from 1 again in each section): those are no ids."""
    found = set()
    every = [*(one.place for one in reading.taken), *(one.place for one in reading.turned_away)]
    places = sorted((one for one in every if one.id), key=lambda place: (place.sheet, place.row or 0))
    for sheet, its in groupby(places, key=lambda place: place.sheet):
        numbers = [int(place.id) if place.id.isascii() and place.id.isdecimal() and len(place.id) < 8 else -1 for place in its]
        steps = all(number in (before + 1, 1) for before, number in zip([0, *numbers], numbers, strict=False))
        if steps or sorted(numbers) == list(range(1, len(numbers) + 1)):
            found.add(sheet)
    return frozenset(found)


def _bank(work: Work, name: str) -> Bank:
    row = work.session.scalar(select(Bank).where(Bank.name == name.strip()))
    if row is None:
        return banks.make_bank(work, name.strip())
    if row.removed_at is not None:
        raise InvalidInput({"bank": [N_("The bank of this name was removed; put it back first.")]})
    return row


class _Held:
    """The questions of a bank that some items may be: by their numbers and by how they begin. reader: how the file was read."""

    def __init__(self, work: Work, bank_id: int, items: Sequence[Taken], reader: str) -> None:
        self.reader = reader
        numbers = sorted({one.about.number.strip() for one in items if one.about.number.strip()})
        heads = sorted({cut_head(one.question.stem) for one in items})
        query = select(QuestionRow).where(QuestionRow.bank_id == bank_id)
        by_number = [*work.session.scalars(query.where(QuestionRow.external_id.in_(numbers)).order_by(QuestionRow.id)),
                     *work.session.scalars(query.where(QuestionRow.number.in_(numbers)).order_by(QuestionRow.id))] if numbers else []
        same_head = list(work.session.scalars(query.where(QuestionRow.head.in_(heads)).order_by(QuestionRow.id)))
        self.numbered = {one.number: one for one in by_number} | {one.external_id: one for one in by_number if one.external_id}
        versions = [one.current_version_id for one in (*by_number, *same_head) if one.current_version_id is not None]
        self.questions = {version: from_json(content) for version, content in work.session.execute(
            select(QuestionVersion.id, QuestionVersion.content).where(QuestionVersion.id.in_(sorted(set(versions)))))}
        self.contents = {version: _mark(question) for version, question in self.questions.items()}
        self.same_head = same_head
        self.by_content: dict[str, QuestionRow] = {}
        for one in same_head:
            mark = self.contents.get(one.current_version_id or 0)
            if mark is not None and (mark not in self.by_content or self.by_content[mark].state == State.WITHDRAWN):
                self.by_content[mark] = one


    def that_says(self, item: Taken, mark: str) -> QuestionRow | None:
        """The question that says these words, as far as such a file can say them."""
        head = cut_head(item.question.stem)
        those = [(one, self.questions[one.current_version_id]) for one in self.same_head
                 if one.head == head and one.state != State.WITHDRAWN and one.current_version_id in self.questions]
        return self.by_content.get(mark) or next(
            (one for one, said in those if any(_mark(echo) == mark for echo in echoes(said, self.reader))), None)


def _mark(question: Question) -> str:
    """SHA-256 of what a question says, whatever its ids."""
    return hashlib.sha256(canonical(with_fresh_ids(question))).hexdigest()


def _one(work: Work, bank_id: int, file: str, item: Taken, number: str, into: Into, met: _Met, held: _Held,
         pictures: dict[str, Picture], keep_picture: KeepPicture | None) -> Line:
    mark = _mark(item.question)
    place = item.place
    line = Line(file, place.sheet, place.row, number or place.id, cut_head(item.question.stem, 60), "rejected", item.question.kind.value,
                remarks=item.remarks)
    here = _where(line)
    if number and number in met.ids:
        return replace(line, reasons=(Problem("id_in_file", "", {"where": met.ids[number][1]}),))
    if not number and mark in met.contents:
        return replace(line, reasons=(Problem("same_in_file", "", {"where": met.contents[mark]}),))
    if number:
        met.ids[number] = (mark, here)
    if mark in met.contents:
        line = replace(line, remarks=(*line.remarks, "same_words"))
    met.contents.setdefault(mark, here)
    row = held.numbered.get(number) if number else held.that_says(item, mark)
    if number and row is None and (same := held.by_content.get(mark)) is not None and same.external_id is None:
        row = same
    try:
        with work.session.begin_nested():
            outcome, question_id = _take(work, bank_id, item, number, mark, row, into, held)
            if outcome != "unchanged" and keep_picture is not None:
                for sha in pictures_of(item.question):
                    if sha in pictures:
                        keep_picture(work, question_id, pictures[sha])
    except NotPermitted:
        raise
    except Refusal as error:
        return replace(line, reasons=_problems(error))
    return replace(line, outcome=outcome, question_id=question_id)


def _take(work: Work, bank_id: int, item: Taken, number: str, mark: str, row: QuestionRow | None, into: Into,
          held: _Held) -> tuple[str, int]:
    topic = banks.topic_of_path(work, item.about.topic) if item.about.topic else None
    tags = tuple(one[:60] for one in item.about.tags)
    if row is None:
        made = usecases.write_question(work, bank_id, item.question, Around(
            topic_id=topic, band=item.about.difficulty or Band.MIDDLE, language=into.language, tags=tags,
            external_id=number[:200] or None), active=not into.draft)
        return "created", made.id
    same_words = held.contents.get(row.current_version_id or 0) == mark
    words = item.question
    if not same_words:
        before = from_json(_content(work, row))
        echo = next(iter(sorted(echoes(before, held.reader), key=lambda one: _mark(one) != mark)), None)
        same_words = echo is not None and _mark(echo) == mark  # it says all that such a file can say of the question
        words = brought_over(item.question, before, echo) if echo is not None else item.question
    around = Around(topic_id=topic if topic is not None else row.topic_id, band=item.about.difficulty or row.band,
                    language=row.language, tags=tags or tuple(row.tags), process_id=row.process_id, process_step=row.process_step,
                    external_id=number if number and number != row.number and row.external_id is None else None)
    if same_words and (around.topic_id, around.band, list(around.tags)) == (row.topic_id, row.band, list(row.tags)) and (
            around.external_id is None):
        return "unchanged", row.id
    if row.state == State.WITHDRAWN:
        raise InvalidInput({"question": [Filled(N_("%(number)s was withdrawn. Let it back in first."), number=row.number)]})
    words = from_json(_content(work, row)) if same_words else words
    usecases.change_question(work, row.id, words, around, reason="import")
    return "updated", row.id


def _content(work: Work, row: QuestionRow) -> dict[str, Any]:
    return work.get(QuestionVersion, row.current_version_id).content


def _problems(error: Refusal) -> tuple[Problem, ...]:
    if not isinstance(error, InvalidInput):
        return (Problem("said", "", {"said": Filled(error.sentence, **error.params)}),)
    return tuple(Problem("said", str(name) if name != "question" else "", {"said": one}) for name, said in error.fields.items()
                 for one in (said if isinstance(said, list) else [said]))


def _where(line: Line) -> str:
    return ":".join(str(one) for one in (line.file, line.sheet, line.row or line.id) if one)
