"""Is this zip what it says? Every part is unpacked once, counted and thrown away, before any library sees it."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from pathlib import Path

from kmsvc.convert import limits
from kmsvc.convert.limits import MB
from kmsvc.convert.refusals import Refused

_CHUNK = 256 * 1024
# Looked for with zero bytes taken out, so that UTF-8 and UTF-16 look the same.
_DOCTYPE = b"<!DOCTYPE"
_WITHOUT_SUBSET = re.compile(rb"[^>\[]{0,1000}>")
_OVERLAP = 1200
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)""", re.IGNORECASE)
# In all of these the letters of DOCTYPE are the bytes that are looked for.
_PLAIN = {b"utf-8", b"utf8", b"utf-16", b"utf16", b"us-ascii", b"ascii"}
_PLAIN |= {b"iso-8859-1", b"windows-1252", b"gb2312", b"gbk", b"gb18030"}
_XML_NAMES = (".xml", ".rels", ".vml")
# How an XML part may begin: a mark, a tag, or white space, in UTF-8 or UTF-16. UTF-32 and EBCDIC hide a DOCTYPE.
_XML_BEGINS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<", b" ", b"\r", b"\n", b"\t")
_STORED_OR_DEFLATED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def check_zip(path: Path) -> None:
    """Raise Refused when the package is a bomb, is broken, or hides what Office files never hold."""
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_names(entries)
            expanded = 0
            for entry in entries:
                expanded = _check_part(package, entry, expanded)
    except Refused:
        raise
    except Exception:  # zipfile and zlib answer a broken package with many kinds of error
        raise Refused("damaged") from None


def check_directory(path: Path) -> None:
    """Refuse too many parts by the last record of the package.

    Read by hand, because the zip module would first read a directory of any length.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise Refused("damaged")
    entries, directory = (
        struct.unpack_from("<H", tail, at + 10)[0],
        struct.unpack_from("<I", tail, at + 12)[0],
    )
    # The numbers of an ordinary document fit; the larger form of the record is for archives that are too large here.
    if entries > limits.ZIP_ENTRIES or directory > limits.ZIP_ENTRIES * 400:
        raise Refused("too_many_parts", limit=limits.ZIP_ENTRIES)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > limits.ZIP_ENTRIES:
        raise Refused("too_many_parts", limit=limits.ZIP_ENTRIES)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name or ".." in name.split("/") or name.lower() in seen:
            raise Refused("odd_part", part=_shown(name))
        if entry.flag_bits & 1:
            raise Refused("encrypted")
        if entry.compress_type not in _STORED_OR_DEFLATED:
            raise Refused("odd_part", part=_shown(name))
        seen.add(name.lower())


def _check_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, expanded: int) -> int:
    """Read one part to its end; returns how much has been unpacked with it."""
    read = 0
    tail = b""
    is_xml = entry.filename.lower().endswith(_XML_NAMES)
    with package.open(entry) as part:
        while chunk := part.read(_CHUNK):
            if is_xml and not read:
                _check_beginning(entry.filename, chunk)
            read += len(chunk)
            if expanded + read > limits.ZIP_EXPANDED_MB * MB:
                raise Refused("expands", limit_mb=limits.ZIP_EXPANDED_MB)
            if read > limits.ZIP_RATIO_FROM_MB * MB and read > limits.ZIP_RATIO * max(entry.compress_size, 1):
                raise Refused("ratio", part=_shown(entry.filename))
            seam = tail + chunk.replace(b"\x00", b"")
            _check_doctype(seam, len(seam) - _OVERLAP, entry.filename, is_xml=is_xml)
            tail = seam[-_OVERLAP:]
    _check_doctype(tail, len(tail), entry.filename, is_xml=is_xml)
    return expanded + read


def _check_doctype(text: bytes, end: int, name: str, *, is_xml: bool) -> None:
    """Refuse a document type that begins before `end`; the text goes on far enough to see where it closes.

    Parts that are no XML may hold one without definitions: printer settings from a Mac do.
    """
    at = text.find(_DOCTYPE)
    while 0 <= at < end:
        if is_xml or not _WITHOUT_SUBSET.match(text, at + len(_DOCTYPE)):
            raise Refused("doctype", part=_shown(name))
        at = text.find(_DOCTYPE, at + 1)


def _check_beginning(name: str, chunk: bytes) -> None:
    declared = _DECLARED.search(chunk[:400].replace(b"\x00", b""))
    utf32 = chunk.startswith((b"\xff\xfe\x00\x00", b"<\x00\x00\x00", b"\x00\x00"))
    if utf32 or not chunk.startswith(_XML_BEGINS) or (declared and declared[1].lower() not in _PLAIN):
        raise Refused("odd_part", part=_shown(name))


def _shown(name: str) -> str:
    return os.path.basename(name)[:60] or name[:60]
