"""Where a document without a title field says what it is called."""

from __future__ import annotations

import re
from pathlib import PurePath

from kmsvc.convert.result import Section
from kmsvc.markup.cleaning import clean_line, scrub
from kmsvc.markup.render import plain_text

LONGEST = 200
# A first paragraph in bold that is no longer than this is what people who use no styles take for a title.
LONGEST_BOLD = 60

_HEADING = re.compile(r"#{1,6}\s+(?P<title>[^\n]+)\Z")
_BOLD = re.compile(r"\*\*(?P<title>[^*\n]+)\*\*\Z")


def of_file(name: str) -> str:
    """The file's name without its folder and ending."""
    return clean_line(scrub(PurePath(name).stem))[:LONGEST]


def document(blocks: list[str], name: str, *, title: str = "") -> Section:
    """One section of these blocks. A heading (or short bold line) that opens the text is its title and leaves it.

    title: one that the document states elsewhere, used when the text does not begin with one.
    """
    first = blocks[0].strip() if blocks else ""
    found = _HEADING.match(first) or (_BOLD.match(first) if len(first) <= LONGEST_BOLD + 4 else None)
    own = clean_line(plain_text(found["title"]))[:LONGEST] if found else ""
    if own and len(blocks) > 1:
        return Section(own, "\n\n".join(blocks[1:]))
    return Section(own or clean_line(title)[:LONGEST] or of_file(name), "\n\n".join(blocks))
