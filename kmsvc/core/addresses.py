"""Addresses whose makers are compiled when they are first used: a process makes few of the two hundred there are,
and compiling them all is a tenth of its start."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


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
