"""Word documents, through mammoth to HTML, through the sanitiser, to Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kmsvc.convert.columns import word_styles
from kmsvc.convert.gallery import Gallery
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture, Section
from kmsvc.convert.titles import document
from kmsvc.convert.walk import to_markdown
from kmsvc.markup.safe_html import clean

# Pictures travel through the HTML under an address of ours, so that the sanitiser keeps them and drops all others.
_ADDRESS = "/picture/"


def read(path: Path, name: str) -> Iterator[Section | Picture | Notice]:
    """One section with the whole document, then its pictures."""
    import mammoth

    gallery = Gallery()

    def keep(image: Any) -> dict[str, str]:
        with image.open() as data:
            target = gallery.add(data.read())
        return {"src": _ADDRESS + target.removeprefix("attachment:")} if target else {}

    with path.open("rb") as file:
        html = mammoth.convert_to_html(
            file,
            style_map="\n".join(
                f"p[style-name='{style}'] => {tag}:fresh" for style, tag in word_styles().items()
            ),
            convert_image=mammoth.images.img_element(keep),
        ).value
    blocks = to_markdown(clean(html), picture=_target)
    if not blocks:
        raise Refused("no_text" if gallery.left_out else "empty")
    yield document(blocks, name)
    yield from gallery.report()


def _target(src: str) -> str | None:
    return f"attachment:{src.removeprefix(_ADDRESS)}" if src.startswith(_ADDRESS) else None
