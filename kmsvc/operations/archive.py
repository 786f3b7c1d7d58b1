"""The backup file: a zip whose manifest names every member with size and SHA-256, and whose comment names the manifest's.

Layout: `manifest.json`, `database/…` (a SQLite file, or one COPY text a table), `files/…`, `audit-anchors.log`."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
MARK = b"kmsvc-backup "
CHUNK = 1 << 20
MANIFEST = "manifest.json"


class BadBackup(RuntimeError):
    """This file cannot be restored; the sentence says why. Nothing was touched."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. tables: columns and row counts of the moment; audit: number and hash of the newest entry."""

    product: str
    version: str
    made_at: str
    database: str
    revision: str
    tables: dict[str, dict[str, Any]]
    audit: dict[str, Any]
    config: dict[str, Any]
    missing_files: list[str] = field(default_factory=list)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return {name: int(table["rows"]) for name, table in self.tables.items()}


class ArchiveWriter:
    """Adds members one by one and remembers size and digest of each."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: dict[str, dict[str, Any]] = {}

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> Iterator[Callable[[bytes], None]]:
        """A member to write into, piece by piece."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as out:
            def write(piece: bytes) -> None:
                nonlocal size
                out.write(piece)
                digest.update(piece)
                size += len(piece)
            yield write
        self.members[name] = {"size": size, "sha256": digest.hexdigest()}

    def copy(self, name: str, path: Path, *, packed: bool = True) -> None:
        """A file as a member. Raises FileNotFoundError before anything is written."""
        with path.open("rb") as source, self.member(name, packed=packed) as write:
            while piece := source.read(CHUNK):
                write(piece)


def seal(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """The last member and the comment: from here on a cut or a changed byte is found."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    archive.writestr(zipfile.ZipInfo(MANIFEST), text)
    archive.comment = MARK + f"{FORMAT} {hashlib.sha256(text).hexdigest()}".encode()


def read_manifest(path: Path) -> Manifest:
    """The manifest of a backup file. Raises BadBackup for what is no backup, is cut off, changed or newer."""
    if not path.is_file():
        raise BadBackup(f"{path} is not a file.")
    try:
        with zipfile.ZipFile(path) as archive:
            comment, text = archive.comment, b""
            if comment.startswith(MARK):
                text = archive.read(MANIFEST)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise BadBackup(f"{path} is not a kmsvc backup, or it is damaged or cut off ({error}).") from error
    words = comment.split()
    if not comment.startswith(MARK) or len(words) != 3:
        raise BadBackup(f"{path} is not a kmsvc backup.")
    if not words[1].isdigit() or int(words[1]) > FORMAT:
        raise BadBackup(f"{path} was made by a newer release of kmsvc. Restore it with that release or a newer one.")
    if hashlib.sha256(text).hexdigest().encode() != words[2]:
        raise BadBackup(f"{path} is damaged: its table of contents was changed.")
    try:
        body = json.loads(text)
        known = {name: body[name] for name in Manifest.__dataclass_fields__}
    except (ValueError, KeyError) as error:
        raise BadBackup(f"{path} is damaged: its table of contents cannot be read.") from error
    if known["product"] != "kmsvc":
        raise BadBackup(f"{path} is a backup of something else.")
    return Manifest(**known)


def check_members(path: Path, manifest: Manifest) -> None:
    """Read every member and compare size and SHA-256 with the manifest. Raises BadBackup naming the first that differs."""
    try:
        with zipfile.ZipFile(path) as archive:
            held = {info.filename for info in archive.infolist()} - {MANIFEST}
            if held != set(manifest.members) or any(not is_plain(name) for name in held):
                raise BadBackup(f"{path} is damaged: it does not hold what its table of contents says.")
            for name, wanted in manifest.members.items():
                digest, size = hashlib.sha256(), 0
                with archive.open(name) as source:
                    while piece := source.read(CHUNK):
                        digest.update(piece)
                        size += len(piece)
                if (size, digest.hexdigest()) != (wanted["size"], wanted["sha256"]):
                    raise BadBackup(f"{path} is damaged: {name} is not what was written.")
    except BadBackup:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds for damaged bytes
        raise BadBackup(f"{path} is damaged or cut off ({type(error).__name__}: {error}).") from error


def is_plain(name: str) -> bool:
    """Whether a member's name stays inside the folder it is unpacked to."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\\" not in name and "\0" not in name


def unpack(path: Path, name: str, target: Path) -> None:
    """One member into a file of mode 0600, on the disk when this returns."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with zipfile.ZipFile(path) as archive, archive.open(name) as source, open_private(target) as out:
        while piece := source.read(CHUNK):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def open_private(path: Path) -> IO[bytes]:
    """A new file that only its owner can read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")


def sync_folder(path: Path) -> None:
    """Push a folder's names to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
