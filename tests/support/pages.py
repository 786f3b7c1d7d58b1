"""What must hold of any page: ids stand once, and every field has a name people can hear."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

FIELDS = {"input", "select", "textarea"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Counter[str] = Counter()
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if held.get("id"):
            self.ids[str(held["id"])] += 1
        if tag == "label":
            self.depth += 1
            self.labelled.add(str(held.get("for") or ""))
        if tag in FIELDS and held.get("type") not in ("hidden", "submit") and not self.depth:
            self.fields.append(held)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.depth -= 1


def problems(page: str) -> list[str]:
    """Ids that stand twice, fields without a label."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    twice = [f"id {name} stands {times} times" for name, times in reader.ids.items() if times > 1]
    mute = [f"field {one.get('name')} has no label" for one in reader.fields
            if not one.get("aria-label") and str(one.get("id") or "") not in reader.labelled]
    return twice + mute
