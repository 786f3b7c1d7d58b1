"""Questions as files: every format, what it cannot hold said before, who took what noted. A file holds the keys, so taking one is a
right of its own (E1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kmsvc.convert.result import Picture
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.files.models import StoredFile
from kmsvc.files.store import place_of
from kmsvc.training.questions import listing
from kmsvc.training.questions.formats.every import FORMATS, Format
from kmsvc.training.questions.formats.results import About, Place, Taken
from kmsvc.training.questions.kinds import pictures_of
from kmsvc.training.questions.listing import Filters
from kmsvc.training.questions.permissions import TAKE_QUESTIONS
from kmsvc.training.questions.queries import questions_of, topic_names, topic_ways

MOST = 20_000
LEFT_OUT = frozenset({"kind", "case", "many_blanks"})
"""codes of what a format cannot hold without which there is no question"""


def taken_out(work: Work, filters: Filters, form: str) -> list[Taken]:
    """The questions that fit, oldest first, for who may take them away."""
    work.permit(TAKE_QUESTIONS)
    found = listing.lines(work.session, work.actor, filters, limit=MOST + 1)[::-1]
    if len(found) > MOST:
        raise InvalidInput({"format": [N_("These are more than 20,000 questions. Narrow the list first.")]})
    said = questions_of(work.session, [one.version_id for one in found if one.version_id is not None])
    ways, words = topic_ways(work.session), topic_names(work.session)
    return [Taken(Place(id=one.number), said[one.version_id or 0], About(
        one.external_id or one.number, "", "/".join(words[topic] for topic in ways.get(one.topic_id or 0, ())[::-1] if topic in words),
        one.band, one.tags)) for one in found if one.version_id in said]


def losses(items: Sequence[Taken], form: Format) -> dict[str, list[str]]:
    """code of `saying.LOST` -> numbers of the questions of which this format cannot hold it."""
    found: dict[str, list[str]] = {}
    for one in items:
        for code in form.cannot_hold(one.question):
            found.setdefault("kind" if code == "case" else code, []).append(one.place.id)
    return found


def written(work: Work, items: Sequence[Taken], form: Format, files: Path, language: str) -> bytes:
    """The file. Questions that would not come back as questions are left out of it; `losses` names them."""
    whole = [one for one in items if not LEFT_OUT & set(form.cannot_hold(one.question))]
    pictures: dict[str, Picture] = {}
    for sha in dict.fromkeys(sha for one in whole for sha in pictures_of(one.question)):
        stored, path = work.session.get(StoredFile, sha), place_of(files, sha)
        if stored is not None and path.is_file():
            pictures[sha] = Picture(sha, stored.media_type, path.read_bytes())
    return form.write(whole, pictures, language)


def for_ending(ending: str) -> Format:
    """The format that an ending of a file says; InvalidInput for one that says none."""
    name = {".xlsx": "xlsx", ".csv": "csv", ".gift": "gift", ".xml": "moodle", ".zip": "qti21", ".txt": "aiken",
            ".json": "json"}.get(ending.lower())
    if name is None:
        raise InvalidInput({"format": [N_("Name a format: the ending of the file says none.")]})
    return FORMATS[name]


