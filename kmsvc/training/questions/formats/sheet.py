"""Questions out of XLSX and CSV files as centres keep them: any headings or none, answers in any of their forms, several sheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice
from kmsvc.convert.service import sheets_file
from kmsvc.convert.sheets import Sheet
from kmsvc.training.questions.folding import number_in
from kmsvc.training.questions.formats import cells
from kmsvc.training.questions.formats.choosing import Said, chosen
from kmsvc.training.questions.formats.layout import Layout, is_section, layout_of
from kmsvc.training.questions.formats.results import About, Gathering, NotUnderstood, Place, Reading
from kmsvc.training.questions.formats.wording import from_plain
from kmsvc.training.questions.formats.words import kind_in, meaning
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    Blank,
    Body,
    Choice,
    Credit,
    FileAnswer,
    FillIn,
    Matching,
    Numeric,
    OrderCredit,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    fresh_ids,
    options_of,
)

_CHOICES = ("single", "multiple", "choice")
PAIR = " => "
"""between the two sides of a pair; a distractor has nothing before it"""


def read_file(path: Path | str, filename: str) -> Reading:
    """Every row of every visible sheet. Raises Refused when the file as a whole cannot be read."""
    return read_sheets(sheets_file(path, filename))


def read_sheets(sheets: Iterable[Sheet], said: Said | None = None) -> Reading:
    """Every row of these sheets: taken, turned away with its reasons, or passed over. said: what their columns are, where somebody
    said so. Raises Refused("empty") without any row."""
    gathering = Gathering()
    for sheet in sheets:
        gathering.notices += sheet.notices
        if sheet.rows:
            _read_sheet(sheet, gathering, said)
        elif not sheet.notices:
            gathering.notices.append(Notice("sheet_empty", {"sheet": sheet.name}))
    if not gathering.found:
        raise Refused("empty")
    return gathering.done()


def _read_sheet(sheet: Sheet, gathering: Gathering, said: Said | None = None) -> None:
    layout = chosen(said, sheet.name, sheet.rows, layout_of(sheet.rows))
    if layout is None:
        for number, row in sheet.rows:
            gathering.turn_away(Place(sheet.name, number), "columns_unknown", " ".join(filter(None, row)))
        return
    announced = kind_in(sheet.name)
    for index, (number, row) in enumerate(sheet.rows):
        place = Place(sheet.name, number)
        if layout.heading_row is not None and index < layout.first:
            announced = is_section(row) or announced
            gathering.pass_over(place, "heading" if index == layout.heading_row else "above_heading")
        elif index and layout.heading_row is not None and row == sheet.rows[layout.heading_row][1]:
            gathering.pass_over(place, "heading")  # printed anew on each page
        elif (section := is_section(row)) is not None:
            announced = section
            gathering.pass_over(place, "section")
        else:
            _read_row(_RowOf(layout, row, announced), place, gathering)


@dataclass(frozen=True)
class _RowOf:
    """A row with its layout and the kind that its sheet or section announces."""

    layout: Layout
    row: list[str]
    announced: str | None

    def texts(self, *words: str) -> list[str]:
        """Cells as Markdown."""
        plain = [_unguarded(word) for word in words]
        return plain if self.layout.markdown else [from_plain(word) for word in plain]


def _unguarded(cell: str) -> str:
    """Without the apostrophe that our CSV puts before what a spreadsheet program would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") else cell


def _read_row(row: _RowOf, place: Place, gathering: Gathering) -> None:
    values = {code: cell for code, cell in row.layout.values(row.row).items() if cell}
    options = row.layout.option_cells(row.row)
    place = Place(place.sheet, place.row, values.get("number", "")[:60])
    if not options and not set(values) - {"number", "kind", "points", "difficulty", "topic"}:
        gathering.pass_over(place, "nothing_asked")
        return
    try:
        question = _question(row, values, options)
    except NotUnderstood as error:
        gathering.turn_away(place, error.code, values.get("stem", ""), error.where, **error.params)
        return
    gathering.judge(place, question, _about(values))


def _about(values: Mapping[str, str]) -> About:
    level = meaning("difficulty", values.get("difficulty", "")) or ""
    tags = [one.strip() for one in values.get("tags", "").replace("\uff0c", ",").replace("\u3001", ",").split(",")]
    return About(values.get("number", "")[:60], "", values.get("topic", "")[:200], level, tuple(dict.fromkeys(filter(None, tags))))


def _question(row: _RowOf, values: Mapping[str, str], own: list[str]) -> Question:
    stem, key = _unguarded(values.get("stem", "")), _unguarded(values.get("key", ""))
    options = [_unguarded(cell) for cell in own] if own else cells.split_options(values.get("options", ""))
    said = _kind_said(values.get("kind", "")) or row.announced
    if not row.layout.markdown and not options and said in (None, *_CHOICES, "true_false"):
        stem, options = cells.options_in_stem(stem)
    if not key and said in (None, *_CHOICES, "true_false"):
        stem, key = cells.answer_inside(stem)
    kind = said if said not in (None, "choice") else _kind_seen(stem, options, key)
    points = Decimal(1)
    if values.get("points"):
        worth = cells.amount(values["points"])
        if worth is None:
            raise NotUnderstood("points_unread", "points", words=values["points"][:40])
        points = worth
    if kind == "fill_in":
        stem = cells.with_marks(stem)
    body = _body(row, kind, stem, options, key, values)
    if isinstance(body, ShortAnswer | FileAnswer) and body.rubric and not values.get("points"):
        points = sum((one.points for one in body.rubric), Decimal(0))
    shown, explanation = row.texts(stem, values.get("explanation", ""))
    return Question(shown, body, explanation, points)


def _kind_said(cell: str) -> str | None:
    if not cell:
        return None
    code = kind_in(cell)
    if code is None:
        raise NotUnderstood("kind_unknown", "kind", words=cell[:40])
    return code


def _kind_seen(stem: str, options: list[str], key: str) -> str:
    """The kind of a row that does not say: a choice without options stays one, to be refused for it."""
    if cells.truth(key) is not None and (not options or all(cells.truth(one) is not None for one in options)):
        return "true_false"
    named = cells.choice_key(key, options)
    if options or named is not None and key.strip() and not key.strip()[0].isdigit():
        return "multiple" if named is not None and len(set(named)) > 1 else "single"
    if cells.has_blanks(stem):
        return "fill_in"
    return "short_answer"


def _body(row: _RowOf, kind: str, stem: str, options: list[str], key: str, values: Mapping[str, str]) -> Body:
    if kind in ("single", "multiple"):
        return _choice(row, kind, options, key, values)
    if kind == "true_false":
        return TrueFalse(_truth(options, key))
    if kind == "fill_in":
        return _fill_in(stem, key)
    if kind == "numeric":
        return _numeric(key, values)
    if kind == "ordering":
        named = cells.choice_key(key, options) if key else list(range(len(options)))
        if named is None or sorted(named) != list(range(len(options))):
            raise NotUnderstood("key_unread", "key", words=key[:40])
        credit = _credit(values, OrderCredit.EXACT, OrderCredit)
        return Ordering(options_of(row.texts(*(options[one] for one in named))), OrderCredit(credit))
    if kind == "matching":
        return _matching(row, options)
    if kind == "case":
        raise NotUnderstood("case_in_sheet", "kind")
    rubric = cells.rubric_lines(values.get("rubric", ""))
    if rubric is None:
        raise NotUnderstood("rubric_unread", "rubric")
    texts = row.texts(*(one.text for one in rubric))
    rubric = tuple(type(one)(one.id, text, one.points) for one, text in zip(rubric, texts, strict=True))
    return (FileAnswer if kind == "file" else ShortAnswer)(rubric, row.texts(key)[0])


def _choice(row: _RowOf, kind: str, options: list[str], key: str, values: Mapping[str, str]) -> Choice:
    named = cells.choice_key(key, options) if key else []
    if named is None:
        raise NotUnderstood("key_unread", "key", words=key[:40])
    beyond = [one for one in named if one >= len(options)]
    if beyond and options:
        raise NotUnderstood("key_beyond_options", "key", key=cells.letters(beyond[:1]), count=len(options))
    while "" in options and options.index("") not in named and not any(options[options.index(""):]):
        options = options[:options.index("")]
    made = options_of(row.texts(*options))
    keys = tuple(made[one].id for one in named) if options else ()
    several = kind == "multiple"
    return Choice(made, keys, several, Credit(_credit(values, Credit.IF_NONE_WRONG, Credit)) if several else Credit.IF_NONE_WRONG)


def _credit(values: Mapping[str, str], default: str, wanted: type[Credit] | type[OrderCredit]) -> str:
    said = values.get("credit", "")
    if not said:
        return default
    code = meaning("credit", said)
    if code not in {one.value for one in wanted}:
        raise NotUnderstood("credit_unknown", "credit", words=said[:40])
    return code


def _truth(options: list[str], key: str) -> bool | None:
    """The answer by its word, or by the letter of an option that is such a word."""
    said = cells.truth(key)
    if said is None and key:
        named = cells.choice_key(key, options)
        said = cells.truth(options[named[0]]) if named and len(named) == 1 and named[0] < len(options) else None
        if said is None:
            raise NotUnderstood("key_unread", "key", words=key[:40])
    return said


def _fill_in(stem: str, key: str) -> FillIn:
    marks = BLANK_MARK.findall(stem)
    if not marks:
        return FillIn(())
    accepted = cells.fill_key(key, len(marks))
    if accepted is None:
        raise NotUnderstood("answers_and_blanks_differ", "key", blanks=len(marks))
    return FillIn(tuple(Blank(mark, its) for mark, its in zip(marks, accepted, strict=True)))


def _numeric(key: str, values: Mapping[str, str]) -> Numeric:
    unit, said = values.get("unit", ""), values.get("tolerance", "")
    value = number_in(key, unit)
    if value is None and key:
        raise NotUnderstood("key_unread", "key", words=key[:40])
    relative = said.endswith(("%", "\uff05"))
    tolerance = number_in(said.lstrip("\u00b1"), "%" if relative else unit) if said else Decimal(0)
    if tolerance is None:
        raise NotUnderstood("tolerance_unread", "tolerance", words=said[:40])
    return Numeric(value, tolerance.scaleb(-2) if relative else tolerance, relative, unit)


def _matching(row: _RowOf, options: list[str]) -> Matching:
    lefts: list[str] = []
    rights: list[str] = []
    pairs: list[tuple[int, int]] = []
    for cell in options:
        left, parted, right = (f" {cell} ").partition(PAIR)
        if not parted:
            raise NotUnderstood("pair_unread", "options", words=cell[:40])
        left, right = left.strip(), right.strip()
        place = rights.index(right) if right in rights else len(rights)
        rights += [right] if place == len(rights) else []
        if left:
            pairs.append((len(lefts), place))
            lefts.append(left)
    shown = row.texts(*lefts), row.texts(*rights)
    left_ids, right_ids = fresh_ids(shown[0]), fresh_ids(shown[1])
    return Matching(options_of(shown[0]), options_of(shown[1]), tuple((left_ids[one], right_ids[other]) for one, other in pairs))
