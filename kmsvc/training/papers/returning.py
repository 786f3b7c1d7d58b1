"""From the editor of a paper to the form of a question it lacks and back: what was typed is in the address one comes back to."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, request, url_for

from kmsvc.core.web import go

KEPT = ("title", "about", "way", "pass_percent", "points_wanted", "tolerance", "seed")
"""fields of the editor that an address may hold, beside those of the grid"""


def kept_fields() -> dict[str, str]:
    """What was typed before a missing question was written, out of the address; nothing on a fresh form."""
    return {name: value[:2_000] for name, value in request.args.items()
            if name in KEPT or name.startswith(("c-", "p-", "share-"))} if "kept" in request.args else {}


def write_one(typed: dict[str, Any], banks: list[str], paper_id: int | None, asked: str) -> Response:
    """To the form of a question the bank lacks; what was typed here is in the address it comes back to."""
    held = [(name, str(value)) for name, value in typed.items() if str(value).strip() and (
        name in KEPT or name in ("version", "wizard") or name.startswith(("c-", "p-", "share-")))]
    held = [one for one in held if not (one[0].startswith("c-") and one[1].strip() == "0")]
    here = url_for("training_papers_pages.new") if paper_id is None else url_for("training_papers_pages.edit_page", paper_id=paper_id)
    begun = dict(parse_qsl(asked[:500]))
    names = ("kind", "topic", "band", "points")
    wanted: list[tuple[str, str]] = [(name, begun[name]) for name in names if name in begun]
    wanted += [("bank", banks[0])] if banks else []
    then = f"{here}?{urlencode([('kept', '1'), *held, *(('banks', one) for one in banks)])}"
    return go(f"{request.script_root}/training/questions/new?{urlencode([*wanted, ('active', '1'), ('then', then)])}")
