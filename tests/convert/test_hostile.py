"""R-U1, R-U2: hostile files are refused by name or read within their limits; the asking process feels nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from kmsvc.convert import limits, service
from kmsvc.convert.refusals import Refused
from kmsvc.convert.service import check_file, convert_file
from kmsvc.convert.sniff import ATTACHMENTS, IMPORTS
from kmsvc.markup.render import render
from tests.convert import hostile, make
from tests.htmlcheck import dangers

HARD = bool(os.environ.get("KMSVC_HARD"))


def _write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(content)
    return path


def _memory() -> int:
    return psutil.Process().memory_info().rss


@pytest.mark.parametrize("name", hostile.REFUSED)
def test_r_u1_a_hostile_file_is_refused_by_name(name: str, tmp_path: Path) -> None:
    make_it, codes = hostile.REFUSED[name]
    path = _write(tmp_path, name, make_it())
    before, start = _memory(), time.monotonic()
    with pytest.raises(Refused) as refused:
        convert_file(path, name)
    assert refused.value.code in codes
    assert time.monotonic() - start <= limits.WALL_SECONDS
    assert _memory() - before <= 50 * limits.MB
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", hostile.READ)
def test_r_u1_a_nasty_but_honest_file_is_read_without_harm(name: str, tmp_path: Path) -> None:
    path = _write(tmp_path, name, hostile.READ[name]())
    start = time.monotonic()
    converted = convert_file(path, name)
    assert time.monotonic() - start <= limits.WALL_SECONDS
    assert converted.sections or converted.errors
    for section in converted.sections:
        assert dangers(render(section.body_markdown)) == []
        assert '<div class="secret">' not in render(section.body_markdown)


@pytest.mark.parametrize("name", hostile.NOT_TAKEN)
def test_files_of_other_kinds_are_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    make_it, code = hostile.NOT_TAKEN[name]
    path = _write(tmp_path, name, make_it())
    for ask in (lambda: check_file(path, name), lambda: convert_file(path, name)):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == code


@pytest.mark.parametrize("name", hostile.PICTURES)
def test_false_and_oversized_pictures_are_refused(name: str, tmp_path: Path) -> None:
    make_it, code = hostile.PICTURES[name]
    with pytest.raises(Refused) as refused:
        check_file(_write(tmp_path, name, make_it()), name)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", make.png(), "image/png"),
        ("a.JPG", make.jpeg(), "image/jpeg"),
        ("a.gif", make.gif(), "image/gif"),
        ("a.webp", make.webp(), "image/webp"),
        ("a.pdf", make.pdf([["x"]]), "application/pdf"),
        ("a.txt", "文字".encode(), "text/plain"),
        ("a.csv", "标题,内容".encode("gb18030"), "text/csv"),
        (
            "a.xlsx",
            make.xlsx({"s": [["a"]]}),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_honest_attachments_pass_with_their_media_type(
    name: str, content: bytes, media_type: str, tmp_path: Path
) -> None:
    assert check_file(_write(tmp_path, name, content), name).media_type == media_type


def test_pages_and_data_are_imported_but_never_kept_as_attachments() -> None:
    assert {"md", "jsonl", "html"} & ATTACHMENTS == set()
    assert {"png", "jpeg", "gif", "webp"} & IMPORTS == set()


def test_a_file_that_is_too_large_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate((limits.FILE_MB + 1) * limits.MB)
    with pytest.raises(Refused) as refused:
        convert_file(path, "a.pdf")
    assert refused.value.code == "too_large"


def test_a_missing_file_is_a_refusal_too(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        convert_file(tmp_path / "no", "a.docx")
    assert refused.value.code == "missing"


def _child(program: str) -> list[str]:
    """A child that behaves as this program says, inside the real cage."""
    root = str(Path(service.__file__).parents[2])
    start = f"import sys; sys.path.insert(0, {root!r}); from kmsvc.convert.limits import confine; confine()\n"
    return [sys.executable, "-I", "-c", start + program]


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("x = []\nwhile True: x.append(bytearray(50_000_000))", "unreadable"),
        ("import os, signal; os.abort()", "unreadable"),
        ("import ctypes; ctypes.string_at(0)", "unreadable"),
        ("print('{\"Section\": ')", "unreadable"),
        ("print('not json')", "unreadable"),
        ("print('[' * 100000)", "unreadable"),
        ("print('{\"refused\": {\"code\": \"nonsense\", \"params\": {}}}')", "unreadable"),
        ("import sys; sys.exit(0)", "unreadable"),
        ("import time; time.sleep(60)", "too_slow"),
        ("import os, time; os.close(1); time.sleep(60)", "unreadable"),
        ("import sys\nwhile True: sys.stdout.write('{\"Notice\": {}}\\n' * 100)", "too_much"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "unreadable"),
        ("import os; os.system('echo hello')", "unreadable"),
        ("open('/tmp/written-by-converter', 'w')", "unreadable"),
        ("import subprocess; subprocess.run(['true'])", "unreadable"),
    ],
)  # fmt: skip
def test_r_u2_whatever_the_child_does_is_a_refusal(program: str, code: str) -> None:
    start = time.monotonic()
    with pytest.raises(Refused) as refused:
        list(service._found(service.run(_child(program), timeout=3)))
    assert refused.value.code == code
    assert time.monotonic() - start < 8
    assert not Path("/tmp/written-by-converter").exists()


def test_r_u2_a_child_that_only_computes_is_ended_by_its_processor_limit() -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 3))\nwhile True: pass"
    with pytest.raises(Refused) as refused:
        list(service._found(service.run(_child(program), timeout=20)))
    assert refused.value.code == "too_slow"


def test_r_u2_the_cage_is_as_written() -> None:
    program = (
        "import resource as r, json\n"
        "print(json.dumps({'limits': [r.getrlimit(n)[0] for n in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, "
        "r.RLIMIT_NOFILE, r.RLIMIT_CORE)]}))\nimport os\nprint(json.dumps({'environment': sorted(os.environ)}))"
    )
    found = {
        name: values for line in service.run(_child(program), timeout=10) for name, values in line.items()
    }
    assert found["limits"] == [1 << 30, 20, 50 << 20, 64, 0]
    assert set(found["environment"]) <= {"LANG", "LC_CTYPE"}


@pytest.mark.timeout(1200)
def test_r_u2_a_killed_child_is_a_message(tmp_path: Path) -> None:
    rounds = 1000 if HARD else 15
    path = _write(tmp_path, "a.xlsx", make.xlsx({"s": [["标题", "内容"], *[["a", "b"]] * 4000]}))
    me = psutil.Process()
    codes = []
    for number in range(rounds):
        killer = threading.Timer(0.02 + number % 15 / 60, lambda: [_kill(child) for child in converters(me)])
        killer.start()
        try:
            convert_file(path, "a.xlsx")
            codes.append("read")
        except Refused as refused:
            codes.append(refused.code)
        killer.cancel()
        killer.join()
    assert set(codes) <= {"read", "unreadable"}
    assert "unreadable" in codes
    assert not converters(me)


def converters(of: psutil.Process) -> list[psutil.Process]:
    """The children that convert: a database server and a browser's driver may be children of this process too."""
    found = []
    for child in of.children():
        with contextlib.suppress(psutil.Error):
            if any("convert" in word for word in child.cmdline()):
                found.append(child)
    return found


def _kill(child: psutil.Process) -> None:
    if child.ppid() == os.getpid():
        child.send_signal(signal.SIGKILL)


def test_the_child_is_found_from_a_checkout_and_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("relative.csv").write_text("标题,内容\n一,二\n")
    (tmp_path / "kmsvc.py").write_text("raise SystemExit('taken from the wrong place')")
    assert convert_file("relative.csv", "relative.csv").sections[0].title == "一"


def test_no_more_children_run_than_there_are_cores(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.csv", "标题,内容\n一,二\n".encode())
    most, done = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.is_set():
            most = max(most, len(converters(psutil.Process())))
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    askers = [threading.Thread(target=convert_file, args=(path, "a.csv")) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    done.set()
    watcher.join()
    assert 1 <= most <= (os.cpu_count() or 1)
