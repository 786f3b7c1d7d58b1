"""Does this HTML hold anything that could run, or that our pages' policy would have to block?"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

RUNNING_TAGS = {
    "script", "style", "iframe", "object", "embed", "form", "input", "button", "svg", "math", "base", "meta",
    "link", "template", "noscript", "video", "audio", "details", "frame", "applet", "select", "textarea",
}  # fmt: skip
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href", "srcset"}
SCHEMES = {"", "http", "https", "mailto"}


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUNNING_TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append(f"{tag} {name}")
            if name in ADDRESSES and _scheme(value or "") not in SCHEMES:
                self.found.append(f"{tag} {name}={value}")
            if tag == "img" and name == "src" and not (value or "").startswith("/"):
                self.found.append(f"remote image {value}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def _scheme(address: str) -> str:
    bare = "".join(char for char in address if char > " ")
    try:
        return urlsplit(bare).scheme.lower()
    except ValueError:
        return ""


def dangers(markup: str) -> list[str]:
    """Everything found that a browser might run or load from elsewhere; an empty list is what one wants."""
    finder = _Finder()
    finder.feed(markup)
    finder.close()
    return finder.found
