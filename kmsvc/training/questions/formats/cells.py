"""What stands in one cell of a sheet of questions: options with their letters, an answer in any of its forms, blanks in a stem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from kmsvc.training.questions.formats.words import answer_inside_pattern, meaning
from kmsvc.training.questions.kinds import BLANK_MARK, Criterion

# A letter with a mark behind it, "A." or "(A)", that does not end a word; or at the head of a line with anything but a word behind.
_LETTER = "([A-Ta-t\uff21-\uff34\uff41-\uff54])"
_BEHIND = ".\uff0e\u3001:\uff1a"
_MARKED = re.compile(rf"(?<![A-Za-z0-9])(?:[(\uff08\[]{_LETTER}[)\uff09\]]\s*[{_BEHIND}]?|{_LETTER}\s*[{_BEHIND})\uff09])\s*")
_LINE_MARKED = re.compile(rf"(?m)^[ \t]*{_LETTER}(?:[ \t\u3000]+|(?=[^\sA-Za-z0-9.,\-']))")
_ENDS = re.compile(r"[\s;\uff1b,\uff0c\u3001|]+\Z")
_BETWEEN_ANSWERS = re.compile(r"[\s,\uff0c\u3001;\uff1b/|.+&\u548c\u4e0e]+")
_UNDERLINE = re.compile(r"_{2,}|\uff3f{2,}|\u2581{2,}")
_HOLLOW = re.compile(r"[(\uff08\u3010\[][\s\u3000_]*[)\uff09\u3011\]]")
_ANSWER_INSIDE = re.compile(rf"[(\uff08]\s*({answer_inside_pattern()})\s*[)\uff09]")
_BETWEEN_BLANKS = ("\n", ";\uff1b", "|\uff5c", "\u3001", ",\uff0c", " ")
# a slash between words, not in a date or in km/h; the Chinese word for "or"
_BETWEEN_VARIANTS = re.compile(r"\s+/\s+|\uff0f|(?<![\dA-Za-z])/|/(?![\dA-Za-z])|(?<=[\s\u4e00-\u9fff])\u6216(?=[\s\u4e00-\u9fff])")
_POINTS = re.compile(r"[(\uff08\[]?\s*(\d{1,4}(?:\.\d{1,2})?)\s*(?:\u5206|points?|marks?)\s*[)\uff09\]]?", re.IGNORECASE)
HOLLOW = "\uff08\u3000\uff09"
"""brackets for an answer, as Chinese sheets print them"""


def split_options(cell: str) -> list[str]:
    """The options of a cell: by their letters in order, else one a line, else parted by bars or semicolons; none when it is one."""
    lettered = _by_letters(cell)
    if lettered is not None and not lettered[0]:
        return lettered[1]
    for mark in ("\n", "|\uff5c", ";\uff1b"):
        parts = [part.strip() for part in re.split(f"[{mark}]", cell)]
        if len([part for part in parts if part]) > 1:
            return [part for part in parts if part] if mark == "\n" else parts
    return [cell.strip()] if cell.strip() else []


def options_in_stem(stem: str) -> tuple[str, list[str]]:
    """(the stem, its options) where both stand in one cell, the options with letters; otherwise the stem and none."""
    found = _by_letters(stem)
    return found if found is not None and found[0] else (stem, [])


def _by_letters(text: str) -> tuple[str, list[str]] | None:
    """(what stands before, the options) when letters A, B … follow each other through the text; None when they do not."""
    for pattern in (_MARKED, _LINE_MARKED):
        marks, wanted = [], "A"
        for found in pattern.finditer(text):
            if unicodedata.normalize("NFKC", found[1] or found[pattern.groups]).upper() == wanted:
                marks.append(found)
                wanted = chr(ord(wanted) + 1)
        if len(marks) < 2:
            continue
        ends = [*(one.start() for one in marks[1:]), len(text)]
        parts = [_ENDS.sub("", text[one.end():end]).strip() for one, end in zip(marks, ends, strict=True)]
        if all(parts):
            return text[:marks[0].start()].strip(), parts
    return None


def choice_key(cell: str, options: Sequence[str]) -> list[int] | None:
    """The places, from 0, of the options that an answer names: by letters ("AC", "A、C"), by numbers, or by their own words.

    A place beyond the options is given as it stands. None when the answer says nothing of the kind."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    words = [_same(one) for one in options]
    if _same(plain) in words and len(_same(plain)) > 1 and not plain.isdecimal():
        return [words.index(_same(plain))]
    joined = _BETWEEN_ANSWERS.sub("", plain).upper()
    if joined and len(joined) <= 20 and re.fullmatch("[A-T]+", joined):
        return [ord(one) - ord("A") for one in joined]
    parts = [part for part in _BETWEEN_ANSWERS.split(plain) if part]
    if parts and all(re.fullmatch(r"[1-9]|1\d|20", part) for part in parts):
        numbered = [int(part) - 1 for part in parts]
        if not set(parts) & set(words):
            return numbered
        if max(numbered) < len(words) and any(words[one] != part for one, part in zip(numbered, parts, strict=True)):
            return None  # the first option, or the one that is called 1?
    for mark in ("\n", "|", ";", "\u3001", ","):
        named = [_same(part) for part in plain.split(mark) if part.strip()]
        if named and all(one in words for one in named):
            return [words.index(one) for one in named]
    return None


def letters(places: Sequence[int]) -> str:
    """Places from 0 as letters: [0, 2] is "AC"."""
    return "".join(chr(ord("A") + place) for place in places)


def truth(cell: str) -> bool | None:
    """Whether an answer says true or false; None for anything else."""
    return {"yes": True, "no": False}.get(meaning("truth", cell.strip()) or "")


def answer_inside(stem: str) -> tuple[str, str]:
    """(the stem with hollow brackets, the answer) where the one answer stands in brackets in the stem; "" when there is none."""
    found = _ANSWER_INSIDE.findall(stem)
    return (_ANSWER_INSIDE.sub(HOLLOW, stem), found[0]) if len(found) == 1 else (stem, "")


def has_blanks(stem: str) -> bool:
    """Whether there is anything to fill in: a mark, a line, or hollow brackets."""
    return bool(BLANK_MARK.search(stem) or _UNDERLINE.search(stem) or _HOLLOW.search(stem))


def with_marks(stem: str) -> str:
    """The stem with a numbered mark for each blank: marks stay, else lines count, else hollow brackets."""
    if BLANK_MARK.search(stem):
        return stem
    counted = iter(range(1, 1_000))
    pattern = _UNDERLINE if _UNDERLINE.search(stem) else _HOLLOW
    return pattern.sub(lambda _: f"[[{next(counted)}]]", stem)


def fill_key(cell: str, blanks: int) -> list[tuple[str, ...]] | None:
    """What each of so many blanks accepts; None when the answer cannot be parted into as many."""
    if blanks == 1:
        return [_variants(cell)]
    for marks in _BETWEEN_BLANKS:
        parts = [part.strip() for part in re.split(f"[{marks}]" if marks != " " else r"\s+", cell.strip())]
        if len(parts) == blanks and all(parts):
            return [_variants(part) for part in parts]
    return None


def _variants(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in _BETWEEN_VARIANTS.split(text) if one.strip()))


def amount(cell: str) -> Decimal | None:
    """A number of points: "2", "2.5", "2 points"; None when it is none."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    found = _POINTS.fullmatch(plain)
    try:
        value = Decimal(found[1] if found else plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def rubric_lines(cell: str) -> tuple[Criterion, ...] | None:
    """The lines of a rubric, each with its points in brackets or at its end; None when a line names none."""
    rows: list[Criterion] = []
    for line in filter(None, map(str.strip, cell.split("\n"))):
        found = list(_POINTS.finditer(line))
        if not found:
            return None
        words = f"{line[:found[-1].start()]}{line[found[-1].end():]}".strip(" \t:\uff1a,\uff0c;\uff1b")
        rows.append(Criterion(str(len(rows) + 1), words, Decimal(found[-1][1])))
    return tuple(rows)


def _same(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
