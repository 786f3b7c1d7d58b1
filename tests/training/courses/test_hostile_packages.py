"""R-U1: packages that lie: a manifest without end, parts that say they are small, parts laid over each other, packages in packages."""

from __future__ import annotations

import io
import os
import random
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from kmsvc.convert.limits import MB
from kmsvc.convert.refusals import Refused
from kmsvc.convert.texts import REFUSALS
from kmsvc.core.errors import NotFound
from kmsvc.training.courses.packages import MANIFEST_MB, MOST_ITEMS, look_through
from kmsvc.training.courses.play_pages import _from_zip
from tests.training.courses.zips import manifest12, scorm12, zipped


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    return path


def refused(tmp_path: Path, data: bytes) -> str:
    """The code it is refused with; there is a sentence for each."""
    with pytest.raises(Refused) as found:
        look_through(written(tmp_path, data))
    assert REFUSALS[found.value.code] % found.value.params
    return found.value.code


def test_r_u1_a_manifest_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    """R-U1: what packs badly passes the ratio; it is read as far as its limit and no further."""
    noise = random.Random(1).randbytes(MANIFEST_MB * MB).hex()
    data = zipped(("imsmanifest.xml", manifest12(extra=f"<!--{noise}-->")), ("index.html", "x"))
    tracemalloc.start()
    assert refused(tmp_path, data) == "too_large"
    assert tracemalloc.get_traced_memory()[1] < 4 * MANIFEST_MB * MB
    tracemalloc.stop()


def test_r_u1_a_thousand_things_to_launch_are_as_many_as_a_course_can_show(tmp_path: Path) -> None:
    """R-U1: more are left out, none is made up."""
    one = '<item identifier="i{n}" identifierref="r1"><title>{n}</title></item>'
    many = "".join(one.format(n=n) for n in range(MOST_ITEMS + 500))
    text = manifest12().replace('<item identifier="i1" identifierref="r1"><title>第一节</title></item>', many)
    assert len(look_through(written(tmp_path, zipped(("imsmanifest.xml", text), ("index.html", "x")))).items) == MOST_ITEMS


def lying(size: int) -> bytes:
    """A package whose page says that it is one byte long, and is `size` bytes of zeros once unpacked."""
    data = bytearray(zipped(("imsmanifest.xml", manifest12()), ("index.html", b"\0" * size)))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1)
    at = data.rfind(b"PK\x03\x04")
    struct.pack_into("<I", data, at + 22, 1)
    return bytes(data)


def test_r_u1_a_part_that_lies_about_its_size_costs_what_it_says(tmp_path: Path) -> None:
    """R-U1: a hundred megabytes behind one byte: nobody ever holds them, and the page is not there."""
    path = written(tmp_path, lying(100 * MB))
    look_through(path)
    tracemalloc.start()
    with pytest.raises(NotFound):
        _from_zip(path, "index.html", "")
    assert tracemalloc.get_traced_memory()[1] < 5 * MB
    tracemalloc.stop()


def test_r_u1_parts_laid_over_each_other_hold_no_more_than_the_limit(tmp_path: Path) -> None:
    """R-U1: five thousand names for one heap of bytes: their sum counts, not the length of the file."""
    heap = os.urandom(400_000)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as package:
        package.writestr("imsmanifest.xml", manifest12())
        package.writestr("index.html", heap)
        entry = package.infolist()[-1]
        for number in range(4_000):
            copy = zipfile.ZipInfo(f"{number}.html")
            copy.header_offset, copy.CRC, copy.file_size, copy.compress_size = (
                entry.header_offset, entry.CRC, entry.file_size, entry.compress_size)
            package.filelist.append(copy)
            package.NameToInfo[copy.filename] = copy
        package._didModify = True  # type: ignore[attr-defined]
    assert len(data.getvalue()) < MB
    assert refused(tmp_path, data.getvalue()) == "expands"


def test_r_u1_a_package_in_a_package_is_a_file_like_any_other(tmp_path: Path) -> None:
    """R-U1: nothing is unpacked twice."""
    inner = zipped(("bomb.txt", b"\0" * 50 * MB))
    found = look_through(written(tmp_path, zipped(("imsmanifest.xml", manifest12()), ("index.html", "x"), ("inner.zip", inner))))
    assert found.files == 3
    answer = _from_zip(written(tmp_path, zipped(("imsmanifest.xml", manifest12()), ("index.html", "x"), ("inner.zip", inner))),
                       "index.html", "")
    assert answer.get_data() == b"x"


def test_r_u1_a_package_cut_at_any_place_is_refused(tmp_path: Path) -> None:
    """R-U1: by a sentence, never by an error page."""
    whole = scorm12()
    for at in range(0, len(whole) - 1, 7):
        with pytest.raises(Refused):
            look_through(written(tmp_path, whole[:at]))
