"""From text to terms: one normal form and four streams of terms for the index and for questions.

Pairs are character bigrams, English stems and numbers; chars are single Chinese characters; words come from
the dictionary; sounds are the syllables of their neighbouring characters. A question that is typed in full
width, in Traditional characters or with capitals meets the same terms.
"""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

import snowballstemmer
from opencc import OpenCC

from kmsvc.markup import cutting
from kmsvc.search import sounds

ANALYSIS_VERSION = 2
# Han with extensions, kana and Hangul are written without spaces and therefore cut into characters.
_IDEOGRAPHS = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK = _IDEOGRAPHS + "\u3041-\u3096\u30a1-\u30fa\u30fc\uac00-\ud7af"
RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<word>\d+\.\d+|[^\W_{_CJK}]+)")
_PART = re.compile(r"\d+|[^\W\d_]+")
# The marks of Chinese sentences; none of their halves joins with what follows.
_FULL_WIDTH = tuple((mark, unicodedata.normalize("NFKC", mark))
                    for mark in "\uff0c\uff1a\uff1b\uff08\uff09\uff1f\uff01\uff0d\u3000\u2026")
# White space inside Chinese, one line break at most; begins with the space itself so that the scan is quick.
_WRAP = re.compile(rf"(?:[ \t](?<=[{_CJK}][ \t])[ \t]*\n?|\n(?<=[{_CJK}]\n))[ \t]*(?=[{_CJK}])")
_SPACE = re.compile(r"[ \t\r\f\v\u3000]+")
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "so",
        "that",
        "the",
        "their",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)


@cache
def simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _from_taiwan() -> OpenCC:
    return OpenCC("tw2sp")


def normalise(text: str) -> str:
    """Lower case, half width, Simplified; half surrogates are dropped."""
    if text.isascii():
        return text.lower()
    return str(simplifier().convert(_folded(text)))


def both_forms(text: str) -> tuple[str, str]:
    """Normal form; and that of a text in Traditional characters with the mainland's words for Taiwan's, empty for any other."""
    if text.isascii():
        return text.lower(), ""
    folded = _folded(text)
    simple = str(simplifier().convert(folded))
    return simple, str(_from_taiwan().convert(folded)) if simple != folded else ""


def _folded(text: str) -> str:
    """Lower case and half width; half surrogates are dropped."""
    whole = text.encode("utf-8", "ignore").decode("utf-8").replace("\0", " ")
    for full, half in _FULL_WIDTH:  # all that most texts need; to compose a whole text anew costs ten times as much
        whole = whole.replace(full, half)
    return (whole if unicodedata.is_normalized("NFKC", whole) else unicodedata.normalize("NFKC", whole)).lower()


def literal(text: str) -> str:
    """Normal form for comparing quotations: spaces collapsed, and gone between Chinese characters."""
    return _SPACE.sub(" ", _WRAP.sub("", normalise(text))).strip()


def number_form(text: str) -> str:
    """A readable number without case and separators: CR-2026-0017 and cr 2026 0017 are one."""
    return re.sub(r"[\W_]+", "", normalise(text))


_stemming = threading.Lock()
_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """English stem of a lower-case word; anything else stays as it is."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    with _stemming:
        return str(_stemmer.stemWord(word))


@dataclass
class Streams:
    """Terms of one text with their counts; length is the number of pairs and lone characters."""

    pairs: Counter[str] = field(default_factory=Counter)
    chars: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    sounds: Counter[str] = field(default_factory=Counter)
    length: int = 0


def runs(normal: str) -> Iterator[tuple[bool, str]]:
    """Stretches of a normalised text: (is Chinese, text)."""
    for match in RUN.finditer(normal):
        yield match.lastgroup == "cjk", match.group()


def pieces(word: str) -> list[str]:
    """Letters and digits of a mixed word such as iphone15, or nothing if it is not mixed."""
    found = _PART.findall(word)
    return [stem(part) for part in found] if len(found) > 1 else []


def index_streams(text: str) -> Streams:
    """All terms under which a text can be found."""
    pairs: list[str] = []
    chars: list[str] = []
    words: list[str] = []
    length = 0
    for chinese, run in runs(_WRAP.sub("", normalise(text))):
        if chinese:
            chars.extend(run)
            pairs.extend(map(str.__add__, run, run[1:]))
            words.extend(cutting.cut(run, parts=True))
            length += max(1, len(run) - 1)
        else:
            pairs.append(stem(run))
            pairs.extend(pieces(run))
            length += 1
    counted = Counter(word for word in words if len(word) > 1)
    heard: Counter[str] = Counter()
    for word, count in counted.items():
        for sound in sounds.pairs(word):
            if heard[sound] < count:
                heard[sound] = count
    return Streams(Counter(pairs), Counter(chars), counted, heard, length)
