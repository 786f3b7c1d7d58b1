"""Questions as a sheet that brings them in again: a row each, headings and words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kmsvc.convert.export import LONGEST_CELL, Cell, csv_bytes, xlsx_bytes
from kmsvc.convert.sheets import Sheet, delimiter_of
from kmsvc.markup.cleaning import scrub
from kmsvc.training.questions.formats import cells
from kmsvc.training.questions.formats.results import Place, Reading, Taken, trial
from kmsvc.training.questions.formats.sheet import PAIR, read_sheets
from kmsvc.training.questions.formats.words import export_words, word_for
from kmsvc.training.questions.kinds import (
    Body,
    Case,
    Choice,
    FileAnswer,
    FillIn,
    Folding,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)

FEWEST_OPTIONS = 4
_BEFORE = ("number", "kind", "topic", "difficulty", "points", "stem")
_BEHIND = ("key", "tolerance", "unit", "credit", "rubric", "explanation", "tags")


def write_csv(items: Sequence[Taken], language: str = "zh") -> bytes:
    """CSV in UTF-8 with its mark; it names its delimiter where a table inside a text would be taken for one. language: zh or en."""
    data = csv_bytes(*table(items, language))
    text = data.decode("utf-8-sig")
    return data if delimiter_of(text) == "," else f"sep=,\r\n{text}".encode("utf-8-sig")


def write_xlsx(items: Sequence[Taken], language: str = "zh") -> bytes:
    """One sheet, text as text."""
    return xlsx_bytes(export_words(language)["title"], *table(items, language))


def table(items: Sequence[Taken], language: str) -> tuple[list[str], list[list[Cell]]]:
    """(headings, rows) of these questions; the options have as many columns as the longest needs."""
    words = export_words(language)
    options = [_options(one.question.body) for one in items]
    width = max(FEWEST_OPTIONS, *map(len, options), 0)
    heads = [*(words[code] for code in _BEFORE), *(f"{words['option']}{cells.letters([place])}" for place in range(width)),
             *(words[code] for code in _BEHIND)]
    return heads, [_row(one, its, width, language) for one, its in zip(items, options, strict=True)]


def cannot_hold(question: Question) -> list[str]:
    """What a sheet does not keep of a question: codes, none when it comes back whole."""
    return list(_lost(question)) or trial(question, back)


def _lost(question: Question) -> Iterable[str]:
    body = question.body
    if isinstance(body, Case):
        yield "case"
    if isinstance(body, FillIn):
        if body.folding != Folding():
            yield "folding"
        if any(one.weight != 1 for one in body.blanks):
            yield "blank_weight"
    if isinstance(body, Choice) and not body.shuffled:
        yield "fixed_order"
    if isinstance(body, Choice | Ordering) and any(one.pinned for one in (body.options if isinstance(body, Choice) else body.items)):
        yield "pinned"
    if isinstance(body, ShortAnswer) and body.longest:
        yield "longest"
    if isinstance(body, FileAnswer) and body.types:
        yield "types"
    if any(len(str(cell)) > LONGEST_CELL for row in table([Taken(Place(), question)], "en")[1] for cell in row):
        yield "too_long"


def back(question: Question) -> Reading:
    """What comes out of a sheet with this question alone."""
    heads, rows = table([Taken(Place(), question)], "zh")
    sheet = Sheet("")
    every: list[Sequence[Cell]] = [heads, *rows]
    for number, row in enumerate(every, 1):
        sheet.add(number, [scrub("" if cell is None else str(cell)).strip() for cell in row])
    return read_sheets([sheet])


def _row(item: Taken, options: Sequence[str], width: int, language: str) -> list[Cell]:
    question, body, about = item.question, item.question.body, item.about
    values: dict[str, Cell] = {
        "number": about.number, "kind": word_for("kind", question.kind.value, language), "topic": about.topic,
        "difficulty": word_for("difficulty", about.difficulty, language) if about.difficulty else "", "points": question.points,
        "stem": question.stem, "key": _key(body, language), "explanation": question.explanation, "tags": ", ".join(about.tags)}
    if isinstance(body, Numeric):
        tolerance = f"{(body.tolerance * 100).normalize():f}%" if body.relative else f"{body.tolerance:f}"
        values |= {"tolerance": tolerance if body.tolerance or body.relative else "", "unit": body.unit}
    if isinstance(body, Ordering) or (isinstance(body, Choice) and body.several):
        values["credit"] = word_for("credit", body.credit.value, language)
    if isinstance(body, ShortAnswer | FileAnswer):
        values["rubric"] = "\n".join(f"{one.text} ({one.points:f} {export_words(language)['point']})" for one in body.rubric)
    return [*(values.get(code, "") for code in _BEFORE), *options, *[""] * (width - len(options)),
            *(values.get(code, "") for code in _BEHIND)]


def _options(body: Body) -> list[str]:
    if isinstance(body, Choice):
        return [one.text for one in body.options]
    if isinstance(body, Ordering):
        return [one.text for one in body.items]
    if not isinstance(body, Matching):
        return []
    rights, lefts = {one.id: one.text for one in body.rights}, {one.id: one.text for one in body.lefts}
    used = {right for _, right in body.key}
    key = dict(body.key)
    return [*(f"{lefts[one.id]}{PAIR}{rights[key[one.id]]}" for one in body.lefts),
            *(f"{PAIR}{one.text}".lstrip() for one in body.rights if one.id not in used)]


def _key(body: Body, language: str) -> str:
    if isinstance(body, Choice):
        places = {one.id: place for place, one in enumerate(body.options)}
        return cells.letters([places[key] for key in body.keys])
    if isinstance(body, TrueFalse):
        return word_for("truth", "yes" if body.key else "no", language)
    if isinstance(body, FillIn):
        return "\n".join(" / ".join(one.accepted) for one in body.blanks)
    if isinstance(body, Numeric):
        return f"{body.value:f}" if body.value is not None else ""
    if isinstance(body, Ordering):
        return cells.letters(range(len(body.items)))
    return body.model_answer if isinstance(body, ShortAnswer | FileAnswer) else ""
