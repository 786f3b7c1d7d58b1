"""JSON lines: one object a line, each an article. A bad line is an error of its row, the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kmsvc.convert import limits
from kmsvc.convert.columns import LISTS, codes, split_list
from kmsvc.convert.encoding import decode
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, RowError, Section
from kmsvc.markup.cleaning import Unclean, clean_line, clean_text, scrub


class _Bad(Exception):
    """Why a line is no article: a code of texts.ROW_ERRORS and its values."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params


def read(path: Path, name: str) -> Iterator[Section | Notice]:
    """A section or an error for each line that is not empty."""
    known = set(codes("articles"))
    unknown: dict[str, None] = {}
    rows = 0
    for number, line in enumerate(decode(path.read_bytes())[0].split("\n"), start=1):
        if not line.strip():
            continue
        rows += 1
        if rows > limits.ROWS:
            raise Refused("too_many_rows", limit=limits.ROWS)
        values: dict[str, Any] = {}
        try:
            values = _object(line)
            unknown |= dict.fromkeys(key for key in values if key not in known)
            yield _section(values, number, known)
        except _Bad as bad:
            yield RowError(bad.code, bad.params, row=number, cells=_cells(values, line, known))
    if not rows:
        raise Refused("empty")
    if unknown:
        keys = [clean_line(key[:40]) for key in list(unknown)[:20]]
        yield Notice("keys_ignored", {"keys": ", ".join(keys), "lists": {"keys": keys}})


def _cells(values: dict[str, Any], line: str, known: set[str]) -> dict[str, str]:
    """What a refused line says by code, for a list in which it can be corrected; one that is no object as it stands, as the text."""
    if not values:
        return {"body": scrub(line).strip()}
    found = {}
    for key, value in values.items():
        if key in known and value not in (None, "", []):
            between = "\n" if key == "aliases" else ", "
            found[key] = scrub(between.join(map(str, value)) if isinstance(value, list) else str(value))
    return found


def _object(line: str) -> dict[str, Any]:
    if len(line) > limits.LINE_MB * limits.MB:
        raise _Bad("line_too_long", limit_mb=limits.LINE_MB)
    try:
        values = json.loads(line, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):
        raise _Bad("bad_json") from None
    if not isinstance(values, dict):
        raise _Bad("bad_json")
    return values


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise _Bad("double_key", key=key[:40])
        values[key] = value
    return values


def _section(values: dict[str, Any], number: int, known: set[str]) -> Section:
    fields: dict[str, str | list[str]] = {}
    for key, value in values.items():
        if key in known and value is not None and value != "":
            fields[key] = _list(key, value) if key in LISTS else _text(key, value)
    title, body = str(fields.pop("title", "")), str(fields.pop("body", ""))
    if not title:
        raise _Bad("no_title")
    if not body.strip():
        raise _Bad("no_body")
    return Section(title, body, row=number, fields=fields)


def _text(key: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and key == "external_id":
        value = str(value)
    if not isinstance(value, str):
        raise _Bad("wrong_type", key=key)
    try:
        return clean_text(value) if key == "body" else clean_line(value)
    except Unclean:
        raise _Bad("bad_text", key=key) from None


def _list(key: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return split_list(key, _text(key, value))
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _Bad("wrong_list", key=key)
    return list(dict.fromkeys(filter(None, (_text(key, item) for item in value))))
