"""The search folder on disk: builds of the index, the pointer that names the current one, and the locks.

<folder>/current          one line: the name of the current build
<folder>/index-…/         a build: Whoosh's files and kmsvc.json (format, dictionary, sounds)
<folder>/journal          batches applied while a new build is made, in order
<folder>/writer.lock, rebuild.lock
"""

import json
import os
import pickle
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.util.filelock import FileLock, try_for

from kmsvc.core.faults import fault
from kmsvc.markup import cutting
from kmsvc.search import sounds
from kmsvc.search.analysis import ANALYSIS_VERSION
from kmsvc.search.failures import IndexBusy, IndexUnusable

FORMAT = 5
_BUILD = "index-"


class IndexFolder:
    """Paths, pointer, locks and journal of one search folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> Path:
        """The current build; raises IndexUnusable if there is none or it was made by other rules."""
        try:
            build = self.path / (self.path / "current").read_text("utf-8").strip()
            made = json.loads((build / "kmsvc.json").read_text("utf-8"))
        except (OSError, ValueError) as missing:
            raise IndexUnusable(f"there is no search index in {self.path}") from missing
        if made != self._marks():
            raise IndexUnusable("the search index was made with another dictionary or another version")
        return build

    def pointer(self) -> str:
        """The name of the current build, empty without one: cheap, for noticing a switch."""
        try:
            return (self.path / "current").read_text("utf-8").strip()
        except OSError:
            return ""

    def new_build(self) -> Path:
        """An empty folder for a build that nobody reads yet."""
        build = self.path / f"{_BUILD}{uuid.uuid4().hex[:12]}"
        build.mkdir(parents=True)
        (build / "kmsvc.json").write_text(json.dumps(self._marks()), "utf-8")
        return build

    def switch(self, build: Path) -> None:
        """Make a finished build the current one, atomically and durably, and drop all others."""
        for file in build.iterdir():
            _sync(file)
        _sync(build)
        fresh = self.path / "current.new"
        fresh.write_text(build.name, "utf-8")
        _sync(fresh)
        fault("index.before_switch")
        os.replace(fresh, self.path / "current")
        _sync(self.path)
        self.sweep()

    def sweep(self) -> None:
        """Remove builds that are not current; readers that still have them open keep working."""
        kept = self.pointer()
        for build in self.path.glob(f"{_BUILD}*"):
            if build.name != kept:
                shutil.rmtree(build, ignore_errors=True)

    @staticmethod
    def tidy(build: Path) -> None:
        """Remove what a killed writer left half done; only for who holds the writer's lock."""
        for path in build.iterdir():
            if path.suffix == ".tmp":
                shutil.rmtree(path, ignore_errors=True)
            elif ".toc." in path.name:
                path.unlink(missing_ok=True)

    @contextmanager
    def lock(self, name: str, wait: float) -> Iterator[None]:
        """Hold `<name>.lock`, which dies with the process; raises IndexBusy after `wait` seconds."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.path / f"{name}.lock"))
        if not try_for(lock.acquire, timeout=wait, delay=0.02):
            raise IndexBusy(f"somebody else holds {name}.lock of the search index")
        try:
            yield
        finally:
            lock.release()

    def open_journal(self) -> None:
        """Start to note what is applied while a build is made."""
        (self.path / "journal").write_bytes(b"")

    def note(self, batch: list[Any]) -> None:
        """Note a batch if a build is being made; forget a journal whose build died."""
        journal = self.path / "journal"
        if not journal.exists():
            return
        try:
            with self.lock("rebuild", 0):
                journal.unlink(missing_ok=True)
        except IndexBusy:
            with journal.open("ab") as file:
                pickle.dump(batch, file)
                file.flush()

    def read_journal(self) -> Iterator[list[Any]]:
        """The noted batches, oldest first."""
        with (self.path / "journal").open("rb") as file:
            while True:
                try:
                    yield pickle.load(file)
                except EOFError:
                    return

    def close_journal(self) -> None:
        """Stop noting."""
        (self.path / "journal").unlink(missing_ok=True)

    @staticmethod
    def _marks() -> dict[str, Any]:
        return {"format": FORMAT, "analysis": ANALYSIS_VERSION, "dictionary": cutting.fingerprint(),
                "sounds": sounds.fingerprint()}


def _sync(path: Path) -> None:
    """Push a file or folder to the disk, where the platform can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # folders cannot be opened on Windows
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
