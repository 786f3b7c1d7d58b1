"""What a text points to and how it resembles others: read from its Markdown once, for a version never changes. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from kmsvc.core.pace import Rest, at_once
from kmsvc.search.analysis import literal

HASHES = 64
BANDS = 16
SHINGLE = 3
FEWEST_SHINGLES = 40
COMPARED_AT_ONCE = 10_000
MOST_IN_BAND = 50
PRIME = np.uint64((1 << 31) - 1)
_LINKS = (
    ("article", re.compile(r"/knowledge/articles/(\d{1,9})(?![\d/]*\w)")),
    ("process", re.compile(r"/process/definitions/(\d{1,9})(?:/versions/\d+)?(?!\w)")),
    ("file", re.compile(r"(?<![\w/])/files/(\d{1,9})(?!\d)")),
    ("sha", re.compile(r"attachment:([0-9a-f]{64})", re.IGNORECASE)),
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9/-])([A-Z]{1,6}-?\d{1,6})(?![\w-])(?:[^\n\w]{0,3}[Vv]\s?(\d{1,3}\.\d{1,3}))?")
_GAP = re.compile(r"[\W_]+")
_ROLL = np.random.default_rng(20170)
_A = _ROLL.integers(1, int(PRIME), HASHES, dtype=np.uint64)
_B = _ROLL.integers(0, int(PRIME), HASHES, dtype=np.uint64)

Link = tuple[str, str, str | None]
"""kind (article, process, file, sha, number), what it names, the version named beside a number"""


def links_of(body: str) -> list[Link]:
    """What a text points to, each once."""
    found: dict[Link, None] = {}
    for kind, pattern in _LINKS:
        for match in pattern.finditer(body):
            found[kind, match[1].lower() if kind == "sha" else str(int(match[1])), None] = None
    for match in _NUMBER.finditer(body):
        found["number", match[1], match[2]] = None
    return list(found)


def sketch_of(title: str, body: str) -> bytes | None:
    """The smallest hashes of a text's pieces of three characters: alike texts have alike sketches. None: too short to compare."""
    words = _GAP.sub("", literal(f"{title} {body}")).encode("utf-32-le")
    pieces = {words[at:at + 4 * SHINGLE] for at in range(0, len(words) - 4 * SHINGLE + 1, 4)}
    if len(pieces) < FEWEST_SHINGLES:
        return None
    seeds = np.fromiter((zlib.crc32(piece) & 0x7FFFFFFF for piece in pieces), np.uint64, len(pieces))
    hashed = (seeds[None, :] * _A[:, None] + _B[:, None]) % PRIME
    return hashed.min(axis=1).astype("<u4").tobytes()


def alike(sketches: Mapping[int, bytes], least: float, rest: Rest = at_once) -> Iterator[tuple[int, int, int]]:
    """Pairs that resemble each other, as (smaller id, larger id, likeness in per cent).

    Only those that share a band of their sketches are compared. Of a crowd of equals each is compared with its neighbours, so
    that the cost stays bounded."""
    if not sketches:
        return
    ids = sorted(sketches)
    rows = np.stack([np.frombuffer(sketches[one], "<u4") for one in ids])
    width, near = HASHES // BANDS, set[tuple[int, int]]()
    for band in range(BANDS):
        shelves: dict[bytes, list[int]] = {}
        for place, row in enumerate(rows[:, band * width:(band + 1) * width]):
            shelves.setdefault(row.tobytes(), []).append(place)
        for its in shelves.values():
            if len(its) > 1:
                near.update(combinations(its, 2) if len(its) <= MOST_IN_BAND else zip(its, its[1:], strict=False))
        rest()
    pairs = sorted(near)
    for at in range(0, len(pairs), COMPARED_AT_ONCE):
        part = np.array(pairs[at:at + COMPARED_AT_ONCE])
        equal = (rows[part[:, 0]] == rows[part[:, 1]]).mean(axis=1)
        for place in np.flatnonzero(equal >= least).tolist():
            first, second = pairs[at + place]
            yield ids[first], ids[second], round(100 * float(equal[place]))
        rest()
