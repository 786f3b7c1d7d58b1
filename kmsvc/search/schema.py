"""The Whoosh schema: ten fields of terms, the document's key and number, and its facts as columns.

Zones are title (t), aliases with tags and number (a) and everything (b); streams are pairs (p), chars (c),
words (w); of everything also sounds (by). Posting lists hold frequencies only, uncompressed and in large
blocks, since they are always read whole.
"""

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import FixedBytesColumn, VarBytesColumn
from whoosh.fields import COLUMN, STORED, FieldType, Schema
from whoosh.formats import Existence

from kmsvc.search.analysis import Streams, index_streams, number_form
from kmsvc.search.documents import SearchDocument
from kmsvc.search.pinyin import spellings
from kmsvc.search.scopes import packed

STORED_FIELD = "card"
COLUMN_FIELDS = ("facts", "group")
ZONES = ("t", "a", "b")
STREAMS = ("p", "c", "w")
SOUNDS = "by"
_FACTS = struct.Struct("<qQqiiiiiih")
FACTS = np.dtype(
    [
        ("id", "<i8"),
        ("stamp", "<u8"),
        ("version", "<i8"),
        ("unit", "<i4"),
        ("first", "<i4"),
        ("last", "<i4"),
        ("t", "<i4"),
        ("a", "<i4"),
        ("b", "<i4"),
        ("level", "<i2"),
    ]
)
OPEN_END = 2**31 - 1


class TermsField(FieldType):  # type: ignore[misc]
    """A field fed with counted terms instead of text."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None, scorable=False)

    def index(self, value: Mapping[str, int], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Postings as Whoosh wants them: term, frequency, weight, payload."""
        for term, count in value.items():
            yield term.encode("utf-8"), count, float(count), b""


def new_schema() -> Schema:
    """The schema of every build."""
    terms = {zone + stream: TermsField() for zone in ZONES for stream in STREAMS}
    return Schema(
        key=TermsField(),
        number=TermsField(),
        card=STORED(),
        by=TermsField(),
        facts=COLUMN(FixedBytesColumn(FACTS.itemsize)),
        group=COLUMN(VarBytesColumn()),
        **terms,
    )


def new_codec() -> W3Codec:
    """Whoosh's own format without zlib."""
    return W3Codec(blocklimit=8192, compression=0)


def stamp_of(document: SearchDocument) -> int:
    """A 63-bit mark that moves with any change of the document."""
    return (
        int.from_bytes(
            hashlib.blake2b(repr(document).encode("utf-8", "replace"), digest_size=8).digest(), "big"
        )
        >> 1
    )


def fields_of(document: SearchDocument) -> dict[str, Any]:
    """One document as Whoosh's field values."""
    extra = " | ".join((document.number, *document.aliases, *document.tags))
    zones = {
        "t": index_streams(document.title),
        "a": index_streams(extra),
        "b": index_streams(" | ".join((document.title, extra, document.summary, document.body))),
    }
    fields: dict[str, Any] = {
        "key": {document.key: 1},
        "number": {number_form(document.number)[:200] or "-": 1},
        "card": _card(document),
        "facts": _facts(document, zones),
        "group": json.dumps((document.kind, document.category, document.language, packed(document.scopes))).encode(),
    }
    for zone, streams in zones.items():
        fields |= {zone + "p": streams.pairs, zone + "c": streams.chars, zone + "w": streams.words}
    fields[SOUNDS] = zones["b"].sounds
    return fields


def _card(document: SearchDocument) -> tuple[str, str, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Number, title, aliases and the spellings of title and aliases: what suggestions need."""
    return (
        document.number,
        document.title,
        document.aliases,
        tuple(spellings(name) for name in (document.title, *document.aliases)),
    )


def _facts(document: SearchDocument, zones: Mapping[str, Streams]) -> bytes:
    return _FACTS.pack(
        document.id,
        stamp_of(document),
        document.version,
        document.unit,
        document.valid_from.toordinal() if document.valid_from else 0,
        document.valid_to.toordinal() if document.valid_to else OPEN_END,
        zones["t"].length,
        zones["a"].length,
        zones["b"].length,
        document.level,
    )


def id_in(facts: bytes) -> int:
    """The document's id, from its column of facts."""
    return int(_FACTS.unpack(facts)[0])


def day_number(day: date) -> int:
    """A day as the facts column counts it."""
    return day.toordinal()
