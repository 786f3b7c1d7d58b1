"""What a caller may do with a thing now, from the table of its verbs: the one shape behind buttons, `allowed` and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from kmsvc.core.forms import Input, json_schema
from kmsvc.core.schemas import Choice, InputSchema, Words


@dataclass(frozen=True)
class Offer:
    """An act this caller may do now. inputs: with the choices of the moment; forward: it takes the thing on; back: it takes
    something back or out of force."""

    verb: str
    label: str
    inputs: tuple[Input, ...]
    moment: Mapping[str, Any]
    schema: dict[str, Any]
    forward: bool = False
    back: bool = False


def offer(verb: str, label: str, inputs: Iterable[Input], moment: Mapping[str, Any], today: date, *, forward: bool = False,
          back: bool = False) -> Offer | None:
    """The offer of a verb without the inputs that have nothing to choose from; None where one of those is needed."""
    held = tuple(inputs)
    empty = {one.name for one in held if one.kind == "choice" and not moment.get(one.choices or one.name)}
    if any(one.required for one in held if one.name in empty):
        return None
    left = tuple(one for one in held if one.name not in empty)
    return Offer(verb, label, left, moment, json_schema(left, moment, today), forward, back)


def schema_of(inputs: Sequence[Input], name: str) -> type[InputSchema]:
    """The marshmallow schema of an API route and a form that ask for these inputs."""
    return InputSchema.from_dict({one.name: one.marshmallow() for one in inputs}, name=name)  # type: ignore[return-value]


@dataclass(frozen=True)
class Act:
    """A verb whose route takes a marshmallow schema, where there is no table of inputs. choices: what may be chosen now, by field;
    a field with an empty choice cannot be filled. part: an address below that of the thing where it is not the verb; given: values
    the caller echoes (version, digest); needs: fields that the use case asks for whatever the schema says."""

    verb: str
    schema: type[Schema] | None = None
    forward: bool = False
    choices: Mapping[str, Sequence[Any]] | None = None
    part: str | None = None
    given: Mapping[str, Any] | None = None
    needs: tuple[str, ...] = ()


def allowed(base: str, acts: Iterable[Act | None]) -> list[dict[str, Any]]:
    """`allowed` of a thing at `base`: verbs with address and self-contained schema; those that cannot be filled now are left out."""
    found = []
    for one in acts:
        schema = None if one is None else _plain(one)
        if one is not None and schema is not None:
            found.append({"verb": one.verb, "href": f"{base}/{one.part or one.verb}", "method": "POST", "forward": one.forward,
                          "schema": schema})
    return found


def _plain(act: Act) -> dict[str, Any] | None:
    """The schema of an act; None where something it needs has no plain form or nothing to choose from."""
    properties: dict[str, Any] = {}
    required = []
    for name, one in (act.schema().fields if act.schema is not None else {}).items():
        key = one.data_key or name
        told = {"const": act.given[key], "type": _type_of(act.given[key])} if act.given and key in act.given else _field(
            one, (act.choices or {}).get(key))
        needed = one.required or key in act.needs
        if told is None:
            if needed:
                return None
            continue
        properties[key] = told
        if needed:
            required.append(key)
    return {"type": "object", "properties": properties, "required": required}


_SHAPES: tuple[tuple[Any, dict[str, Any]], ...] = (
    (fields.Date, {"type": "string", "format": "date"}), (fields.Boolean, {"type": "boolean"}), (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number"}), (fields.Decimal, {"type": "number"}),
    (Words, {"type": "array", "items": {"type": "string"}}), (fields.String, {"type": "string"}))


def _field(one: fields.Field[Any], choices: Sequence[Any] | None) -> dict[str, Any] | None:
    """A field as `allowed` shows it: type, enum, default, format date; None for what has no such form."""
    if choices is not None:
        return {"type": _type_of(choices[0]), "enum": list(choices)} if choices else None
    told = next((dict(shape) for kind, shape in _SHAPES if isinstance(one, kind)), None)
    if told is None and isinstance(one, fields.List) and (inner := _field(one.inner, None)) is not None:
        return {"type": "array", "items": inner}
    if told is None:
        named = (one.metadata or {}).get("type")
        each = named if isinstance(named, list | tuple) else [named]
        plain = next((it for it in each if it in ("string", "number", "integer")), None)
        return None if plain is None else {"type": plain}
    codes = next((list(it.choices) for it in one.validators if isinstance(it, validate.OneOf)), None)
    if codes is not None:
        told["enum"] = [it for it in codes if it is not None]
    elif isinstance(one, Choice):
        return None
    if not one.required and isinstance(one.load_default, bool | int | str):
        told["default"] = one.load_default
    return told


def _type_of(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "string"
