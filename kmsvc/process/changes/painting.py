"""The text of a version as readers will see it: whole for whoever reviews or signs it, and piece by piece in a comparison."""

from __future__ import annotations

import re
from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import sentence
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.permissions import level_of
from kmsvc.markup import fences
from kmsvc.markup.blocks import visible_blocks
from kmsvc.markup.kept import revive
from kmsvc.markup.render import render, render_blocks
from kmsvc.process.definitions.models import ProcessVersion
from kmsvc.process.definitions.showing import BLOCK_LABELS

PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
Paint = Callable[[str], Markup]


def _labels() -> dict[str, str]:
    return {kind: sentence(text) for kind, text in BLOCK_LABELS.items()}


def full_text(session: Session, actor: Actor, version: ProcessVersion) -> Markup:
    """A version exactly as it will be published, cut to what this caller may read."""
    return render_blocks(visible_blocks(revive(version.blocks), level_of(actor)), labels=_labels(),
                         attachment_url=address_of(session, actor))


def painter(session: Session, actor: Actor) -> Paint:
    """Turns a piece of Markdown into what readers see of it."""
    labels, address = _labels(), address_of(session, actor)
    return lambda markdown: render(markdown, attachment_url=address, labels=labels)


def wants_paint(markdown: str) -> bool:
    """Whether a piece shows marks instead of meaning when it is written out: a block with a fence, or a picture."""
    return PICTURE.search(markdown) is not None or any(
        fences.opening(line) or fences.is_closing(line) for line in fences.lines_of(markdown))


def plain_words(markdown: str) -> str:
    """A piece without the lines of its fences, a picture as the words that stand for it."""
    lines = (line for line in fences.lines_of(markdown) if not fences.opening(line) and not fences.is_closing(line))
    return PICTURE.sub(lambda found: f"[{found['words']}]", "\n".join(lines))


def pictures(markdown: str) -> list[str]:
    """The pictures of a piece, in order."""
    return [found.group() for found in PICTURE.finditer(markdown)]


def fence_words(markdown: str) -> str:
    """What stands above a block that is for some readers only; empty for other text."""
    opened = next((found for line in fences.lines_of(markdown) if (found := fences.opening(line))), None)
    return sentence(BLOCK_LABELS[opened[0]]) if opened else ""
