"""The OpenAPI document, made from the routes themselves: what a route takes is declared beside it with `says`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask
from marshmallow import Schema

from kmsvc.core.schemas import Scalar

View = TypeVar("View", bound=Callable[..., Any])

_PROBLEM = {"description": "Refused: a problem document", "content": {"application/problem+json": {
    "schema": {"$ref": "#/components/schemas/Problem"}}}}

def says(*, body: type[Schema] | None = None, query: type[Schema] | None = None, status: int = 200,
         public: bool = False, summary: str | None = None, answer: str = "application/json",
         form: type[Schema] | None = None, gives: dict[str, Any] | None = None) -> Callable[[View], View]:
    """Declare what an API route takes and answers; the function's docstring is its summary. form: fields beside files;
    gives: the JSON schema of what the answer holds beside plain fields."""
    def note(view: View) -> View:
        view.says = {"body": body, "query": query, "status": status, "public": public,  # type: ignore[attr-defined]
                     "summary": summary, "answer": answer, "form": form, "gives": gives}
        return view
    return note


def document(app: Flask, version: str) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document of an application's /api/v1 routes."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec("kmsvc", version, "3.1.0", plugins=[plugin],
                   info={"description": "Errors are problem+json; lists answer {items, next}."})
    for told in (_choice, _bounds):
        plugin.converter.add_attribute_function(told)  # type: ignore[union-attr]
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", {"type": "object", "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "code": {"type": "string"}, "fields": {"type": "object"},
        "labels": {"type": "object", "description": "what people call the fields"},
        "request_id": {"type": ["string", "null"]}}, "required": ["type", "title", "status", "detail", "code"]})
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if not rule.rule.startswith("/api/v1"):
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            spec.path(path=re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule),
                      operations={method.lower(): _operation(view, rule, method)})
    return spec.to_dict()


def _name(schema: Any) -> str:
    """What a schema is called: slice, noun, part of the noun and class, for two of them may each have their `CopyInput`."""
    kind = resolve_schema_cls(schema)
    assert isinstance(kind, type), schema
    rooms = [one.removesuffix("_api") for one in kind.__module__.split(".")[1:] if one not in ("schemas", "api")]
    return "".join(part.capitalize() for room in rooms for part in room.split("_")) + kind.__name__.strip("_").removesuffix("Schema")


def _bounds(converter: Any, field: Any, ret: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Bounds are numbers, also those of a Decimal, which is a text in JSON."""
    return {name: float(ret[name]) for name in ("minimum", "maximum") if isinstance(ret.get(name), str | Decimal)}


def _choice(converter: Any, field: Any, **kwargs: Any) -> dict[str, Any]:
    """What may be chosen stands in `allowed` at its moment; here only that it is a code or an id."""
    if not isinstance(field, Scalar):
        return {}
    return {"type": ["string", "integer", "null"] if field.allow_none else ["string", "integer"]}


def _operation(view: Any, rule: Any, method: str) -> dict[str, Any]:
    said = getattr(view, "says", {})
    parameters: list[Any] = [
        {"name": name, "in": "path", "required": True,
         "schema": {"type": "integer" if f"<int:{name}>" in rule.rule else "string"}} for name in sorted(rule.arguments)]
    if said.get("query"):
        parameters.append({"in": "query", "schema": said["query"]})
    if method == "POST":
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}})
    if method in ("POST", "PUT", "PATCH"):
        parameters.append({"name": "If-Match", "in": "header", "schema": {"type": "string"}})
    first, _, rest = inspect.cleandoc(view.__doc__ or "").partition("\n")
    doc = said.get("summary") or first
    kind = said.get("answer") or "application/json"
    shape = said.get("gives") or ({"type": "object"} if kind.endswith("json") else {})
    done = {"description": "Done", "content": {kind: {"schema": shape}}}
    if said.get("status") == 201:
        done |= {"description": "Made; Location says where it is read", "headers": {"Location": {
            "description": "the address of what was made", "required": True,
            "schema": {"type": "string", "format": "uri-reference"}}}}
    operation: dict[str, Any] = {
        "summary": doc, "operationId": rule.endpoint.replace(".", "_") + "_" + method.lower(), "parameters": parameters,
        "tags": [rule.rule.split("/")[3]],
        "responses": {str(said.get("status", 200)): done,
                      **{str(code): _PROBLEM for code in (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)}},
        "security": [] if said.get("public") else [{"token": []}],
    }
    if rest.strip():
        operation["description"] = rest.strip()
    if said.get("body"):
        operation["requestBody"] = {"content": {"application/json": {"schema": said["body"]}}}
    elif said.get("form"):
        operation["requestBody"] = {"content": {"multipart/form-data": {"schema": said["form"]}}}
    return operation
