"""Aiken: single choices as plain lines, the options with letters, the key in a last line `ANSWER: B`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kmsvc.convert.encoding import decode
from kmsvc.convert.refusals import Refused
from kmsvc.training.questions.formats.lost import lost
from kmsvc.training.questions.formats.results import Gathering, Place, Reading, Taken, trial
from kmsvc.training.questions.formats.wording import from_plain, to_plain
from kmsvc.training.questions.kinds import Choice, Kind, Question, options_of

_OPTION = re.compile(r"([A-Ta-t])[.)\uff0e\u3001\uff09]\s*(.*)")
_ANSWER = re.compile(r"ANSWER\s*[:\uff1a]\s*(.*)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Ta-t](?:[\s,\uff0c\u3001;]*[A-Ta-t])*")


def read(data: bytes) -> Reading:
    """Every item of the file. Raises Refused when it is no text, or empty."""
    text, _ = decode(data)
    gathering = Gathering()
    for first, lines in _items(text.splitlines()):
        _read_item(gathering, Place("", first), lines)
    if not gathering.found:
        raise Refused("empty")
    return gathering.done()


def _items(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of the first line, lines) of each item: up to its answer; without one, up to an empty line that ends it."""
    held: list[str] = []
    first = 1
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            following = next((one.strip() for one in lines[number:] if one.strip()), "")
            if held and not (_OPTION.match(following) or _ANSWER.match(following)):
                yield first, held
                held = []
            continue
        if not held:
            first = number
        held.append(line)
        if _ANSWER.match(line):
            yield first, held
            held = []
    if held:
        yield first, held


def _read_item(gathering: Gathering, place: Place, lines: Sequence[str]) -> None:
    stem: list[str] = []
    options: list[str] = []
    key = ""
    for line in lines:
        option, answer = _OPTION.match(line), _ANSWER.match(line)
        if answer is not None:
            key = answer[1].strip()
        elif option is not None and option[1].upper() == chr(ord("A") + len(options)) and (stem or options):
            options.append(option[2].strip())
        elif options:
            options[-1] += f"\n{line}"
        else:
            stem.append(line)
    if key and not _LETTERS.fullmatch(key):
        gathering.turn_away(place, "key_unread", " ".join(stem), "key", words=key[:40])
        return
    places = [ord(one) - ord("A") for one in re.sub("[^A-T]", "", key.upper())]
    if options and any(one >= len(options) for one in places):
        gathering.turn_away(place, "key_beyond_options", " ".join(stem), "key", key=key[:40], count=len(options))
        return
    made = options_of(map(from_plain, options))
    keys = tuple(made[one].id for one in places) if options else ()
    gathering.judge(place, Question(from_plain("\n".join(stem)), Choice(made, keys, len(places) > 1)))


def write(items: Iterable[Taken]) -> bytes:
    """The questions as Aiken, in UTF-8. What it cannot hold is not there: ask `cannot_hold` first."""
    return "\n".join(_item(one.question) for one in items).encode()


def _item(question: Question) -> str:
    body = question.body
    if not isinstance(body, Choice):
        return ""
    ids = [one.id for one in body.options]
    lines = [to_plain(question.stem), *(f"{chr(ord('A') + place)}. {to_plain(one.text)}" for place, one in enumerate(body.options)),
             f"ANSWER: {''.join(chr(ord('A') + ids.index(key)) for key in body.keys)}", ""]
    return "\n".join(lines)


def cannot_hold(question: Question) -> list[str]:
    """What Aiken does not keep of a question: codes of `lost`, none when it comes back whole."""
    return lost(question, {Kind.SINGLE}, set()) or trial(question, back)


def back(question: Question) -> Reading:
    """What comes out of a file with this question alone."""
    return read(write([Taken(Place(), question)]))
