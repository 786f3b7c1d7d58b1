"""Moodle XML: writing, texts as Markdown with their pictures inside. Blanks become an embedded-answers question (cloze)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping

from kmsvc.convert.result import Picture
from kmsvc.markup.render import attachments
from kmsvc.training.questions.formats.lost import lost
from kmsvc.training.questions.formats.moodle import CLOZE_ESCAPED, ORDER_CREDITS, PLUGIN_FILE, read
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken, tags_with_level, trial
from kmsvc.training.questions.formats.shares import shares_of
from kmsvc.training.questions.formats.trees import Element, element, to_xml
from kmsvc.training.questions.formats.wording import to_plain
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    Body,
    Choice,
    FileAnswer,
    FillIn,
    Folding,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
)

KINDS = set(Kind) - {Kind.CASE}
Pictures = Mapping[str, Picture]
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_CLOZE_SIGNS = re.compile(f"[{re.escape(CLOZE_ESCAPED)}]")


def write(items: Iterable[Taken], pictures: Pictures | None = None) -> bytes:
    """The questions as Moodle XML. pictures: by SHA-256; what is not among them stays a mere name in its text."""
    root = element("quiz")
    topic = ""
    for one in items:
        if one.about.topic != topic:
            topic = one.about.topic
            root.children.append(element("question", element("category", element("text", f"$course$/top/{topic}".rstrip("/"))),
                                         type="category"))
        root.children.append(_Writer(one.question, one.about, pictures or {}).question())
    return to_xml(root)


def cannot_hold(question: Question) -> list[str]:
    """What Moodle XML does not keep of a question: codes of `lost`, none when it comes back whole."""
    keeps = {"explanation", "tolerance", "unit", "points", "pictures", "fixed_order", "model_answer", "types", "many_blanks",
             "blank_weight"}
    body = question.body
    if isinstance(body, Ordering) or (isinstance(body, Choice) and body.several and shares_of(body) is not None):
        keeps.add("credit")
    if isinstance(body, FillIn) and body.folding in (Folding(), Folding(case=False)):
        keeps.add("folding")
    return lost(question, KINDS, keeps) or trial(question, back)


def back(question: Question) -> Reading:
    """What comes out of a file with this question alone, its pictures taken for granted."""
    return read(write([Taken(Place(), question)]))


class _Writer:
    """One question."""

    def __init__(self, question: Question, about: About, pictures: Pictures) -> None:
        self.its, self.about, self.pictures = question, about, pictures

    def question(self) -> Element:
        sort, details = self.details(self.its.body)
        stem = self.its.stem
        if isinstance(self.its.body, FillIn):
            stem = _cloze(stem, self.its.body)
        title = self.about.title or " ".join(to_plain(self.its.stem).split())[:60]
        tags = [element("tag", element("text", one)) for one in tags_with_level(self.about)]
        return element(
            "question", element("name", element("text", title)), self.text("questiontext", stem),
            self.text("generalfeedback", self.its.explanation), element("defaultgrade", f"{self.its.points:f}"),
            element("idnumber", self.about.number), *details, *([element("tags", *tags)] if tags else []), type=sort)

    def text(self, tag: str, text: str, /, **attributes: str) -> Element:
        """A text as Markdown, and the files of its pictures."""
        files = []
        for sha in attachments(text):
            held = self.pictures.get(sha)
            if held is None:
                continue
            name = f"{sha}.{_ENDINGS.get(held.content_type, 'bin')}"
            text = re.sub(f"attachment:{sha}", f"{PLUGIN_FILE}{name}", text, flags=re.IGNORECASE)
            files.append(element("file", base64.b64encode(held.data).decode(), name=name, path="/", encoding="base64"))
        return element(tag, element("text", text), *files, format="markdown", **attributes)

    def details(self, body: Body) -> tuple[str, list[Element]]:
        """(type of Moodle, what it needs beside the common parts)"""
        if isinstance(body, Choice):
            return "multichoice", list(self.choice(body))
        if isinstance(body, TrueFalse):
            return "truefalse", [element("answer", element("text", str(one).lower()), fraction="100" if one is body.key else "0")
                                 for one in (True, False)]
        if isinstance(body, FillIn):
            return "cloze", []
        if isinstance(body, Numeric):
            units = [element("units", element("unit", element("multiplier", "1"), element("unit_name", body.unit)))] if body.unit else []
            return "numerical", [element("answer", element("text", f"{body.value or 0:f}"), element("tolerance", f"{body.tolerance:f}"),
                                         fraction="100"), *units]
        if isinstance(body, Matching):
            return "matching", list(self.matching(body))
        if isinstance(body, Ordering):
            return "ordering", [element("gradingtype", ORDER_CREDITS[body.credit]),
                                *(self.text("answer", one.text, fraction="1.0") for one in body.items)]
        if isinstance(body, FileAnswer):
            types = ",".join(f".{one}" for one in body.types)
            return "essay", [element("responseformat", "noinline"), element("attachments", "1"), element("filetypeslist", types),
                             self.text("graderinfo", body.model_answer)]
        model = body.model_answer if isinstance(body, ShortAnswer) else ""
        return "essay", [element("responseformat", "editor"), self.text("graderinfo", model)]

    def choice(self, body: Choice) -> Iterator[Element]:
        yield element("single", "false" if body.several else "true")
        yield element("shuffleanswers", "true" if body.shuffled else "false")
        shares = shares_of(body) if body.several else None
        for one in body.options:
            right = one.id in body.keys
            share = f"{shares.right if right else shares.wrong:f}" if shares is not None else "100" if right else "0"
            yield self.text("answer", one.text, fraction=share)

    def matching(self, body: Matching) -> Iterator[Element]:
        lefts, rights = {one.id: one.text for one in body.lefts}, {one.id: one.text for one in body.rights}
        used = {right for _, right in body.key}
        pairs = [(lefts[left], rights[right]) for left, right in body.key]
        pairs += [("", one.text) for one in body.rights if one.id not in used]
        for left, right in pairs:
            made = self.text("subquestion", left)
            made.children.append(element("answer", element("text", to_plain(right))))
            yield made


def _cloze(stem: str, body: FillIn) -> str:
    sort = "SHORTANSWER" if body.folding.case else "SHORTANSWER_C"
    blanks = {one.id: one for one in body.blanks}

    def blank(found: re.Match[str]) -> str:
        one = blanks.get(found[1])
        if one is None:
            return found[0]
        accepted = "~".join("=" + _CLOZE_SIGNS.sub(lambda sign: f"\\{sign[0]}", text) for text in one.accepted)
        return f"{{{one.weight}:{sort}:{accepted}}}"

    return BLANK_MARK.sub(blank, stem)
