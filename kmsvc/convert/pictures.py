"""Pictures judged by their first bytes: which format, how many points. No picture is ever decoded here."""

from __future__ import annotations

import struct

from kmsvc.convert import limits
from kmsvc.convert.refusals import Refused

# Frames of JPEG that carry the size: all start-of-frame marks but the three that are tables or extensions.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def kind_of(head: bytes) -> str | None:
    """png, jpeg, gif, webp, or None."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    return None


def check_size(data: bytes) -> None:
    """Refuse a picture whose size cannot be read or that would unfold to more points than a screen has."""
    try:
        width, height = _size(data)
    except (struct.error, IndexError, ValueError):
        raise Refused("damaged") from None
    if not width or not height:
        raise Refused("damaged")
    if width * height > limits.PICTURE_MILLION_POINTS * 1_000_000:
        raise Refused("picture_too_large", limit=limits.PICTURE_MILLION_POINTS)


def _size(data: bytes) -> tuple[int, int]:
    kind = kind_of(data)
    if kind == "png":
        return struct.unpack_from(">II", data, 16)
    if kind == "gif":
        return struct.unpack_from("<HH", data, 6)
    if kind == "jpeg":
        return _jpeg_size(data)
    if kind == "webp":
        return _webp_size(data)
    raise ValueError("not a picture")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while data[at] == 0xFF:
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 if mark == 0x01 or 0xD0 <= mark <= 0xD8 else 2 + struct.unpack_from(">H", data, at + 2)[0]
    raise ValueError("no frame")


def _webp_size(data: bytes) -> tuple[int, int]:
    form = data[12:16]
    if form == b"VP8X":
        return (int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1)
    if form == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("unknown WebP")
