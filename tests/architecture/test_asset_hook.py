"""The build hook takes only the locked browser files, says what to do without them, compiles the texts."""

from __future__ import annotations

import gettext
import os
import shutil
import sys
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(__file__).resolve().parents[2]
PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Search"
msgstr "搜索"

msgid "%(n)d page"
msgid_plural "%(n)d pages"
msgstr[0] "%(n)d 页"
"""
NPM = """#!{python}
import json, pathlib, sys, tarfile
folder = pathlib.Path(sys.argv[sys.argv.index("--pack-destination") + 1])
specs = sys.argv[sys.argv.index(str(folder)) + 1:]
assert "--ignore-scripts" in sys.argv
answer = []
for spec in specs:
    name, _, version = spec.rpartition("@")
    file = name.lstrip("@").replace("/", "-") + "-" + version + ".tgz"
    with tarfile.open(folder / file, "w:gz"):
        pass
    answer.append({{"name": name, "version": version, "filename": file}})
print(json.dumps(answer))
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree with the wish list and the lock, but no browser files."""
    for name in ("assets.toml", "assets.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.delenv("KMSVC_ASSETS", raising=False)
    return tmp_path


def test_a_copied_folder_serves_where_there_is_no_network(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KMSVC_ASSETS", str(ROOT / "kmsvc/static/vendor"))
    assets = hatch_build.Assets(tree)
    assets.bring()
    assert assets.present()
    assert "up to date" in assets.bring()


def test_a_copied_folder_with_a_changed_file_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tree / "copy"
    shutil.copytree(ROOT / "kmsvc/static/vendor", copy)
    with (copy / "htmx.min.js").open("a") as stream:
        stream.write("//")
    monkeypatch.setenv("KMSVC_ASSETS", str(copy))
    with pytest.raises(hatch_build.AssetError, match="does not hold"):
        hatch_build.Assets(tree).bring()


def test_without_npm_the_message_names_the_two_ways_out(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree))
    with pytest.raises(hatch_build.AssetError, match=r"(?s)no npm here.*sdist or a wheel.*KMSVC_ASSETS"):
        hatch_build.Assets(tree).bring()


def test_a_package_that_differs_from_the_lock_is_not_opened(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tree / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(NPM.format(python=sys.executable), encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(hatch_build.AssetError, match="not the package that assets.lock names"):
        hatch_build.Assets(tree).bring()
    assert not (tree / "kmsvc/static/vendor").exists()


def test_texts_are_compiled_with_their_plural_forms_and_only_when_newer(tree: Path) -> None:
    source = tree / "kmsvc/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    [target] = hatch_build.compile_texts(tree)
    with target.open("rb") as stream:
        texts = gettext.GNUTranslations(stream)
    assert texts.gettext("Search") == "搜索"
    assert texts.ngettext("%(n)d page", "%(n)d pages", 3) == "%(n)d 页"
    assert hatch_build.compile_texts(tree) == []
