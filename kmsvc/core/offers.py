"""What a caller may do with a thing now, from the table of its verbs: the one shape behind buttons, `allowed` and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kmsvc.core.forms import Input, json_schema
from kmsvc.core.schemas import InputSchema


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
