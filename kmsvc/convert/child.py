"""The child process that reads one file: it cages itself, checks, reads, and answers in JSON lines on stdout.

It is started by service.py as `python -I -m kmsvc.convert MODE PATH NAME KINDS`; each line is one thing found,
the last one `{"done": …}` or `{"refused": …}`. No last line means that it died, which is an answer as well.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kmsvc.convert import limits

# Kind of file -> the module that reads it and its function. Only the one that is needed is imported.
READERS = {
    "docx": ("docx", "read"),
    "xlsx": ("table", "read_xlsx"),
    "csv": ("table", "read_csv"),
    "pptx": ("pptx", "read"),
    "pdf": ("pdf", "read"),
    "html": ("html", "read"),
    "jsonl": ("jsonl", "read"),
    "md": ("text", "read_markdown"),
    "txt": ("text", "read_text"),
}
# Libraries that others import when they happen to be there, at a tenth of a second and much memory each.
NOT_NEEDED = ("numpy", "pandas")


def main(arguments: list[str]) -> int:
    """Read one file and print what was found. mode: convert, check, rows, or a sort of columns.toml."""
    mode, path, name, kinds, *layout = arguments
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    limits.confine()
    for module in NOT_NEEDED:
        sys.modules[module] = None  # type: ignore[assignment]
    os.environ["OPENPYXL_LXML"] = "False"
    for line in answers(mode, Path(path), name, frozenset(kinds.split(",")), json.loads(layout[0]) if layout else None):
        answer.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    answer.flush()
    return 0


def answers(mode: str, path: Path, name: str, allowed: frozenset[str],
            layout: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """What is found in the file, as the lines that go over the pipe; never raises. layout: what columns of sheets are (assigning.py)."""
    from kmsvc.convert.refusals import Refused

    try:
        yield from _answers(mode, path, name, allowed, layout)
    except Refused as refused:
        yield {"refused": {"code": refused.code, "params": refused.params}}
    except Exception as error:  # whatever a library does with a hostile file is "unreadable"
        yield {"refused": {"code": "unreadable", "params": {}, "why": type(error).__name__}}


def _answers(mode: str, path: Path, name: str, allowed: frozenset[str], layout: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    from kmsvc.convert import precheck, sniff

    found = sniff.sniff(path, name, allowed=allowed)
    if found.kind in sniff.OFFICE:
        precheck.check_zip(path)
    if mode == "convert":
        module, function = READERS[found.kind]
        reader = getattr(importlib.import_module(f"kmsvc.convert.readers.{module}"), function)
        yield from map(_line, reader(path, name, layout) if module == "table" else reader(path, name))
    elif mode == "rows":
        from kmsvc.convert.sheets import read_sheets

        yield from map(_line, read_sheets(path, found.kind))
    elif mode != "check":
        from kmsvc.convert.tabular import read_tables

        yield from map(_line, read_tables(path, found.kind, mode))
    yield {"done": {"kind": found.kind, "media_type": found.media_type}}


def _line(found: Any) -> dict[str, Any]:
    values = asdict(found)
    if "data" in values:
        values["data"] = base64.b64encode(found.data).decode()
    return {type(found).__name__: values}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
