"""GIFT, the text format of Moodle: reading. Source: the format's description in Moodle's documentation, "GIFT format"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kmsvc.convert.encoding import decode
from kmsvc.convert.refusals import Refused
from kmsvc.training.questions.folding import number_in
from kmsvc.training.questions.formats.cells import HOLLOW
from kmsvc.training.questions.formats.results import (
    About,
    Gathering,
    NotUnderstood,
    Place,
    Reading,
    about_with_tags,
)
from kmsvc.training.questions.formats.shares import multiple
from kmsvc.training.questions.formats.wording import from_html, from_plain
from kmsvc.training.questions.kinds import (
    Blank,
    Body,
    Choice,
    FillIn,
    Matching,
    Numeric,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)

ESCAPED = "\\~=#{}:"
"""signs that stand for themselves behind a backslash; `\\n` is a line end"""
_TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]\s?")
_SHARE = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{1,10})?)%")
_LABEL = re.compile(r"\[(id|tag):((?:\\.|[^\]])*)\]")
_TRUE, _FALSE = {"T", "TRUE"}, {"F", "FALSE"}
_HELD = {one: chr(0xE100 + place) for place, one in enumerate(ESCAPED + "n")}
_BACK = {held: "\n" if one == "n" else one for one, held in _HELD.items()}
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_RELEASE = re.compile(f"[{''.join(_BACK)}]")


def _as_it_is(text: str) -> str:
    return text


_READERS: dict[str, Callable[[str], str]] = {"markdown": _as_it_is, "html": from_html, "plain": from_plain, "moodle": from_plain}


def read(data: bytes) -> Reading:
    """Every item of the file. Raises Refused when it is no text, or empty."""
    text, _ = decode(data)
    gathering = Gathering()
    topic = ""
    for number, block, labels in _blocks(text):
        category = re.fullmatch(r"\s*\$CATEGORY:(.*)", block, re.DOTALL)
        if category is not None:
            topic = topic_of(_released(category[1]))
            gathering.pass_over(Place("", number), "category")
            continue
        place = Place("", number, labels.get("id", [""])[0])
        try:
            title, question, remarks = _question(block)
        except NotUnderstood as error:
            gathering.turn_away(place, error.code, _released(block), error.where, **error.params)
            continue
        gathering.judge(place, question, about_with_tags(About(place.id, title, topic), labels.get("tag", [])), remarks)
    if not gathering.found:
        raise Refused("empty")
    return gathering.done()


def topic_of(path: str) -> str:
    """The topic that a category of Moodle names: its path without what stands for the course and the top."""
    parts = [part for part in path.strip().split("/") if not re.fullmatch(r"\$\w+\$", part)]
    return "/".join(parts[1:] if parts[:1] == ["top"] else parts)[:200]


def _blocks(text: str) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """(number of the first line, text with escapes held, labels of the comments before it) of what blank lines part."""
    held: list[str] = []
    labels: dict[str, list[str]] = {}
    first = 1
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.lstrip().startswith("//"):
            for name, value in _LABEL.findall(line):
                labels.setdefault(name, []).append(re.sub(r"\\(.)", r"\1", value))
            continue
        alone = line.lstrip().startswith("$CATEGORY:")
        if held and (not line.strip() or alone):
            yield first, "\n".join(held), labels
            held, labels = [], {}
        if alone:
            yield number, _ESCAPE.sub(lambda found: _HELD[found[1]], line), {}
            continue
        if line.strip():
            first = first if held else number
            held.append(_ESCAPE.sub(lambda found: _HELD[found[1]], line))


def _released(text: str) -> str:
    return _RELEASE.sub(lambda found: _BACK[found[0]], text)


@dataclass(frozen=True)
class _Answer:
    """One line of an answer: its sign (= or ~), its share of a hundred if it names one, its words, still with escapes held."""

    sign: str
    share: Decimal | None
    text: str
    feedback: bool


def _question(block: str) -> tuple[str, Question, list[str]]:
    title, stem, reader, inside, behind = _parts(block)
    answers, parted, explanation = inside.partition("####")
    remarks: list[str] = []
    body = _body(answers.strip(), reader, remarks)
    if isinstance(body, FillIn):
        apart = reader is not _as_it_is and stem and not stem[-1].isspace() and not behind
        stem = f"{stem} [[1]]" if apart else f"{stem}[[1]]{behind}"
    elif behind.strip():
        stem = f"{stem.rstrip()} {HOLLOW} {behind.lstrip()}"
    return title, Question(reader(_released(stem.strip())), body, reader(_released(explanation.strip())) if parted else ""), remarks


def _parts(block: str) -> tuple[str, str, Callable[[str], str], str, str]:
    """(title, text before the answers, reader of its format, answers, text behind them)"""
    title = _TITLE.match(block)
    rest = block[title.end():] if title else block
    said = _FORMAT.match(rest)
    rest = rest[said.end():] if said else rest
    stem, opened, after = rest.partition("{")
    if not opened:
        raise NotUnderstood("no_answers")
    inside, closed, behind = after.partition("}")
    if not closed or "{" in inside or "{" in behind or "}" in behind:
        raise NotUnderstood("braces")
    return (_released(title[1]).strip() if title else "")[:200], stem, _READERS[said[1] if said else "moodle"], inside, behind


def _body(inside: str, reader: Callable[[str], str], remarks: list[str]) -> Body:
    if not inside:
        return ShortAnswer()
    word = inside.split("#")[0].strip().upper()
    if word in _TRUE | _FALSE:
        remarks += ["feedback"] if "#" in inside else []
        return TrueFalse(word in _TRUE)
    if inside.startswith("#"):
        return _numeric(inside[1:].strip(), remarks)
    answers = [_answer(found[0]) for found in re.finditer("[=~][^=~]*", inside)]
    if not answers or not inside.lstrip().startswith(("=", "~")):
        raise NotUnderstood("answers_unread")
    remarks += ["feedback"] if any(one.feedback for one in answers) else []
    if all(one.sign == "=" for one in answers):
        return _matching(answers, reader) if any("->" in one.text for one in answers) else _fill_in(answers)
    options = options_of(_text(one.text, reader) for one in answers)
    rights = [one for one in answers if one.sign == "="]
    if len(rights) == 1 and not any((one.share or 0) > 0 for one in answers if one.sign == "~"):
        remarks += ["credit_replaced"] if any(one.share for one in answers) else []
        return Choice(options, tuple(option.id for option, one in zip(options, answers, strict=True) if one.sign == "="))
    shares = [Decimal(100) if one.sign == "=" else one.share or Decimal(0) for one in answers]
    return multiple(options, shares, remarks)


def _answer(text: str) -> _Answer:
    said = _SHARE.match(text[1:])
    rest = text[1 + said.end():] if said else text[1:]
    words, parted, feedback = rest.partition("#")
    return _Answer(text[0], Decimal(said[1]) if said else None, words.strip(), bool(parted and feedback.strip()))


def _text(words: str, reader: Callable[[str], str]) -> str:
    said = _FORMAT.match(words)
    return (_READERS[said[1]] if said else reader)(_released(words[said.end():] if said else words).strip())


def _fill_in(answers: list[_Answer]) -> FillIn:
    if any(one.share not in (None, 100) for one in answers):
        raise NotUnderstood("share_of_answer")
    accepted = tuple(_released(one.text) for one in answers)
    if any("*" in one for one in accepted):
        raise NotUnderstood("wildcard")
    return FillIn((Blank("1", accepted),))


def _matching(answers: list[_Answer], reader: Callable[[str], str]) -> Matching:
    sides = [one.text.partition("->") for one in answers]
    if not all(parted for _, parted, _ in sides):
        raise NotUnderstood("pair_unread")
    pairs = [(_text(left, reader), _text(right, reader)) for left, _, right in sides]
    return matching_of([(left, right) for left, right in pairs])


def matching_of(pairs: list[tuple[str, str]]) -> Matching:
    """A matching of these pairs; one without a left side is a distractor."""
    lefts = options_of(left for left, _ in pairs if left)
    rights = options_of(dict.fromkeys(right for _, right in pairs))
    place = {one.text: one.id for one in rights}
    matched = (right for left, right in pairs if left)
    return Matching(lefts, rights, tuple((one.id, place[right]) for one, right in zip(lefts, matched, strict=True)))


def _numeric(inside: str, remarks: list[str]) -> Numeric:
    answers = [_answer(found[0]) for found in re.finditer("=[^=]*", inside)] if inside.startswith("=") else [_answer(f"={inside}")]
    remarks += ["feedback"] if any(one.feedback for one in answers) else []
    if len(answers) > 1 or answers[0].share not in (None, 100):
        raise NotUnderstood("many_numbers")
    words = answers[0].text
    low, ranged, high = words.partition("..")
    value, _, tolerance = words.partition(":")
    numbers = number_in(low if ranged else value), number_in(high) if ranged else number_in(tolerance or "0")
    if numbers[0] is None or numbers[1] is None:
        raise NotUnderstood("key_unread", "key", words=_released(words)[:40])
    if ranged:
        return Numeric((numbers[0] + numbers[1]) / 2, (numbers[1] - numbers[0]) / 2)
    return Numeric(numbers[0], numbers[1])
