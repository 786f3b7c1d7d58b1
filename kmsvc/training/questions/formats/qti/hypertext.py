"""Texts of an item: Markdown as elements of XHTML, and elements as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html.parser import HTMLParser

from kmsvc.training.questions.formats.trees import Element, inner_html
from kmsvc.training.questions.formats.wording import from_html, to_html
from kmsvc.training.questions.kinds import BLANK_MARK

_VOID = {"br", "hr", "img"}


def nodes_of(markdown: str, address: Callable[[str], str]) -> list[Element | str]:
    """The text as elements. address: SHA-256 of a picture -> its place in the package."""
    builder = _Builder()
    builder.feed(to_html(markdown, address))
    builder.close()
    return builder.root.children


def markdown_of(nodes: Iterable[Element | str], picture: Callable[[str], str | None]) -> str:
    """Elements, however foreign, as Markdown. picture: src -> what the Markdown names, None to leave it out."""
    return from_html(inner_html(Element("div", {}, list(nodes))), picture)


def with_entries(nodes: Iterable[Element | str], entry: Callable[[str], Element]) -> list[Element | str]:
    """The same with an element in place of each mark of a blank. entry: id of the blank -> the element."""
    made: list[Element | str] = []
    for one in nodes:
        if isinstance(one, Element):
            made.append(Element(one.tag, one.attributes, with_entries(one.children, entry)))
            continue
        at = 0
        for found in BLANK_MARK.finditer(one):
            made += [one[at:found.start()], entry(found[1])]
            at = found.end()
        made.append(one[at:])
    return [one for one in made if one != ""]


class _Builder(HTMLParser):
    """Elements out of HTML that has been through the sanitiser: few tags, all of them closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs if name != "rel"})
        self._open[-1].children.append(made)
        if tag not in _VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
