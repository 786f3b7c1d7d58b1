"""Addresses: their makers are compiled when they are first used, since a process makes few of the many there are and compiling
them all is a tenth of its start; an id no database holds is an address that does not exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

MOST_ID = 2**31 - 1


class LateRule(Rule):
    """A rule that matches at once and learns to build its address at the first `url_for`."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []
        compiled = super()._compile_builder

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not made:
                made.append(compiled(append_unknown).__get__(rule, None))
            return made[0](**values)
        return build


def beyond(part: str) -> bool:
    """Whether this part of an address is a number no database holds."""
    return part.isdecimal() and (len(part) > 10 or int(part) > MOST_ID)


class IdConverter(IntegerConverter):
    """`<int:…>` in an address: a number no database holds is not found (R-N1)."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": MOST_ID, **kwargs})
