"""How a template is written: Markdown in which a heading that ends with `!` may not stay empty, and a line that begins with `//` is
a hint to the writer. Which sections of a text are empty."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = {"name": 100, "case_kind": 100, "note": 1000, "body": 20_000, "category": 200}
MOST_MONTHS = 120
_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<words>.*?)(?:\s+#+)?\s*\Z")
_NEEDED = re.compile("\\s*[!\uff01]\\s*\\Z")
_HINT = re.compile(r"\s*//\s?")
_FENCE = re.compile("\\s*[:\uff1a]{3,}")


@dataclass(frozen=True)
class Section:
    """A heading of a template. depth: number of `#`; needed: may not stay empty; hint: for the writer."""

    words: str
    depth: int
    needed: bool
    hint: str


def sections_of(template: str) -> tuple[Section, ...]:
    """The headings of a template in order, each with the hints that stand under it."""
    found: list[Section] = []
    for line in template.split("\n"):
        heading = _HEADING.match(line.strip())
        if heading is not None:
            words = heading["words"]
            found.append(Section(_NEEDED.sub("", words), len(heading["marks"]), _NEEDED.search(words) is not None, ""))
        elif found and _HINT.match(line):
            last = found[-1]
            hint = _HINT.sub("", line, count=1).strip()
            found[-1] = Section(last.words, last.depth, last.needed, f"{last.hint}\n{hint}".strip())
    return tuple(found)


def opening_hint(template: str) -> str:
    """What the writer is told before the first heading."""
    lines = []
    for line in template.split("\n"):
        if _HEADING.match(line.strip()):
            break
        if _HINT.match(line):
            lines.append(_HINT.sub("", line, count=1).strip())
    return "\n".join(lines)


def blank_of(template: str) -> str:
    """The text a new article begins with: headings and blocks, without hints and marks."""
    lines: list[str] = []
    for line in template.split("\n"):
        if _HINT.match(line):
            continue
        heading = _HEADING.match(line.strip())
        lines.append(f"{heading['marks']} {_NEEDED.sub('', heading['words'])}" if heading is not None else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def key_of(words: str) -> str:
    """A heading as it is compared: without numbers before it, marks, spaces and case."""
    return re.sub(r"^[\W\d_]+|[\W_]", "", words.casefold())


def empty_sections(template: str, body: str) -> tuple[str, ...]:
    """The needed sections that a text lacks, or that have nothing in them; in the order of the template. What stands between the
    fences of a block counts, the fences alone do not; nor does what the template itself puts there."""
    given = set(_filled(blank_of(template)).get("", ())) | {line for its in _filled(blank_of(template)).values() for line in its}
    held = _filled(body)
    return tuple(one.words for one in sections_of(template)
                 if one.needed and not any(line not in given for line in held.get(key_of(one.words), ())))


def _filled(body: str) -> dict[str, list[str]]:
    """Key of a heading -> the lines under it and under deeper headings."""
    found: dict[str, list[str]] = {}
    open_now: list[tuple[int, str]] = []
    for line in body.split("\n"):
        text = line.strip()
        heading = _HEADING.match(text)
        if heading is not None:
            depth = len(heading["marks"])
            open_now = [one for one in open_now if one[0] < depth]
            key = key_of(heading["words"])
            open_now.append((depth, key))
            found.setdefault(key, [])
        elif text and not _FENCE.match(text):
            for _, key in open_now or [(0, "")]:
                found.setdefault(key, []).append(text)
    return found
