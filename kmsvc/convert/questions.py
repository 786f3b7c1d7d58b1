"""One cell of a sheet that holds several questions: which they are. A mark inside a sentence parts nothing."""

from __future__ import annotations

import re

_MARK = re.compile("\\s*[/\uff0f;\uff1b|\uff5c]\\s*")
_ASKS = re.compile("[?\\uff1f\\u5417\\u5462\\u4e48]\\Z")
_CHINESE = re.compile("[\u3400-\u9fff]")
_DIGIT_BESIDE = re.compile("\\d\\s*[/\uff0f]|[/\uff0f]\\s*\\d")
_ADDRESS = re.compile("://|\\bwww\\.|\\\\|(?:^|\\s)[/~.](?=\\S)|\\w/\\w+/", re.IGNORECASE | re.ASCII)


def questions_in(cell: str) -> list[str]:
    """The questions of a cell in their order, once each: one a line, or parted by a mark where every part stands alone."""
    found = (one for line in cell.splitlines() for one in _of_line(line.strip()))
    return list(dict.fromkeys(one for one in found if one))


def _of_line(line: str) -> list[str]:
    parts = [part.strip() for part in _MARK.split(line) if part.strip()]
    if len(parts) < 2 or _DIGIT_BESIDE.search(line) or _ADDRESS.search(line):
        return [line]
    return parts if all(map(_asks, parts)) or all(map(_is_phrase, parts)) else [line]


def _asks(part: str) -> bool:
    return bool(_ASKS.search(part)) and len(part) > 2


def _is_phrase(part: str) -> bool:
    """At least four Chinese characters, or two words."""
    return len(_CHINESE.findall(part)) >= 4 or (not _CHINESE.search(part) and len(part.split()) >= 2)
