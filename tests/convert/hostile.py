"""Files made to hurt whoever opens them, one function each; every one is small to send and large to read.

R-U1: each must be refused by name or read within its limits, while the process that asked feels nothing.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.convert import make

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BILLION = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
_QUADRATIC = "<!DOCTYPE a [<!ENTITY a '" + "x" * 50_000 + "'>]>"


_EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "%s">]>'


def _document(doctype: str, words: str) -> str:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"<w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body>"
    return f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{w}">{body}</w:document>'


def _docx_with(document: str | bytes, **extra: str | bytes) -> bytes:
    parts: dict[str, str | bytes] = {"[Content_Types].xml": make.DOCX_TYPES, "_rels/.rels": make.DOCX_RELS}
    return make.zipped({**parts, "word/document.xml": document, **extra})


def _xlsx_with(sheet: str) -> bytes:
    """An honest workbook whose first sheet is replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(make.xlsx({"s": [["a"]]}))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return out.getvalue()


def _sheet(rows: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'


def _lying_ratio() -> bytes:
    """The directory says that a part is tiny; its stream is not."""
    data = bytearray(_docx_with(_document("", "A" * 3_000_000)))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"word/document.xml"))
    struct.pack_into("<I", data, at + 24, 100)
    return bytes(data)


def _with_flag(data: bytes) -> bytes:
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(mark, at + 1)
    return bytes(changed)


def _lzma() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as package:
        package.writestr("[Content_Types].xml", make.DOCX_TYPES)
        package.writestr("word/document.xml", _document("", "x"))
    return out.getvalue()


def _renamed(old: str, new: str) -> bytes:
    return _docx_with(_document("", "x"), **{old: "x"}).replace(old.encode(), new.encode())


def _ole(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + name.encode("utf-16-le") + b"\0" * 600


def _flat_pdf(content: bytes, extra: bytes = b"") -> bytes:
    return make.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
            content,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< >>" + extra,
        ]
    )


def _packed(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b" ".join([b"/FlateDecode"] * times)
    return b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(content), filters, content)


def _pages_loop() -> bytes:
    return make.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
            *[b"<< >>"] * 4,
        ]
    )


def _mac_settings() -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://a/b.dtd"><plist/>'
    )


def _expanding() -> bytes:
    """Parts that are packed no more tightly than a real text, together far more than a real document."""
    noise = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(1_000)) * 4
    parts: dict[str, str | bytes] = {f"word/{n}.xml": b"<" + noise * 300 for n in range(6)}
    return make.zipped({"[Content_Types].xml": make.DOCX_TYPES, "word/document.xml": "<a/>", **parts})


def _macro_type() -> bytes:
    types = make.DOCX_TYPES.replace(
        "wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml"
    )
    return make.zipped({"[Content_Types].xml": types, "word/document.xml": _document("", "x")})


_P = "<w:p/>"
_ROW = '<row r="{n}"><c r="A{n}"><v>1</v></c></row>'

# name -> (how it is made, the codes it may be refused with; none: it may also be read)
REFUSED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    # packages
    "paragraphs.docx": (lambda: make.docx(_P * 2_500_000), {"ratio"}),
    "node.docx": (lambda: _docx_with(_document("", "A" * 150_000_000)), {"ratio"}),
    "lying.docx": (_lying_ratio, {"ratio", "damaged"}),
    "many.docx": (lambda: _docx_with(_document("", "x"), **{f"p/{n}": "" for n in range(6_000)}), {"too_many_parts"}),
    "crowd.xlsx": (lambda: make.zipped({f"{n}": "" for n in range(70_000)}, level=0), {"too_many_parts"}),
    "expands.docx": (_expanding, {"expands"}),
    "billion.docx": (lambda: _docx_with(_document(_BILLION, "&a9;")), {"doctype"}),
    "quadratic.docx": (lambda: _docx_with(_document(_QUADRATIC, "&a;" * 50_000)), {"doctype"}),
    "utf16.docx": (lambda: _docx_with(_document(_BILLION, "&a9;").encode("utf-16")), {"doctype"}),
    "utf32.docx": (lambda: _docx_with(_document(_BILLION, "&a9;").encode("utf-32")), {"odd_part"}),
    "utf7.docx": (lambda: _docx_with(_document("", "x").replace('"1.0"', '"1.0" encoding="UTF-7"')), {"odd_part"}),
    "xxe.docx": (lambda: _docx_with(_document(_EXTERNAL % "file:///etc/passwd", "&x;")), {"doctype"}),
    "call.docx": (lambda: _docx_with(_document(_EXTERNAL % "http://127.0.0.1:9/", "&x;")), {"doctype"}),
    "hidden.docx": (lambda: _docx_with(_document("", "x"), **{"word/x.bin": _document(_BILLION, "&a9;")}), {"doctype"}),
    "late.docx": (lambda: _docx_with(_document("<!--" + "-x" * 130_000 + "-->" + _BILLION, "&a9;")), {"doctype"}),
    "climb.docx": (lambda: _renamed("word/aa/bb.xml", "word/../bb.xml"), {"odd_part", "damaged"}),
    "root.docx": (lambda: _renamed("wrd/x.xml", "/rd/x.xml"), {"odd_part", "damaged"}),
    "lzma.docx": (_lzma, {"odd_part"}),
    "locked.docx": (lambda: _with_flag(_docx_with(_document("", "x"))), {"encrypted"}),
    "password.docx": (lambda: _ole("EncryptedPackage"), {"encrypted"}),
    "half.docx": (lambda: _docx_with(_document("", "x"))[:300], {"damaged"}),
    "torn.xlsx": (lambda: make.xlsx({"s": [["a"] * 50] * 50})[:-2_000], {"damaged"}),
    "macro.docx": (lambda: _docx_with(_document("", "x"), **{"word/vbaProject.bin": "x"}), {"macros"}),
    "typed.docx": (_macro_type, {"macros"}),
    # sheets
    "rows.xlsx": (lambda: _xlsx_with(_sheet("".join(_ROW.format(n=n) for n in range(1, 200_000)))), {"too_many_rows"}),
    "wide.xlsx": (lambda: _xlsx_with(_sheet("<row>" + "<c/>" * 3_000_000 + "</row>")), {"ratio", "too_slow", "unreadable"}),
    "entity.xlsx": (lambda: _xlsx_with(_sheet("<row><c t='str'><v>&a9;</v></c></row>", _BILLION)), {"doctype"}),
    "deep.xlsx": (lambda: _xlsx_with(_sheet("<row>" * 90_000)), {"unreadable", "ratio", "empty"}),
    # PDF
    "stream.pdf": (lambda: _flat_pdf(_packed(b"\0" * 300_000_000)), {"unreadable", "no_text", "too_slow"}),
    "twice.pdf": (lambda: _flat_pdf(_packed(b"\0" * 200_000_000, 2)), {"unreadable", "no_text", "too_slow"}),
    "arrays.pdf": (lambda: _flat_pdf(_packed(b"[" * 200_000)), {"unreadable", "no_text"}),
    "loop.pdf": (_pages_loop, {"unreadable", "no_text"}),
    "locked.pdf": (lambda: make.pdf([["x"]], trailer="/Encrypt 9 0 R"), {"encrypted"}),
    "cut.pdf": (lambda: make.pdf([["x"]])[:200], {"unreadable", "no_text"}),
    "empty.pdf": (lambda: make.pdf([[]]), {"no_text"}),
    # texts
    "nul.txt": (lambda: b"a\0b", {"not_text"}),
    "picture.txt": (make.png, {"not_text"}),
    "bytes.csv": (lambda: bytes(range(128, 256)) * 10, {"encoding", "not_text"}),
    "page.txt": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", {"content_mismatch"}),
    "vector.csv": (lambda: b"<svg onload=alert(1)>", {"content_mismatch"}),
    "rich.txt": (lambda: b"{\\rtf1 x}", {"content_mismatch"}),
    "empty.csv": (lambda: b"", {"empty"}),
    "blank.md": (lambda: b" \n\n", {"empty"}),
    "script.html": (lambda: b"<html><script>alert(1)</script></html>", {"empty"}),
}  # fmt: skip

# Names and contents that no kind of import or attachment takes.
NOT_TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "x.svg": (lambda: b"<svg/>", "svg"),
    "x.docm": (lambda: _docx_with(_document("", "x")), "macros"),
    "x.xlsm": (lambda: b"PK", "macros"),
    "x.doc": (lambda: _ole("WordDocument"), "old_office"),
    "x.xls": (lambda: _ole("Workbook"), "old_office"),
    "x.exe": (lambda: b"MZ", "type_not_allowed"),
    "x": (lambda: b"x", "type_not_allowed"),
    "x.tar.gz": (lambda: b"x", "type_not_allowed"),
    "sheet.docx": (lambda: make.xlsx({"s": [["a"]]}), "content_mismatch"),
    "page.pdf": (lambda: b"<html>", "content_mismatch"),
    "zip.docx": (lambda: make.zipped({"a": "b"}), "content_mismatch"),
    "old.docx": (lambda: _ole("WordDocument"), "content_mismatch"),
    "text.xlsx": (lambda: b"a,b", "content_mismatch"),
}

# Pictures are attachments only.
PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "page.png": (lambda: b"<html>", "content_mismatch"),
    "jpeg.png": (make.jpeg, "content_mismatch"),
    "vector.png": (lambda: b"<svg/>", "content_mismatch"),
    "huge.png": (lambda: make.png(30_000, 30_000), "picture_too_large"),
    "huge.gif": (lambda: make.gif(60_000, 60_000), "picture_too_large"),
    "huge.webp": (lambda: make.webp(16_000, 16_000), "picture_too_large"),
    "huge.jpg": (lambda: make.jpeg(60_000, 60_000), "picture_too_large"),
    "cut.jpeg": (lambda: make.jpeg()[:22], "damaged"),
    "none.gif": (lambda: make.gif(0, 5), "damaged"),
}

# Nasty, yet an ordinary reader can take them: they must be read, in time and without harm.
READ: dict[str, Callable[[], bytes]] = {
    "corner.xlsx": lambda: _xlsx_with(
        _sheet("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>")
    ),
    "formula.csv": lambda: "标题,内容\n=cmd|' /C calc'!A0,@SUM(1)\n".encode(),
    "link.docx": lambda: make.docx(
        "<w:p><w:hyperlink r:id='rId8'><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>",
        link="javascript:alert(1)",
    ),
    "raw.docx": lambda: make.docx(make.paragraph("<img src=x onerror=alert(1)><script>alert(1)</script>")),
    "fence.docx": lambda: make.docx(make.paragraph(":::secret") + make.paragraph("visible")),
    "settings.docx": lambda: make.docx(make.paragraph("text"), extra={"word/settings1.bin": _mac_settings()}),
    "nested.html": lambda: b"<div>" * 50_000 + b"text" + b"</div>" * 50_000,
    "unclosed.html": lambda: b"<table><tr><td>" * 3_000 + b"text",
    "deep.jsonl": lambda: b'{"title":"t","body":"b"}\n' + b'{"title":' + b"[" * 100_000 + b"\n",
    "numbers.jsonl": lambda: b'{"title":"t","body":"b","external_id":' + b"9" * 400 + b"}\n",
    "quotes.csv": lambda: b'title,body\n"a,b\n' + b'x"",' * 10_000,
    "stars.md": lambda: b"# t\n\n" + b"*a_ " * 20_000,
    "lines.txt": lambda: b"\n" * 500_000 + b"text",
    "operators.pdf": lambda: _flat_pdf(_packed(b"BT /F 1 Tf (text) Tj ET\n" + b"q Q\n" * 100_000)),
}
