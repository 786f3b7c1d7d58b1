"""Marshmallow fields and bases every input goes through: strict, bounded, the same for forms and JSON."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, pre_load, validate

from kmsvc.core.texts import N_

MOST_INTEGER = 2**31 - 1  # what an integer column of PostgreSQL holds; a larger one would be a fault instead of a refusal
_CONTROL = set(range(0x20)) - {0x09, 0x0A, 0x0D}
_INVISIBLE = {0x200B, 0x200C, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}


def clean_text(value: str, *, lines: bool = True) -> str:
    """Text as it is kept: NFC, no NUL, no lone surrogates, no bidirectional controls; trimmed. ValueError otherwise."""
    if any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise ValueError(N_("This text has characters that cannot be stored."))
    if "\x00" in value or any(ord(c) in _CONTROL for c in value):
        raise ValueError(N_("This text has control characters in it."))
    value = "".join(c for c in unicodedata.normalize("NFC", value) if ord(c) not in _INVISIBLE)
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value.strip() if lines else " ".join(value.split())


class _Clean(fields.String):
    """A string that went through `clean_text`; blank becomes missing."""

    lines = True

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text = clean_text(text, lines=self.lines)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if not text and self.required:
            raise ValidationError(N_("This is needed."))
        return text or None

    def _validate(self, value: Any) -> None:
        if value is not None:  # what was nothing but spaces or invisible characters is missing, not too short
            super()._validate(value)


class Secret(fields.String):
    """A password: kept to the letter, but storable; marks nobody can type by mistake are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            clean_text(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text


class Line(_Clean):
    """One line of text."""

    lines = False


class Text(_Clean):
    """Text of several lines."""


class Whole(fields.Integer):
    """A whole number that fits a database column; 1.5 and 1e30 are refused. Forms send digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValidationError(N_("This is not a whole number."))
        if isinstance(value, str):
            if not re.fullmatch(r"-?[0-9]{1,20}", value):
                raise ValidationError(N_("This is not a whole number."))
            value = int(value)
        number = super()._validated(value)
        if number is not None and abs(number) > MOST_INTEGER:
            raise ValidationError(N_("This number is too large."))
        return number


class Day(fields.Date):
    """A calendar day between 1900 and 2200."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = (
            value
            if isinstance(value, date) and not isinstance(value, datetime)
            else super()._deserialize(value, attr, data, **kwargs)
        )
        if not 1900 <= day.year <= 2200:
            raise ValidationError(N_("This day is outside 1900 to 2200."))
        return day


class OnDay(Schema):
    """A day that is looked back at, beside whatever else stands in an address."""

    class Meta:
        unknown = EXCLUDE

    on = Day(load_default=None, allow_none=True)


class AsOf(Schema):
    """The day as of which a page is read, beside whatever else stands in an address."""

    class Meta:
        unknown = EXCLUDE

    as_of = Day(load_default=None, allow_none=True)


class Scalar(fields.Field[Any]):
    """A chosen code, login or id, as text or whole number; what may be chosen is checked by the verb."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValidationError(N_("This cannot be chosen now."))
        if isinstance(value, int):
            if abs(value) > MOST_INTEGER:
                raise ValidationError(N_("This number is too large."))
            return value
        if len(value) > 200:
            raise ValidationError(N_("This cannot be chosen now."))
        try:
            text = clean_text(value, lines=False)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return text or None


class Choice(fields.String):
    """One of a fixed set of codes, or nothing; `later` gives codes that are known only when a value comes."""

    def __init__(self, codes: Iterable[str] = (), *, later: Callable[[], Iterable[str]] | None = None, **kwargs: Any) -> None:
        self.later = later
        super().__init__(load_default=None, allow_none=True,
                         validate=None if later else validate.OneOf([str(one) for one in codes]), **kwargs)

    def _validate(self, value: Any) -> None:
        super()._validate(value)
        if self.later is not None:
            validate.OneOf(sorted(self.later()))(value)


class Words(fields.Field[Any]):
    """Several words or numbers: a list, or a text with commas between; nothing where it is left out."""

    between = re.compile("[,\uff0c;\uff1b\u3001|\n]")

    def __init__(self, *, most: int = 100, **kwargs: Any) -> None:
        self.most = most
        kwargs["metadata"] = {"type": ["array", "string"], "items": {"type": ["string", "integer"]}, **kwargs.get("metadata", {})}
        super().__init__(load_default=None, allow_none=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        parts = value if isinstance(value, list) else [value]
        if len(parts) > self.most or not all(isinstance(one, str | int) and not isinstance(one, bool) for one in parts):
            raise ValidationError(N_("A list of words is needed here."))
        try:
            words = [clean_text(word, lines=False) for one in parts for word in self.between.split(str(one)[:20_000])]
        except ValueError as error:
            raise ValidationError(str(error)) from error
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > self.most or any(len(word) > 200 for word in found):
            raise ValidationError(N_("A list of words is needed here."))
        return found


class InputSchema(Schema):
    """Base of every input: unknown fields are refused, blanks from forms become missing."""

    class Meta:
        unknown = RAISE
        ordered = True

    @pre_load
    def _blank_is_missing(self, data: Any, **kwargs: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {
            key: (None if value == "" else value)
            for key, value in data.items()
            if not (value == "" and key not in self.fields)
        }


class ReasonInput(InputSchema):
    """Why, if anything is to be said."""

    reason = Text(load_default=None, allow_none=True, validate=validate.Length(max=300))


class PageQuery(InputSchema):
    """`?limit=&cursor=` of every list; limit 1 to 200."""

    limit = Whole(load_default=50, validate=validate.Range(min=1, max=200), metadata={"description": "1 to 200"})
    cursor = Line(load_default=None, validate=validate.Length(max=200))
