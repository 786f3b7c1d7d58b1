"""The answer that carries a file: asked anew each time, never a page of ours, never opened by a script. Reliability 5.7."""

from __future__ import annotations

from pathlib import Path

from flask import Response, request, send_file

from kmsvc.core.errors import NotFound
from kmsvc.core.web import look
from kmsvc.files.models import StoredFile
from kmsvc.files.queries import readable_file
from kmsvc.files.store import place_of

# A browser shows no PDF inside the sandbox that every file gets, so a PDF is saved like the others.
IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def file_answer(folder: Path, attachment_id: int) -> Response:
    """The bytes of an attachment. The right is checked before If-None-Match is looked at (R-A5)."""
    with look() as work:
        attachment, stored = readable_file(work.session, work.actor, attachment_id)
    return bytes_answer(folder, stored, attachment.name)


def bytes_answer(folder: Path, stored: StoredFile, name: str) -> Response:
    """Bytes the caller may have, as the door has found out."""
    tag = f'"{stored.sha256[:40]}"'
    path = place_of(folder, stored.sha256)
    if request.headers.get("If-None-Match") == tag:
        answer = Response(status=304)
    elif not path.is_file():
        raise NotFound()
    else:
        answer = send_file(path, mimetype=stored.media_type, download_name=name, conditional=False, etag=False,
                           as_attachment=stored.media_type not in IN_PLACE, last_modified=None, max_age=None)
        if stored.media_type.startswith("text/"):
            answer.headers["Content-Type"] = f"{stored.media_type}; charset=utf-8"
        answer.headers.pop("Last-Modified", None)
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie, Authorization"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
