"""XML as a bounded tree, and trees as XML. A document type, and with it every entity, is refused before it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from kmsvc.convert.limits import MB
from kmsvc.convert.refusals import Refused
from kmsvc.markup.cleaning import scrub

LARGEST_MB = 25
MOST_ELEMENTS = 300_000
DEEPEST = 100


@dataclass
class Element:
    """An element by its local name, with its attributes by theirs, and the line where it begins."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    line: int = 0

    def all(self, *tags: str) -> list[Element]:
        """The elements directly below, of these names or of all."""
        return [one for one in self.children if isinstance(one, Element) and (not tags or one.tag in tags)]

    def first(self, *path: str) -> Element | None:
        """The first element at the end of this path."""
        here: Element | None = self
        for tag in path:
            here = next(iter(here.all(tag)), None) if here is not None else None
        return here

    def within(self, *tags: str) -> Iterator[Element]:
        """Every element below of these names, in the order of the document."""
        for one in self.all():
            if one.tag in tags:
                yield one
            yield from one.within(*tags)

    @property
    def text(self) -> str:
        """All words below."""
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def said(self, *path: str) -> str:
        """The words at the end of a path, "" when there is nothing."""
        found = self.first(*path)
        return found.text.strip() if found is not None else ""


def parse(data: bytes, name: str = "") -> Element:
    """The root of a document. Raises Refused: doctype, damaged, too_large, too_much. name: of the part, for the refusal."""
    if len(data) > LARGEST_MB * MB:
        raise Refused("too_large", limit_mb=LARGEST_MB)
    target = _Target()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.parser = parser.parser
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise Refused("doctype", part=name[:60]) from None
    except (ParseError, ValueError, LookupError, UnicodeError):
        raise Refused("damaged") from None
    if target.root is None:
        raise Refused("damaged")
    return target.root


class _Target:
    """Builds the tree and counts."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.parser: Any = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            raise Refused("too_much")
        made = Element(_local(tag), {_local(name): value for name, value in attributes.items()}, line=self.parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(made)
        self.root = self.root or made
        self._open.append(made)

    def end(self, tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].children.append(scrub(text) if "\x00" <= min(text) < "\x20" or not text.isascii() else text)

    def close(self) -> None:
        """Nothing is left to do."""


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def element(tag: str, /, *children: Element | str, **attributes: str) -> Element:
    """An element to be written; an underscore in front of a name that Python keeps for itself, or for a hyphen, is taken away."""
    named = {name.rstrip("_").replace("__", ":").replace("_", "-"): value for name, value in attributes.items()}
    return Element(tag, named, [one for one in children if one != ""])


def to_xml(root: Element) -> bytes:
    """The document in UTF-8."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_written(root)}\n'.encode()


def inner_html(node: Element) -> str:
    """What an element holds as HTML, for the sanitiser."""
    return "".join(escape(one, quote=False) if isinstance(one, str) else outer_html(one) for one in node.children)


def outer_html(node: Element) -> str:
    """The element itself as HTML."""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    return f"<{node.tag}{attributes}>{inner_html(node)}" + ("" if node.tag in ("br", "hr", "img") else f"</{node.tag}>")


def _written(node: Element) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inside = "".join(escape_xml(one) if isinstance(one, str) else _written(one) for one in node.children)
    return f"<{node.tag}{attributes}>{inside}</{node.tag}>" if inside else f"<{node.tag}{attributes}/>"
