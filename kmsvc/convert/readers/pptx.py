"""Slides: one section each, in the order in which the shapes are read; tables and pictures included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kmsvc.convert import limits
from kmsvc.convert.escape import escape_cell, escape_inline, escape_line
from kmsvc.convert.gallery import Gallery
from kmsvc.convert.grid import markdown_rows
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture, Section
from kmsvc.convert.titles import LONGEST
from kmsvc.markup.cleaning import clean_line, scrub

DEEPEST_GROUP = 10


def read(path: Path, name: str) -> Iterator[Section | Picture | Notice]:
    """A section for each slide with text; its row is the number of the slide. Then the pictures."""
    import pptx

    gallery = Gallery()
    found = False
    for number, slide in enumerate(pptx.Presentation(str(path)).slides, start=1):
        if number > limits.PAGES:
            raise Refused("too_much")
        title_shape = slide.shapes.title
        title = clean_line(scrub(title_shape.text_frame.text)) if title_shape is not None else ""
        shapes = [
            shape for shape in slide.shapes if title_shape is None or shape.shape_id != title_shape.shape_id
        ]
        blocks = [block for block in _blocks(shapes, gallery, 0) if block]
        notes = _notes(slide)
        if notes:
            blocks.append("\n".join(f"> {line}".rstrip() for line in notes.split("\n")))
        if title or blocks:
            found = True
            yield Section(title[:LONGEST], "\n\n".join(blocks), row=number)
    if not found:
        raise Refused("no_text" if gallery.kept or gallery.left_out else "empty")
    yield from gallery.report()


def _blocks(shapes: list[Any], gallery: Gallery, depth: int) -> Iterator[str]:
    for shape in sorted(shapes, key=lambda one: (one.top or 0, one.left or 0)):
        if getattr(shape, "shapes", None) is not None and depth < DEEPEST_GROUP:
            yield from _blocks(list(shape.shapes), gallery, depth + 1)
        elif getattr(shape, "has_table", False):
            rows = [
                [escape_cell(escape_inline(scrub(cell.text))) for cell in row.cells]
                for row in shape.table.rows
            ]
            if rows:
                yield markdown_rows(rows)
        elif getattr(shape, "has_text_frame", False):
            yield _text(shape.text_frame, bullets=_has_bullets(shape))
        elif hasattr(shape, "image"):
            yield _picture(shape, gallery)


def _has_bullets(shape: Any) -> bool:
    """Body placeholders are lists; free text boxes are not."""
    return bool(shape.is_placeholder) and len([p for p in shape.text_frame.paragraphs if p.text.strip()]) > 1


def _text(frame: Any, *, bullets: bool) -> str:
    lines = []
    for paragraph in frame.paragraphs:
        words = escape_line(escape_inline(scrub(paragraph.text).strip()))
        if words:
            lines.append(f"{'  ' * min(paragraph.level, 8)}- {words}" if bullets else words)
    return "\n".join(lines)


def _picture(shape: Any, gallery: Gallery) -> str:
    try:
        target = gallery.add(shape.image.blob)
    except (ValueError, KeyError, AttributeError):  # linked from elsewhere, or broken
        gallery.left_out += 1
        return ""
    return f"![{_alt(shape)}]({target})" if target else ""


def _alt(shape: Any) -> str:
    """The description that the author wrote; automatic file names are none."""
    words = clean_line(scrub(shape._element.xpath("string(.//p:cNvPr/@descr)")))[:200]
    return escape_inline(words).replace("[", "\\[").replace("]", "\\]")


def _notes(slide: Any) -> str:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return _text(frame, bullets=False) if frame is not None else ""
