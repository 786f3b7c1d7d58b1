"""Pictures found inside a document: kept by their SHA-256 when format and size are taken, counted when not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kmsvc.convert import limits, pictures
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture
from kmsvc.convert.sniff import MEDIA_TYPES


class Gallery:
    """Collects the pictures of one document within the limits."""

    def __init__(self) -> None:
        self.kept: dict[str, Picture] = {}
        self.left_out = 0
        self._size = 0

    def add(self, data: bytes) -> str | None:
        """`attachment:` and the SHA-256 of the picture, or None when it is left out."""
        kind = pictures.kind_of(data)
        sha = hashlib.sha256(data).hexdigest()
        if sha in self.kept:
            return f"attachment:{sha}"
        if kind is None or not self._fits(data):
            self.left_out += 1
            return None
        self.kept[sha] = Picture(sha, MEDIA_TYPES[kind], data)
        self._size += len(data)
        return f"attachment:{sha}"

    def report(self) -> Iterator[Picture | Notice]:
        """The pictures, and how many were left out."""
        yield from self.kept.values()
        if self.left_out:
            yield Notice("pictures_left_out", {"count": self.left_out})

    def _fits(self, data: bytes) -> bool:
        if len(data) > limits.PICTURE or self._size + len(data) > limits.PICTURES:
            return False
        if len(self.kept) >= limits.PICTURE_COUNT:
            return False
        try:
            pictures.check_size(data)
        except Refused:
            return False
        return True
