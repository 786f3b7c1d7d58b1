"""What a file is, judged by its content and not by its name; both must agree, and the kind must be on the list."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from kmsvc.convert import limits, pictures
from kmsvc.convert.encoding import decode
from kmsvc.convert.precheck import check_directory
from kmsvc.convert.refusals import Refused


@dataclass(frozen=True)
class FileType:
    """A kind of file (its usual extension) and the media type it is served with."""

    kind: str
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
    "jsonl": "application/jsonl",
    "html": "text/html",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "zip": "application/zip",
    "xls": "application/vnd.ms-excel",
}
OFFICE = frozenset({"docx", "xlsx", "pptx"})
PICTURES = frozenset({"png", "jpeg", "gif", "webp"})
ATTACHMENTS = OFFICE | PICTURES | {"pdf", "txt", "csv"}
IMPORTS = OFFICE | {"pdf", "txt", "csv", "md", "jsonl", "html"}
TABLES = frozenset({"xlsx", "csv"})
OLD_TABLES = TABLES | {"xls"}
VIDEOS = frozenset({"mp4", "webm"})

_SAME = {"jpg": "jpeg", "htm": "html", "markdown": "md", "ndjson": "jsonl", "text": "txt", "m4v": "mp4"}
_MACROS = {"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam"}
_OLD_OFFICE = {"doc", "dot", "xls", "xlt", "ppt", "pps", "wps", "et", "dps"}
_MAIN_PART = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
# A text that begins like this is a page, a picture or a program under another name.
_DISGUISED = re.compile(r"\s*(?:<!doctype|<html|<svg|<script|<\?xml|<\?php|\{\\rtf|%pdf)", re.IGNORECASE)


def sniff(
    path: Path, filename: str, *, allowed: frozenset[str] = ATTACHMENTS, limit_mb: int = limits.FILE_MB
) -> FileType:
    """The type of a file. Raises Refused with the reason when it is not allowed or not what its name says."""
    extension = Path(filename).suffix.lower().lstrip(".")
    kind = _SAME.get(extension, extension)
    _check_extension(kind, extension, allowed)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        raise Refused("missing") from None
    if size == 0:
        raise Refused("empty")
    if size > limit_mb * limits.MB:
        raise Refused("too_large", limit_mb=limit_mb)
    _check_content(kind, extension, path, head)
    return FileType(kind, MEDIA_TYPES[kind])


def _check_extension(kind: str, extension: str, allowed: frozenset[str]) -> None:
    if kind in allowed:
        return
    if kind in {"svg", "svgz"}:
        raise Refused("svg")
    if kind in _MACROS:
        raise Refused("macros")
    if kind in _OLD_OFFICE:
        raise Refused("old_office")
    raise Refused("type_not_allowed", extension=extension[:20])


def _check_content(kind: str, extension: str, path: Path, head: bytes) -> None:
    if kind in OFFICE:
        _check_office(kind, extension, path, head)
    elif kind in PICTURES:
        if pictures.kind_of(head) != kind:
            raise Refused("content_mismatch", extension=extension)
        pictures.check_size(path.read_bytes())
    elif kind in VIDEOS:
        if (head[4:8] != b"ftyp") if kind == "mp4" else not head.startswith(b"\x1a\x45\xdf\xa3"):
            raise Refused("content_mismatch", extension=extension)
    elif kind == "xls":
        if not head.startswith(_OLE):
            raise Refused("content_mismatch", extension=extension)
    elif kind == "zip":
        if not head.startswith(b"PK\x03\x04"):
            raise Refused("content_mismatch", extension=extension)
        check_directory(path)
    elif kind == "pdf":
        if b"%PDF-" not in head:
            raise Refused("content_mismatch", extension=extension)
        if _PDF_ENCRYPTED.search(path.read_bytes()):
            raise Refused("encrypted")
    else:
        text, _ = decode(path.read_bytes())
        if not text.strip():
            raise Refused("empty")
        if kind != "html" and _DISGUISED.match(text):
            raise Refused("content_mismatch", extension=extension)


def _check_office(kind: str, extension: str, path: Path, head: bytes) -> None:
    if head.startswith(_OLE):
        encrypted = _OLE_ENCRYPTED in path.read_bytes()
        raise Refused("encrypted") if encrypted else Refused("content_mismatch", extension=extension)
    if not head.startswith(b"PK\x03\x04"):
        raise Refused("content_mismatch", extension=extension)
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as package:
            if any(entry.flag_bits & 1 for entry in package.infolist()):
                raise Refused("encrypted")
            if any(name.lower().endswith("vbaproject.bin") for name in package.namelist()):
                raise Refused("macros")
            with package.open("[Content_Types].xml") as part:
                types = part.read(limits.MB).replace(b"\x00", b"")
    except KeyError:
        raise Refused("content_mismatch", extension=extension) from None
    except Refused:
        raise
    except Exception:  # zipfile answers a broken package with many kinds of error
        raise Refused("damaged") from None
    if b"macroenabled" in types.lower():
        raise Refused("macros")
    if _MAIN_PART[kind] not in types:
        raise Refused("content_mismatch", extension=extension)
