"""One verb of a thing as a JSON route: what the tables of verbs become at the door for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema

from kmsvc.core.api import posting
from kmsvc.core.openapi import says
from kmsvc.core.web import load, today, wanted_version
from kmsvc.core.work import Work

Run = Callable[[Work, int, dict[str, Any], date, int | None], Any]
Whole = Callable[[Work, int], dict[str, Any]]


def view_of(schema: type[Schema], label: str, run: Run, whole: Whole, kind: type[Any] | None = None) -> Callable[..., Response]:
    """The view of a POST on one thing: loads what `schema` asks for, does it in one unit, answers with the thing as it stands then.

    run(work, id, data, today, version); whole(work, id): the thing as JSON, with its `version`; kind: of a thing that the verb may
    throw away, the answer is {"id", "state": "gone"} then. A stale version is answered with the thing as others left it."""

    @says(body=schema, summary=label)
    def view(**named: int) -> Response:
        data, version, thing_id = load(schema), wanted_version(), next(iter(named.values()))

        def effect(work: Work) -> tuple[Any, int, int | None]:
            run(work, thing_id, data, today(), version)
            work.session.flush()
            if kind is not None and work.session.get(kind, thing_id) is None:
                return {"id": thing_id, "state": "gone"}, 200, None
            body = whole(work, thing_id)
            return body, 200, body["version"]
        return posting(effect, theirs=lambda work: whole(work, thing_id))
    return view


def add_verbs(blueprint: Blueprint, place: str, verbs: dict[str, Any], run: Callable[[str], Run], whole: Whole, *, named: str,
              kind: type[Any] | None = None) -> None:
    """A route for each verb of a table below the address of its thing. place: like `/<int:theme_id>`; run(name): what does the verb;
    named: how the endpoints begin."""
    for name, verb in verbs.items():
        blueprint.add_url_rule(f"{place}/{name}", endpoint=f"{named}_{name}", methods=["POST"],
                               view_func=view_of(verb.schema(), verb.label, run(name), whole, kind))
