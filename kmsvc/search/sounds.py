"""How Chinese sounds: one plain syllable for each character, the same where ears and keyboards often take one for another.

Read from the data file of pypinyin alone: the library itself would cost every reading process 50 MB."""

import hashlib
import json
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from sys import intern
from unicodedata import normalize

_FIRST, _LAST = 0x4E00, 0x9FFF
_RETROFLEX = re.compile("^([zcs])h")
_BACK_NASAL = re.compile("(?<=[aei]n)g$")


@cache
def _syllables() -> dict[str, str]:
    """The usual syllable of each common character."""
    found = find_spec("pypinyin")
    folder = found.submodule_search_locations if found else None
    if not folder:
        raise ModuleNotFoundError("pypinyin")
    readings = json.loads((Path(folder[0]) / "pinyin_dict.json").read_text("utf-8"))
    return {chr(int(code)): intern(plain(reading.split(",")[0]))
            for code, reading in readings.items() if _FIRST <= int(code) <= _LAST}


@cache
def fingerprint() -> str:
    """Short hash of all syllables."""
    return hashlib.sha256(json.dumps(sorted(_syllables().items())).encode()).hexdigest()[:16]


def plain(syllable: str) -> str:
    """A syllable without tone; zh, ch, sh as z, c, s and ang, eng, ing as an, en, in."""
    apart = normalize("NFD", syllable).replace("u\u0308", "v")
    letters = "".join(c for c in apart if c.isascii())
    return _BACK_NASAL.sub("", _RETROFLEX.sub(r"\1", letters))


@lru_cache(maxsize=32768)
def pairs(word: str) -> tuple[str, ...]:
    """The sounds of each two neighbours in a normalised Chinese word; what has no sound stands for itself."""
    known = _syllables()
    heard = [known.get(character, character) for character in word]
    return tuple(f"{one} {other}" for one, other in zip(heard, heard[1:], strict=False))
