"""Cutting Chinese into dictionary words, with the field's own terms from `dictionary.txt`: one dictionary for all.

rjieba does it, pure-Python jieba stands in with the same result where no new words are guessed, as the index wants it; the
fingerprint of the dictionary goes into the index, which must be rebuilt when it moves.
"""

from __future__ import annotations

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import Any

DICTIONARY = Path(__file__).with_name("dictionary.txt")


def terms(path: Path = DICTIONARY) -> tuple[str, ...]:
    """The field's terms, one a line; `#` starts a comment."""
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return tuple(dict.fromkeys(line.lower() for line in lines if line))


@cache
def fingerprint(path: Path = DICTIONARY) -> str:
    """Short hash of the dictionary's terms."""
    return hashlib.sha256("\n".join(terms(path)).encode()).hexdigest()[:16]


class _Rjieba:
    def __init__(self) -> None:
        import rjieba  # loads its dictionary, 33 MB: commands that cut nothing do without

        self._jieba = rjieba
        for term in terms():
            rjieba.add_word(term, None, None)

    def cut(self, text: str, parts: bool, guess: bool) -> list[str]:
        found: list[str] = self._jieba.cut_for_search(text, guess) if parts else self._jieba.cut(text, guess)
        return found


class _Jieba:
    def __init__(self) -> None:
        import jieba  # type: ignore[import-not-found,import-untyped,unused-ignore]

        jieba.setLogLevel(logging.WARNING)
        self._jieba: Any = jieba.Tokenizer()
        for term in terms():
            self._jieba.add_word(term)

    def cut(self, text: str, parts: bool, guess: bool) -> list[str]:
        cutter = self._jieba.cut_for_search if parts else self._jieba.cut
        return list(cutter(text, HMM=guess))


@cache
def _cutter() -> _Rjieba | _Jieba:
    try:
        return _Rjieba()
    except ImportError:
        return _Jieba()


def cut(text: str, *, parts: bool, guess: bool = False) -> list[str]:
    """Words of a run of Chinese. parts: also the words inside long words, as the index wants them. guess: take what is in no
    dictionary for a word where it reads like one; right for people who compare texts, too unsteady for an index."""
    return _cutter().cut(text, parts, guess)
