"""A model as a file: our own YAML, read with clear sentences and written so that people can keep it. Pure; no database.

Shape: code, edition, title {zh, en}, scoring, bases {name: {items, max_total}}, levels, modules, sections {number, title}, clauses
{no, section, title, module, cycle, cycle_months, at_least, firm, triggers, record, weak_record, min_contents, subs, text}, mappings.
`text` is a licensed wording; no file of the product has one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from marshmallow import ValidationError, fields, validate

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import InputSchema, Line, Text, Whole
from kmsvc.core.texts import N_, Filled

MOST_BYTES = 10_000_000
MOST_CLAUSES = 5_000
CYCLES = ("annual", "biennial", "quarterly", "monthly", "periodic", "continuous", "event")
RECORDS = ("archive", "document")
SCORINGS = ("two_marks", "dimensions")
CODE = validate.Regexp(r"[a-z0-9][a-z0-9._-]{0,62}\Z", error=N_("Small letters, digits, dots and dashes."))
_LINE = validate.Length(max=300)


class _Word(Line):
    """One line, or a whole number that stands for one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(str(value) if type(value) is int else value, attr, data, **kwargs)


class _Said(InputSchema):
    """The same words in two languages."""

    zh = Line(required=True, validate=_LINE)
    en = Line(required=True, validate=_LINE)


class _Base(InputSchema):
    """What is counted as one item."""

    items = Whole(required=True, validate=validate.Range(min=1, max=100_000))
    max_total = Whole(required=True, validate=validate.Range(min=1))


def _share(**more: Any) -> fields.Float:
    return fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1), **more)


class _Level(InputSchema):
    """A level and what it asks for: shares of items with full marks (0 to 1), points, years in operation."""

    level = _Word(required=True, validate=validate.Length(max=20))
    name = fields.Nested(_Said, load_default=None, allow_none=True)
    c_min, f_min, c_min_5, f_min_5 = _share(), _share(), _share(), _share()
    total_min = Whole(load_default=None, allow_none=True)
    years_min = Whole(load_default=None, allow_none=True)


class _Titled(InputSchema):
    """A module, section or dimension."""

    code = _Word(validate=validate.Length(max=40))
    number = _Word(validate=validate.Length(max=40))
    title = fields.Nested(_Said, required=True)
    weight = fields.Float(validate=validate.Range(min=0, max=1))
    content = fields.Nested(_Said)
    checked_by = Line(validate=_LINE)


class _Sub(InputSchema):
    """A scored sub-item of a clause."""

    sub = Whole(required=True, validate=validate.Range(min=1, max=999))
    title = fields.Nested(_Said, required=True)
    text = Text(load_default=None, allow_none=True, validate=validate.Length(max=50_000))


class _Clause(InputSchema):
    """A clause."""

    no = Whole(required=True, validate=validate.Range(min=1, max=99_999))
    section = _Word(required=True, validate=validate.Length(max=40))
    title = fields.Nested(_Said, required=True)
    module = Line(required=True, validate=validate.Length(max=40))
    cycle = Line(load_default=None, allow_none=True, validate=validate.OneOf(CYCLES))
    cycle_months = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1, max=120))
    at_least = fields.Boolean(load_default=False)
    firm = fields.Boolean(load_default=True)
    triggers = fields.List(fields.Nested(_Said), load_default=list)
    record = Line(load_default=None, allow_none=True, validate=validate.OneOf(RECORDS))
    weak_record = Line(load_default=None, allow_none=True, validate=validate.OneOf(RECORDS))
    min_contents = fields.List(fields.Nested(_Said), load_default=list)
    sign = Line(load_default=None, allow_none=True, validate=validate.OneOf(("plus", "minus")))
    subs = fields.List(fields.Nested(_Sub), load_default=list)
    text = Text(load_default=None, allow_none=True, validate=validate.Length(max=50_000))


class _Pair(InputSchema):
    """How a clause stands to one of another model; a side is `N` or `N.sub`."""

    relation = Line(required=True, validate=validate.OneOf(("kept", "split", "merged", "new", "withdrawn")))
    source = _Word(data_key="from", load_default=None, allow_none=True)
    target = _Word(data_key="to", load_default=None, allow_none=True)
    note = Line(load_default="", allow_none=True, validate=_LINE)


class _Mappings(InputSchema):
    """How this model's clauses come from those of another edition or model."""

    code = Line(required=True, validate=CODE)
    edition = _Word(load_default=None, allow_none=True, validate=validate.Length(max=64))
    pairs = fields.List(fields.Nested(_Pair), required=True)


class ModelFile(InputSchema):
    """A whole model."""

    code = Line(required=True, validate=CODE)
    edition = _Word(required=True, validate=validate.Length(max=64))
    title = fields.Nested(_Said, required=True)
    scoring = Line(required=True, validate=validate.OneOf(SCORINGS))
    bases = fields.Dict(keys=Line(validate=CODE), values=fields.Nested(_Base), load_default=dict)
    default_basis = Line(load_default=None, allow_none=True)
    last_chapter = _Word(load_default=None, allow_none=True)
    levels = fields.List(fields.Nested(_Level), load_default=list)
    modules = fields.List(fields.Nested(_Titled), load_default=list)
    dimensions = fields.List(fields.Nested(_Titled), load_default=list)
    evidence_classes = fields.List(fields.Nested(_Titled), load_default=list)
    figures = fields.Dict(keys=Line(), values=fields.Raw(), load_default=dict)
    sections = fields.List(fields.Nested(_Titled), load_default=list)
    clauses = fields.List(fields.Nested(_Clause), load_default=list)
    mapping_from = fields.List(fields.Nested(_Mappings), load_default=list)


@dataclass(frozen=True)
class Frame:
    """A model that was read. rest: everything but sections, clauses and mappings."""

    code: str
    edition: str
    title: dict[str, str]
    rest: dict[str, Any]
    sections: list[dict[str, Any]]
    clauses: list[dict[str, Any]]
    mappings: list[dict[str, Any]]

    @property
    def digest(self) -> str:
        """SHA-256 of all of it but licensed texts."""
        bare = [{**one, "text": None, "subs": [{**sub, "text": None} for sub in one["subs"]]} for one in self.clauses]
        whole = [self.code, self.edition, self.title, self.rest, self.sections, bare, self.mappings]
        return hashlib.sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read(text: str) -> Frame:
    """A model from YAML; InvalidInput names the line, or the field and what is wrong with it."""
    try:
        if any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(text, Loader=_Loader)):  # nine of nine of nine … fill a machine
            raise InvalidInput({"file": [N_("A model is written out in full: no references with * in it.")]})
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe one)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidInput({"file": [Filled(N_("Line %(line)s is no YAML."), line=mark.line + 1) if mark is not None
                                     else N_("This is no YAML.")]}) from error
    if not isinstance(found, dict):
        raise InvalidInput({"file": [N_("A model begins with its code, edition and title.")]})
    return of_data(found)


def of_data(data: Mapping[str, Any]) -> Frame:
    """A model from what a file held; InvalidInput names each field that is wrong."""
    try:
        got: dict[str, Any] = ModelFile().load(dict(data))
    except ValidationError as error:
        raise InvalidInput(dict(_flat(error.normalized_messages(), data))) from error
    wrong = dict(_contradictions(got))
    if wrong:
        raise InvalidInput(wrong)
    signs = {f"{one['no']}": one["sign"] for one in got["clauses"] if one["sign"]}
    if signs:
        got["signs"] = signs
    parts = {name: got.pop(name) for name in ("code", "edition", "title", "sections", "clauses", "mapping_from")}
    return Frame(parts["code"], parts["edition"], parts["title"], got, parts["sections"], parts["clauses"], parts["mapping_from"])


def row_of_clause(data: Mapping[str, Any]) -> dict[str, Any]:
    """A clause as a row of a sheet gave it; raises ValidationError."""
    found: dict[str, Any] = _Clause().load(dict(data))
    return found


def row_of_sub(data: Mapping[str, Any]) -> dict[str, Any]:
    """A sub-item as a row of a sheet gave it; raises ValidationError."""
    found: dict[str, Any] = _Sub().load(dict(data))
    return found


def row_of_pair(data: Mapping[str, Any]) -> dict[str, Any]:
    """A correspondence as a row of a sheet gave it; raises ValidationError."""
    found: dict[str, Any] = _Pair().load(dict(data))
    return found


def _flat(messages: Any, data: Any, path: str = "") -> Iterable[tuple[str, list[Any]]]:
    """`clauses[#42].cycle` for what marshmallow tells by place in a list."""
    if isinstance(messages, list):
        yield path or "file", messages
        return
    for name, inner in messages.items():
        below = data[name] if isinstance(data, dict) and name in data else (
            data[name] if isinstance(data, list) and isinstance(name, int) and name < len(data) else None)
        if isinstance(name, int):
            no = below.get("no", below.get("number", below.get("code"))) if isinstance(below, dict) else None
            yield from _flat(inner, below, f"{path}[{'#' + str(no) if no is not None else name + 1}]")
        else:
            yield from _flat(inner, below, f"{path}.{name}" if path else str(name))


def _contradictions(got: Mapping[str, Any]) -> Iterable[tuple[str, list[Any]]]:
    """What is well formed and still cannot be: numbers twice, sections nobody titled, a basis that counts otherwise."""
    numbers = {one.get("number") for one in got["sections"]}
    seen: set[tuple[int, int | None]] = set()
    for one in got["clauses"]:
        name = f"clauses[#{one['no']}]"
        if (one["no"], None) in seen:
            yield name, [Filled(N_("Clause %(no)s stands twice."), no=one["no"])]
        seen.add((one["no"], None))
        if one["section"] not in numbers:
            yield f"{name}.section", [Filled(N_("There is no section %(number)s."), number=one["section"])]
        subs = [sub["sub"] for sub in one["subs"]]
        if len(subs) != len(set(subs)):
            yield f"{name}.subs", [Filled(N_("Clause %(no)s has a sub-item twice."), no=one["no"])]
    if len(got["clauses"]) > MOST_CLAUSES:
        yield "clauses", [Filled(N_("A standard has at most %(most)s clauses."), most=MOST_CLAUSES)]
    basis = got["default_basis"]
    if basis is not None and basis not in got["bases"]:
        yield "default_basis", [N_("There is no such basis.")]


def write(code: str, edition: str, title: Mapping[str, str], rest: Mapping[str, Any], sections: Iterable[Mapping[str, Any]],
          clauses: Iterable[Mapping[str, Any]], mappings: Iterable[Mapping[str, Any]]) -> str:
    """A model as YAML; `read` of it gives the same model. What says nothing is left out."""
    whole = {"code": code, "edition": edition, "title": title, **rest, "sections": sections, "clauses": clauses,
             "mapping_from": mappings}
    return yaml.dump(_bare(whole), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=135)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _bare(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, [], {}) and not (key == "at_least" and one is False)
                and not (key == "firm" and one is True)}
    if isinstance(value, list | tuple) or hasattr(value, "__next__"):
        return [_bare(one) for one in value]
    return value


def _plain_words(kind: Any, *not_read: str) -> None:
    """`no` and `on` are words here, as in YAML 1.2: only true and false are truth values. not_read: what else stays a word."""
    words = {f"tag:yaml.org,2002:{one}" for one in ("bool", *not_read)}
    kind.yaml_implicit_resolvers = {first: [(tag, seen) for tag, seen in found if tag not in words]
                                    for first, found in kind.yaml_implicit_resolvers.items()}
    kind.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z", re.IGNORECASE), list("tTfF"))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe: texts, numbers, days, lists and mappings alone."""


class _Dumper(yaml.SafeDumper):
    """Small mappings on one line, lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _mapping(dumper: yaml.SafeDumper, value: dict[Any, Any]) -> Any:
    plain = all(not isinstance(one, dict | list) for one in value.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=plain)


_Dumper.add_representer(dict, _mapping)
_plain_words(_Loader, "float", "timestamp")  # section 2.10 is not 2.1
_plain_words(_Dumper)
