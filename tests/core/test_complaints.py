"""What marshmallow finds wrong with an input is said in the reader's language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

from kmsvc.core.complaints import own_words
from kmsvc.core.schemas import Day, InputSchema, Line, Whole
from kmsvc.notices.wording import catalogue


class Everything(InputSchema):
    """One field of each kind that the doors use."""

    needed = Line(required=True)
    short = Line(validate=validate.Length(max=3))
    long = Line(validate=validate.Length(min=5))
    exact = Line(validate=validate.Length(min=5, max=6))
    number = Whole(validate=validate.Range(min=1, max=200))
    least = Whole(validate=validate.Range(min=1))
    most = Whole(validate=validate.Range(max=9))
    day = Day()
    agreed = fields.Boolean()
    choice = fields.String(validate=validate.OneOf(["low", "high"]))
    code = fields.String(validate=validate.Regexp("[a-z]+$"))
    many = fields.List(fields.String())
    below = fields.Nested(InputSchema)
    anything = fields.Raw(allow_none=False)


WRONG: dict[str, Any] = {
    "short": "four", "long": "four", "exact": "four", "number": 201, "least": 0, "most": 10, "day": "tomorrow",
    "agreed": "perhaps", "choice": "medium", "code": "17", "many": 7, "below": "text", "anything": None, "stranger": 1}


def said(found: Any) -> list[str]:
    """The sentences of a tree of messages."""
    if isinstance(found, dict):
        return [one for value in found.values() for one in said(value)]
    return [one for value in found for one in said(value)] if isinstance(found, list) else [str(found)]


def complaints() -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        Everything().load(WRONG)
    return {name: said(found) for name, found in error.value.normalized_messages().items()}


@pytest.mark.parametrize("name", ["needed", *WRONG])
def test_a_refused_field_is_explained_in_chinese(name: str) -> None:
    for complaint in complaints()[name]:
        source, places = own_words(complaint)
        told = catalogue("zh_Hans_CN").gettext(source) % places
        assert re.search("[\u4e00-\u9fff]", told), complaint


def test_the_numbers_of_a_limit_are_kept() -> None:
    assert own_words("Longer than maximum length 2000.") == ("At most %(most)s long.", {"most": "2000"})
    assert complaints()["number"] == ["Must be greater than or equal to 1 and less than or equal to 200."]
    assert own_words(complaints()["number"][0])[1] == {"least": "1", "most": "200"}


def test_our_own_sentences_stay_as_they_are() -> None:
    assert own_words("Say what should change.") == ("Say what should change.", {})
