"""Where packages are played: their parts, served with rules of their own to a frame that is nobody's origin, and what they commit.

A part is asked for with a ticket in the address, never with a cookie. Its answer says `sandbox` without allow-same-origin, so its
scripts have an origin of their own even when somebody opens the address in a tab: no cookie, no storage, no page of ours is theirs.
What it says goes by postMessage to the page around it, which sends it on with the rights of whoever is signed in."""

from __future__ import annotations

import json
import mimetypes
import re
import zipfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request, send_file

from kmsvc.core.api import reply
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.logs import SECRET_PLACES
from kmsvc.core.texts import N_
from kmsvc.core.web import NOBODY, begin, load, look, settings
from kmsvc.core.work import Work
from kmsvc.files.store import place_of
from kmsvc.people.accounts.models import Person
from kmsvc.training.courses import learning
from kmsvc.training.courses.filling import package_of
from kmsvc.training.courses.models import CourseAttempt, CoursePackage, CourseProgress
from kmsvc.training.courses.packages import CMI5, checked_names
from kmsvc.training.courses.schemas import PackageInput
from kmsvc.training.courses.scorm import kept, outcome
from kmsvc.training.courses.stage import PLAY
from kmsvc.training.courses.tickets import Ticket, read_ticket

blueprint = Blueprint("training_play", __name__, url_prefix="/training")
SECRET_PLACES.add("/training/play/")

OWN = ".km"
PLAYERS = {"scorm12.js": "vendor/scorm12.min.js", "scorm2004.js": "vendor/scorm2004.min.js", "shim.js": "js/scorm_shim.js"}
PAGES = frozenset({".html", ".htm", ".xhtml"})
LARGEST_PAGE = 5 * 1024 * 1024
_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)
_HTML = re.compile(rb"<html(?:\s[^>]*)?>", re.IGNORECASE)
_DOCTYPE = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<!doctype[^>]*>", re.IGNORECASE)
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml",
         ".woff": "font/woff", ".woff2": "font/woff2", ".mp4": "video/mp4", ".webm": "video/webm", ".xml": "text/xml",
         ".xhtml": "text/html"}


def policy(base: str) -> str:
    """What a part of a package may load: only what stands below its own ticket. base: host and path, with a slash at its end."""
    return ("sandbox allow-scripts allow-forms; default-src 'none'; "
            f"script-src {base} 'unsafe-inline' 'unsafe-eval'; style-src {base} 'unsafe-inline'; img-src {base} data: blob:; "
            f"font-src {base} data:; media-src {base} data: blob:; connect-src {base}; frame-src {base}; worker-src blob:; "
            f"object-src 'none'; base-uri {base}; form-action 'none'")


@blueprint.get("/play/<ticket>/<path:part_name>")
def part(ticket: str, part_name: str) -> Response:
    """A part of a package, for who holds the ticket."""
    held = read_ticket(ticket)
    with look(NOBODY) as work:
        package, state = _asked(work, held)
        standard, sha256 = package.standard, package.sha256
    if part_name.startswith(f"{OWN}/"):
        answer = _player(part_name.removeprefix(f"{OWN}/"))
    else:
        answer = _from_zip(place_of(settings().files_dir, sha256), part_name, "" if standard == CMI5 else _shim(ticket, standard, state))
    return _guarded(answer, ticket)


def _guarded(answer: Response, ticket: str) -> Response:
    answer.headers["Content-Security-Policy"] = policy(f"{request.host}{request.script_root}{PLAY}{ticket}/")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store" if answer.mimetype == "text/html" else "private, max-age=3600"
    # The frame is nobody's origin: without this it could not read its own data. The ticket is the right; no cookie is looked at.
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # Pages of a package stand in frames of a package; an ancestor without an origin fits no SAMEORIGIN.
    answer.headers["X-Frame-Options"] = ""
    return answer


def _asked(work: Work, held: Ticket) -> tuple[CoursePackage, dict[str, Any]]:
    """The package of a ticket with what it kept, while the person works here and the attempt takes it."""
    attempt, person = work.session.get(CourseAttempt, held.attempt_id), work.session.get(Person, held.person_id)
    if attempt is None or person is None or person.state != "active" or attempt.person_id != person.id:
        raise NotFound()
    text = learning.lesson_of(work.session, attempt, held.lesson_id)
    package = package_of(work, text.content)
    if package.id != held.package_id:
        raise NotFound()
    row: CourseProgress | None = learning.progress_of(work.session, attempt.id).get(held.lesson_id)
    item = next((one for one in package.items if one["id"] == held.item), None)
    if item is None:
        raise NotFound()
    before = ((row.data if row is not None else None) or {}).get(held.item) or {}
    return package, {"item": held.item, "cmi": before.get("cmi") or {}, "learner": str(person.id), "name": person.name,
                     "launch": item.get("data") or "", "mastery": item.get("mastery"), "over": attempt.done_at is not None}


def _player(name: str) -> Response:
    if name not in PLAYERS:
        raise NotFound()
    return send_file(Path(current_app.static_folder or "") / PLAYERS[name], mimetype="text/javascript", conditional=False, etag=False)


def _shim(ticket: str, standard: str, state: dict[str, Any]) -> str:
    """What stands before every page of a package: the player library, what was kept, and the bridge."""
    base = f"{request.script_root}{PLAY}{quote(ticket)}/{OWN}"
    told = json.dumps(state | {"standard": standard}, ensure_ascii=True).replace("<", "\\u003c")
    return (f'<script src="{base}/{standard}.js"></script><script type="application/json" id="km-state">{told}</script>'
            f'<script src="{base}/shim.js"></script>')


@lru_cache(maxsize=32)
def _names(path: Path) -> dict[str, zipfile.ZipInfo]:
    """The parts of a package, by the hash that is its name."""
    with zipfile.ZipFile(path) as package:
        return checked_names(package)


def _from_zip(path: Path, name: str, shim: str) -> Response:
    if not path.is_file():
        raise NotFound()
    entry = _names(path).get(name)
    if entry is None:
        raise NotFound()
    try:
        with zipfile.ZipFile(path) as package, package.open(entry) as part:
            data = part.read(entry.file_size + 1)  # bounded: `read` of a part that lies about its size unpacks all of it
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError):
        raise NotFound() from None
    ending = Path(name).suffix.lower()
    kind = TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if ending in PAGES or kind == "text/html":
        data = with_shim(data, shim) if shim and len(data) <= LARGEST_PAGE else data
        return Response(data, mimetype="text/html" if not data.startswith(b"\xef\xbb\xbf") else "text/html; charset=utf-8")
    return send_file(BytesIO(data), mimetype=kind, conditional=True, etag=False, download_name=Path(name).name)


def with_shim(page: bytes, shim: str) -> bytes:
    """A page with the bridge before its first own script; one in UTF-16 becomes UTF-8."""
    if page.startswith((b"\xff\xfe", b"\xfe\xff")):
        page = b"\xef\xbb\xbf" + page.decode("utf-16", "replace").encode()
    found = _HEAD.search(page) or _HTML.search(page) or _DOCTYPE.match(page)
    at = found.end() if found is not None else 3 if page.startswith(b"\xef\xbb\xbf") else 0
    return page[:at] + shim.encode() + page[at:]


@blueprint.post("/learning/attempts/<int:attempt_id>/lessons/<int:taught_id>/package")
def commit(attempt_id: int, taught_id: int) -> Response:
    """What a package keeps and says of one of its items, sent on by the page around it."""
    with look() as work:
        learning.own_attempt(work, attempt_id, lock=False)
    data = load(PackageInput)
    with begin() as work:
        return reply(note_commit(work, attempt_id, taught_id, data))


def note_commit(work: Work, attempt_id: int, taught_id: int, data: dict[str, Any]) -> dict[str, Any]:
    """A commit with loaded inputs, for every door: what became of it."""
    attempt, _ = learning.own_attempt(work, attempt_id)
    text = learning.lesson_of(work.session, attempt, taught_id)
    if "package_id" not in text.content:
        raise InvalidInput({"item": [N_("This lesson is no package.")]})
    package = package_of(work, text.content)
    item = next((one for one in package.items if one["id"] == data["item"]), None)
    if item is None or package.standard == CMI5:
        raise InvalidInput({"item": [N_("There is no such item in this package.")]})
    cmi = kept(data["cmi"])
    said = outcome(package.standard, cmi, item.get("mastery"))
    row = learning.progress_of(work.session, attempt.id).get(taught_id)
    since = int((work.now - row.last_at).total_seconds()) if row is not None else 0
    row = learning.note_package(
        work, attempt, taught_id, item=data["item"], items={one["id"]: bool(one.get("counts", True)) for one in package.items}, data=cmi,
        done=said.done, score=said.score, seconds=min(max(since, 0), learning.MOST_SECONDS), place=said.place)
    held = row or learning.progress_of(work.session, attempt.id).get(taught_id)
    return {"done": held is not None and held.done_at is not None, "course_done": attempt.done_at is not None, "at": work.now,
            "noted": row is not None}


