"""Bytes to text for the text formats: UTF-8, UTF-16 with its mark, or GB18030, which Chinese Excel still writes."""

from __future__ import annotations

import codecs
import re

from kmsvc.convert.refusals import Refused

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes) -> tuple[str, str]:
    """(text without its mark, name of the encoding). Raises Refused("encoding") or Refused("not_text")."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _checked(_strictly(data[len(mark) :], name), name)
    if b"\x00" in data:
        raise Refused("not_text")
    for name in ("utf-8", "gb18030"):
        try:
            return _checked(data.decode(name), name)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def _strictly(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise Refused("encoding") from None


def _checked(text: str, name: str) -> tuple[str, str]:
    if _BINARY.search(text):
        raise Refused("not_text")
    return text, name
