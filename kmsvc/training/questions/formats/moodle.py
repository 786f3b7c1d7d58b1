"""Moodle XML: reading. Source: the format's description in Moodle's documentation, "Moodle XML format"."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

from kmsvc.convert.gallery import Gallery
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture
from kmsvc.training.questions.folding import number_in
from kmsvc.training.questions.formats.cells import amount
from kmsvc.training.questions.formats.gift import matching_of, topic_of
from kmsvc.training.questions.formats.results import (
    About,
    Gathering,
    NotUnderstood,
    Place,
    Reading,
    about_with_tags,
)
from kmsvc.training.questions.formats.shares import multiple
from kmsvc.training.questions.formats.trees import Element, parse
from kmsvc.training.questions.formats.wording import from_html, from_plain
from kmsvc.training.questions.kinds import (
    Blank,
    Body,
    Choice,
    FileAnswer,
    FillIn,
    Folding,
    Matching,
    Numeric,
    OrderCredit,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)

PLUGIN_FILE = "@@PLUGINFILE@@/"
ORDER_CREDITS = {OrderCredit.EXACT: "ALL_OR_NOTHING", OrderCredit.NEIGHBOURS: "RELATIVE_NEXT_EXCLUDE_LAST"}
CLOZE_ESCAPED = "}#~/\"\\"
_CENT = Decimal("0.01")
_DATA = re.compile(r"data:image/[a-z]+;base64,([A-Za-z0-9+/=\s]+)")
_NAMED = re.compile(re.escape(PLUGIN_FILE) + r"([^\s)>\"']+)")
_CLOZE = re.compile(r"\{(\d{0,6}):([A-Za-z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_TEXT_SORTS = {"SHORTANSWER": False, "SA": False, "MW": False, "SHORTANSWER_C": True, "SAC": True, "MWC": True}
_SPLIT = re.compile(r"(?<!\\)~")


def read(data: bytes) -> Reading:
    """Every question of the file. Raises Refused when it is no such XML, is hostile, or holds nothing."""
    root = parse(data)
    if root.tag != "quiz":
        raise Refused("unreadable")
    gathering, gallery = Gathering(), Gallery()
    topic = ""
    for node in root.all():
        sort = node.attributes.get("type", "")
        place = Place("", node.line, node.said("idnumber")[:60])
        if node.tag != "question":
            gathering.turn_away(place, "element_unknown", node.text, name=node.tag[:40])
        elif sort == "category":
            topic = topic_of(node.said("category", "text"))
            gathering.pass_over(place, "category")
        elif sort == "description":
            gathering.pass_over(place, "description")
        else:
            _read_question(node, sort, place, topic, gathering, gallery)
    if not gathering.found:
        raise Refused("empty")
    pictures = []
    for one in gallery.report():
        if isinstance(one, Picture):
            pictures.append(one)
        elif isinstance(one, Notice):
            gathering.notices.append(one)
    return gathering.done(pictures)


def _read_question(node: Element, sort: str, place: Place, topic: str, gathering: Gathering, gallery: Gallery) -> None:
    remarks: list[str] = []
    try:
        question = _Reader(node, gallery, remarks).question(sort)
    except NotUnderstood as error:
        shown = node.said("name", "text") or node.said("questiontext", "text")
        gathering.turn_away(place, error.code, shown, error.where, **error.params)
        return
    tags = [one.said("text") for one in node.all("tags") for one in one.all("tag")]
    gathering.judge(place, question, about_with_tags(About(place.id, node.said("name", "text")[:200], topic), tags), remarks)


class _Reader:
    """One question."""

    def __init__(self, node: Element, gallery: Gallery, remarks: list[str]) -> None:
        self.node, self.gallery, self.remarks = node, gallery, remarks

    def question(self, sort: str) -> Question:
        makers: dict[str, Callable[[], Body]] = {
            "multichoice": self.choice, "truefalse": self.true_false, "shortanswer": self.short, "numerical": self.numeric,
            "matching": self.matching, "ordering": self.ordering, "essay": self.essay}
        if sort != "cloze" and sort not in makers:
            raise NotUnderstood("kind_unknown", "kind", words=sort[:40])
        if any(one.said("text") for one in self.node.within("feedback")):
            self.remarks.append("feedback")
        if any(one.said("text") for one in self.node.all("hint")):
            self.remarks.append("hints")
        explanation, points = self.words(self.node.first("generalfeedback")), self.points()
        told = self.node.first("questiontext")
        if sort == "cloze":
            raw, filled = cloze(_raw(told), told is not None and told.attributes.get("format", "html") == "html")
            worth = Decimal(sum(one.weight for one in filled.blanks) or 1) if points is None else points
            return Question(self.words(told, raw), filled, explanation, worth)
        body = makers[sort]()
        stem = self.words(told)
        return Question(f"{stem} [[1]]" if isinstance(body, FillIn) else stem, body, explanation,
                        Decimal(1) if points is None else points)

    def points(self) -> Decimal | None:
        """What the question is worth; more than two decimals are rounded, with a remark."""
        worth = self.node.said("defaultgrade")
        points = amount(worth) if worth else None
        if worth and (points is None or abs(points) > 10**6):
            raise NotUnderstood("points_unread", "points", words=worth[:40])
        if points is not None and points != points.quantize(_CENT):
            self.remarks.append("points_rounded")
        return points.quantize(_CENT) if points is not None else None

    def words(self, node: Element | None, raw: str | None = None) -> str:
        """A text of any of Moodle's formats as Markdown, with its pictures. raw: what stands in place of its own words."""
        if node is None:
            return ""
        text = (_raw(node) if raw is None else raw).strip()
        files = {one.attributes.get("name", ""): one.text for one in node.all("file")}

        def picture(src: str) -> str | None:
            inside = _DATA.fullmatch(src)
            if inside is not None:
                return self._kept(inside[1])
            name = unquote(src.removeprefix(PLUGIN_FILE)).split("?")[0]
            return self._kept(files[name]) if src.startswith(PLUGIN_FILE) and name in files else None

        sort = node.attributes.get("format", "html")
        if sort == "markdown":
            return _NAMED.sub(lambda found: picture(found[0]) or found[0], text)
        if sort == "plain_text" or (sort == "moodle_auto_format" and "<" not in text):
            return from_plain(text)
        return from_html(text, picture)

    def _kept(self, encoded: str) -> str | None:
        try:
            return self.gallery.add(base64.b64decode(encoded, validate=False))
        except (binascii.Error, ValueError):
            self.gallery.left_out += 1
            return None

    def answers(self) -> list[tuple[Decimal, Element]]:
        """(share of a hundred, answer) in their order"""
        found = []
        for one in self.node.all("answer"):
            share = number_in(one.attributes.get("fraction", "0"))
            if share is None:
                raise NotUnderstood("share_unread", "answer", words=one.attributes["fraction"][:40])
            found.append((share, one))
        return found

    def choice(self) -> Choice:
        answers = self.answers()
        options = options_of(self.words(one) for _, one in answers)
        shuffled = self.node.said("shuffleanswers") not in ("0", "false")
        if self.node.said("single") in ("false", "0"):
            body = multiple(options, [share for share, _ in answers], self.remarks)
            return Choice(body.options, body.keys, True, body.credit, shuffled)
        if any(0 < share < 100 for share, _ in answers):
            raise NotUnderstood("unequal_shares")
        if any(share < 0 for share, _ in answers):
            self.remarks.append("credit_replaced")
        keys = tuple(option.id for option, (share, _) in zip(options, answers, strict=True) if share == 100)
        return Choice(options, keys, shuffled=shuffled)

    def true_false(self) -> TrueFalse:
        right = [one.said("text").lower() for share, one in self.answers() if share == 100]
        if len(right) != 1 or right[0] not in ("true", "false"):
            raise NotUnderstood("key_unread", "key", words=", ".join(right)[:40])
        return TrueFalse(right[0] == "true")

    def short(self) -> FillIn:
        accepted = tuple(one.said("text") for share, one in self.answers() if share == 100)
        if any(share not in (0, 100) for share, _ in self.answers()):
            raise NotUnderstood("share_of_answer")
        if any(re.search(r"(?<!\\)\*", one) for one in accepted):
            raise NotUnderstood("wildcard")
        return FillIn((Blank("1", tuple(one.replace("\\*", "*") for one in accepted)),), Folding(case=self.node.said("usecase") != "1"))

    def numeric(self) -> Numeric:
        answers = [(share, one) for share, one in self.answers() if share]
        if len(answers) > 1 or any(share != 100 for share, _ in answers):
            raise NotUnderstood("many_numbers")
        units = [(one.said("unit_name"), number_in(one.said("multiplier") or "1")) for one in self.node.within("unit")]
        if len(units) > 1 or any(factor != 1 for _, factor in units):
            raise NotUnderstood("many_units")
        unit = units[0][0] if units else ""
        if not answers:
            return Numeric(None, unit=unit)
        value, tolerance = number_in(answers[0][1].said("text")), number_in(answers[0][1].said("tolerance") or "0")
        if value is None or tolerance is None:
            raise NotUnderstood("key_unread", "key", words=answers[0][1].said("text")[:40])
        return Numeric(value, tolerance, unit=unit)

    def matching(self) -> Matching:
        return matching_of([(self.words(one), from_plain(one.said("answer", "text"))) for one in self.node.all("subquestion")])

    def ordering(self) -> Ordering:
        said = self.node.said("gradingtype")
        credit = next((one for one, name in ORDER_CREDITS.items() if said in (name, {"ALL_OR_NOTHING": "-1"}.get(name, "1"))), None)
        if credit is None:
            self.remarks.append("credit_replaced")
        return Ordering(options_of(self.words(one) for one in self.node.all("answer")), credit or OrderCredit.EXACT)

    def essay(self) -> ShortAnswer | FileAnswer:
        model = self.words(self.node.first("graderinfo"))
        if self.node.said("responseformat") == "noinline":
            types = re.findall(r"\.([A-Za-z0-9]+)", self.node.said("filetypeslist"))
            return FileAnswer((), model, tuple(one.lower() for one in types))
        return ShortAnswer((), model)


def _raw(node: Element | None) -> str:
    return "" if node is None else (node.first("text") or node).text


def cloze(stem: str, is_html: bool) -> tuple[str, FillIn]:
    """(the stem with marks, its blanks) of an embedded-answers question whose every answer is a text."""
    blanks: list[Blank] = []
    strict: set[bool] = set()

    def mark(found: re.Match[str]) -> str:
        sort = found[2].upper()
        if sort not in _TEXT_SORTS:
            raise NotUnderstood("cloze_kind", "stem", words=sort[:40])
        strict.add(_TEXT_SORTS[sort])
        accepted = []
        for one in _SPLIT.split(found[3]):
            words = re.sub(r"(?<!\\)#.*", "", one, flags=re.DOTALL)
            said = re.match(r"(=|%100%)", words)
            if said is None and re.match(r"%(?!0%)", words):
                raise NotUnderstood("share_of_answer", "stem")
            if said is not None:
                plain = re.sub(r"\\(.)", r"\1", words[said.end():]).strip()
                accepted.append(unescape(plain) if is_html else plain)
        if "*" in accepted:
            raise NotUnderstood("wildcard", "stem")
        blanks.append(Blank(str(len(blanks) + 1), tuple(accepted), int(found[1] or 1)))
        return f"[[{len(blanks)}]]"

    marked = _CLOZE.sub(mark, stem)
    if len(strict) > 1:
        raise NotUnderstood("cloze_kind", "stem", words="SHORTANSWER, SHORTANSWER_C")
    return marked, FillIn(tuple(blanks), Folding(case=not (strict and strict.pop())))
