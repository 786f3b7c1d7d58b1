"""Plain words written as Markdown so that they are read as the same plain words."""

from __future__ import annotations

import re

# Marks inside a line. An underscore within a word is harmless and stays readable.
_INSIDE = re.compile(
    r"[\\`*]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|~~|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\](?=[(\[:])|!(?=\[)"
)
# Marks that mean something only where a line begins.
_BEGINNING = re.compile(
    r"(?P<indent>\s*)(?:(?P<number>\d{1,9})(?=[.)](?:\s|$))|(?P<mark>[#>+=-]|:{3,}|\uff1a{3,}|\|))"
)


def escape_inline(text: str) -> str:
    """A piece of a line, wherever it will stand in it."""
    return _INSIDE.sub(lambda found: "\\" + found[0], text)


def escape_line(line: str, *, lists: bool = False) -> str:
    """A whole line that is already escaped inside. lists: leave the marks of lists, because they are meant."""
    found = _BEGINNING.match(line)
    if found is None:
        return line
    rest = line[found.end() :]
    if found["number"] is not None:
        return line if lists else f"{found['indent']}{found['number']}\\{rest}"
    mark = found["mark"]
    if lists and mark in "+-" and rest.startswith(" "):
        return line
    if mark.startswith("\uff1a"):
        mark = ":" * len(mark)
    return f"{found['indent']}\\{mark}{rest}"


def escape_text(text: str, *, lists: bool = False) -> str:
    """Several lines of plain text; the white space before them, which would make code blocks, goes."""
    return "\n".join(escape_line(escape_inline(line.strip()), lists=lists) for line in text.split("\n"))


def escape_cell(text: str) -> str:
    """Markdown of a table cell: bars escaped, line ends as `<br>`."""
    return re.sub(r"\s*\n\s*", "<br>", text.strip()).replace("|", "\\|")
