"""Standards as sheets: clauses, licensed texts or mappings, a row each, in Chinese or English; out and in again.

A sheet completes the edition that is there: what it does not name stays. Each row that cannot be is named with its reason; the others
together are a whole model, which goes the same way as one in YAML."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from kmsvc.convert.columns import meaning_of
from kmsvc.convert.reports import Report, RowResult, reasons_of
from kmsvc.convert.result import Notice, Table
from kmsvc.convert.service import table_file
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.schemas import clean_text
from kmsvc.core.texts import N_, Filled
from kmsvc.standards.models.frame import MOST_CLAUSES, Frame, of_data, row_of_clause, row_of_pair, row_of_sub
from kmsvc.standards.models.models import StandardModel
from kmsvc.standards.models.queries import clauses_of, data_of, model_by_code

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("no", N_("Clause"), N_("Number of the clause or item, needed.")),
    ("sub", N_("Sub-item"), N_("Empty for the clause itself.")),
    ("section", N_("Section"), N_("Number of its section or module, like 2.1.4; needed for a new clause.")),
    ("section_zh", N_("Section title"), N_("Of a section that is not there yet.")),
    ("section_en", N_("Section en"), N_("The same in English.")),
    ("title_zh", N_("Title"), N_("A short gist in your own words; one of the two languages is needed.")),
    ("title_en", N_("Title en"), N_("The same in English.")),
    ("module", N_("Module"), N_("Who it concerns, like GOV or QA; the section unless given.")),
    ("cycle", N_("Cycle"), N_("Every year, two years, quarter, month; periodic, continuous or upon events.")),
    ("cycle_months", N_("Cycle months"), N_("How many months, where it is a number.")),
    ("at_least", N_("At least"), N_("Yes or no: that often or more.")),
    ("firm", N_("Firm"), N_("Yes or no: stated, not only implied.")),
    ("triggers_zh", N_("Triggers"), N_("What opens it; several with | between them.")),
    ("triggers_en", N_("Triggers en"), N_("The same in English, in the same order.")),
    ("record", N_("Demanded record"), N_("Archive or document, where one is demanded.")),
    ("weak_record", N_("Weak record"), N_("The same, where the wording is weaker.")),
    ("contents_zh", N_("Minimum contents"), N_("What must stand in it; several with | between them.")),
    ("contents_en", N_("Minimum contents en"), N_("The same in English, in the same order.")),
    ("sign", N_("Plus or minus"), N_("Plus or minus item, where the standard has them.")),
    ("text", N_("Licensed text"), N_("The wording your centre has licensed; it stays in the house.")))
MAPPING: tuple[tuple[str, str, str], ...] = (
    ("relation", N_("Correspondence"), N_("Kept, split, merged, new or withdrawn.")),
    ("from_model", N_("From standard"), N_("Its code, like cc-cmm-oc-2017.")),
    ("from_edition", N_("From edition"), N_("Empty for the newest.")),
    ("from", N_("From clause"), N_("Empty for what is new.")),
    ("to", N_("To clause"), N_("Empty for what is withdrawn.")),
    ("note", N_("Note"), N_("A remark, up to 300 characters.")))
SHEETS = {"clauses": COLUMNS, "texts": (COLUMNS[0], COLUMNS[1], COLUMNS[-1]), "mappings": MAPPING}
_BETWEEN = re.compile(r"\s*[|\n]\s*")
_WORDS = {"cycle": "standard_cycle", "record": "standard_record", "weak_record": "standard_record", "sign": "standard_sign",
          "at_least": "yes", "firm": "yes"}
_FIELDS = {"triggers": ("triggers_zh", "triggers_en"), "min_contents": ("contents_zh", "contents_en")}


@dataclass(frozen=True)
class Target:
    """Which edition a sheet is about. title: (Chinese, English) of one that is not there yet."""

    code: str
    edition: str | None = None
    title: tuple[str, str] = ("", "")


@dataclass
class Sheeted:
    """What became of the rows, and the whole model of those that can be; none where nothing can."""

    report: Report[RowResult]
    frame: Frame | None = None
    data: dict[str, Any] = field(default_factory=dict)


def read_sheet(path: Path | str, name: str) -> tuple[list[Table], list[Notice]]:
    """The sheets of a file, read in the limited child; raises Refused with a sentence."""
    tables, notices = table_file(path, name, sort="standard")
    if sum(len(one.rows) for one in tables) > 2 * MOST_CLAUSES:
        raise InvalidInput({"file": [Filled(N_("A sheet of a standard has at most %(most)s rows."), most=2 * MOST_CLAUSES)]})
    return tables, [*notices, *(table.how_read for table in tables)]


def rows_taken(session: Session, target: Target, tables: Sequence[Table], notices: Sequence[Notice], file: str) -> Sheeted:
    """Each row against the edition it is about. Raises InvalidInput where the edition itself cannot be."""
    row = model_by_code(session, target.code, target.edition)
    data = data_of(session, row) if row is not None else _fresh(target)
    found = Sheeted(Report([], list(notices)), data=data)
    taking = _Taking(session, data, {f"{one['no']}": one for one in data["clauses"]})
    for table in tables:
        for one in table.rows:
            values = {code: value.strip() for code, value in one.values.items() if not code.startswith("+")}
            name = " ".join(filter(None, (values.get("no") or values.get("to") or values.get("from"), values.get("sub"))))[:60]
            try:
                values = {code: _clean(value) for code, value in values.items()}
                outcome, changes = taking.take(values, one.number)
                found.report.results.append(RowResult(file, one.number, name, outcome, changes))
            except Refusal as error:
                found.report.results.append(RowResult(file, one.number, name, "rejected", reasons=reasons_of(error)))
    data["clauses"].sort(key=lambda one: one["no"])
    if any(one.outcome in ("created", "updated") for one in found.report.results):
        found.frame = of_data(data)
    return found


def _clean(value: str) -> str:
    try:
        return clean_text(value)
    except ValueError as error:
        raise InvalidInput({"row": [str(error)]}) from error


def _fresh(target: Target) -> dict[str, Any]:
    zh, en = target.title[0] or target.title[1], target.title[1] or target.title[0]
    if not target.edition or not zh:
        raise InvalidInput({"edition" if not target.edition else "title_zh": [
            Filled(N_("There is no standard %(standard)s yet: a new one needs an edition and a title."), standard=target.code)]})
    empty = of_data({"code": target.code, "edition": target.edition, "title": {"zh": zh, "en": en}, "scoring": "dimensions"})
    return {"code": empty.code, "edition": empty.edition, "title": empty.title, **empty.rest, "sections": [], "clauses": [],
            "mapping_from": []}


@dataclass
class _Taking:
    """The model as the rows make it. seen: where a clause stood first in this file."""

    session: Session
    data: dict[str, Any]
    clauses: dict[str, dict[str, Any]]
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, values: Mapping[str, str], number: int) -> tuple[str, tuple[str, ...]]:
        if values.get("relation") or values.get("from") or values.get("to"):
            key = "\0".join(values.get(one, "") for one in ("from_model", "from_edition", "from", "to"))
            said = " \u2192 ".join(values.get(side) or "\u2013" for side in ("from", "to"))
            run = self._pair
        else:
            no, sub = _whole(values.get("no", ""), "no"), values.get("sub", "")
            key = said = f"{no}.{_whole(sub, 'sub')}" if sub else f"{no}"
            run = self._sub if sub else self._clause
        if key in self.seen:
            raise InvalidInput({"no": [Filled(N_("%(name)s stands in row %(row)s already."), name=said, row=self.seen[key])]})
        outcome = run(values)
        self.seen[key] = number
        return outcome

    def _clause(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        no = _whole(values["no"], "no")
        held = self.clauses.get(f"{no}")
        if held is None and not (values.get("title_zh") or values.get("title_en")):
            raise InvalidInput({"no": [Filled(N_("There is no clause %(name)s; a new one needs a title."), name=no)]})
        made: dict[str, Any] = copy.deepcopy(held) if held is not None else {
            "no": no, "section": "", "title": {"zh": "", "en": ""}, "module": "", "subs": []}
        made["title"] = _two(made["title"], values.get("title_zh", ""), values.get("title_en", ""))
        for name in ("section", "module", "cycle", "cycle_months", "at_least", "firm", "record", "weak_record", "sign", "text"):
            if values.get(name):
                made[name] = _value(name, values[name])
        for name, columns in _FIELDS.items():
            lists = [[it for it in _BETWEEN.split(values.get(column, "")) if it] for column in columns]
            if any(lists):
                if all(lists) and len(lists[0]) != len(lists[1]):
                    raise InvalidInput({name: [N_("The Chinese and the English list have different lengths.")]})
                made[name] = [{"zh": zh, "en": en} for zh, en in zip(lists[0] or lists[1], lists[1] or lists[0], strict=True)]
        if not made["section"]:
            raise InvalidInput({"section": [N_("A new clause needs the number of its section.")]})
        made["module"] = made["module"] or made["section"]
        made = _checked(row_of_clause, made)
        self._section(made["section"], values)
        return self._put(held, made, self.data["clauses"], f"{no}")

    def _sub(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        no, number = _whole(values["no"], "no"), _whole(values["sub"], "sub")
        over = self.clauses.get(f"{no}")
        if over is None:
            raise InvalidInput({"no": [Filled(N_("There is no clause %(name)s; a sub-item follows its clause."), name=no)]})
        held = next((one for one in over["subs"] if one["sub"] == number), None)
        if held is None and not (values.get("title_zh") or values.get("title_en")):
            raise InvalidInput({"sub": [Filled(N_("There is no clause %(name)s; a new one needs a title."), name=f"{no}.{number}")]})
        made: dict[str, Any] = copy.deepcopy(held) if held is not None else {"sub": number, "title": {"zh": "", "en": ""}}
        made["title"] = _two(made["title"], values.get("title_zh", ""), values.get("title_en", ""))
        if values.get("text"):
            made["text"] = values["text"]
        return self._put(held, _checked(row_of_sub, made), over["subs"], None)

    def _put(self, held: dict[str, Any] | None, made: dict[str, Any], among: list[dict[str, Any]], key: str | None
             ) -> tuple[str, tuple[str, ...]]:
        if held is None:
            among.append(made)
            if key is not None:
                self.clauses[key] = made
            return "created", ()
        changes = tuple(sorted(name for name, value in made.items() if name != "subs" and (value or None) != (held.get(name) or None)
                               and not (name == "firm" and value is True and name not in held)))
        text = made.get("text")
        if text and changes == ("text",) and text == self._licensed(held, among):
            changes = ()
        held.update(made)
        return ("updated", changes) if changes else ("unchanged", ())

    def _licensed(self, held: dict[str, Any], among: list[dict[str, Any]]) -> str | None:
        """The wording that is kept already, read once."""
        if "texts" not in self.__dict__:
            row = model_by_code(self.session, self.data["code"], self.data["edition"])
            whole = data_of(self.session, row, licensed=True)["clauses"] if row is not None else []
            self.__dict__["texts"] = {f"{one['no']}": one["text"] for one in whole} | {
                f"{one['no']}.{sub['sub']}": sub["text"] for one in whole for sub in one["subs"]}
        name = f"{held['no']}" if "no" in held else next(
            (f"{one['no']}.{held['sub']}" for one in self.data["clauses"] if one["subs"] is among), "")
        return self.__dict__["texts"].get(name)

    def _section(self, number: str, values: Mapping[str, str]) -> None:
        if all(one.get("number") != number for one in self.data["sections"]):
            zh, en = values.get("section_zh", ""), values.get("section_en", "")
            self.data["sections"].append({"number": number, "title": {"zh": zh or en or number, "en": en or zh or number}})

    def _pair(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        code, edition = values.get("from_model", ""), values.get("from_edition") or None
        origin = model_by_code(self.session, code, edition) if code else None
        if origin is None or (origin.code, origin.edition) == (self.data["code"], self.data["edition"]):
            raise InvalidInput({"from_model": [Filled(N_("There is no standard %(standard)s here."), standard=code or "\u2013")]})
        pair = _checked(row_of_pair, {"relation": meaning_of("standard_relation", values.get("relation", "")),
                                      "from": values.get("from") or None, "to": values.get("to") or None,
                                      "note": values.get("note", "")})
        made = {"relation": pair["relation"], "from": pair["source"], "to": pair["target"], "note": pair["note"] or None}
        self._sides(made, origin)
        held = next((one for one in self.data["mapping_from"] if (one["code"], one["edition"]) == (origin.code, origin.edition)), None)
        if held is None:
            held = {"code": origin.code, "edition": origin.edition, "pairs": []}
            self.data["mapping_from"].append(held)
        there = next((one for one in held["pairs"] if (one["from"], one["to"]) == (made["from"], made["to"])), None)
        if there is None:
            held["pairs"].append(made)
            return "created", ()
        changes = tuple(name for name in ("relation", "note") if there[name] != made[name])
        there.update(made)
        return ("updated", changes) if changes else ("unchanged", ())

    def _sides(self, made: Mapping[str, Any], origin: StandardModel) -> None:
        names = self.__dict__.setdefault("names", {})
        if origin.id not in names:
            names[origin.id] = {one.name for one in clauses_of(self.session, origin.id)}
        own = {f"{one['no']}" for one in self.data["clauses"]} | {
            f"{one['no']}.{sub['sub']}" for one in self.data["clauses"] for sub in one["subs"]}
        for side, off, there in (("from", "new", names[origin.id]), ("to", "withdrawn", own)):
            wanted = made["relation"] != off
            if (made[side] is not None) != wanted:
                raise InvalidInput({side: [N_("What is new has no origin; what is withdrawn has no heir; all others have both.")]})
            if wanted and made[side] not in there:
                raise InvalidInput({side: [Filled(N_("There is no clause %(name)s."), name=made[side])]})


def _two(held: Mapping[str, str], zh: str, en: str) -> dict[str, str]:
    """A title in both languages; one that is given alone stands for both where there was none."""
    return {"zh": zh or held["zh"] or en, "en": en or held["en"] or zh}


def _whole(value: str, column: str) -> int:
    digits = value.strip().lstrip("#")
    if not (digits.isascii() and digits.isdecimal() and 0 < len(digits) <= 5 and int(digits)):
        raise InvalidInput({column: [Filled(N_("\u201c%(value)s\u201d is no number of a clause."), value=value[:40])]})
    return int(digits)


def _value(name: str, value: str) -> Any:
    meaning = meaning_of(_WORDS[name], value) if name in _WORDS else value
    if name in ("at_least", "firm"):
        if meaning not in ("yes", "no"):
            raise InvalidInput({name: [N_("Write yes or no.")]})
        return meaning == "yes"
    return meaning


def _checked(schema: Any, made: dict[str, Any]) -> dict[str, Any]:
    try:
        found: dict[str, Any] = schema(made)
    except ValidationError as error:
        name, said = next(iter(error.normalized_messages().items()))
        while isinstance(said, dict):
            said = next(iter(said.values()))
        raise InvalidInput({str(name): [Filled(N_("%(column)s: %(said)s"), column=str(name), said=str(said[0]))]}) from error
    return found


def lines_of(session: Session, row: StandardModel, *, licensed: bool = False) -> list[list[Any]]:
    """A model as rows under COLUMNS; an import of them changes nothing. licensed: with the wording the centre has licensed."""
    whole = data_of(session, row, licensed=licensed)
    titles = {one["number"]: one["title"] for one in whole["sections"]}
    found: list[list[Any]] = []
    for one in whole["clauses"]:
        title = titles.get(one["section"], {"zh": "", "en": ""})
        head = [one["section"], title["zh"], title["en"]]
        lists = [" | ".join(it[language] for it in one[name]) for name in ("triggers", "min_contents") for language in ("zh", "en")]
        found.append([one["no"], None, *head, one["title"]["zh"], one["title"]["en"], one["module"], one["cycle"], one["cycle_months"],
                      "yes" if one["at_least"] else "no", "yes" if one["firm"] else "no", lists[0], lists[1], one["record"],
                      one["weak_record"], lists[2], lists[3], one["sign"], one["text"]])
        found += [[one["no"], sub["sub"], *head, sub["title"]["zh"], sub["title"]["en"], *[None] * 12, sub["text"]]
                  for sub in one["subs"]]
    return found


def mapping_lines(session: Session, row: StandardModel) -> list[list[Any]]:
    """How the clauses of a model come from those of others, as rows under MAPPING."""
    return [[pair["relation"], one["code"], one["edition"], pair["from"], pair["to"], pair["note"]]
            for one in data_of(session, row)["mapping_from"] for pair in one["pairs"]]
