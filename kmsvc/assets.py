"""The files that pages load: each is asked for by its fingerprint and may be kept for a year.

`static/kmsvc.css` is the list of the style sheet's parts; a browser gets all of them as one file.
"""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path

from flask import Response, send_file

SHEET = "kmsvc.css"
PART = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)


def joined(sheet: Path) -> bytes:
    """The style sheet with each part in the place of the line that names it."""
    return PART.sub(lambda line: (sheet.parent / line[1]).read_text("utf-8"), sheet.read_text("utf-8")).encode()


def fingerprints(static: Path) -> dict[str, str]:
    """The first 12 digits of the hash of every file that may be asked for, by its name below the folder."""
    found = {path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}
    return {name: fingerprint(joined(path) if name == SHEET else path.read_bytes()) for name, path in found.items()}


def fingerprint(content: bytes) -> str:
    """Twelve digits that change with the content."""
    return hashlib.sha256(content).hexdigest()[:12]


def send_sheet(static: Path, max_age: int | None) -> Response:
    """Answer with the whole style sheet; max_age: seconds a browser may keep it."""
    content = joined(static / SHEET)
    return send_file(BytesIO(content), mimetype="text/css", etag=fingerprint(content), max_age=max_age)
