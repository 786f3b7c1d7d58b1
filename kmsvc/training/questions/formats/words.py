"""What words in a sheet mean; the words stand in words.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

_BRACKETS = re.compile(r"[(\[{\u3010].*?[)\]}\u3011]", re.DOTALL)
_MARKS = re.compile(r"[\s_*:.\-/]+")
_MARKDOWN = re.compile(r"markdown", re.IGNORECASE)
_LETTER_OR_NUMBER = re.compile(r"([a-z])|0?([1-9]|1\d|20)")
LONGEST_HEADING = 60


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def _meanings(sort: str) -> dict[str, str]:
    return {_bare(word): code for code, words in _table()[sort].items() for word in words}


def _bare(word: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", word).casefold())


def meaning(sort: str, word: str) -> str | None:
    """The code of a word, or None. sort: heading, kind, truth, difficulty, credit."""
    return _meanings(sort).get(_bare(word)) if len(word) <= LONGEST_HEADING else None


def heading(words: str) -> str | None:
    """The column that a heading names, `option/3` for that of the third option, or None."""
    if len(words) > LONGEST_HEADING:
        return None
    plain = unicodedata.normalize("NFKC", words)
    for said in (plain, _BRACKETS.sub("", plain)):
        option = _option(_bare(said).translate({ord(one): None for one in "()[]{}\u3010\u3011"}))
        if option is not None:
            return f"option/{option}"
        code = meaning("heading", said)
        if code is not None:
            return code
    return None


def says_markdown(words: str) -> bool:
    """Whether a heading says that its texts are Markdown."""
    return bool(_MARKDOWN.search(words))


def kind_in(words: str) -> str | None:
    """The kind that a section or a sheet is named for: its whole name, or a kind's Chinese name within it."""
    code = meaning("kind", _BRACKETS.sub("", unicodedata.normalize("NFKC", words)))
    if code is not None or len(words) > LONGEST_HEADING:
        return code
    bare = _bare(words)
    found = {(len(name), code) for name, code in _meanings("kind").items() if not name.isascii() and len(name) > 2 and name in bare}
    return max(found)[1] if found else None


def answer_inside_pattern() -> str:
    """The pattern of an answer that stands in brackets in its stem: letters of options, or a word for true or false."""
    return "|".join(map(str, _table()["answer_inside"]["forms"]))


def export_words(language: str) -> dict[str, str]:
    """The headings of our own sheets. language: zh or en."""
    return dict(_table()["export"][language])


def word_for(sort: str, code: str, language: str) -> str:
    """The first word of a code that is written in this language."""
    words = _table()[sort][code]
    return next((word for word in words if word.isascii() == (language == "en")), words[0])


def _option(bare: str) -> int | None:
    """The place of the option whose own column this names, from 1: "A", "option A", "option 2"; a lone number names none."""
    for word in ("", *map(_bare, _table()["option"]["words"])):
        rest = bare.removeprefix(word) if bare.startswith(word) else bare.removesuffix(word) if bare.endswith(word) else ""
        found = _LETTER_OR_NUMBER.fullmatch(rest)
        if found is not None and (word or found[1]):
            return ord(found[1]) - ord("a") + 1 if found[1] else int(found[2])
    return None
