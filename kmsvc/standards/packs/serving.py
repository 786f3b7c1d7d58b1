"""A finished pack as an answer. Who took its proof stands in the note that was made with it."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.standards.packs.making import pack_file
from kmsvc.standards.packs.queries import PackCard
from kmsvc.standards.packs.rules import PackState
from kmsvc.standards.packs.tongue import PackLang


def pack_answer(card: PackCard, data_dir: Path) -> Response:
    """The file of an order the caller may see; RuleBroken where it is not there (any more)."""
    path = pack_file(data_dir, card.id)
    if card.state != PackState.DONE or not path.is_file():
        raise RuleBroken("standards.packs.no_file", N_("This pack is not here. Order it again: the same day gives the same file."))
    suffix = "" if card.lang == PackLang.ZH else f"-{card.lang}"
    answer = send_file(path, mimetype="application/zip", as_attachment=True, conditional=False, etag=False, max_age=None,
                       download_name=f"{card.model}-{card.year}-{card.as_of.isoformat()}-{card.number}{suffix}.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer
