"""Web pages saved as files: sanitised, then walked; scripts, forms, frames and remote pictures do not come along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kmsvc.convert.encoding import decode
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Section
from kmsvc.convert.titles import document
from kmsvc.convert.walk import to_markdown
from kmsvc.markup.cleaning import clean_line, scrub
from kmsvc.markup.safe_html import clean

_TITLE = re.compile(r"<title[^>]{0,200}>(?P<words>[^<]{0,500})", re.IGNORECASE)
_HEAD = re.compile(r"<body[\s>]", re.IGNORECASE)
_IMAGE = re.compile(r"<img\s", re.IGNORECASE)


def read(path: Path, name: str) -> Iterator[Section | Notice]:
    """One section with the whole page."""
    from html import unescape

    page = scrub(decode(path.read_bytes())[0])
    stated = _TITLE.search(page)
    body = _HEAD.search(page)
    blocks = to_markdown(clean(page[body.start() :] if body else _TITLE.sub("", page)))
    if not blocks:
        raise Refused("empty")
    yield document(blocks, name, title=clean_line(unescape(stated["words"])) if stated else "")
    pictures = len(_IMAGE.findall(page))
    if pictures:
        yield Notice("remote_pictures_left_out", {"count": pictures})
