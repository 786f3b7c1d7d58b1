"""Clean HTML as Markdown. The HTML has been through the sanitiser: few tags, all of them closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kmsvc.convert.escape import escape_inline, escape_line
from kmsvc.convert.grid import table_markdown

DEEPEST = 40
_BLOCKS = {
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "blockquote",
    "pre",
    "hr",
    "li",
}
_VOID = {"br", "hr", "img"}
_MARKS = {"strong": "**", "em": "*", "s": "~~", "del": "~~"}
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_UNSAFE = re.compile(r"[<>\s\\]")
# Fences are seen even in code: colons at the beginning of a line are never ours to pass on.
_COLONS = re.compile(r"(?m)^([\s>]*)([:\uff1a]{3})")
_OUTER = re.compile(r"(\s*)(.*?)(\s*)\Z", re.DOTALL)


@dataclass
class Node:
    """An element with its children; text is a plain string."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)


def to_markdown(html: str, *, picture: Callable[[str], str | None] = lambda src: None) -> list[str]:
    """The blocks of the page as Markdown, one string each.

    picture: the src of an image -> what the Markdown shall name, or None to leave the image out.
    """
    return [block for block in _Writer(picture).blocks(_tree(html)) if block.strip()]


def _tree(html: str) -> Node:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    """Elements as a tree; what is nested too deeply is hung under its last allowed ancestor."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self.open = [self.root]
        self.deeper = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID and len(self.open) > DEEPEST:
            self.deeper += 1
            return
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.deeper:
            self.deeper -= 1
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


class _Writer:
    def __init__(self, picture: Callable[[str], str | None]) -> None:
        self.picture = picture

    def blocks(self, node: Node) -> Iterator[str]:
        """Blocks of an element that may hold blocks and loose words side by side."""
        loose: list[Node | str] = []
        for child in node.children:
            if isinstance(child, str) or not _holds_blocks(child):
                loose.append(child)
                continue
            yield self.paragraph(loose)
            loose = []
            yield from self.block(child)
        yield self.paragraph(loose)

    def block(self, node: Node) -> Iterator[str]:
        tag = node.tag
        if tag[0] == "h" and tag[1:].isdecimal():
            words = self.inline(node, plain=True).replace("\n", " ").strip()
            if words:
                yield f"{'#' * int(tag[1])} {words}"
        elif tag in ("ul", "ol"):
            yield self.list_block(node)
        elif tag == "table":
            yield from table_markdown(node, self)
        elif tag == "blockquote":
            inner = "\n\n".join(filter(None, self.blocks(node)))
            yield "\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if inner else ""
        elif tag == "pre":
            code = _COLONS.sub(r"\1\\\2", _all_text(node).strip("\n"))
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
            yield f"{fence}\n{code}\n{fence}"
        elif tag == "hr":
            yield "---"
        else:
            yield from self.blocks(node)

    def list_block(self, node: Node) -> str:
        number = int(node.attrs["start"]) if node.attrs.get("start", "").isdecimal() else 1
        lines: list[str] = []
        for item in node.children:
            if isinstance(item, str):
                continue
            mark = f"{min(number, 999_999_999)}. " if node.tag == "ol" else "- "
            body = "\n".join(filter(None, self.blocks(item))) if item.tag == "li" else self.inline(item)
            first, *rest = (body or "").split("\n")
            lines.append(f"{mark}{first}".rstrip())
            lines += [" " * len(mark) + line if line else "" for line in rest]
            number += 1
        return "\n".join(lines)

    def paragraph(self, children: list[Node | str]) -> str:
        text = self.inline(Node("p", children=children)).strip()
        return "\n".join(escape_line(line.strip()) for line in text.split("\n")) if text else ""

    def inline(self, node: Node, *, plain: bool = False) -> str:
        """Words with their marks. plain: without emphasis, for headings, which are emphasised anyway."""
        parts: list[str] = []
        for child in _merged(node.children):
            if isinstance(child, str):
                parts.append(escape_inline(_SPACE.sub(" ", child)))
            elif child.tag == "br":
                parts.append("\n")
            elif child.tag == "img":
                parts.append(self.image(child))
            elif child.tag == "a":
                parts.append(self.link(child, plain=plain))
            elif child.tag == "code":
                parts.append(_code(_all_text(child)))
            elif child.tag in _MARKS and not plain:
                parts.append(_marked(self.inline(child), _MARKS[child.tag]))
            else:
                parts.append(self.inline(child, plain=plain))
                if child.tag in _BLOCKS:
                    parts.append("\n")
        return re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts))

    def image(self, node: Node) -> str:
        alt = (
            escape_inline(_SPACE.sub(" ", node.attrs.get("alt", "")).strip())
            .replace("[", "\\[")
            .replace("]", "\\]")
        )
        target = self.picture(node.attrs.get("src", ""))
        return f"![{alt}]({target})" if target else ""

    def link(self, node: Node, *, plain: bool) -> str:
        words = self.inline(node, plain=plain)
        target = node.attrs.get("href", "").strip()
        if target.startswith(("#footnote-ref", "#endnote-ref")):
            return ""
        if not target or target.startswith("#") or not words.strip():
            return words
        return f"[{words.strip()}](<{_UNSAFE.sub(_percent, target)}>)"


def _holds_blocks(node: Node) -> bool:
    return node.tag in _BLOCKS or any(
        isinstance(child, Node) and _holds_blocks(child) for child in node.children
    )


def _merged(children: list[Node | str]) -> Iterator[Node | str]:
    """Neighbours with the same mark as one: Word cuts a bold sentence into many bold runs."""
    last: Node | None = None
    for child in children:
        if isinstance(child, Node) and child.tag in _MARKS and last is not None and last.tag == child.tag:
            last.children = [*last.children, *child.children]
            continue
        if last is not None:
            yield last
            last = None
        if isinstance(child, Node) and child.tag in _MARKS:
            last = Node(child.tag, child.attrs, list(child.children))
        else:
            yield child
    if last is not None:
        yield last


def _marked(text: str, mark: str) -> str:
    """Marks close to the words, line by line: white space inside them would undo them."""
    lines = []
    for line in text.split("\n"):
        before, words, after = _OUTER.match(line).groups()  # type: ignore[union-attr]
        lines.append(f"{before}{mark}{words}{mark}{after}" if words else line)
    return "\n".join(lines)


def _code(text: str) -> str:
    text = _SPACE.sub(" ", text).strip()
    if not text:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _all_text(node: Node) -> str:
    return "".join(
        child if isinstance(child, str) else "\n" if child.tag == "br" else _all_text(child)
        for child in node.children
    )


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
