"""The one list of what may stand in our HTML. Everything a person or a file wrote passes through clean()."""

from __future__ import annotations

import nh3

SCHEMES = {"http", "https", "mailto"}
TAGS = {
    "a", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img",
    "li", "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
CLASSES = {
    "div": {"say", "internal", "secret"},
    "p": {"block-label"},
    "td": {"text-end", "text-center"},
    "th": {"text-end", "text-center"},
}
# Not only the tag but what it holds is no text for a reader.
DROPPED_WHOLE = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "select",
    "textarea",
}

_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED_WHOLE,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel="noopener nofollow",
    attribute_filter=lambda tag, name, value: _own_address(tag, name, value),
)


def clean(html: str) -> str:
    """HTML of which only the listed tags, attributes, classes and schemes are left; images only from
    our own site.
    """
    return _CLEANER.clean(html)


def _own_address(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not (value.startswith("/") and value[1:2] not in ("/", "\\")):
        return None
    return value
