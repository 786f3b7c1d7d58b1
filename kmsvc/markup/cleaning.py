"""What people type and paste, made fit to keep: one form of each character, nothing invisible, nothing
broken.

Input schemas call these two; a refusal is a ValueError whose text is a sentence and whose `code` is stable.
"""

from __future__ import annotations

import re
import unicodedata

from kmsvc.core.texts import N_

SENTENCES = {
    "nul": N_("This text holds a NUL character, which no text may hold."),
    "surrogate": N_("This text holds half a character (a lone surrogate); paste it again from its source."),
    "too_long": N_("This text is too long: at most %(limit)s characters are allowed."),
}

# Direction controls can make a name read as another name; the invisible ones make two equal names differ.
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
INVISIBLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u3164"
INVISIBLE += "\ufeff\uffa0\ufff9-\ufffc\ufffe\uffff"
TAGS = "\U000e0000-\U000e0fff"
CONTROLS = "\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# Emoji of several parts are held together by a joiner and a variation mark: kept in texts, not in
# one-line names.
JOINERS = "\u200c\u200d\ufe00-\ufe0f"

_FROM_TEXT = re.compile(f"[{BIDI}{INVISIBLE}{TAGS}{CONTROLS}]")
_FROM_LINE = re.compile(f"[{BIDI}{INVISIBLE}{TAGS}{CONTROLS}{JOINERS}]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")


LONGEST_NAME = 200
MOST_BYTES = 240
"""of a name on a disk, which takes 255: a Chinese character is three"""


class Unclean(ValueError):
    """Text that cannot be kept. `code` is nul, surrogate or too_long; the message is a sentence."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        self.sentence = SENTENCES[code]
        super().__init__(self.sentence % params if params else self.sentence)


def clean_line(text: str, *, limit: int | None = None) -> str:
    """One line: runs of white space become one space, ends are trimmed, NFC. Raises Unclean.

    limit: most characters allowed after cleaning.
    """
    _refuse_broken(text)
    line = " ".join(_FROM_LINE.sub("", _LINE_ENDS.sub("\n", text)).split())
    return _within(unicodedata.normalize("NFC", line), limit)


def clean_text(text: str, *, limit: int | None = None) -> str:
    """Text of several lines: line ends become LF, invisible characters go, NFC. Raises Unclean.

    limit: most characters allowed after cleaning.
    """
    _refuse_broken(text)
    kept = _FROM_TEXT.sub("", _LINE_ENDS.sub("\n", text))
    return _within(unicodedata.normalize("NFC", kept), limit)


def scrub(text: str) -> str:
    """The same as clean_text for text read out of a file: what clean_text would refuse is replaced
    instead.
    """
    return clean_text(_SURROGATE.sub("\ufffd", text.replace("\x00", "")))


def clean_name(filename: str) -> str:
    """The last part of a file name as people read it; never a path, never longer than a cell, with its ending."""
    stem, ending = _parted(filename)
    return f"{stem[:LONGEST_NAME - len(ending)]}{ending}" or "file"


def name_on_disk(filename: str) -> str:
    """The same as a folder can hold it."""
    stem, ending = _parted(clean_name(filename))
    return stem.encode()[:MOST_BYTES - len(ending.encode())].decode(errors="ignore") + ending


def _parted(filename: str) -> tuple[str, str]:
    """(what stands before the ending, the ending with its dot)."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", "")
    line = clean_line(_SURROGATE.sub("", base)).strip(". ")
    stem, dot, suffix = line.rpartition(".")
    return (stem, f".{suffix}") if dot and len(suffix) < 12 else (line, "")


def _refuse_broken(text: str) -> None:
    if "\x00" in text:
        raise Unclean("nul")
    if _SURROGATE.search(text):
        raise Unclean("surrogate")


def _within(text: str, limit: int | None) -> str:
    if limit is not None and len(text) > limit:
        raise Unclean("too_long", limit=limit)
    return text
