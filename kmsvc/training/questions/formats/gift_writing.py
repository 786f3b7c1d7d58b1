"""GIFT, the text format of Moodle: writing, texts as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kmsvc.training.questions.formats.gift import ESCAPED, read
from kmsvc.training.questions.formats.lost import lost
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken, tags_with_level, trial
from kmsvc.training.questions.formats.shares import shares_of
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    Body,
    Choice,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Question,
    TrueFalse,
)

KINDS = {Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.FILL_IN, Kind.NUMERIC, Kind.MATCHING, Kind.SHORT_ANSWER}
_BRACKET = re.compile(r"[\]\\]")
_SIGNS = re.compile(f"[{re.escape(ESCAPED)}]")


def write(items: Iterable[Taken]) -> bytes:
    """The questions as GIFT, in UTF-8. What it cannot hold is not there: ask `cannot_hold` first."""
    parts: list[str] = []
    topic = ""
    for one in items:
        if one.about.topic != topic:
            topic = one.about.topic
            parts.append(f"$CATEGORY: {_text(topic) if topic else '$course$/top'}\n")
        parts.append("\n".join(filter(None, [_labels(one.about), _item(one.question, one.about.title)])) + "\n")
    return "\n".join(parts).encode()


def cannot_hold(question: Question) -> list[str]:
    """What GIFT does not keep of a question: codes of `lost`, none when it comes back whole."""
    keeps = {"explanation", "tolerance"}
    if isinstance(question.body, Choice) and question.body.several and shares_of(question.body) is not None:
        keeps.add("credit")
    return lost(question, KINDS, keeps) or trial(question, back)


def back(question: Question) -> Reading:
    """What comes out of a file with this question alone."""
    return read(write([Taken(Place(), question)]))


def _labels(about: About) -> str:
    labels = [("id", about.number)] if about.number else []
    labels += [("tag", one) for one in tags_with_level(about)]
    said = " ".join(f"[{name}:{_BRACKET.sub(_behind, ' '.join(value.split()))}]" for name, value in labels)
    return f"// {said}" if said else ""


def _item(question: Question, title: str) -> str:
    before, behind = question.stem, ""
    if isinstance(question.body, FillIn):
        before, _, behind = BLANK_MARK.sub("\x00", question.stem, count=1).partition("\x00")
    inside = "".join(_answers(question.body))
    if question.explanation:
        inside += f"####{_text(question.explanation)}"
    return f"{f'::{_text(title)}::' if title else ''}[markdown]{_text(before)}{{{inside}}}{_text(behind)}"


def _answers(body: Body) -> Iterator[str]:
    if isinstance(body, Choice):
        shares = shares_of(body) if body.several else None
        for one in body.options:
            if shares is not None:
                yield f"~%{shares.right if one.id in body.keys else shares.wrong}%{_text(one.text)}"
            else:
                yield f"{'=' if one.id in body.keys else '~'}{_text(one.text)}"
    elif isinstance(body, TrueFalse):
        yield "TRUE" if body.key else "FALSE"
    elif isinstance(body, FillIn):
        yield from (f"={_text(one)}" for one in body.blanks[0].accepted)
    elif isinstance(body, Numeric):
        yield f"#{body.value or 0:f}:{body.tolerance:f}"
    elif isinstance(body, Matching):
        lefts, rights = {one.id: one.text for one in body.lefts}, {one.id: one.text for one in body.rights}
        yield from (f"={_text(lefts[left])} -> {_text(rights[right])}" for left, right in body.key)
        used = {right for _, right in body.key}
        yield from (f"= -> {_text(one.text)}" for one in body.rights if one.id not in used)


def _text(text: str) -> str:
    return _SIGNS.sub(_behind, text).replace("\n", "\\n")


def _behind(found: re.Match[str]) -> str:
    """The sign behind a backslash."""
    return f"\\{found[0]}"
