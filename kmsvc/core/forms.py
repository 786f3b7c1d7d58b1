"""One description of an input serves the three doors: HTML form, JSON schema in `allowed`, marshmallow schema.

An `Input` says what a verb asks for; which people or rows can be chosen is filled in by the moment (`Choices`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import fields, validate

from kmsvc.core import schemas
from kmsvc.core.texts import N_

Choice = tuple[Any, str]
Choices = Mapping[str, Sequence[Choice]]


@dataclass(frozen=True)
class Input:
    """One input of a verb.

    kind: line, text, date, choice, whole, yes, const. choices: the key of the moment's choices; default: a value, or
    `today`; most: characters; past_only: a day still to come is refused. A const is echoed by the client (content hash, version).
    """

    name: str
    kind: str
    label: str
    required: bool = False
    choices: str | None = None
    default: Any = None
    hint: str | None = None
    most: int = 200
    past_only: bool = False

    def json_schema(self, moment: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The property as `allowed` shows it: type, enum, const, default, format date; nothing else."""
        if self.kind == "const":
            value = moment[self.name]
            return {"type": "integer" if isinstance(value, int) else "string", "const": value}
        if self.kind == "choice":
            values = [value for value, _ in moment[self.choices or self.name]]
            out: dict[str, Any] = {"type": "integer" if isinstance(values[0], int) else "string", "enum": values}
            default = self.present_default(moment, today)
            if default is not None and default in values:
                out["default"] = default
            return out
        kinds = {"line": "string", "text": "string", "date": "string", "whole": "integer", "yes": "boolean"}
        out = {"type": kinds[self.kind]}
        if self.kind == "date":
            out["format"] = "date"
        default = self.present_default(moment, today)
        if default is not None:
            out["default"] = default.isoformat() if isinstance(default, date) else default
        return out

    def present_default(self, moment: Mapping[str, Any], today: date) -> Any:
        """The default of the moment: `today` as a date, a value the moment gives under `default:<name>`, or the fixed one."""
        given = moment.get(f"default:{self.name}")
        if given is not None:
            return given
        return today if self.default == "today" else self.default

    def marshmallow(self) -> fields.Field[Any]:
        """The field that loads form strings and JSON to the same value."""
        common: dict[str, Any] = {"required": self.required, "allow_none": not self.required,
                                  "metadata": {"description": self.label, "label": self.label}}
        if not self.required:
            common["load_default"] = None
        if self.kind == "text":
            return schemas.Text(validate=validate.Length(max=self.most), **common)
        if self.kind == "date":
            return schemas.Day(**common)
        if self.kind == "whole":
            return schemas.Whole(**common)
        if self.kind == "yes":
            return fields.Boolean(**common)
        if self.kind in ("choice", "const"):
            return schemas.Scalar(**common)
        return schemas.Line(validate=validate.Length(max=self.most), **common)


def json_schema(inputs: Sequence[Input], moment: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A self-contained object schema for these inputs at this moment."""
    return {
        "type": "object",
        "properties": {one.name: one.json_schema(moment, today) for one in inputs},
        "required": [one.name for one in inputs if one.required],
    }


def emptied(typed: Mapping[str, Any]) -> set[str]:
    """The fields of a form that came empty: what stood there is taken out, where a program that leaves one out keeps it."""
    return {name for name, value in typed.items() if isinstance(value, str) and not value.strip()}


def unless(blank: Collection[str], moment: Mapping[str, Any]) -> dict[str, Any]:
    """The moment without the defaults of these fields."""
    return {key: value for key, value in moment.items() if not key.startswith("default:") or key.removeprefix("default:") not in blank}


def check_against(inputs: Sequence[Input], moment: Mapping[str, Any], data: Mapping[str, Any], today: date) -> dict[str, Any]:
    """`data` with defaults filled in; InvalidInput where a choice is not among the moment's."""
    from kmsvc.core.errors import InvalidInput

    wrong: dict[str, list[str]] = {}
    out: dict[str, Any] = {}
    for one in inputs:
        given = data.get(one.name)
        if given is None and one.kind not in ("const",):
            given = one.present_default(moment, today)
        if one.kind == "choice" and given is not None:
            values = [value for value, _ in moment.get(one.choices or one.name, ())]
            match = [value for value in values if str(value) == str(given)]
            if not match:
                wrong[one.name] = [N_("This cannot be chosen now.")]
            else:
                given = match[0]
        if one.kind == "const" and given is not None and isinstance(moment.get(one.name), int):
            given = int(given) if str(given).removeprefix("-").isdecimal() else given
        if one.kind == "date" and one.past_only and given is not None and given > today:
            wrong[one.name] = [N_("This day is still to come.")]
        if one.required and given is None:
            wrong.setdefault(one.name, [N_("This is needed.")])
        out[one.name] = given
    if wrong:
        raise InvalidInput(wrong, labels={one.name: one.label for one in inputs})
    return out
