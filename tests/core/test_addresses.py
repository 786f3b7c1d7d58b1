"""Addresses that are made late are the same addresses."""

from __future__ import annotations

from werkzeug.routing import Map, Rule

from kmsvc.core.addresses import LateRule

PLACES = ("/", "/people/<int:person_id>", "/a/<int:number>/b/<path:rest>", "/form.<any(csv, xlsx):form>", "/退款/<word>")
VALUES = {"person_id": 7, "number": 3, "rest": "x/y z", "form": "csv", "word": "退 款", "more": "a&b"}


def made(kind: type[Rule]) -> list[str]:
    places = Map([kind(place, endpoint=place) for place in PLACES]).bind("localhost")
    return [places.build(place, VALUES) for place in PLACES for _ in range(2)]


def test_an_address_made_late_is_the_one_made_at_once() -> None:
    assert made(LateRule) == made(Rule)
    assert made(Rule)[3].startswith("/people/7?")


def test_nothing_is_compiled_before_it_is_asked_for() -> None:
    rule = LateRule("/people/<int:person_id>", endpoint="x")
    places = Map([rule]).bind("localhost")
    assert places.match("/people/7") == ("x", {"person_id": 7})
    assert rule._build_unknown.__func__.__name__ == "build"  # type: ignore[attr-defined]
    assert places.build("x", {"person_id": 7}) == "/people/7"
