"""Small honest files of each kind, made here byte by byte, to be converted by the tests."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape

import openpyxl

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

DOCX_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
DOCX_RELS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>'
)


def zipped(parts: Mapping[str, str | bytes], *, level: int = 6) -> bytes:
    """A zip package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, *, style: str = "", bold: bool = False) -> str:
    """A paragraph of WordprocessingML."""
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    marks = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p>{styled}<w:r>{marks}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def table(rows: list[list[str]]) -> str:
    """A table of WordprocessingML; a cell may hold several lines."""
    made = ""
    for row in rows:
        cells = "".join(
            f"<w:tc>{''.join(paragraph(line) for line in cell.split(chr(10)))}</w:tc>" for cell in row
        )
        made += f"<w:tr>{cells}</w:tr>"
    return f"<w:tbl>{made}</w:tbl>"


def picture_run(relation: str = "rId9") -> str:
    """A paragraph with an inline picture."""
    a = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{a}/wordprocessingDrawing">'
        f'<wp:docPr id="1" name="p" descr="机房图"/><a:graphic xmlns:a="{a}/main"><a:graphicData>'
        f'<pic:pic xmlns:pic="{a}/picture"><pic:blipFill><a:blip xmlns:r="{_R}" r:embed="{relation}"/></pic:blipFill>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def docx(
    body: str,
    *,
    styles: Mapping[str, str] | None = None,
    picture: bytes | None = None,
    link: str | None = None,
    extra: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A Word document with this body. styles: id -> name. link: address of relation rId8."""
    named = {"Heading1": "heading 1", "Heading2": "heading 2", **(styles or {})}
    relations = f'<Relationship Id="rId1" Type="{_R}/styles" Target="styles.xml"/>'
    parts: dict[str, str | bytes] = {"[Content_Types].xml": DOCX_TYPES, "_rels/.rels": DOCX_RELS}
    parts["word/document.xml"] = (
        f'{_HEAD}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>'
    )
    parts["word/styles.xml"] = (
        f'{_HEAD}<w:styles xmlns:w="{_W}">'
        + "".join(
            f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
            for key, name in named.items()
        )
        + "</w:styles>"
    )
    if picture is not None:
        parts["word/media/image1.png"] = picture
        relations += f'<Relationship Id="rId9" Type="{_R}/image" Target="media/image1.png"/>'
    if link is not None:
        relations += (
            f'<Relationship Id="rId8" Type="{_R}/hyperlink" Target="{escape(link)}" TargetMode="External"/>'
        )
    parts["word/_rels/document.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
    )
    return zipped({**parts, **(extra or {})})


def xlsx(sheets: Mapping[str, list[list[object]]]) -> bytes:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pptx(slides: list[tuple[str, list[str], str]]) -> bytes:
    """Slides of (title, points, notes)."""
    import pptx as library

    deck = library.Presentation()
    for title, points, notes in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(points)
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def pdf(pages: list[list[str]], *, title: str = "", trailer: str = "") -> bytes:
    """A PDF whose pages show these lines, in a font whose codes are Unicode."""
    to_unicode = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\nendcmap end end"
    )
    objects: list[bytes] = [b""] * 6
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[2] = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>"
    )
    objects[3] = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    objects[4] = _stream(to_unicode)
    objects[5] = b"<< /Title <FEFF" + title.encode("utf-16-be").hex().encode() + b"> >>"
    kids = []
    for lines in pages:
        shown = [
            f"1 0 0 1 60 {780 - 20 * n} Tm <{line.encode('utf-16-be').hex()}> Tj"
            for n, line in enumerate(lines)
        ]
        objects.append(_stream(("BT /F 12 Tf\n" + "\n".join(shown) + "\nET").encode()))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return pdf_of(objects, trailer)


def pdf_of(objects: list[bytes], trailer: str = "") -> bytes:
    """A PDF file of these objects, numbered from 1; the first is the catalogue, the sixth the information."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R %s >>\n" % (len(objects) + 1, trailer.encode())
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def png(width: int = 2, height: int = 2) -> bytes:
    """A black picture; large sizes are only claimed in the header."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\0\0\0" * min(width, 50) for _ in range(min(height, 50)))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def gif(width: int = 2, height: int = 2) -> bytes:
    """The head of a GIF and its end."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00;"


def webp(width: int = 2, height: int = 2) -> bytes:
    """The head of an extended WebP."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """The head of a JPEG up to its frame."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
        + b"\xff\xc0"
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xd9"
    )
