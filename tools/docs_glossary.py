"""Write the last part of docs/glossary.md: every code with its two labels, from the enums and the Chinese catalogue."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from kmsvc.core.texts import Labelled

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/glossary.md"
MARK = "<!-- codes: written by tools/docs_glossary.py from the code, do not edit below -->\n"
CATALOGUE = ROOT / "kmsvc/translations/zh_Hans_CN/LC_MESSAGES/messages.po"


def enums() -> list[type[Labelled]]:
    """Every enum with labels, by module."""
    for path in sorted((ROOT / "kmsvc").rglob("*.py")):
        if re.search(r"^class \w+\(Labelled\)", path.read_text("utf-8"), re.MULTILINE):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    mine = [kind for kind in Labelled.__subclasses__() if kind.__module__.startswith("kmsvc.")]
    return sorted(mine, key=lambda kind: (kind.__module__, kind.__name__))


def rows() -> Iterator[str]:
    """A table for each enum."""
    with CATALOGUE.open("rb") as stream:
        chinese = read_po(stream, locale="zh_Hans_CN")
    for kind in enums():
        about = " ".join((kind.__doc__ or "").split()).split(". Source:")[0].rstrip(".")
        yield f"\n**{kind.__name__}** (`{kind.__module__.removeprefix('kmsvc.')}`): {about}.\n"
        yield "| code | 中文 | English |"
        yield "| --- | --- | --- |"
        for member in kind:
            message = chinese.get(member.label)
            yield f"| `{member.value}` | {message.string if message else ''} | {member.label} |"


def document() -> str:
    """The page with its last part made anew."""
    kept = TARGET.read_text("utf-8").split(MARK)[0]
    return kept + MARK + "\n## Codes\n" + "\n".join(rows()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
