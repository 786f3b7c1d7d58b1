"""R-U3: files with random damage are read or refused; nothing else happens, and never for long.

The short form mutates each seed file a few times; KMSVC_HARD=1 makes 5,000 of them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kmsvc.convert import limits
from kmsvc.convert.child import answers
from kmsvc.convert.refusals import Refused
from kmsvc.convert.service import convert_file
from kmsvc.convert.sniff import IMPORTS
from kmsvc.markup.render import render
from tests.convert import make
from tests.htmlcheck import dangers

TOTAL = 5_000 if os.environ.get("KMSVC_HARD") else 240

_BODY = (
    make.paragraph("标题", style="Heading1")
    + make.paragraph("正文 & 更多")
    + make.table([["a", "b"], ["c", "d"]])
)
_TEXTS = '标题,内容,标签\n退费,三个工作日,甲;乙\n改期,"两\n行",丙\n'
SEEDS: dict[str, Callable[[], bytes]] = {
    "a.docx": lambda: make.docx(_BODY + make.picture_run(), picture=make.png()),
    "a.xlsx": lambda: make.xlsx({"一": [["标题", "内容"], ["a", 1], ["b", 2.5]], "二": [["x", "y"]]}),
    "a.pptx": lambda: make.pptx([("一", ["二", "三"], "四")]),
    "a.pdf": lambda: make.pdf([["第一页", "正文"], ["第二页"]], title="标题"),
    "a.csv": lambda: _TEXTS.encode(),
    "b.csv": lambda: _TEXTS.encode("gb18030"),
    "a.jsonl": lambda: "\n".join(json.dumps({"title": t, "body": t, "tags": ["x"]}) for t in "一二三").encode(),
    "a.html": lambda: "<html><title>t</title><body><h1>一</h1><table><tr><td>二</td></tr></table>".encode(),
    "a.md": lambda: "# 一\n\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n:::say\n三\n:::\n".encode(),
    "a.txt": lambda: "标题\n\n正文\n".encode(),
}  # fmt: skip
_TOKENS = [
    b"\x00", b"\xff\xff\xff\xff", b"<", b">", b"&", b'"', b"'", b"%", b"-1", b"9" * 20, b"../", b"]]>", b"\n", b"\\u0000",
    b"\xed\xa0\x80", b"[" * 500, b"<w:p>" * 200, b"/Kids [2 0 R]", b"stream\n", b":::secret\n",
]  # fmt: skip


def _damaged(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        at = dice.randrange(len(changed) + 1)
        match dice.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del changed[at : at + dice.randrange(1, 40)]
            case 2:
                changed[at:at] = dice.choice(_TOKENS)
            case 3:
                changed[at:at] = changed[at : at + dice.randrange(1, 200)] * dice.randrange(1, 5)
            case _:
                changed[at : at + 4] = dice.choice(_TOKENS)
    return bytes(changed)


def _damaged_inside(data: bytes, dice: random.Random) -> bytes:
    """One part of the package is damaged, the package itself stays whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        victim = dice.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, _damaged(old.read(name), dice) if name == victim else old.read(name))
    return out.getvalue()


def _mutants(name: str, count: int) -> list[bytes]:
    dice = random.Random(f"{name}:{count}")
    seed = SEEDS[name]()
    is_package = name.endswith(("docx", "xlsx", "pptx"))
    return [
        (_damaged_inside if is_package and dice.random() < 0.7 else _damaged)(seed, dice)
        for _ in range(count)
    ]


@pytest.mark.parametrize("name", SEEDS)
def test_r_u3_damaged_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    """In this process, with the very function of the child, so that thousands are affordable."""
    path = tmp_path / "stored"
    outcomes = set()
    for mutant in _mutants(name, TOTAL // len(SEEDS)):
        path.write_bytes(mutant)
        start = time.process_time()
        lines = list(answers("convert", path, name, IMPORTS))
        assert time.process_time() - start < limits.CPU_SECONDS
        last = next(iter(lines[-1]))
        assert last in {"done", "refused"}
        outcomes.add(last)
        for line in lines:
            json.dumps(line, ensure_ascii=False).encode()
            if "Section" in line:
                assert dangers(render(line["Section"]["body_markdown"])) == []
    assert outcomes


@pytest.mark.parametrize("name", SEEDS)
def test_r_u3_damaged_files_are_read_or_refused_through_the_child(name: str, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    for mutant in _mutants(name, max(3, TOTAL // 100)):
        path.write_bytes(mutant)
        start = time.monotonic()
        with contextlib.suppress(Refused):
            assert convert_file(path, name).kind
        assert time.monotonic() - start < limits.WALL_SECONDS


@pytest.mark.parametrize("name", SEEDS)
def test_the_undamaged_seeds_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(SEEDS[name]())
    assert convert_file(path, name).sections
